/**
 * Tokens -> tree, and a tree -> the formula's canonical text.
 *
 * The grammar is surfaces/grammar.py's, where it is written out.
 */

import { Phrase } from "./phrase.js";
import {
  FORMULA_FUNCTIONS, FORMULA_SHORTHANDS, FormulaError, formulaTokens, misread, shownText,
} from "./tokens.js";

export const MAX_LENGTH = 1000; // characters
export const MAX_DEPTH = 24; // functions, signs and operations inside each other
const MAX_NESTING = 4 * (MAX_DEPTH + 1); // brackets, also needless ones; those of a function count 4

const COMPARISONS = ["<", "<=", ">", ">="];

/**
 * @typedef {object} FormulaNode
 * @property {"number"|"name"|"minus"|"binary"|"compare"|"call"} kind
 * @property {string} text  the number, name, operator or function
 * @property {FormulaNode[]} parts  what it is made of
 * @property {number} start  where it was typed, in characters counted from 0
 * @property {number} end
 * @property {number|null} constant  its value if it holds no x or y; set once it is checked
 */

/**
 * @param {string} text
 * @returns {FormulaNode} the tree of a formula, or a FormulaError is thrown
 */
export function formulaTree(text) {
  const typed = [...text];
  if (typed.length > MAX_LENGTH) {
    throw new FormulaError(new Phrase("formula must be at most {count} characters; not {given}",
      { count: MAX_LENGTH, given: typed.length }));
  }
  return new FormulaParser(typed).whole();
}

class FormulaParser {
  /** @param {string[]} typed  characters */
  constructor(typed) {
    this.typed = typed;
    this.tokens = formulaTokens(typed);
    this.at = 0;
    this.nesting = 0;
    this.bars = 0; // | that are open inside the innermost bracket
  }

  get token() {
    return this.tokens[this.at];
  }

  take() {
    this.at += 1;
    return this.tokens[this.at - 1];
  }

  /** @param {string[]} texts */
  sees(...texts) {
    return this.token.kind === "sign" && texts.includes(this.token.text);
  }

  /**
   * @param {FormulaNode["kind"]} kind
   * @param {string} text
   * @param {FormulaNode[]} parts
   * @param {number} start
   * @returns {FormulaNode}
   */
  node(kind, text, parts, start) {
    return /** @type {FormulaNode} */ (
      { kind, text, parts, start, end: this.tokens[this.at - 1].end });
  }

  /** @param {{start: number, end: number}} part */
  shown({ start, end }) {
    return shownText(this.typed.slice(start, end).join(""));
  }

  /**
   * The token that comes is not the one that must.
   * @param {string | Phrase} wanted
   */
  unexpected(wanted) {
    const { kind, text, start } = this.token;
    const given = kind === "end" ? "its end" : this.shown(this.token);
    /** @param {number} at */
    const isNumber = (at) => this.tokens[at]?.kind === "number";
    let hint = "";
    if (kind === "sign" && COMPARISONS.includes(text)) {
      hint = "compare in where(x < 0, a, b), once";
    } else if (text === "," && isNumber(this.at - 1) && isNumber(this.at + 1)) {
      hint = "decimals have a point, as in 0.5";
    }
    return misread(new Phrase("go on with {wanted}", { wanted }), given, start, hint);
  }

  /**
   * Go levels deeper, or back up.
   * @param {number} levels
   */
  nest(levels) {
    this.nesting += levels;
    if (this.nesting > MAX_NESTING) {
      throw misread(new Phrase("be at most {count} brackets deep", { count: MAX_NESTING }), "deeper", this.token.start);
    }
  }

  get ended() {
    return this.token.kind === "end";
  }

  whole() {
    if (this.ended) {
      throw new FormulaError(new Phrase("formula must be an expression in x and y; not an empty text"));
    }
    const tree = this.sum();
    if (!this.ended) throw this.unexpected("an operator or end");
    return tree;
  }

  /** @returns {FormulaNode} */
  sum() {
    const { start } = this.token;
    let left = this.product();
    while (this.sees("+", "-")) {
      const sign = this.take().text;
      left = this.node("binary", sign, [left, this.product()], start);
    }
    return left;
  }

