/**
 * A formula as a tape: one instruction a line, each with its own register, equal ones once.
 *
 * The slopes are written onto the same tape by the chain rule, operation by operation, so that one
 * small interpreter runs values and slopes, for one point or for a row of pixels at once.
 *
 * @import { FormulaNode } from "./grammar.js"
 *
 * Writes the values at each x of each y into `out`, row by row, and returns it.
 * @typedef {(xs: Float64Array, ys: Float64Array, out: Float64Array) => Float64Array} Grid
 * @typedef {((x: number, y: number) => number) & {grid: Grid}} Value
 *
 * Writes value, slope along x and slope along y; `hessian` writes second derivatives xx, xy, yy.
 * @typedef {(x: number, y: number, out: number[] | Float64Array) => void} At
 */

import { TAPE_LOOPS, TAPE_NUMBERS, TAPE_SLOPES } from "./operations.js";

const TAPE_BLOCK = 256; // columns of a grid that a register holds: all registers fit the cache

/** Instruction i writes register i; "number", "x" and "y" are registers that are only set. */
export class FormulaTape {
  constructor() {
    /** @type {{op: string, a: number, b: number}[]} */
    this.lines = [];
    /** @type {Map<string, number>} */
    this.known = new Map();
    this.dividesByZero = false;
    this.x = this.line("x");
    this.y = this.line("y");
    /** @type {{x: Map<number, number>, y: Map<number, number>}} */
    this.slopes = { x: new Map(), y: new Map() };
  }

  /**
   * @param {string} op
   * @param {number} [a]
   * @param {number} [b]
   * @returns {number}
   */
  line(op, a = 0, b = 0) {
    const key = `${op} ${a} ${b}`;
    if (!this.known.has(key)) this.known.set(key, this.lines.push({ op, a, b }) - 1);
    return /** @type {number} */ (this.known.get(key));
  }

  /** @param {number} value */
  number(value) {
    return this.line("number", value);
  }

  /**
   * The number that a register holds, undefined if it depends on x or y.
   * @param {number} register
   */
  held(register) {
    const { op, a } = this.lines[register];
    return op === "number" ? a : undefined;
  }

  /**
   * Write an operation, unless it is plain what it gives: x + 0, 1*x, x - x.
   * @param {string} op
   * @param {number} a
   * @param {number} [b]
   * @returns {number}
   */
  write(op, a, b = a) {
    const u = this.held(a);
    const v = this.held(b);
    if (u !== undefined && v !== undefined) return this.number(TAPE_NUMBERS[op](u, v));
    if (op === "+" && u === 0) return b;
    if ((op === "+" || op === "-") && v === 0) return a;
    if (op === "*" && (u === 0 || v === 0)) return this.number(0);
    if ((op === "if" || op === "unless") && v === 0) return this.number(0);
    if (op === "*" && u === 1) return b;
    if ((op === "*" || op === "/") && v === 1) return a;
    if (op === "/" && v === 0) this.dividesByZero = true;
    if (op === "/" && u === 0) return this.number(0);
    if (op === "-" && a === b) return this.number(0);
    if (op === "/" && a === b) return this.number(1);
    return this.line(op, a, b);
  }

  /** @param {number} a */
  minus(a) {
    return this.write("*", this.number(-1), a);
  }

  /**
   * Small whole powers are products and a half is a root, as in surfaces/trace.py.
   * @param {number} a
   * @param {number} b
   * @returns {number}
   */
  power(a, b) {
    const exponent = this.held(b);
    if (this.held(a) === Math.E) return this.write("exp", b);
    if (exponent === undefined || this.held(a) !== undefined) return this.write("**", a, b);
    if (exponent < 0) return this.write("/", this.number(1), this.power(a, this.number(-exponent)));
    if (exponent === 0) return this.number(1);
    if (exponent === 1) return a;
    if (exponent === 2) return this.write("*", a, a);
    if (exponent === 3) return this.write("*", this.write("*", a, a), a);
    if (exponent === 4) return this.power(this.write("*", a, a), this.number(2));
    if (exponent === 0.5) return this.write("sqrt", a);
    return this.write("**", a, b);
  }

