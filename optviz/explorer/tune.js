/** The rate for a picture, by the rule of `optviz.tune`: the same for every optimizer. */
import { descend } from "./engine.js";

const TUNED_RATES = [];
for (let power = -6; power < 2; power++) {
  for (const digit of [1, 2, 5]) TUNED_RATES.push(Number(`${digit}e${power}`));
}
const LONGEST_STEP = 0.08; // of the window's diagonal
const WINDOW_SAMPLES = 61;

/**
 * @param {object} scene
 * @param {(x: number, y: number, out: Float64Array) => void} scene.at
 * @param {number[]} scene.domain  x0, x1, y0, y1
 * @param {number[][]} scene.minima  x, y, value each
 * @param {number[]} scene.start
 * @param {number} scene.steps
 * @returns {number} the winning rate; the smallest if none keeps to the limits
 */
export function tuneRate({ at, domain, minima, start, steps }, rule, hyper, flags) {
  const [x0, x1, y0, y1] = domain;
  const sign = flags.maximize ? -1 : 1;
  const { low, high } = windowRange(at, domain, sign);
  const known = minima.filter(([x, y]) => x >= x0 && x <= x1 && y >= y0 && y <= y1 && sign > 0);
  const lowest = known.length ? Math.min(...known.map(([, , value]) => value)) : low;
  const floor = 1e-12 * (high - lowest);
  const limit = LONGEST_STEP * Math.hypot(x1 - x0, y1 - y0);
  let [best, winner] = [Infinity, TUNED_RATES[0]];
  for (const lr of TUNED_RATES) {
    const run = descend({ surface: at, rule, hyper, flags, lr, start, steps });
    if (run.length < steps) continue;
    let [sum, kept] = [0, true];
    for (let k = 0; k <= steps && kept; k++) {
      const [x, y] = [run.points[2 * k], run.points[2 * k + 1]];
      const long = k < steps && Math.hypot(run.steps[2 * k], run.steps[2 * k + 1]) > limit;
      kept = x >= x0 && x <= x1 && y >= y0 && y <= y1 && !long;
      sum += Math.log10(Math.max(sign * run.values[k] - lowest, floor));
    }
    if (kept && sum / (steps + 1) < best) [best, winner] = [sum / (steps + 1), lr];
  }
  return winner;
}

/** @param {number[]} domain */
function windowRange(at, domain, sign) {
  const [x0, x1, y0, y1] = domain;
  const out = new Float64Array(3);
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0; i < WINDOW_SAMPLES; i++) {
    for (let j = 0; j < WINDOW_SAMPLES; j++) {
      const share = 1 / (WINDOW_SAMPLES - 1);
      at(x0 + (x1 - x0) * j * share, y0 + (y1 - y0) * i * share, out);
      const value = sign * out[0];
      if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
    }
  }
  return { low, high };
}