  /** @returns {FormulaNode} */
  product() {
    const { start } = this.token;
    let left = this.signed();
    let sign = "*";
    for (;;) {
      if (this.sees("*", "/")) {
        sign = this.take().text;
        left = this.node("binary", sign, [left, this.signed()], start);
      } else if (this.token.kind === "number") {
        throw this.unexpected("an operator or end");
      } else if (this.startsFactor()) {
        if (sign === "/") {
          const wanted = "say what is divided, as in x/2*y or x/(2*y)";
          throw misread(wanted, this.shown(this.token), this.token.start);
        }
        left = this.node("binary", "*", [left, this.power()], start);
      } else return left;
    }
  }

  /** Whether a factor comes whose sign was left out; a bar rather closes what is open. */
  startsFactor() {
    if (this.sees("|")) return !this.bars;
    return this.sees("(") || ["name", "function", "root"].includes(this.token.kind);
  }

  /** @returns {FormulaNode} */
  signed() {
    const signs = [];
    while (this.sees("+", "-")) signs.push(this.take());
    let node = this.power();
    for (const { text, start } of signs.reverse()) {
      if (text === "-") node = this.node("minus", "-", [node], start);
    }
    return node;
  }

  /** @returns {FormulaNode} */
  power() {
    const { start } = this.token;
    const base = this.atom();
    let exponent;
    if (this.token.kind === "superscript") {
      exponent = this.superscript();
      if (this.sees("**")) throw this.unexpected("brackets around a power of a power");
    } else if (this.sees("**")) {
      this.take();
      this.nest(1);
      exponent = this.signed();
      this.nest(-1);
    } else return base;
    return this.node("binary", "**", [base, exponent], start);
  }

  superscript() {
    const { text, start } = this.take();
    const number = this.node("number", text.replace("-", ""), [], start);
    return text.startsWith("-") ? this.node("minus", "-", [number], start) : number;
  }

  /** @returns {FormulaNode} */
  atom() {
    const { kind, text, start } = this.token;
    if (kind === "number" || kind === "name") {
      this.take();
      return this.node(kind, text, [], start);
    }
    if (kind === "function") return this.call();
    if (kind === "root") return this.root();
    if (this.sees("(")) return this.bracketed(")")[0];
    if (this.sees("|")) return this.node("call", "abs", this.bracketed("|"), start);
    throw this.unexpected("a number, a name or a bracket");
  }

  /**
   * What stands in brackets or bars: one sum, or the arguments of a function.
   * @param {")" | "|"} closing
   * @param {string} [name]  of a function
   * @returns {FormulaNode[]}
   */
  bracketed(closing, name = "") {
    const opening = this.take();
    const levels = name ? 4 : 1;
    this.nest(levels);
    const { bars } = this;
    this.bars = closing === "|" ? bars + 1 : 0;
    const parts = [];
    while (!(name && this.sees(closing))) {
      parts.push(name === "where" && !parts.length ? this.condition() : this.sum());
      if (!(name && this.sees(","))) break;
      this.take();
    }
    if (this.ended) {
      throw misread("close every bracket", shownText(opening.text), opening.start);
    }
    if (!this.sees(closing)) throw this.unexpected(new Phrase("an operator or {closing}", { closing }));
    this.take();
    this.nest(-levels);
    this.bars = bars;
    return parts;
  }

  /** @returns {FormulaNode} */
  condition() {
    const { start } = this.token;
    const left = this.sum();
    if (!this.sees(...COMPARISONS)) {
      throw this.unexpected("a comparison, as in where(x < 0, a, b)");
    }
    const sign = this.take().text;
    return this.node("compare", sign, [left, this.sum()], start);
  }

  /**
   * √2 or √(x + 1); whether √x² is a power or a root of one is not for us to say.
   * @returns {FormulaNode}
   */
  root() {
    const { text, start } = this.take();
    const isOpen = !this.sees("(", "|");
    this.nest(1);
    const node = this.node("call", text, [this.atom()], start);
    this.nest(-1);
    if (isOpen && (this.token.kind === "superscript" || this.sees("**"))) {
      throw this.unexpected("brackets around what the root is of");
    }
    return node;
  }

