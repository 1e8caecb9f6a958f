/**
 * A user's own formula: text -> checked tree -> numbers, without ever evaluating text.
 *
 * The language, its limits and the words of its errors are those of surfaces/formula.py. What only
 * SymPy can tell is not asked here: Python also refuses powers that multiply out beyond an exponent
 * of 100, as (x**60)**60 does; in plain floating point they do no harm.
 *
 * @import { FormulaNode } from "./grammar.js"
 * @import { At, Value } from "./tape.js"
 */

import { formulaTree, MAX_DEPTH, MAX_LENGTH, writtenFormula } from "./grammar.js";
import { TAPE_NUMBERS } from "./operations.js";
import { compileTree } from "./tape.js";
import { Phrase } from "./phrase.js";
import { FormulaError, misread, shownText } from "./tokens.js";

const MAX_PARTS = 300; // numbers, names and operations
const MAX_EXPONENT = 100; // a constant exponent

/**
 * Names and their values, null where they vary.
 * @type {Record<string, number | null>}
 */
const NAMED_NUMBERS = { x: null, y: null, pi: Math.PI, e: Math.E };

/**
 * Read a formula in x and y.
 *
 * `at(x, y, out)` writes value, df/dx and df/dy into `out`; `value(x, y)` is the value alone, and
 * `value.grid(xs, ys, out)` writes the values of a grid, row by row, several times faster.
 * `canonical` is what was understood, in plain Python.
 *
 * @param {string} text
 * @returns {{tree: FormulaNode, canonical: string, value: Value, at: At & {hessian: At}}}
 */
export function parseFormula(text) {
  const tree = readFormula(text);
  const { value, at, dividesByZero } = compileTree(tree);
  if (dividesByZero) {
    throw new FormulaError(new Phrase(
      "formula must be a finite real number somewhere; not {given}, which never is", { given: shownText(text) },
    ));
  }
  const canonical = writtenFormula(tree);
  if (canonical.length > MAX_LENGTH) {
    throw new FormulaError(new Phrase(
      "formula must be at most {count} characters when every sign is written; not {given}",
      { count: MAX_LENGTH, given: canonical.length },
    ));
  }
  return { tree, canonical, value, at };
}

/**
 * @param {string} text
 * @returns {FormulaNode} the checked tree of a formula, or a FormulaError is thrown
 */
export function readFormula(text) {
  const tree = formulaTree(text);
  new FormulaChecker(text).check(tree, 0);
  return tree;
}

/** Walks the tree once, in Python's order, counting; works out every constant part on the way. */
class FormulaChecker {
  /** @param {string} text */
  constructor(text) {
    this.typed = [...text];
    this.parts = 0;
  }

  /**
   * @param {FormulaNode} node
   * @param {number} depth
   */
  check(node, depth) {
    this.parts += 1;
    if (depth > MAX_DEPTH) {
      throw misread(new Phrase("be at most {count} levels deep", { count: MAX_DEPTH }), "deeper", node.start);
    }
    if (this.parts > MAX_PARTS) {
      throw misread(new Phrase("have at most {count} parts", { count: MAX_PARTS }), "more", node.start);
    }
    node.constant = this.checkKind(node, depth);
  }

  /**
   * Check one part and those inside it, and return its value if it is constant, else null.
   * @param {FormulaNode} node
   * @param {number} depth
   */
  checkKind(node, depth) {
    const { kind, text, parts } = node;
    if (kind === "number") return this.checkNumber(node);
    if (kind === "name") return NAMED_NUMBERS[text];
    // A long sum is a chain to the left: deep as a tree, flat to the reader.
    const isChain = kind === "binary" && parts[0].kind === "binary";
    parts.forEach((part, i) => {
      if (part.kind === "compare") this.checkComparison(part, depth);
      else this.check(part, isChain && i === 0 ? depth : depth + 1);
    });
    if (kind === "minus") return parts[0].constant === null ? null : -parts[0].constant;
    if (text === "**") this.checkExponent(parts[0], parts[1]);
    return this.fold(node);
  }

  /**
   * @param {FormulaNode} node
   * @param {number} depth
   */
  checkComparison(node, depth) {
    for (const part of node.parts) this.check(part, depth + 1);
    const [a, b] = node.parts.map((part) => part.constant);
    node.constant = a === null || b === null ? null : TAPE_NUMBERS[node.text](a, b);
  }

  /** @param {FormulaNode} node */
  checkNumber(node) {
    const value = Number(node.text);
    if (Number.isFinite(value)) return value;
    throw misread("be made of numbers below 1.8e308", "a larger one", node.start);
  }

  /**
   * @param {FormulaNode} base
   * @param {FormulaNode} exponent
   */
  checkExponent(base, exponent) {
    let large = null;
    if (exponent.constant !== null) {
      if (Math.abs(exponent.constant) > MAX_EXPONENT) large = shownNumber(exponent.constant);
    } else if (base.constant !== Math.E) {
      large = largeNumber(exponent);
    }
    if (large === null) return;
    const allowed = new Phrase("be made of exponents from -{most} to {most}", { most: MAX_EXPONENT });
    throw misread(allowed, large, exponent.start);
  }

  /**
   * The value of an operation on constants, which must be a finite real number.
   * @param {FormulaNode} node
   */
  fold(node) {
    const values = node.parts.map((part) => part.constant);
    if (values.includes(null)) return null;
    const value = TAPE_NUMBERS[node.text](.../** @type {number[]} */ (values));
    if (Number.isFinite(value)) return value;
    const shown = shownText(this.typed.slice(node.start, node.end).join(""));
    throw misread("be made of parts that are finite real numbers", shown, node.start);
  }
}

/**
 * A number in an exponent that is beyond the limit, or null.
 * @param {FormulaNode} node
 * @returns {string | null}
 */
function largeNumber(node) {
  if (node.constant !== null) {
    return Math.abs(node.constant) > MAX_EXPONENT ? String(node.constant) : null;
  }
  return node.parts.map(largeNumber).find((number) => number !== null) ?? null;
}

/**
 * A number as Python's repr shows a float: 101.0, 1e+16.
 * @param {number} value
 */
function shownNumber(value) {
  if (Math.abs(value) >= 1e16) {
    return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
