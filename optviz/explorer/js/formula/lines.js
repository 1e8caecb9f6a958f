// The lines of a rule at one step as MathML: what `optviz.translate.latex` writes as LaTeX.
import {
  MATH_ATOM, MATH_PRODUCT, MATH_SCRIPT, MATH_SUM, mathBrackets, mathRow, mathScript, mathTag,
} from "./markup.js";
import { effectiveLines, lineHolds } from "./effective.js";

/**
 * A constant, the key of a name, or an operation and its parts: + - * / ^ (- of one part negates),
 * a function's name, or ["where", key of the condition, branch, other branch, keys it reads...].
 * @typedef {number | string | [string, ...LineTree[]]} LineTree
 *
 * How a rule is written with some flags.
 * @typedef {object} RuleText
 * @property {Record<string, string>} names MathML by key
 * @property {[string, LineTree, boolean?][]} lines the key of what each line gives a value, and how;
 *   false behind it if these flags leave the line out
 * @property {[string, string, boolean?][]} copies keys that stand for another one, as lines do
 * @property {string[]} settings keys of what depends on the settings alone
 * @property {string[]} shared keys of what depends on the settings, the step and the rate
 * @property {Record<string, string>} slots by the key of a slot's new value: that of its old one
 *
 * From `optviz.translate.javascript.lines_source`.
 * @typedef {object} RuleLines
 * @property {(hyper: Record<string, number>, flags: Record<string, boolean>) => RuleText} text
 * @property {(hyper: Record<string, number>, flags: Record<string, boolean>, t: number, lr: number,
 *   ...given: any[]) => Record<string, number | boolean>}
 *   values of all keys: of grad, param, slots, raw, value, second derivative along a coordinate; of a
 *   rule that sees both at once of gradX, gradY, x, y, slots, value, xx, xy, yy. Further numbers of
 *   a matrix stand under its key with a ' for each number before
 *
 * What a step of one coordinate starts from, under the names that a rule's text has for it.
 * @typedef {object} RuleStep
 * @property {Record<string, number>} h hyper-parameters: all of them
 * @property {Record<string, boolean>} f flags: all of them
 * @property {number} t the step, counted from 1
 * @property {number} lr the rate of this step
 * @property {any[]} given what `values` takes behind it
 * @property {boolean} whole whether the rule sees both coordinates at once
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
 *
 * @typedef {(parts: LineTree[], look: LineLook, name: string) => LinePiece} LineWriter
 */

