/**
 * A formula as a tape: one instruction a line, each with its own register, equal ones once.
 *
 * The slopes are written onto the same tape by the chain rule, operation by operation, so that one
 * small interpreter runs values and slopes, for one point or for a row of pixels at once.
 */

const TAPE_BLOCK = 256; // columns of a grid that a register holds: all registers fit the cache

/** What each operation gives for numbers. Infinities and NaN are as in C, and so as in Python. */
export const TAPE_NUMBERS = {
  "+": (u, v) => u + v,
  "-": (u, v) => u - v,
  "*": (u, v) => u * v,
  "/": (u, v) => u / v,
  "**": raised,
  sin: Math.sin, cos: Math.cos, tan: Math.tan, exp: Math.exp, log: Math.log, sqrt: Math.sqrt,
  abs: Math.abs, tanh: Math.tanh, sinh: Math.sinh, cosh: Math.cosh, sign: Math.sign,
  minimum: (u, v) => (u < v || u !== u ? u : v),
  maximum: (u, v) => (u > v || u !== u ? u : v),
};

/** JavaScript's power, except that 1 and -1 to the infinite are 1 as in C. */
function raised(u, v) {
  return u === 1 || (u === -1 && (v === Infinity || v === -Infinity)) ? 1 : u ** v;
}

/**
 * The same over registers: n numbers of c out of those of a and b. Each has its own loop, so that
 * the engine compiles each operation into it.
 */
const TAPE_LOOPS = {
  "+": (c, a, b, n) => { for (let i = 0; i < n; i++) c[i] = a[i] + b[i]; },
  "-": (c, a, b, n) => { for (let i = 0; i < n; i++) c[i] = a[i] - b[i]; },
  "*": (c, a, b, n) => { for (let i = 0; i < n; i++) c[i] = a[i] * b[i]; },
  "/": (c, a, b, n) => { for (let i = 0; i < n; i++) c[i] = a[i] / b[i]; },
  "**": (c, a, b, n) => { for (let i = 0; i < n; i++) c[i] = raised(a[i], b[i]); },
  sin: (c, a, _, n) => { for (let i = 0; i < n; i++) c[i] = Math.sin(a[i]); },
  cos: (c, a, _, n) => { for (let i = 0; i < n; i++) c[i] = Math.cos(a[i]); },
  tan: (c, a, _, n) => { for (let i = 0; i < n; i++) c[i] = Math.tan(a[i]); },
  exp: (c, a, _, n) => { for (let i = 0; i < n; i++) c[i] = Math.exp(a[i]); },
  log: (c, a, _, n) => { for (let i = 0; i < n; i++) c[i] = Math.log(a[i]); },
  sqrt: (c, a, _, n) => { for (let i = 0; i < n; i++) c[i] = Math.sqrt(a[i]); },
  abs: (c, a, _, n) => { for (let i = 0; i < n; i++) c[i] = Math.abs(a[i]); },
  tanh: (c, a, _, n) => { for (let i = 0; i < n; i++) c[i] = Math.tanh(a[i]); },
  sinh: (c, a, _, n) => { for (let i = 0; i < n; i++) c[i] = Math.sinh(a[i]); },
  cosh: (c, a, _, n) => { for (let i = 0; i < n; i++) c[i] = Math.cosh(a[i]); },
  sign: (c, a, _, n) => { for (let i = 0; i < n; i++) c[i] = Math.sign(a[i]); },
  minimum: (c, a, b, n) => {
    for (let i = 0; i < n; i++) c[i] = TAPE_NUMBERS.minimum(a[i], b[i]);
  },
  maximum: (c, a, b, n) => {
    for (let i = 0; i < n; i++) c[i] = TAPE_NUMBERS.maximum(a[i], b[i]);
  },
};

/**
 * The slope of each operation from registers: f is its result, u and v its operands, du and dv
 * their slopes. The slope of a jump counts as 0, as in surfaces/functions.py.
 */
const TAPE_SLOPES = {
  "+": (t, f, u, v, du, dv) => t.write("+", du, dv),
  "-": (t, f, u, v, du, dv) => t.write("-", du, dv),
  "*": (t, f, u, v, du, dv) => t.write("+", t.write("*", du, v), t.write("*", u, dv)),
  "/": (t, f, u, v, du, dv) =>
    t.write("-", t.write("/", du, v), t.write("/", t.write("*", u, dv), t.power(v, t.number(2)))),
  "**": (t, f, u, v, du, dv) => {
    const lower = t.power(u, t.write("-", v, t.number(1)));
    const byBase = t.write("*", t.write("*", v, lower), du);
    if (t.held(dv) === 0) return byBase; // no logarithm is worked out for x**7
    return t.write("+", byBase, t.write("*", dv, t.write("*", f, t.write("log", u))));
  },
  sin: (t, f, u, _, du) => t.write("*", t.write("cos", u), du),
  cos: (t, f, u, _, du) => t.write("*", t.minus(t.write("sin", u)), du),
  tan: (t, f, u, _, du) => t.write("*", t.write("+", t.number(1), t.write("*", f, f)), du),
  exp: (t, f, u, _, du) => t.write("*", f, du),
  log: (t, f, u, _, du) => t.write("/", du, u),
  sqrt: (t, f, u, _, du) => t.write("/", du, t.write("*", t.number(2), f)),
  abs: (t, f, u, _, du) => t.write("*", t.write("sign", u), du),
  tanh: (t, f, u, _, du) => t.write("*", t.write("-", t.number(1), t.write("*", f, f)), du),
  sinh: (t, f, u, _, du) => t.write("*", t.write("cosh", u), du),
  cosh: (t, f, u, _, du) => t.write("*", t.write("sinh", u), du),
  sign: (t) => t.number(0),
  minimum: (t, f, u, v, du, dv) => t.chosen(t.write("-", v, u), du, dv),
  maximum: (t, f, u, v, du, dv) => t.chosen(t.write("-", u, v), du, dv),
};

