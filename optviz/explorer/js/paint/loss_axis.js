/** The axis of the values over the steps: that of optviz/scene/panels/loss.py. */

// Shares of the first value below which a log axis ends. Where it counts from the lowest value seen,
// the smallest differences say nothing about a run.
const FLOOR = 1e-12;
const FLOOR_SEEN = 1e-4;
const SAMPLES = 61; // along each side of the window, where the lowest value is looked for
const TINY = 2 ** -1022;

/**
 * @import { Run } from "../engine/descend.js"
 * @import { Domain, SurfaceFacts } from "../state/types.js"
 *
 * @import { PlaneFunction } from "./contour.js"
 *
 * @typedef {Pick<SurfaceFacts, "domain" | "minima" | "scale">} Surface
 *
 * @typedef {object} LossAxis
 * @property {boolean} log
 * @property {number} zero  what a log axis subtracts
 * @property {string} word  for what is drawn
 * @property {number} floor  the lowest that a log axis shows
 * @property {number} low  its ends, as values or differences
 * @property {number} high
 */

/**
 * @param {Run[]} runs
 * @param {Surface} surface
 * @param {PlaneFunction} value
 * @returns {LossAxis}
 */
export function lossAxis(runs, surface, value) {
  const log = surface.scale === "log" && runs.length > 0;
  const { zero, word, share } = log ? zeroOf(runs, surface, value) : { zero: 0, word: "value", share: 0 };
  const ends = endsOf(runs.map(({ values }) => values));
  const first = runs[0]?.values[0] ?? 0;
  const rise = (first > zero ? first : ends.high) - zero;
  const floor = rise > 0 ? Math.max(share * rise, TINY) : share;
  const staying = runs.filter((run) => stays(run, surface.domain));
  const shown = staying.length ? staying.map(({ values }) => values) : runs.map(({ values }) => values.slice(0, 2));
  const { low, high } = endsOf(log ? shown.map((values) => values.map((v) => Math.max(v - zero, floor))) : shown);
  if (log) return { log, zero, word, floor, low: low > floor ? low / 2 : floor, high: 2 * high };
  if (!(high >= low)) return { log, zero, word, floor, low: -1, high: 1 };
  const margin = 0.05 * (high / 2 - low / 2) || Math.max(1, 0.05 * Math.abs(high));
  return { log, zero, word, floor, low: low - margin, high: high + margin };
}

/**
 * What a log axis subtracts, the word for it, and the floor as a share of the first value.
 * @param {Run[]} runs
 * @param {Surface} surface
 * @param {PlaneFunction} value
 */
function zeroOf(runs, { minima, domain }, value) {
  const first = runs[0].values[0];
  let { low } = endsOf(runs.map(({ values }) => values));
  const lowest = Math.min(...minima.map(([, , least]) => least));
  if (minima.length && low >= lowest - 1e-9 * Math.abs(first - lowest)) {
    return { zero: lowest, word: "above", share: FLOOR };
  }
  low = Math.min(low, lowestOf(domain, value));
  if (low >= -FLOOR * first && low <= 0.01 * first) return { zero: 0, word: "value", share: FLOOR };
  return { zero: low, word: "above_seen", share: FLOOR_SEEN };
}

/**
 * The lowest finite value on a grid over the window.
 * @param {Domain} domain
 * @param {PlaneFunction} value
 */
function lowestOf([x0, x1, y0, y1], value) {
  let low = Infinity;
  for (let i = 0; i < SAMPLES; i++) {
    for (let j = 0; j < SAMPLES; j++) {
      const found = value(x0 + ((x1 - x0) * j) / (SAMPLES - 1), y0 + ((y1 - y0) * i) / (SAMPLES - 1));
      if (found < low) low = found;
    }
  }
  return low;
}

/**
 * Whether a run neither diverged nor went further than one window away from it.
 * @param {Run} run
 * @param {Domain} domain
 */
function stays({ points, status }, [x0, x1, y0, y1]) {
  if (status === "diverged") return false;
  const [cx, cy] = [(x0 + x1) / 2, (y0 + y1) / 2];
  const [rx, ry] = [1.5 * (x1 - x0), 1.5 * (y1 - y0)];
  for (let i = 0; i < points.length; i += 2) {
    if (Math.abs(points[i] - cx) > rx || Math.abs(points[i + 1] - cy) > ry) return false;
  }
  return true;
}

/**
 * The lowest and the highest finite value.
 * @param {Iterable<number>[]} parts
 */
function endsOf(parts) {
  let [low, high] = [Infinity, -Infinity];
  for (const values of parts) {
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return { low, high };
}
