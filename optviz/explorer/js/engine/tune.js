/** The rate for a picture, by the rule of `optviz.tune`: the same for every optimizer. */
import { UNDEFINED } from "./arithmetic.js";
import { completed, walk } from "./descend.js";
import { Memory, Mover } from "./mover.js";

// What `optviz.descent.rates` says of each.
const LADDER = ["1", "1.5", "2", "3", "5", "7"];
const USUAL_DECADES = [-6, 1];
const MOST_DECADES = 300;
const LONGEST_STEP = 0.4; // of the window's diagonal
const NEAR = 1e-3; // of the way down may be left at an arrival
const ROUNDING = 1e-9; // must decide on nothing: Python has other last bits
const SLOWEST = 1e-3; // of the rate whose first step crosses the window
const LOOKS = 16; // points along each side of the window where the first step is looked at
const WINDOW_SAMPLES = 61;
const LEAST = 2 ** -1022; // above 0, whose logarithm is none: a window may be flat

/**
 * @import { Flags, Numbers, Rule, Setting, Surface } from "./descend.js"
 *
 * @typedef {object} TuneScene
 * @property {Surface} at
 * @property {number[]} domain  x0, x1, y0, y1
 * @property {number[][]} minima  x, y, value each
 * @property {number[]} start
 * @property {number} steps
 *
 * What a path is judged by.
 * @typedef {object} Judge
 * @property {number[]} domain
 * @property {number} sign
 * @property {number} lowest
 * @property {number} floor
 * @property {number} near
 * @property {number} longest
 *
 * The step at which a path came near the lowest value for good, infinite if it did not; the mean of
 * log10(highest value still to come - lowest).
 * @typedef {{arrival: number, score: number}} Trial
 */

/**
 * @param {TuneScene} scene
 * @param {Rule} rule
 * @param {Numbers} hyper
 * @param {Flags} flags
 * @returns {{rate: number, fits: boolean}} the winning rate, and whether it keeps to the limits;
 *   if none does, the smallest whose path stays finite
 */
export function tuneRate(scene, rule, hyper, flags) {
  const { at, start, steps } = scene;
  const judge = judgeOf(scene, flags.maximize ? -1 : 1);
  const rates = candidateRates(scene, rule, hyper, flags);
  /** @type {(lr: number) => Setting} */
  const setting = (lr) => ({ surface: at, rule, hyper, flags, lr, start, steps });
  /** @type {[number | null, Trial]} */
  let [winner, best] = [null, { arrival: Infinity, score: Infinity }];
  // Large ones soon fail or arrive, and set the others a deadline.
  for (const lr of rates.slice().reverse()) {
    const found = trial(setting(lr), judge, best.arrival);
    if (!found || found.arrival > best.arrival) continue;
    if (found.arrival < Infinity || found.score <= best.score + ROUNDING) [winner, best] = [lr, found];
  }
  if (winner !== null) return { rate: winner, fits: true };
  return { rate: rates.find((lr) => staysFinite(setting(lr))) ?? rates[0], fits: false };
}

/**
 * What a path is judged by.
 * @param {TuneScene} scene
 * @param {number} sign  -1 to climb
 * @returns {Judge}
 */
function judgeOf({ at, domain, minima, start }, sign) {
  const [x0, x1, y0, y1] = domain;
  const { low, high, first } = windowRange(at, domain, start, sign);
  const known = minima.filter(([x, y]) => x >= x0 && x <= x1 && y >= y0 && y <= y1 && sign > 0);
  const lowest = known.length ? Math.min(...known.map(([, , value]) => value)) : low;
  return {
    domain,
    sign,
    lowest,
    floor: Math.max(1e-12 * (high - lowest), LEAST),
    near: NEAR * (first - lowest),
    longest: LONGEST_STEP * (1 + ROUNDING) * Math.hypot(x1 - x0, y1 - y0),
  };
}

/**
 * Follow a path; null if it leaves the limits, or arrives later than the deadline.
 * @param {Setting} setting
 * @param {Judge} judge
 * @param {number} deadline
 * @returns {Trial | null}
 */
