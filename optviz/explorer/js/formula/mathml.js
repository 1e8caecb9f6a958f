/**
 * A formula as presentation MathML, so that a page shows it as people write it.
 *
 * @import { FormulaNode } from "./grammar.js"
 * @typedef {{markup: string, hold: number}} Piece
 */

import { numberText } from "./digits.js";
import { readFormula } from "./parse.js";
import {
  MATH_ATOM, MATH_PRODUCT, MATH_SCRIPT, MATH_SUM, mathBrackets, mathRow, mathScript, mathTag,
} from "./markup.js";

/** @type {Record<string, (node: FormulaNode) => Piece>} */
const MATH_PIECES = {
  number: mathNumber, name: mathName, minus: mathMinus, call: mathCall, compare: mathCompare,
  "+": mathSum, "-": mathSum, "*": mathProduct, "/": mathFraction, "**": mathPower,
};

/**
 * @param {string} formula
 * @param {string[]} [letters]  what x and y are called
 * @returns {string} a <math> element
 */
export function toMathML(formula, letters = ["x", "y"]) {
  return `<math display="block">${mathPiece(renamed(readFormula(formula), letters)).markup}</math>`;
}

/**
 * @param {FormulaNode} node
 * @param {string[]} letters
 * @returns {FormulaNode}
 */
function renamed(node, letters) {
  const place = node.kind === "name" ? ["x", "y"].indexOf(node.text) : -1;
  const parts = node.parts.map((part) => renamed(part, letters));
  return { ...node, text: letters[place] ?? node.text, parts };
}

/**
 * @param {FormulaNode} node
 * @returns {Piece}
 */
function mathPiece(node) {
  return MATH_PIECES[node.kind === "binary" ? node.text : node.kind](node);
}

/**
 * A part in its place: in brackets if it is too loose there, or a minus would follow a sign.
 * @param {FormulaNode} node
 * @param {number} needed
 * @param {boolean} [afterSign]
 */
function mathInside(node, needed, afterSign = false) {
  const { markup, hold } = mathPiece(node);
  return hold < needed || (afterSign && mathStartsWithMinus(node)) ? mathBrackets(markup) : markup;
}

/**
 * @param {FormulaNode} node
 * @returns {boolean}
 */
function mathStartsWithMinus({ kind, text, parts }) {
  if (kind === "minus") return true;
  return kind === "binary" && ["+", "-", "*"].includes(text) && mathStartsWithMinus(parts[0]);
}

/**
 * 0.5 as it is, 1e-6 as a power of ten.
 * @type {(node: FormulaNode) => Piece}
 */
function mathNumber({ text }) {
  const [digits, power] = numberText(text).split("e");
  if (power === undefined) return { markup: mathTag("mn", digits), hold: MATH_ATOM };
  const exponent = String(Number(power)).replace("-", "−");
  const ten = mathScript(mathTag("mn", "10"), mathTag("mn", exponent));
  if (digits === "1") return { markup: ten, hold: MATH_SCRIPT };
  return { markup: mathTag("mn", digits) + mathTag("mo", "·") + ten, hold: MATH_PRODUCT };
}

/** @type {(node: FormulaNode) => Piece} */
function mathName({ text }) {
  return { markup: mathTag("mi", text === "pi" ? "π" : text), hold: MATH_ATOM };
}

/** @type {(node: FormulaNode) => Piece} */
function mathMinus({ parts }) {
  const markup = mathTag("mo", "−") + mathInside(parts[0], MATH_PRODUCT, true);
  return { markup: mathRow(markup), hold: MATH_SUM };
}

/** @type {(node: FormulaNode) => Piece} */
function mathSum({ text, parts: [left, right] }) {
  const sign = mathTag("mo", text === "-" ? "−" : "+");
  const last = mathInside(right, text === "-" ? MATH_PRODUCT : MATH_SUM, true);
  return { markup: mathInside(left, MATH_SUM) + sign + last, hold: MATH_SUM };
}

/** @type {(node: FormulaNode) => Piece} */
function mathProduct({ parts: [left, right] }) {
  const first = left.kind === "minus" ? mathPiece(left).markup : mathInside(left, MATH_PRODUCT);
  const last = mathInside(right, MATH_PRODUCT, true);
  // A dot keeps digits apart; letters and brackets stand side by side, names of functions nearly.
  const times = mathTag("mo", mathStartsWith(right, "number") ? "·" : "\u2062");
  const space = mathStartsWith(right, "call") ? '<mspace width="0.17em"></mspace>' : "";
  return { markup: first + times + space + last, hold: MATH_PRODUCT };
}

/**
 * @param {FormulaNode} node
 * @param {string} wanted
 * @returns {boolean}
 */
function mathStartsWith({ kind, text, parts }, wanted) {
  if (kind === wanted) return true;
  return kind === "binary" && ["*", "**"].includes(text) && mathStartsWith(parts[0], wanted);
}