  /**
   * A function of its arguments; sin²(x) and sin^2(x) are powers of sin(x).
   * @returns {FormulaNode}
   */
  call() {
    const { text, start } = this.take();
    let exponent = null;
    if (this.token.kind === "superscript" || this.sees("**")) {
      if (this.sees("**")) this.take();
      const { kind, text: given } = this.token;
      if (!["superscript", "number"].includes(kind) || !/^[0-9]+$/.test(given)) {
        throw this.unexpected(new Phrase("a whole number or brackets, as in {text}(x)**2", { text }));
      }
      exponent = this.superscript();
    }
    if (!this.sees("(")) throw this.unexpected(new Phrase("brackets, as in {text}(x)", { text }));
    const node = this.applied(text, this.bracketed(")", text), start);
    return exponent ? this.node("binary", "**", [node, exponent], start) : node;
  }

  /**
   * A call with its number of arguments, written out if the name is a shorthand.
   * @param {string} name
   * @param {FormulaNode[]} given
   * @param {number} start
   * @returns {FormulaNode}
   */
  applied(name, given, start) {
    const meaning = FORMULA_SHORTHANDS[name] ?? "";
    const count = FORMULA_FUNCTIONS[name] ?? (meaning.includes("y") ? 2 : 1);
    const parts = (name === "max" || name === "min") && given.length > count
      ? [this.applied(name, given.slice(0, -1), start), given[given.length - 1]] : given;
    if (parts.length !== count) {
      const allowed = count > 1 ? "have {name} with {count} arguments" : "have {name} with {count} argument";
      throw misread(new Phrase(allowed, { name, count }), String(parts.length), start);
    }
    if (!meaning) return this.node("call", name, parts, start);
    const { end } = this.tokens[this.at - 1];
    return filled(new FormulaParser([...meaning]).sum(), { x: parts[0], y: parts[1] }, start, end);
  }
}

/**
 * A shorthand's tree with the arguments in their places.
 * @param {FormulaNode} node
 * @param {Record<string, FormulaNode>} given
 * @param {number} start
 * @param {number} end
 * @returns {FormulaNode}
 */
function filled(node, given, start, end) {
  if (node.kind === "name") return given[node.text];
  const parts = node.parts.map((part) => filled(part, given, start, end));
  return { ...node, parts, start, end };
}

/**
 * How tightly a part holds together: what is looser than its place needs gets brackets.
 * @type {Record<string, number>}
 */
const HOLD = { "+": 0, "-": 0, "*": 1, "/": 1, minus: 2, "**": 3, atom: 4 };

/**
 * The canonical text of a tree: Python, read back as the same tree.
 * @param {FormulaNode} node
 * @returns {string}
 */
export function writtenFormula(node) {
  const { kind, text, parts } = node;
  if (kind === "call") return `${text}(${parts.map(writtenFormula).join(", ")})`;
  if (kind === "compare") return parts.map(writtenFormula).join(` ${text} `);
  if (kind === "minus") return `-${insideOf(parts[0], HOLD.minus)}`;
  if (kind !== "binary") return text;
  const [left, right] = parts;
  if (text === "**") return `${insideOf(left, HOLD.atom)}**${insideOf(right, HOLD.minus)}`;
  const isSum = HOLD[text] === 0;
  const sign = isSum ? ` ${text} ` : text;
  // x*(-y) has more brackets than it needs, for readers.
  return insideOf(left, HOLD[text]) + sign + insideOf(right, isSum ? HOLD["*"] : HOLD["**"]);
}

/**
 * @param {FormulaNode} node
 * @param {number} needed
 */
function insideOf(node, needed) {
  const written = writtenFormula(node);
  const hold = HOLD[node.kind === "binary" ? node.text : node.kind] ?? HOLD.atom;
  return hold < needed ? `(${written})` : written;
}
