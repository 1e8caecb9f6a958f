// Python's arithmetic on floats: what the text of a rule, a schedule or a surface calls.
//
// A rule stops where Python raises (a division by zero, the root of a negative number, a power that
// overflows); a surface goes on with inf and nan, as IEEE 754 says.

import { raise } from "./powers.js";

/** Thrown where Python's floats and math raise; the descent then has diverged. */
export const UNDEFINED = new RangeError("not a finite number, as Python sees it");

/** @type {(a: number, b: number) => number} */
export function divide(a, b) {
  if (b == 0) throw UNDEFINED; // eslint-disable-line eqeqeq -- a rule may divide by a condition
  return a / b;
}

/** @type {(a: number) => number} */
export function sqrt(a) {
  if (a < 0) throw UNDEFINED;
  return Math.sqrt(a);
}

/** @type {(a: number) => number} */
export function cos(a) {
  if (a === Infinity || a === -Infinity) throw UNDEFINED;
  return Math.cos(a);
}

export const { exp, tanh } = Math;

/** @type {(a: number) => number} */
export function log(a) {
  if (a <= 0) throw UNDEFINED;
  return Math.log(a);
}

/**
 * What is left of a division, with the sign of the divisor; JavaScript's % has the dividend's.
 * @type {(a: number, b: number) => number}
 */
export function mod(a, b) {
  if (b == 0) throw UNDEFINED; // eslint-disable-line eqeqeq -- a rule may divide by a condition
  const rest = a % b;
  if (rest === 0) return b < 0 ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
}

/** @type {(a: number) => number} */
export function floor(a) {
  if (!Number.isFinite(a)) throw UNDEFINED;
  return Math.floor(a) + 0; // Python's floor is an int, which has no -0
}

/**
 * Exponents 2 and 1/2 are a product and a root, on Python's side too: there engines differ from C.
 * @type {(a: number, b: number) => number}
 */
export function pow(a, b) {
  if (b === 2) return a * a;
  if (b === 0.5) return sqrt(a);
  const result = power(a, b);
  if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b)) throw UNDEFINED;
  return result;
}

/**
 * C's pow: 1 to any power, and -1 to an infinite one, are 1; JavaScript says NaN.
 * @type {(a: number, b: number) => number}
 */
export function power(a, b) {
  if (b === 2) return a * a;
  if (b === 0.5) return Math.sqrt(a);
  if (a === 1 || (a === -1 && (b === Infinity || b === -Infinity))) return 1;
  return raise(a, b);
}

/**
 * A power and a step of Newton's: libraries' own cube roots differ in the last bit.
 * @type {(a: number) => number}
 */
export function cbrt(a) {
  if (a === 0 || !Number.isFinite(a)) return a;
  const root = Math.pow(Math.abs(a), 1 / 3);
  return sign(a) * (root - (root - Math.abs(a) / (root * root)) / 3);
}

/** @type {(a: number) => number} */
export function abs(a) {
  return Math.abs(a);
}

/** @type {(a: number) => number} */
export function sign(a) {
  return a > 0 ? 1 : a < 0 ? -1 : a === a ? 0 : a;
}

/** @type {(a: number, b: number) => number} */
export function minimum(a, b) {
  return a < b || a !== a ? a : b;
}

/** @type {(a: number, b: number) => number} */
export function maximum(a, b) {
  return a > b || a !== a ? a : b;
}

/**
 * What a surface's where(a < b, u, v) is.
 * @type {(a: number, b: number, u: number, v: number) => number}
 */
export function whereLess(a, b, u, v) {
  return a < b ? u : v;
}

/** @type {(a: number, b: number, u: number, v: number) => number} */
export function whereLessEqual(a, b, u, v) {
  return a <= b ? u : v;
}

/**
 * Both branches were computed; as in Python any number but 0, nan too, counts as true.
 * @type {(condition: boolean | number, a: number, b: number) => number}
 */
export function where(condition, a, b) {
  return condition !== false && condition !== 0 ? a : b;
}

/**
 * A slope that is 0/0 where the value is finite, as at the tip of a cone, counts as 0.
 * @type {(slope: number, value: number) => number}
 */
export function slope(slope, value) {
  return slope !== slope && Number.isFinite(value) ? 0 : slope;
}
