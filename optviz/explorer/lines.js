// The lines of a rule at one step as MathML: what `optviz.translate.latex` writes as LaTeX.

/**
 * A constant, the key of a name, or an operation and its parts: + - * / ^ (- of one part negates),
 * a function's name, or ["where", key of the condition, branch, other branch].
 * @typedef {any} LineTree
 *
 * How a rule is written with some flags.
 * @typedef {object} RuleText
 * @property {Record<string, string>} names MathML by key
 * @property {[string, LineTree, boolean?][]} lines the key of what each line gives a value, and how;
 *   false behind it if these flags leave the line out
 *
 * From `optviz.translate.javascript.lines_source`.
 * @typedef {object} RuleLines
 * @property {(hyper: Record<string, number>, flags: Record<string, boolean>) => RuleText} text
 * @property {(hyper: Record<string, number>, flags: Record<string, boolean>, t: number, lr: number,
 *   grad: number, param: number, slots: ArrayLike<number>) => Record<string, number | boolean>}
 *   values of all keys
 *
 * What a step of one coordinate starts from, under the names that a rule's text has for it.
 * @typedef {object} RuleStep
 * @property {Record<string, number>} h hyper-parameters: all of them
 * @property {Record<string, boolean>} f flags: all of them
 * @property {number} t the step, counted from 1
 * @property {number} lr the rate of this step
 * @property {number} g gradient
 * @property {number} p parameter
 * @property {ArrayLike<number>} s slots
 *
 * @typedef {object} RuleRow
 * @property {number} line its index among all lines of the rule
 * @property {string} formula a <math> element
 * @property {string} numbers a <math> element: the right-hand side, and what it gives
 * @property {number} value
 *
 * @typedef {{markup: string, hold: number}} LinePiece
 *
 * What stands for names, and whether dots stand between factors.
 * @typedef {{values: Record<string, any>, name: (key: string) => LinePiece, dots: boolean}} LineLook
 */

// How tightly a piece holds together: what is looser than its place needs gets brackets.
const LINE_SUM = 1;
const LINE_PRODUCT = 2;
const LINE_SCRIPT = 3; // fractions, roots and powers: unclear only as the base of a power
const LINE_ATOM = 4;

/** @type {Map<string, (parts: LineTree[], look: LineLook, name: string) => LinePiece>} */
const LINE_OPERATIONS = new Map([
  ["+", lineSum], ["-", lineMinus], ["*", lineProduct], ["/", lineFraction], ["^", linePower],
  ["sqrt", lineRoot], ["abs", lineSize], ["where", lineBranch],
]);
const LINE_WORDS = new Map([["maximum", "max"], ["minimum", "min"]]);
const LINE_EQUALS = "<mo>=</mo>";

/**
 * The rows of one step. A line that only repeats its name at this step has none: a slot that stays.
 * @param {RuleLines} rule
 * @param {RuleStep} step
 * @returns {RuleRow[]}
 * @throws {RangeError} UNDEFINED of arithmetic.js, where the rule stops too
 */
export function ruleRows(rule, step) {
  const { names, lines } = rule.text(step.h, step.f);
  const values = lineValues(rule, step);
  const symbols = { values, name: (key) => lineAtom(names[key]), dots: false };
  const numbers = { values, name: (key) => lineShown(values[key]), dots: true };
  return lines.flatMap(([target, tree, there], line) => {
    const left = names[target];
    const right = there === false ? left : lineWrite(tree, symbols).markup;
    if (left === right) return [];
    const [inserted, result] = [lineWrite(tree, numbers).markup, lineShown(values[target]).markup];
    return {
      line,
      formula: lineMath(left + LINE_EQUALS + right),
      numbers: lineMath(inserted === result ? result : inserted + LINE_EQUALS + result),
      value: values[target],
    };
  });
}

/**
 * What each line gives, also those without a row: the other coordinate may take other branches.
 * @param {RuleLines} rule
 * @param {RuleStep} step
 * @returns {number[]} by `line` of the rows
 */
export function ruleValues(rule, step) {
  const values = lineValues(rule, step);
  return rule.text(step.h, step.f).lines.map(([target]) => values[target]);
}

/** @type {(rule: RuleLines, step: RuleStep) => Record<string, any>} */
function lineValues(rule, { h, f, t, lr, g, p, s }) {
  return rule.values(h, f, t, lr, g, p, s);
}

/** @type {(tree: LineTree, look: LineLook) => LinePiece} */
function lineWrite(tree, look) {
  if (typeof tree === "number") return lineNumber(lineDigits(tree, 6));
  if (typeof tree === "string") return look.name(tree);
  const [name, ...parts] = tree;
  return (LINE_OPERATIONS.get(name) ?? lineCall)(parts, look, name);
}

/**
 * A part in its place: in brackets where it is too loose.
 * @type {(tree: LineTree, needed: number, look: LineLook) => string}
 */
