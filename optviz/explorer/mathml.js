/** A formula as presentation MathML, so that a page shows it as people write it. */

import { readFormula } from "./formula.js";

// How tightly a piece holds together: what is looser than its place needs gets brackets.
const MATH_SUM = 1;
const MATH_PRODUCT = 2;
const MATH_SCRIPT = 3; // fractions, roots and powers: unclear only as the base of a power
const MATH_ATOM = 4;

const MATH_PIECES = {
  number: mathNumber, name: mathName, minus: mathMinus, call: mathCall,
  "+": mathSum, "-": mathSum, "*": mathProduct, "/": mathFraction, "**": mathPower,
};

/**
 * @param {string|import("./grammar.js").FormulaNode} formula  a text or its tree
 * @returns {string} a <math> element
 */
export function toMathML(formula) {
  const tree = typeof formula === "string" ? readFormula(formula) : formula;
  return `<math display="block">${mathPiece(tree).markup}</math>`;
}

/** @returns {{markup: string, hold: number}} */
function mathPiece(node) {
  return MATH_PIECES[node.kind === "binary" ? node.op : node.kind](node);
}

/** A part in its place: in brackets if it is too loose there, or a minus would follow a sign. */
function mathInside(node, needed, afterSign = false) {
  const { markup, hold } = mathPiece(node);
  return hold < needed || (afterSign && mathStartsWithMinus(node)) ? mathBrackets(markup) : markup;
}

function mathStartsWithMinus({ kind, op, parts }) {
  return kind === "minus" || (["+", "-", "*"].includes(op) && mathStartsWithMinus(parts[0]));
}

/** Everything that comes from the user's text passes here. */
function mathTag(name, text) {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<${name}>${escaped}</${name}>`;
}

function mathRow(markup) {
  return `<mrow>${markup}</mrow>`;
}

/** Brackets that grow around fractions only: fonts let them grow at the tail of a y already. */
function mathBrackets(markup) {
  const grows = markup.includes("<mfrac>") ? "" : ' stretchy="false"';
  return mathRow(`<mo${grows}>(</mo>${markup}<mo${grows}>)</mo>`);
}

function mathScript(base, exponent) {
  return `<msup>${mathRow(base)}${mathRow(exponent)}</msup>`;
}

/** 0.5 as it was typed, 1e-3 as a power of ten, 0x10 and 1_000 as decimals. */
function mathNumber({ text }) {
  const plain = /^0[xXbBoO]/.test(text) ? String(Number(text.replaceAll("_", ""))) : text;
  const [digits, power] = plain.replaceAll("_", "").toLowerCase().split("e");
  if (power === undefined) return { markup: mathTag("mn", digits), hold: MATH_ATOM };
  const exponent = String(Number(power)).replace("-", "−");
  const ten = mathScript(mathTag("mn", "10"), mathTag("mn", exponent));
  return { markup: mathTag("mn", digits) + mathTag("mo", "·") + ten, hold: MATH_PRODUCT };
}

function mathName({ text }) {
  return { markup: mathTag("mi", text === "pi" ? "π" : text), hold: MATH_ATOM };
}

function mathMinus({ parts }) {
  const markup = mathTag("mo", "−") + mathInside(parts[0], MATH_PRODUCT, true);
  return { markup: mathRow(markup), hold: MATH_SUM };
}

function mathSum({ op, parts: [left, right] }) {
  const sign = mathTag("mo", op === "-" ? "−" : "+");
  const last = mathInside(right, op === "-" ? MATH_PRODUCT : MATH_SUM, true);
  return { markup: mathInside(left, MATH_SUM) + sign + last, hold: MATH_SUM };
}

function mathProduct({ parts: [left, right] }) {
  const first = left.kind === "minus" ? mathPiece(left).markup : mathInside(left, MATH_PRODUCT);
  const last = mathInside(right, MATH_PRODUCT, true);
  // A dot keeps digits apart; letters and brackets stand side by side, names of functions nearly.
  const times = mathTag("mo", mathStartsWith(right, "number") ? "·" : "\u2062");
  const space = mathStartsWith(right, "call") ? '<mspace width="0.17em"></mspace>' : "";
  return { markup: first + times + space + last, hold: MATH_PRODUCT };
}

function mathStartsWith({ kind, op, parts }, wanted) {
  return kind === wanted || (["*", "**"].includes(op) && mathStartsWith(parts[0], wanted));
}

function mathFraction({ parts: [above, below] }) {
  const rows = mathRow(mathPiece(above).markup) + mathRow(mathPiece(below).markup);
  return { markup: `<mfrac>${rows}</mfrac>`, hold: MATH_SCRIPT };
}

function mathPower({ parts: [base, exponent] }) {
  const raised = mathPiece(exponent).markup;
  const isPlainCall = base.kind === "call" && !["exp", "sqrt", "abs"].includes(base.name);
  if (isPlainCall && exponent.kind === "number" && base.parts.length === 1) {
    const name = mathScript(mathTag("mi", base.name), raised);
    return { markup: mathApplied(name, base), hold: MATH_SCRIPT };
  }
  return { markup: mathScript(mathInside(base, MATH_ATOM), raised), hold: MATH_SCRIPT };
}

function mathCall(node) {
  const { name, parts } = node;
  const inside = mathPiece(parts[0]).markup;
  if (name === "sqrt") return { markup: `<msqrt>${mathRow(inside)}</msqrt>`, hold: MATH_SCRIPT };
  if (name === "exp") return { markup: mathScript(mathTag("mi", "e"), inside), hold: MATH_SCRIPT };
  if (name === "abs") {
    const bar = '<mo stretchy="true" form="FORM">|</mo>';
    const bars = ["prefix", "postfix"].map((form) => bar.replace("FORM", form));
    return { markup: mathRow(bars[0] + inside + bars[1]), hold: MATH_ATOM };
  }
  const short = { minimum: "min", maximum: "max" }[name] ?? name;
  return { markup: mathApplied(mathTag("mi", short), node), hold: MATH_ATOM };
}

function mathApplied(head, { parts }) {
  const inside = parts.map((part) => mathPiece(part).markup).join(mathTag("mo", ","));
  return mathRow(head + mathTag("mo", "\u2061") + mathBrackets(inside));
}