  /**
   * The slope of the branch that `ahead` says, the mean of both where it is 0.
   * @param {number} ahead
   * @param {number} du
   * @param {number} dv
   */
  chosen(ahead, du, dv) {
    const half = this.write("*", this.number(0.5), this.write("sign", ahead));
    const first = this.write("*", this.write("+", this.number(0.5), half), du);
    return this.write("+", first, this.write("*", this.write("-", this.number(0.5), half), dv));
  }

  /**
   * One of two registers where a condition is 1, the other where it is 0; the rest counts not.
   * @param {number} condition
   * @param {number} a
   * @param {number} b
   */
  either(condition, a, b) {
    const held = this.held(condition);
    if (held !== undefined || a === b) return held === 0 ? b : a;
    return this.write("+", this.write("if", condition, a), this.write("unless", condition, b));
  }

  /**
   * Write a checked tree; the register that holds its value.
   * @param {FormulaNode} node
   * @returns {number}
   */
  tree(node) {
    const { kind, text, constant, parts } = node;
    if (constant !== null) return this.number(constant);
    if (kind === "name") return text === "x" ? this.x : this.y;
    const [a, b, c] = parts.map((part) => this.tree(part));
    if (kind === "minus") return this.minus(a);
    if (text === "**") return this.power(a, b);
    return text === "where" ? this.either(a, b, c) : this.write(text, a, b);
  }

  /**
   * Write the slope of a register along "x" or "y"; the register that holds it.
   * @param {number} register
   * @param {"x" | "y"} along
   * @returns {number}
   */
  slope(register, along) {
    const known = this.slopes[along];
    if (!known.has(register)) {
      known.set(register, this.derive(register, along));
    }
    return /** @type {number} */ (known.get(register));
  }

  /**
   * @param {number} register
   * @param {"x" | "y"} along
   */
  derive(register, along) {
    const { op, a, b } = this.lines[register];
    const rule = TAPE_SLOPES[op];
    if (!rule) return this.number(op === along ? 1 : 0);
    const du = this.slope(a, along);
    const dv = this.slope(b, along);
    const isFlat = this.held(du) === 0 && this.held(dv) === 0;
    return isFlat ? this.number(0) : rule(this, register, a, b, du, dv);
  }

  /**
   * An array of `room` numbers for each line, with the constants in their places.
   * @param {number} room
   */
  registers(room) {
    return this.lines.map(({ op, a }) => new Float64Array(room).fill(op === "number" ? a : 0));
  }

  /**
   * A function that runs these lines on the first n numbers of the registers.
   * @param {number[]} indices
   * @param {Float64Array[]} registers
   * @returns {(n: number) => void}
   */
  program(indices, registers) {
    const steps = indices.map((i) => {
      const { op, a, b } = this.lines[i];
      return { loop: TAPE_LOOPS[op], c: registers[i], a: registers[a], b: registers[b] };
    });
    return (n) => {
      for (let i = 0; i < steps.length; i++) {
        const { loop, a, b, c } = steps[i];
        loop(c, a, b, n);
      }
    };
  }

  /** For each line what it depends on: "", "x", "y" or "xy". */
  dependences() {
    /** @type {string[]} */
    const found = [];
    for (const { op, a, b } of this.lines) {
      const operands = op in TAPE_LOOPS ? found[a] + found[b] : op === "number" ? "" : op;
      found.push((operands.includes("x") ? "x" : "") + (operands.includes("y") ? "y" : ""));
    }
    return found;
  }
}

/**
 * Make `value(x, y)`, `value.grid(xs, ys, out)` and `at(x, y, out)` of a checked tree.
 * @param {FormulaNode} tree
 * @returns {{value: Value, at: At & {hessian: At}, dividesByZero: boolean}}
 */