function lineInside(tree, needed, look) {
  const { markup, hold } = lineWrite(tree, look);
  return hold < needed ? lineBrackets(markup) : markup;
}

function lineSum([left, right], look) {
  const sum = `${lineInside(left, LINE_SUM, look)}<mo>+</mo>${lineInside(right, LINE_PRODUCT, look)}`;
  return { markup: sum, hold: LINE_SUM };
}

function lineMinus(parts, look) {
  const last = `<mo>−</mo>${lineInside(parts.at(-1), LINE_PRODUCT, look)}`;
  if (parts.length === 1) return { markup: lineRow(last), hold: LINE_SUM };
  return { markup: lineInside(parts[0], LINE_SUM, look) + last, hold: LINE_SUM };
}

function lineProduct([left, right], look) {
  const [first, last] = [lineInside(left, LINE_PRODUCT, look), lineInside(right, LINE_SCRIPT, look)];
  // A dot keeps digits apart; letters and brackets stand side by side.
  const dot = look.dots || /^(<m(row|sup)>)*<mn>/.test(last);
  const times = dot ? "<mo>·</mo>" : '<mo>\u2062</mo><mspace width="0.17em"></mspace>';
  return { markup: first + times + last, hold: LINE_PRODUCT };
}

function lineFraction(parts, look) {
  const [above, below] = parts.map((part) => lineRow(lineWrite(part, look).markup));
  return { markup: `<mfrac>${above}${below}</mfrac>`, hold: LINE_SCRIPT };
}

function linePower([base, exponent], look) {
  const raised = lineWrite(exponent, look).markup;
  return { markup: lineScript(lineInside(base, LINE_ATOM, look), raised), hold: LINE_SCRIPT };
}

function lineRoot([part], look) {
  const markup = `<msqrt>${lineRow(lineWrite(part, look).markup)}</msqrt>`;
  return { markup, hold: LINE_SCRIPT };
}

function lineSize([part], look) {
  return lineAtom(lineRow(`<mo>|</mo>${lineWrite(part, look).markup}<mo>|</mo>`));
}

/** As in arithmetic.js any number but 0, nan too, counts as true. */
function lineBranch([condition, yes, no], look) {
  const value = look.values[condition];
  return lineWrite(value !== false && value !== 0 ? yes : no, look);
}

function lineCall(parts, look, name) {
  const inside = parts.map((part) => lineWrite(part, look).markup).join("<mo>,</mo>");
  const head = lineTag("mi", LINE_WORDS.get(name) ?? name) + lineTag("mo", "\u2061");
  return lineAtom(lineRow(head + lineBrackets(inside)));
}

/**
 * Three digits, or the whole number up to 1e5.
 * @type {(number: number) => LinePiece}
 */
function lineShown(number) {
  const size = Math.abs(number);
  return lineNumber(size >= 1000 && size < 1e5 ? number.toFixed(0) : lineDigits(number, 3));
}

/**
 * So many digits without zeros at the end; very small and large ones as 1.2e5.
 * @type {(number: number, digits: number) => string}
 */
function lineDigits(number, digits) {
  if (!Number.isFinite(number)) return String(number).replace("Infinity", "∞").replace("NaN", "nan");
  const [start, power] = number.toExponential(digits - 1).split("e").map(Number);
  const plain = power >= -4 && power < digits;
  return String(plain ? Number(number.toPrecision(digits)) : `${start}e${power}`);
}

/** @type {(text: string) => LinePiece} */
function lineNumber(text) {
  if (text.startsWith("-")) {
    return { markup: lineRow(`<mo>−</mo>${lineNumber(text.slice(1)).markup}`), hold: LINE_SUM };
  }
  const [digits, power] = text.split("e");
  if (power === undefined) return lineAtom(lineTag("mn", digits));
  const ten = lineScript("<mn>10</mn>", lineTag("mn", power.replace("-", "−")));
  return { markup: `${lineTag("mn", digits)}<mo>×</mo>${ten}`, hold: LINE_PRODUCT };
}

/** @type {(markup: string) => LinePiece} */
function lineAtom(markup) {
  return { markup, hold: LINE_ATOM };
}

/** Everything that comes from a rule's text passes here, or Python's like. */
function lineTag(name, text) {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<${name}>${escaped}</${name}>`;
}

function lineRow(markup) {
  return `<mrow>${markup}</mrow>`;
}

function lineScript(base, exponent) {
  return `<msup>${lineRow(base)}${lineRow(exponent)}</msup>`;
}

/** Brackets that grow around fractions only: fonts let them grow at the tail of a y already. */
function lineBrackets(markup) {
  const grows = markup.includes("<mfrac>") ? "" : ' stretchy="false"';
  return lineRow(`<mo${grows}>(</mo>${markup}<mo${grows}>)</mo>`);
}

/** As wide as it is, with fractions at full size. */
function lineMath(markup) {
  return `<math displaystyle="true">${markup}</math>`;
}