/** @type {(node: FormulaNode) => Piece} */
function mathFraction({ parts: [above, below] }) {
  const rows = mathRow(mathPiece(above).markup) + mathRow(mathPiece(below).markup);
  return { markup: `<mfrac>${rows}</mfrac>`, hold: MATH_SCRIPT };
}

/** @type {(node: FormulaNode) => Piece} */
function mathPower({ parts: [base, exponent] }) {
  const raised = mathPiece(exponent).markup;
  const isPlainCall = base.kind === "call" && !(base.text in MATH_SHAPES);
  if (isPlainCall && exponent.kind === "number" && base.parts.length === 1) {
    const name = mathScript(mathTag("mi", MATH_NAMES[base.text] ?? base.text), raised);
    return { markup: mathApplied(name, base), hold: MATH_SCRIPT };
  }
  return { markup: mathScript(mathInside(base, MATH_ATOM), raised), hold: MATH_SCRIPT };
}

/**
 * Functions that are not written as a name and brackets.
 * @type {Record<string, (inside: string[]) => Piece>}
 */
const MATH_SHAPES = {
  sqrt: ([inside]) => ({ markup: `<msqrt>${mathRow(inside)}</msqrt>`, hold: MATH_SCRIPT }),
  cbrt: ([inside]) =>
    ({ markup: `<mroot>${mathRow(inside)}${mathTag("mn", "3")}</mroot>`, hold: MATH_SCRIPT }),
  exp: ([inside]) => ({ markup: mathScript(mathTag("mi", "e"), inside), hold: MATH_SCRIPT }),
  abs: ([inside]) => mathFenced("|", inside, "|"),
  floor: ([inside]) => mathFenced("⌊", inside, "⌋"),
  log2: ([inside]) => mathLog("2", inside),
  log10: ([inside]) => mathLog("10", inside),
};
/**
 * Functions whose name is another than Python's.
 * @type {Record<string, string>}
 */
const MATH_NAMES = {
  minimum: "min", maximum: "max", asin: "arcsin", acos: "arccos", atan: "arctan",
  asinh: "arsinh", acosh: "arcosh", atanh: "artanh",
};

/** @type {Record<string, string>} */
const MATH_OPPOSITE = { "<": ">=", ">": "<=", "<=": ">", ">=": "<" };

/**
 * @param {string} opening
 * @param {string} inside
 * @param {string} closing
 * @returns {Piece}
 */
function mathFenced(opening, inside, closing) {
  /** @type {(sign: string, form: string) => string} */
  const fence = (sign, form) => sign && `<mo stretchy="true" form="${form}">${sign}</mo>`;
  const markup = mathRow(fence(opening, "prefix") + inside + fence(closing, "postfix"));
  return { markup, hold: MATH_ATOM };
}

/**
 * @param {string} base
 * @param {string} inside
 * @returns {Piece}
 */
function mathLog(base, inside) {
  const name = `<msub>${mathTag("mi", "log")}${mathTag("mn", base)}</msub>`;
  return { markup: mathRow(name + mathTag("mo", "\u2061") + mathBrackets(inside)), hold: MATH_ATOM };
}

/**
 * Cases: what is chosen, and beside it where; the second is chosen where the first isn't.
 * @param {FormulaNode[]} parts
 * @returns {Piece}
 */
function mathWhere([condition, a, b]) {
  /** @param {string} markup */
  const cell = (markup) => `<mtd>${markup}</mtd>`;
  /** @type {(part: FormulaNode, sign: string) => string} */
  const row = (part, sign) => {
    const value = cell(mathPiece(part).markup + mathTag("mo", ","));
    return `<mtr>${value}${cell(mathCompare({ ...condition, text: sign }).markup)}</mtr>`;
  };
  const rows = row(a, condition.text) + row(b, MATH_OPPOSITE[condition.text]);
  return mathFenced("{", `<mtable>${rows}</mtable>`, "");
}

/** @type {(node: FormulaNode) => Piece} */
function mathCall(node) {
  if (node.text === "where") return mathWhere(node.parts);
  const shape = MATH_SHAPES[node.text];
  if (shape) return shape(node.parts.map((part) => mathPiece(part).markup));
  const name = mathTag("mi", MATH_NAMES[node.text] ?? node.text);
  return { markup: mathApplied(name, node), hold: MATH_ATOM };
}

/**
 * @param {{text: string, parts: FormulaNode[]}} comparison
 * @returns {Piece}
 */
function mathCompare({ text, parts }) {
  const sign = mathTag("mo", { "<=": "≤", ">=": "≥" }[text] ?? text);
  return { markup: parts.map((part) => mathPiece(part).markup).join(sign), hold: MATH_SUM };
}

/**
 * @param {string} head
 * @param {{parts: FormulaNode[]}} call
 */
function mathApplied(head, { parts }) {
  const inside = parts.map((part) => mathPiece(part).markup).join(mathTag("mo", ","));
  return mathRow(head + mathTag("mo", "\u2061") + mathBrackets(inside));
}