/** @type {Map<string, LineWriter>} */
const LINE_OPERATIONS = new Map([
  ["+", lineSum], ["-", lineMinus], ["*", lineProduct], ["/", lineFraction], ["^", linePower],
  ["sqrt", lineRoot], ["abs", lineSize], ["norm", lineSize], ["where", lineBranch], ["matmul", lineProduct],
  ["transpose", lineTransposed], ["solve", lineSolved], ["identity", () => lineAtom("<mi>I</mi>")],
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
  const values = lineValues(rule, step);
  const { names, lines } = effectiveLines(rule.text(step.h, step.f), values);
  /** @type {LineLook} */
  const symbols = { values, name: (key) => lineAtom(names[key]), dots: false };
  /** @type {LineLook} */
  const numbers = { values, name: (key) => lineShown(values[key]), dots: true };
  return lines.flatMap(({ target, tree, line }) => {
    const [left, right] = [names[target], lineWrite(tree, symbols).markup];
    if (left === right) return [];
    const result = lineTogether(values, target);
    // A transform needs more numbers than those of one coordinate, and a matrix has more.
    const inserted = step.whole || target === "transformed" ? result : lineWrite(tree, numbers).markup;
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
function lineValues(rule, { h, f, t, lr, given }) {
  return rule.values(h, f, t, lr, ...given);
}

/**
 * A number, or those of a column or of a matrix row by row, in brackets.
 * @type {(values: Record<string, any>, key: string) => string}
 */
function lineTogether(values, key) {
  const numbers = [];
  for (let part = key; part in values; part += "'") numbers.push(lineShown(values[part]).markup);
  if (numbers.length === 1) return numbers[0];
  const columns = numbers.length > 2 ? numbers.length / 2 : 2; // of two rows, as a point has
  return mathBrackets(numbers.map((number, i) => (i ? (i % columns ? "<mo>,</mo>" : "<mo>;</mo>") : "") + number).join(""));
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
  return hold < needed ? mathBrackets(markup) : markup;
}

/** @type {LineWriter} */
function lineSum([left, right], look) {
  const sum = `${lineInside(left, MATH_SUM, look)}<mo>+</mo>${lineInside(right, MATH_PRODUCT, look)}`;
  return { markup: sum, hold: MATH_SUM };
}

/** @type {LineWriter} */
function lineMinus(parts, look) {
  const last = `<mo>−</mo>${lineInside(/** @type {LineTree} */ (parts.at(-1)), MATH_PRODUCT, look)}`;
  if (parts.length === 1) return { markup: mathRow(last), hold: MATH_SUM };
  return { markup: lineInside(parts[0], MATH_SUM, look) + last, hold: MATH_SUM };
}

/** @type {LineWriter} */
function lineProduct([left, right], look) {
  const [first, last] = [lineInside(left, MATH_PRODUCT, look), lineInside(right, MATH_SCRIPT, look)];
  // A dot keeps digits apart; letters and brackets stand side by side.
  const dot = look.dots || /^(<m(row|sup)>)*<mn>/.test(last);
  const times = dot ? "<mo>·</mo>" : '<mo>\u2062</mo><mspace width="0.17em"></mspace>';
  return { markup: first + times + last, hold: MATH_PRODUCT };
}

/** @type {LineWriter} */
function lineFraction(parts, look) {
  const [above, below] = parts.map((part) => mathRow(lineWrite(part, look).markup));
  return { markup: `<mfrac>${above}${below}</mfrac>`, hold: MATH_SCRIPT };
}

/** @type {LineWriter} */
function linePower([base, exponent], look) {
  const raised = lineWrite(exponent, look).markup;
  return { markup: mathScript(lineInside(base, MATH_ATOM, look), raised), hold: MATH_SCRIPT };
}

/** @type {LineWriter} */
function lineRoot([part], look) {
  const markup = `<msqrt>${mathRow(lineWrite(part, look).markup)}</msqrt>`;
  return { markup, hold: MATH_SCRIPT };
}

/** @type {LineWriter} */
function lineSize([part], look, name) {
  const bar = name === "norm" ? "<mo>‖</mo>" : "<mo>|</mo>";
  return lineAtom(mathRow(bar + lineWrite(part, look).markup + bar));
}

/** @type {LineWriter} */
function lineTransposed([part], look) {
  return { markup: mathScript(lineInside(part, MATH_ATOM, look), "<mo>⊤</mo>"), hold: MATH_SCRIPT };
}

/** @type {LineWriter} */
function lineSolved([matrix, part], look) {
  const inverse = mathScript(lineInside(matrix, MATH_ATOM, look), "<mrow><mo>−</mo><mn>1</mn></mrow>");
  return { markup: inverse + lineInside(part, MATH_SCRIPT, look), hold: MATH_PRODUCT };
}

/** @type {LineWriter} */
function lineBranch([condition, yes, no], look) {
  return lineWrite(lineHolds(look.values[/** @type {string} */ (condition)]) ? yes : no, look);
}

/** @type {LineWriter} */
function lineCall(parts, look, name) {
  const inside = parts.map((part) => lineWrite(part, look).markup).join("<mo>,</mo>");
  const head = mathTag("mi", LINE_WORDS.get(name) ?? name.replaceAll("_", "\u00a0")) + mathTag("mo", "\u2061");
  return lineAtom(mathRow(head + mathBrackets(inside)));
}

/**
 * Three digits, more just below 1 (0.9999 isn't 1), or the whole number up to 1e5.
 * @type {(number: number) => LinePiece}
 */
function lineShown(number) {
  const size = Math.abs(number);
  if (size >= 1000 && size < 1e5) return lineNumber(number.toFixed(0));
  let digits = 3;
  while (digits < 9 && size < 1 && Number(size.toPrecision(digits - 1)) === 1) digits++;
  return lineNumber(lineDigits(number, digits));
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
    return { markup: mathRow(`<mo>−</mo>${lineNumber(text.slice(1)).markup}`), hold: MATH_SUM };
  }
  const [digits, power] = text.split("e");
  if (power === undefined) return lineAtom(mathTag("mn", digits));
  const ten = mathScript("<mn>10</mn>", mathTag("mn", power.replace("-", "−")));
  return { markup: `${mathTag("mn", digits)}<mo>×</mo>${ten}`, hold: MATH_PRODUCT };
}

/** @type {(markup: string) => LinePiece} */
function lineAtom(markup) {
  return { markup, hold: MATH_ATOM };
}

/**
 * As wide as it is, with fractions at full size.
 * @param {string} markup
 */
function lineMath(markup) {
  return `<math displaystyle="true">${markup}</math>`;
}