export function compileTree(tree) {
  const tape = new FormulaTape();
  const result = tape.tree(tree);
  const { dividesByZero } = tape; // slopes may, at a jump; a value that does is none anywhere
  const end = tape.lines.length;
  const alongX = tape.slope(result, "x");
  const alongY = tape.slope(result, "y");
  const all = tape.lines.map((_, i) => i).filter((i) => tape.lines[i].op in TAPE_LOOPS);
  const point = tape.registers(1);
  const runValue = tape.program(all.filter((i) => i < end), point);
  const runSlopes = tape.program(all.filter((i) => i >= end), point);
  const [atX, atY, atZ] = [point[tape.x], point[tape.y], point[result]];
  const [slopeX, slopeY] = [point[alongX], point[alongY]];

  /**
   * @param {number} x
   * @param {number} y
   */
  function value(x, y) {
    atX[0] = x;
    atY[0] = y;
    runValue(1);
    return atZ[0];
  }
  value.grid = gridRunner(tape, result, all.filter((i) => i < end));

  /**
   * A slope that is 0/0 where the value is finite, as at the tip of a cone, counts as 0.
   * @type {At}
   */
  function at(x, y, out) {
    const z = value(x, y);
    runSlopes(1);
    const finite = z - z === 0;
    out[0] = z;
    out[1] = finite && Number.isNaN(slopeX[0]) ? 0 : slopeX[0];
    out[2] = finite && Number.isNaN(slopeY[0]) ? 0 : slopeY[0];
  }

  return { value, at: Object.assign(at, { hessian: curvature(tape, alongX, alongY) }), dividesByZero };
}

/**
 * A function of the second derivatives xx, xy, yy, whose lines are written when it is first called.
 * @param {FormulaTape} tape
 * @param {number} alongX  the register of the slope along x
 * @param {number} alongY
 * @returns {At}
 */
function curvature(tape, alongX, alongY) {
  /** @type {At | undefined} */
  let made;
  return (x, y, out) => (made ??= secondDerivatives(tape, alongX, alongY))(x, y, out);
}

/**
 * @param {FormulaTape} tape
 * @param {number} alongX
 * @param {number} alongY
 * @returns {At}
 */
function secondDerivatives(tape, alongX, alongY) {
  const results = [tape.slope(alongX, "x"), tape.slope(alongX, "y"), tape.slope(alongY, "y")];
  const registers = tape.registers(1);
  const run = tape.program(tape.lines.map((_, i) => i).filter((i) => tape.lines[i].op in TAPE_LOOPS), registers);
  return (x, y, out) => {
    registers[tape.x][0] = x;
    registers[tape.y][0] = y;
    run(1);
    results.forEach((register, i) => (out[i] = registers[register][0]));
  };
}

/**
 * Values of a whole grid, in blocks of columns: what holds x alone is worked out once for a block,
 * what holds y alone once for a row of it.
 * @param {FormulaTape} tape
 * @param {number} result
 * @param {number[]} lines
 * @returns {Grid}
 */
function gridRunner(tape, result, lines) {
  const held = tape.dependences();
  const point = tape.registers(1);
  const block = tape.registers(TAPE_BLOCK);
  const mixed = lines.filter((i) => held[i] === "xy");
  const runColumns = tape.program(lines.filter((i) => held[i] === "x"), block);
  const runRow = tape.program(lines.filter((i) => held[i] === "y"), point);
  const runMixed = tape.program(mixed, block);
  const read = mixed.flatMap((i) => [tape.lines[i].a, tape.lines[i].b]);
  const spread = [...new Set([...read, result])].filter((register) => held[register] === "y");

  return (xs, ys, out) => {
    for (let start = 0; start < xs.length; start += TAPE_BLOCK) {
      const n = Math.min(TAPE_BLOCK, xs.length - start);
      const values = block[result].subarray(0, n);
      block[tape.x].set(xs.subarray(start, start + n));
      runColumns(n);
      for (let row = 0; row < ys.length; row++) {
        point[tape.y][0] = ys[row];
        runRow(1);
        for (const i of spread) block[i].fill(point[i][0], 0, n);
        runMixed(n);
        out.set(values, row * xs.length + start);
      }
    }
    return out;
  };
}
