/**
 * A user's own formula: text -> checked tree -> numbers, without ever evaluating text.
 *
 * The language, its limits and the words of its errors are those of surfaces/formula.py. What only
 * SymPy can tell is not asked here: Python also refuses powers that multiply out beyond an exponent
 * of 100, as (x**60)**60 does; in plain floating point they do no harm.
 */

import { FormulaError, formulaTree, shownText } from "./grammar.js";
import { compileTree, TAPE_NUMBERS } from "./tape.js";

const MAX_LENGTH = 1000; // characters
const MAX_DEPTH = 24; // brackets, functions and signs inside each other
const MAX_PARTS = 300; // numbers, names and operations
const MAX_EXPONENT = 100; // a constant exponent

/** Functions a formula may call, and how many arguments each takes. */
const FORMULA_FUNCTIONS = {
  sin: 1, cos: 1, tan: 1, exp: 1, log: 1, sqrt: 1, abs: 1, tanh: 1, sinh: 1, cosh: 1,
  minimum: 2, maximum: 2,
};
const FORMULA_NAMES = { x: null, y: null, pi: Math.PI, e: Math.E };
const FORMULA_OPERATORS = ["+", "-", "*", "/", "**"];

/**
 * Read a formula in x and y.
 *
 * `at(x, y, out)` writes value, df/dx and df/dy into `out`; `value(x, y)` is the value alone, and
 * `value.grid(xs, ys, out)` writes the values of a grid, row by row, several times faster.
 *
 * @param {string} text
 * @returns {{tree: import("./grammar.js").FormulaNode, value: Function, at: (x: number, y: number, out: any) => void}}
 */
export function parseFormula(text) {
  const tree = readFormula(text);
  const { value, at, dividesByZero } = compileTree(tree);
  if (dividesByZero) {
    const shown = shownText(text.trim());
    throw new FormulaError(
      `formula must be a finite real number somewhere; not ${shown}, which never is`,
    );
  }
  return { tree, value, at };
}

/** @returns {import("./grammar.js").FormulaNode} the checked tree of a formula, or a FormulaError is thrown */
export function readFormula(given) {
  const text = given.replace(/^ +| +$/g, "");
  if (!text) throw new FormulaError("formula must be an expression in x and y; not an empty text");
  if (text.length > MAX_LENGTH) {
    throw new FormulaError(
      `formula must be at most ${MAX_LENGTH} characters; not ${text.length}`,
    );
  }
  const odd = text.search(/[^ -~]/);
  if (odd >= 0) {
    const character = String.fromCodePoint(text.codePointAt(odd));
    throw notMadeOf("printable ASCII characters", shownText(character), odd);
  }
  const tree = formulaTree(text);
  new FormulaChecker(text).check(tree, 0);
  return tree;
}

/** Walks the tree once, in Python's order, counting; works out every constant part on the way. */
class FormulaChecker {
  constructor(text) {
    this.text = text;
    this.parts = 0;
  }

  check(node, depth) {
    this.parts += 1;
    const column = node.start + 1;
    if (depth > MAX_DEPTH) {
      throw new FormulaError(
        `formula must be at most ${MAX_DEPTH} levels deep; not deeper, at column ${column}`,
        column,
      );
    }
    if (this.parts > MAX_PARTS) {
      throw new FormulaError(
        `formula must have at most ${MAX_PARTS} parts; not more, at column ${column}`,
        column,
      );
    }
    node.constant = this.checkKind(node, depth);
  }

  /** Check one part and those inside it, and return its value if it is constant, else null. */
  checkKind(node, depth) {
    const { kind, parts } = node;
    if (kind === "number") return this.checkNumber(node);
    if (kind === "name" && Object.hasOwn(FORMULA_NAMES, node.text)) return FORMULA_NAMES[node.text];
    if (kind === "minus") {
      this.check(parts[0], depth + 1);
      return parts[0].constant === null ? null : -parts[0].constant;
    }
    if (kind === "binary" && FORMULA_OPERATORS.includes(node.op)) {
      // A long sum is a chain to the left: deep as a tree, flat to the reader.
      this.check(parts[0], parts[0].kind === "binary" ? depth : depth + 1);
      this.check(parts[1], depth + 1);
      if (node.op === "**") this.checkExponent(parts[0], parts[1]);
      return this.fold(node.op, node);
    }
    if (kind === "binary" && node.op === "^") {
      throw notMadeOf("powers written **", "'^'", parts[0].end);
    }
    if (kind === "call" && Object.hasOwn(FORMULA_FUNCTIONS, node.name)) {
      const count = FORMULA_FUNCTIONS[node.name];
      if (parts.length !== count) {
        const allowed = `${node.name} with ${count} argument${count > 1 ? "s" : ""}`;
        throw notMadeOf(allowed, parts.length, node.start);
      }
      for (const part of parts) this.check(part, depth + 1);
      return this.fold(node.name, node);
    }
    const functions = Object.keys(FORMULA_FUNCTIONS).join(" ");
    const allowed = `numbers, x, y, pi, e, + - * / **, brackets and ${functions}`;
    throw notMadeOf(allowed, this.shown(node), node.start);
  }

  checkNumber(node) {
    const value = Number(node.text.replaceAll("_", ""));
    if (Number.isFinite(value)) return value;
    throw notMadeOf("numbers below 1.8e308", "'a larger one'", node.start);
  }

  checkExponent(base, exponent) {
    let large = null;
    if (exponent.constant !== null) {
      if (Math.abs(exponent.constant) > MAX_EXPONENT) large = shownNumber(exponent.constant);
    } else if (base.constant !== Math.E) {
      large = largeNumber(exponent);
    }
    if (large === null) return;
    const allowed = `exponents from -${MAX_EXPONENT} to ${MAX_EXPONENT}`;
    throw notMadeOf(allowed, large, exponent.start);
  }

  /** The value of an operation on constants, which must be a finite real number. */
  fold(op, node) {
    const values = node.parts.map((part) => part.constant);
    if (values.includes(null)) return null;
    const value = TAPE_NUMBERS[op](...values);
    if (Number.isFinite(value)) return value;
    throw notMadeOf("parts that are finite real numbers", this.shown(node), node.start);
  }

  shown(node) {
    return shownText(this.text.slice(node.start, node.end));
  }
}

/** A number in an exponent that is beyond the limit, or null. */
function largeNumber(node) {
  if (node.constant !== null) {
    return Math.abs(node.constant) > MAX_EXPONENT ? String(node.constant) : null;
  }
  return node.parts.map(largeNumber).find((number) => number !== null) ?? null;
}

function notMadeOf(allowed, shown, start) {
  const column = start + 1;
  const message = `formula must be made of ${allowed}; not ${shown} at column ${column}`;
  return new FormulaError(message, column);
}

/** A number as Python's repr shows a float: 101.0, 1e+16. */
function shownNumber(value) {
  if (Math.abs(value) >= 1e16) {
    return value.toExponential().replace(/e([+-])(\d)$/, "e$10$2");
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}