/** Instruction i writes register i; "number", "x" and "y" are registers that are only set. */
class FormulaTape {
  constructor() {
    this.lines = [];
    this.known = new Map();
    this.dividesByZero = false;
    this.x = this.line("x");
    this.y = this.line("y");
    this.slopes = { x: new Map(), y: new Map() };
  }

  line(op, a = 0, b = 0) {
    const key = `${op} ${a} ${b}`;
    if (!this.known.has(key)) this.known.set(key, this.lines.push({ op, a, b }) - 1);
    return this.known.get(key);
  }

  number(value) {
    return this.line("number", value);
  }

  /** The number that a register holds, undefined if it depends on x or y. */
  held(register) {
    const { op, a } = this.lines[register];
    return op === "number" ? a : undefined;
  }

  /** Write an operation, unless it is plain what it gives: x + 0, 1*x, x - x. */
  write(op, a, b = a) {
    const u = this.held(a);
    const v = this.held(b);
    if (u !== undefined && v !== undefined) return this.number(TAPE_NUMBERS[op](u, v));
    if (op === "+" && u === 0) return b;
    if ((op === "+" || op === "-") && v === 0) return a;
    if (op === "*" && (u === 0 || v === 0)) return this.number(0);
    if (op === "*" && u === 1) return b;
    if ((op === "*" || op === "/") && v === 1) return a;
    if (op === "/" && v === 0) this.dividesByZero = true;
    if (op === "/" && u === 0) return this.number(0);
    if (op === "-" && a === b) return this.number(0);
    if (op === "/" && a === b) return this.number(1);
    return this.line(op, a, b);
  }

  minus(a) {
    return this.write("*", this.number(-1), a);
  }

  /** Small whole powers are products and a half is a root, as in surfaces/trace.py. */
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

  /** The slope of the branch that `ahead` says, the mean of both where it is 0. */
  chosen(ahead, du, dv) {
    const half = this.write("*", this.number(0.5), this.write("sign", ahead));
    const first = this.write("*", this.write("+", this.number(0.5), half), du);
    return this.write("+", first, this.write("*", this.write("-", this.number(0.5), half), dv));
  }

  /** Write a checked tree; the register that holds its value. */
  tree(node) {
    if (node.constant !== null) return this.number(node.constant);
    if (node.kind === "name") return node.text === "x" ? this.x : this.y;
    const [a, b] = node.parts.map((part) => this.tree(part));
    if (node.kind === "minus") return this.minus(a);
    if (node.op === "**") return this.power(a, b);
    return this.write(node.kind === "call" ? node.name : node.op, a, b);
  }

  /** Write the slope of a register along "x" or "y"; the register that holds it. */
  slope(register, along) {
    const known = this.slopes[along];
    if (!known.has(register)) {
      known.set(register, this.derive(register, along));
    }
    return known.get(register);
  }

  derive(register, along) {
    const { op, a, b } = this.lines[register];
    const rule = TAPE_SLOPES[op];
    if (!rule) return this.number(op === along ? 1 : 0);
    const du = this.slope(a, along);
    const dv = this.slope(b, along);
    const isFlat = this.held(du) === 0 && this.held(dv) === 0;
    return isFlat ? this.number(0) : rule(this, register, a, b, du, dv);
  }

  /** An array of `room` numbers for each line, with the constants in their places. */
  registers(room) {
    return this.lines.map(({ op, a }) => new Float64Array(room).fill(op === "number" ? a : 0));
  }

  /** A function that runs these lines on the first n numbers of the registers. */
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
    const found = [];
    for (const { op, a, b } of this.lines) {
      const operands = op in TAPE_LOOPS ? found[a] + found[b] : op === "number" ? "" : op;
      found.push((operands.includes("x") ? "x" : "") + (operands.includes("y") ? "y" : ""));
    }
    return found;
  }
}

/** Make `value(x, y)`, `value.grid(xs, ys, out)` and `at(x, y, out)` of a checked tree. */
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

  function value(x, y) {
    atX[0] = x;
    atY[0] = y;
    runValue(1);
    return atZ[0];
  }
  value.grid = gridRunner(tape, result, all.filter((i) => i < end));

  /** A slope that is 0/0 where the value is finite, as at the tip of a cone, counts as 0. */
  function at(x, y, out) {
    const z = value(x, y);
    runSlopes(1);
    const finite = z - z === 0;
    out[0] = z;
    out[1] = finite && Number.isNaN(slopeX[0]) ? 0 : slopeX[0];
    out[2] = finite && Number.isNaN(slopeY[0]) ? 0 : slopeY[0];
  }

  return { value, at, dividesByZero };
}

/**
 * Values of a whole grid, in blocks of columns: what holds x alone is worked out once for a block,
 * what holds y alone once for a row of it.
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
