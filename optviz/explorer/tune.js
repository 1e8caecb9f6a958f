/** The rate for a picture, by the rule of `optviz.tune`: the same for every optimizer. */
import { UNDEFINED } from "./arithmetic.js";
import { completed, descend } from "./engine.js";

// What `optviz.descent.rates` says of each.
const USUAL_DECADES = [-6, 1];
const MOST_DECADES = 300;
const LONGEST_STEP = 0.08; // of the window's diagonal
const ROUNDING = 1e-9; // must decide on nothing: Python has other last bits
const SLOWEST = 1e-3; // of the rate whose first step crosses the window
const LOOKS = 16; // points along each side of the window where the first step is looked at
const WINDOW_SAMPLES = 61;

/**
 * @typedef {object} TuneScene
 * @property {(x: number, y: number, out: Float64Array) => void} at
 * @property {number[]} domain  x0, x1, y0, y1
 * @property {number[][]} minima  x, y, value each
 * @property {number[]} start
 * @property {number} steps
 */

/**
 * @param {TuneScene} scene
 * @returns {{rate: number, fits: boolean}} the winning rate, and whether it keeps to the limits;
 *   if none does, the smallest whose path stays finite
 */
export function tuneRate({ at, domain, minima, start, steps }, rule, hyper, flags) {
  const [x0, x1, y0, y1] = domain;
  const sign = flags.maximize ? -1 : 1;
  const { low, high } = windowRange(at, domain, start, sign);
  const known = minima.filter(([x, y]) => x >= x0 && x <= x1 && y >= y0 && y <= y1 && sign > 0);
  const lowest = known.length ? Math.min(...known.map(([, , value]) => value)) : low;
  const floor = 1e-12 * (high - lowest);
  const limit = LONGEST_STEP * (1 + ROUNDING) * Math.hypot(x1 - x0, y1 - y0);
  const rates = candidateRates({ at, domain, start }, rule, hyper, flags);
  let [best, winner, finite] = [Infinity, null, null];
  for (const lr of rates) {
    const run = descend({ surface: at, rule, hyper, flags, lr, start, steps });
    if (run.length < steps) continue;
    finite ??= lr;
    let [sum, kept] = [0, true];
    for (let k = 0; k <= steps && kept; k++) {
      const [x, y] = [run.points[2 * k], run.points[2 * k + 1]];
      const long = k < steps && Math.hypot(run.steps[2 * k], run.steps[2 * k + 1]) > limit;
      kept = x >= x0 && x <= x1 && y >= y0 && y <= y1 && !long;
      sum += Math.log10(Math.max(sign * run.values[k] - lowest, floor));
    }
    if (kept && (winner === null || sum / (steps + 1) < best)) [best, winner] = [sum / (steps + 1), lr];
  }
  return { rate: winner ?? finite ?? rates[0], fits: winner !== null };
}

/** The rates 1, 2, 5 x 10^k that are tried: the usual ones, and where the surface asks for more. */
function candidateRates({ at, domain, start }, rule, hyper, flags) {
  const [x0, x1, y0, y1] = domain;
  const firstStep = firstStepOf(at, rule, hyper, flags);
  const largest = LONGEST_STEP * Math.hypot(x1 - x0, y1 - y0) / Math.hypot(...firstStep(start));
  let crossing = Infinity;
  const looks = [start];
  for (let i = 0; i < LOOKS * LOOKS; i++) {
    const [across, up] = [i % LOOKS, Math.floor(i / LOOKS)].map((j) => j / (LOOKS - 1));
    looks.push([x0 + (x1 - x0) * across, y0 + (y1 - y0) * up]);
  }
  for (const point of looks) {
    const [x, y] = firstStep(point);
    for (const rate of [(x1 - x0) / Math.abs(x), (y1 - y0) / Math.abs(y)]) {
      if (rate < crossing) crossing = rate;
    }
  }
  const decade = (rate, nudge, usual) =>
    rate > 0 && rate < Infinity ? Math.floor(Math.log10(rate) + nudge) : usual;
  const [usualLow, usualHigh] = USUAL_DECADES;
  const first = Math.min(Math.max(decade(SLOWEST * crossing, -ROUNDING, usualLow), -MOST_DECADES), usualLow);
  const last = Math.min(Math.max(decade(largest, ROUNDING, usualHigh), usualHigh), MOST_DECADES);
  const rates = [];
  for (let power = first; power <= last; power++) {
    for (const digit of [1, 2, 5]) rates.push(Number(`${digit}e${power}`));
  }
  return rates;
}

/** What the first step with rate 1 would be from a point; nan where there is none. */
function firstStepOf(at, rule, hyper, flags) {
  const { hyper: h, flags: f } = completed(rule, hyper, flags);
  const out = new Float64Array(3);
  return (point) => {
    at(point[0], point[1], out);
    return [0, 1].map((axis) => {
      try {
        const begun = rule.start(h, f, 1);
        const slots = Float64Array.from(rule.slots, (name) => begun[name]);
        return rule.step(h, f, 1, 1, out[1 + axis], point[axis], slots);
      } catch (error) {
        if (error !== UNDEFINED) throw error;
        return NaN; // Python's arrays go on with it
      }
    });
  };
}

/** The lowest and the highest value of the window, as far as a grid and the start tell. */
function windowRange(at, domain, start, sign) {
  const [x0, x1, y0, y1] = domain;
  const out = new Float64Array(3);
  let [low, high] = [Infinity, -Infinity];
  const look = (x, y) => {
    at(x, y, out);
    const value = sign * out[0];
    if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
  };
  look(start[0], start[1]);
  for (let i = 0; i < WINDOW_SAMPLES; i++) {
    for (let j = 0; j < WINDOW_SAMPLES; j++) {
      const share = 1 / (WINDOW_SAMPLES - 1);
      look(x0 + (x1 - x0) * j * share, y0 + (y1 - y0) * i * share);
    }
  }
  return { low, high };
}