function trial(setting, { domain, sign, lowest, floor, near, longest }, deadline) {
  const [x0, x1, y0, y1] = domain;
  const { steps } = setting;
  const more = Math.floor(steps / 2); // in which it must stay
  const rises = new Float64Array(steps + 1);
  let [seen, arrival, lost] = [0, 0, false];
  walk({ ...setting, steps: steps + more }, (k, x, y, found, moveX, moveY) => {
    const rise = sign * found[0] - lowest;
    if (k > steps) {
      if (rise > near) return false;
      seen++;
      return true;
    }
    lost = !(x >= x0 && x <= x1 && y >= y0 && y <= y1 && Math.hypot(moveX, moveY) <= longest);
    rises[k] = rise;
    if (rise > near) arrival = k + 1;
    lost ||= arrival > deadline;
    if (lost) return false;
    seen++;
    return k < steps || arrival <= steps;
  });
  if (lost || seen <= steps) return null;
  if (arrival <= steps && seen === steps + more + 1) return { arrival, score: NaN };
  if (deadline < Infinity) return null;
  let [sum, highest] = [0, floor]; // from the end on, the highest that is to come
  for (let k = steps; k >= 0; k--) {
    highest = Math.max(highest, rises[k]);
    sum += Math.log10(highest);
  }
  return { arrival: Infinity, score: sum / (steps + 1) };
}

/**
 * Whether a run takes all its steps.
 * @param {Setting} setting
 */
function staysFinite(setting) {
  let seen = 0;
  walk(setting, () => void seen++);
  return seen > setting.steps;
}

/**
 * The rates 1, 1.5, 2, 3, 5, 7 x 10^k that are tried, in rising order: the usual ones, and where the
 * surface asks for more.
 * @param {TuneScene} scene
 * @param {Rule} rule
 * @param {Numbers} hyper
 * @param {Flags} flags
 */
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
  /** @type {(rate: number, nudge: number, usual: number) => number} */
  const decade = (rate, nudge, usual) =>
    rate > 0 && rate < Infinity ? Math.floor(Math.log10(rate) + nudge) : usual;
  const [usualLow, usualHigh] = USUAL_DECADES;
  const first = Math.min(Math.max(decade(SLOWEST * crossing, -ROUNDING, usualLow), -MOST_DECADES), usualLow);
  const last = Math.min(Math.max(decade(largest, ROUNDING, usualHigh), usualHigh), MOST_DECADES);
  const rates = [];
  for (let power = first; power <= last; power++) {
    for (const digit of LADDER) rates.push(Number(`${digit}e${power}`));
  }
  return rates;
}

/**
 * What the first step with rate 1 would be from a point; nan where there is none.
 * @param {Surface} at
 * @param {Rule} rule
 * @param {Numbers} hyper
 * @param {Flags} flags
 * @returns {(point: number[]) => number[]}
 */
function firstStepOf(at, rule, hyper, flags) {
  const { hyper: h, flags: f } = completed(rule, hyper, flags);
  const out = new Float64Array(3);
  return ([x, y]) => {
    /** @type {Mover | null} */
    let mover = null;
    try {
      mover = new Mover(rule, h, f, at, new Memory(rule, h, f, 1));
      at(x, y, out);
      if (mover.looks) mover.look(1, out, x, y, 0, 0);
      mover.move(1, 1, out, x, y);
    } catch (error) {
      if (error !== UNDEFINED) throw error; // Python's arrays go on with it
    }
    return mover ? [mover.x, mover.y] : [NaN, NaN];
  };
}

/**
 * The value at the start, and the lowest and the highest of the window, as far as a grid tells.
 * @param {Surface} at
 * @param {number[]} domain
 * @param {number[]} start
 * @param {number} sign
 */
function windowRange(at, domain, start, sign) {
  const [x0, x1, y0, y1] = domain;
  const out = new Float64Array(3);
  let [low, high] = [Infinity, -Infinity];
  /** @type {(x: number, y: number) => number} */
  const look = (x, y) => {
    at(x, y, out);
    const value = sign * out[0];
    if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
    return value;
  };
  const first = look(start[0], start[1]);
  for (let i = 0; i < WINDOW_SAMPLES; i++) {
    for (let j = 0; j < WINDOW_SAMPLES; j++) {
      const share = 1 / (WINDOW_SAMPLES - 1);
      look(x0 + (x1 - x0) * j * share, y0 + (y1 - y0) * i * share);
    }
  }
  return { low, high, first };
}
