/**
 * The operations of a formula's tape: what each gives for numbers, for rows of them, and its slope.
 *
 * @import { FormulaTape } from "./tape.js"
 *
 * Writes n numbers to c.
 * @typedef {(c: Float64Array, a: Float64Array, b: Float64Array, n: number) => void} Loop
 *
 * Registers all; returns that of the slope.
 * @typedef {(t: FormulaTape, f: number, u: number, v: number, du: number, dv: number) => number} Slope
 */

import { cbrt } from "../engine/arithmetic.js";
import { raise } from "../engine/powers.js";

/**
 * What each operation gives for numbers. Infinities and NaN are as in C, and so as in Python.
 * @type {Record<string, (...numbers: number[]) => number>}
 */
export const TAPE_NUMBERS = {
  "+": (u, v) => u + v,
  "-": (u, v) => u - v,
  "*": (u, v) => u * v,
  "/": (u, v) => u / v,
  "**": raised,
  sin: Math.sin, cos: Math.cos, tan: Math.tan, exp: Math.exp, log: Math.log, sqrt: Math.sqrt,
  abs: Math.abs, tanh: Math.tanh, sinh: Math.sinh, cosh: Math.cosh, sign: Math.sign,
  asin: Math.asin, acos: Math.acos, atan: Math.atan, asinh: Math.asinh, acosh: Math.acosh,
  atanh: Math.atanh, log2: Math.log2, log10: Math.log10, floor: Math.floor, cbrt,
  atan2: Math.atan2,
  minimum: (u, v) => (u < v || u !== u ? u : v),
  maximum: (u, v) => (u > v || u !== u ? u : v),
  "<": (u, v) => Number(u < v), "<=": (u, v) => Number(u <= v),
  ">": (u, v) => Number(u > v), ">=": (u, v) => Number(u >= v),
  if: (c, u) => (c ? u : 0), unless: (c, u) => (c ? 0 : u), // where(c, u, v) is their sum
  where: (c, u, v) => (c ? u : v),
};

/**
 * JavaScript's power, except that 1 and -1 to the infinite are 1 as in C.
 * @param {number} u
 * @param {number} v
 */
function raised(u, v) {
  return u === 1 || (u === -1 && (v === Infinity || v === -Infinity)) ? 1 : raise(u, v);
}

/**
 * The same over registers: n numbers of c out of those of a and b. Each has its own loop, so that
 * the engine compiles each operation into it.
 * @type {Record<string, Loop>}
 */
export const TAPE_LOOPS = {
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
  ...Object.fromEntries([
    "minimum", "maximum", "asin", "acos", "atan", "asinh", "acosh", "atanh", "log2", "log10",
    "floor", "cbrt", "atan2", "<", "<=", ">", ">=", "if", "unless",
  ].map((name) => [name, loopOf(TAPE_NUMBERS[name])])),
};

/**
 * One loop for what is rarer.
 * @param {(...numbers: number[]) => number} operation
 * @returns {Loop}
 */
function loopOf(operation) {
  return (c, a, b, n) => {
    for (let i = 0; i < n; i++) c[i] = operation(a[i], b[i]);
  };
}

/**
 * The slope of each operation from registers: f is its result, u and v its operands, du and dv
 * their slopes. The slope of a jump counts as 0, as in surfaces/functions.py.
 * @type {Record<string, Slope>}
 */
export const TAPE_SLOPES = {
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
  asin: (t, f, u, _, du) => t.write("/", du, rootOf(t, "-", t.number(1), squared(t, u))),
  acos: (t, f, u, _, du) => t.minus(t.write("/", du, rootOf(t, "-", t.number(1), squared(t, u)))),
  atan: (t, f, u, _, du) => t.write("/", du, t.write("+", t.number(1), squared(t, u))),
  asinh: (t, f, u, _, du) => t.write("/", du, rootOf(t, "+", t.number(1), squared(t, u))),
  acosh: (t, f, u, _, du) => t.write("/", du, rootOf(t, "-", squared(t, u), t.number(1))),
  atanh: (t, f, u, _, du) => t.write("/", du, t.write("-", t.number(1), squared(t, u))),
  log2: (t, f, u, _, du) => t.write("/", du, t.write("*", u, t.number(Math.log(2)))),
  log10: (t, f, u, _, du) => t.write("/", du, t.write("*", u, t.number(Math.log(10)))),
  cbrt: (t, f, u, _, du) => t.write("/", du, t.write("*", t.number(3), squared(t, f))),
  atan2: (t, f, u, v, du, dv) => t.write("/",
    t.write("-", t.write("*", v, du), t.write("*", u, dv)),
    t.write("+", squared(t, u), squared(t, v))),
  sign: (t) => t.number(0),
  floor: (t) => t.number(0),
  "<": (t) => t.number(0), "<=": (t) => t.number(0),
  ">": (t) => t.number(0), ">=": (t) => t.number(0),
  if: (t, f, c, u, dc, du) => t.write("if", c, du),
  unless: (t, f, c, u, dc, du) => t.write("unless", c, du),
  minimum: (t, f, u, v, du, dv) => t.chosen(t.write("-", v, u), du, dv),
  maximum: (t, f, u, v, du, dv) => t.chosen(t.write("-", u, v), du, dv),
};

/**
 * @param {FormulaTape} t
 * @param {number} u
 */
function squared(t, u) {
  return t.power(u, t.number(2));
}

/**
 * @param {FormulaTape} t
 * @param {string} sign
 * @param {number} u
 * @param {number} v
 */
function rootOf(t, sign, u, v) {
  return t.write("sqrt", t.write(sign, u, v));
}
