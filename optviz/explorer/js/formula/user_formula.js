/**
 * A surface of the user's own formula and window, as surfaces/user_formula.py makes it.
 *
 * @import { At, Value } from "./tape.js"
 *
 * What the data say of a built-in surface, and whether the usual start had to move.
 * @typedef {object} OwnSurface
 * @property {Record<string, string>} title
 * @property {Record<string, string>} lesson
 * @property {string} formula
 * @property {string[]} letters
 * @property {number[]} domain
 * @property {number[]} start
 * @property {boolean} moved
 * @property {number} steps
 * @property {number[][]} minima
 * @property {"log" | "linear"} scale
 * @property {At & {hessian: At}} at
 * @property {Value} value
 */

import { parseFormula } from "./parse.js";
import { Phrase } from "./phrase.js";
import { FormulaError, shownText } from "./tokens.js";
import { reaching } from "./window.js";

const SAMPLES = 61; // along each side of the window, by which the scale is chosen
const LOWEST_PART = 0.15; // of the values' range
const START_GRIDS = [40, 200]; // steps along each side of the window, where a start is looked for

/**
 * @param {string} text
 * @param {number[]} domain  x0, x1, y0, y1
 * @param {number[]} [given]  a start, used if value and slope are finite there
 * @returns {OwnSurface}
 */
export function ownSurface(text, domain, given) {
  const { at, value, canonical } = parseFormula(text);
  const [x0, x1, y0, y1] = domain;
  const usual = [x0 + 0.1 * (x1 - x0), y1 - 0.1 * (y1 - y0)];
  const wished = given && isFiniteAt(at, given) ? given : usual;
  const moved = !isFiniteAt(at, wished);
  const start = moved ? nearestStart(at, domain) : wished;
  if (!start) {
    throw new FormulaError(new Phrase(
      "formula must be finite somewhere in the domain (({x0}, {x1}), ({y0}, {y1})); not {given}: " +
        "give another domain, or a start where it is finite",
      { x0, x1, y0, y1, given: shownText(canonical) },
    ));
  }
  return {
    title: {}, lesson: {}, formula: canonical, letters: ["x", "y"], domain: [...domain], start, moved,
    steps: 200, minima: [], scale: scaleOf(value, reaching(domain, [start]), canonical), at, value,
  };
}

/**
 * The scale that suits the values in a window: "log" where half of them lies in the lowest part of
 * their range.
 * @param {Value} value
 * @param {[number, number, number, number]} window
 * @param {string} formula
 * @returns {"log" | "linear"}
 * @throws {FormulaError} a range that overflows: no scale suits it
 */
function scaleOf(value, [x0, x1, y0, y1], formula) {
  const [xs, ys] = [evenly(x0, x1, SAMPLES - 1), evenly(y0, y1, SAMPLES - 1)];
  const values = Float64Array.from(ys.flatMap((y) => xs.map((x) => value(x, y))).filter(Number.isFinite)).sort();
  const [low, high] = [values[0] ?? 0, values.at(-1) ?? 0];
  if (!Number.isFinite(high - low)) {
    throw new FormulaError(new Phrase(
      "formula must have a range that floating point holds; not {given}, which goes from {low} to {high}",
      { given: shownText(formula), low: low.toPrecision(3), high: high.toPrecision(3) },
    ));
  }
  const middle = values.length / 2;
  const median = ((values[Math.ceil(middle) - 1] ?? 0) + (values[Math.floor(middle)] ?? 0)) / 2;
  return low < high && median - low < LOWEST_PART * (high - low) ? "log" : "linear";
}

/**
 * The point of a grid nearest to the usual start where value and slope are finite, or null.
 * @param {At} at
 * @param {number[]} domain
 */
function nearestStart(at, [x0, x1, y0, y1]) {
  for (const steps of START_GRIDS) {
    const near = nearestFinite(at, evenly(x0, x1, steps), evenly(y0, y1, steps), steps);
    if (near) return near;
  }
  return null;
}

/**
 * @param {At} at
 * @param {number[]} point
 */
function isFiniteAt(at, [x, y]) {
  const out = [0, 0, 0];
  at(x, y, out);
  return out.every(Number.isFinite);
}

/**
 * Distances are in shares of the window; of equals the lowest wins, then the one on the left.
 * @param {At} at
 * @param {number[]} xs
 * @param {number[]} ys
 * @param {number} steps
 */
function nearestFinite(at, xs, ys, steps) {
  let near = null;
  let least = Infinity;
  for (let row = 0; row <= steps; row++) {
    for (let column = 0; column <= steps; column++) {
      const away = (column - steps / 10) ** 2 + (row - (steps - steps / 10)) ** 2;
      if (away < least && isFiniteAt(at, [xs[column], ys[row]])) {
        near = [xs[column], ys[row]];
        least = away;
      }
    }
  }
  return near;
}

/**
 * numpy.linspace, to the last bit.
 * @param {number} low
 * @param {number} high
 * @param {number} steps
 */
function evenly(low, high, steps) {
  const step = (high - low) / steps;
  return Array.from({ length: steps + 1 }, (_, i) => (i === steps ? high : i * step + low));
}
