// The descent of `optviz.descent.loop`, step for step, on rules and surfaces derived from their Python.
import { UNDEFINED } from "./arithmetic.js";
import { Memory, Mover } from "./mover.js";

/**
 * Numbers by name: hyper-parameters; the members of a tuple are name_0, name_1, ...
 * @typedef {Record<string, number>} Numbers
 *
 * Booleans by name.
 * @typedef {Record<string, boolean>} Flags
 *
 * An optimizer's class, from `optviz.translate.javascript.rule_source`.
 * @typedef {object} Rule
 * @property {string} name
 * @property {number} lr the default rate
 * @property {Numbers} hyper names and defaults; all are free to move
 * @property {Flags} flags names and defaults
 * @property {string[]} slots all that the rule may remember of each coordinate, or of both at once
 * @property {number[]} [sizes] of a rule that sees both coordinates at once: how many numbers each
 *   slot has; they stand one after the other
 * @property {(hyper: Numbers, flags: Flags, lr: number) => Numbers} start what it does remember with
 *   these flags, in order, before the first step; with sizes by slot.0, slot.1, ...
 * @property {(hyper: Numbers, flags: Flags, t: number, lr: number, ...given: any[]) => any} step
 *   of grad, param, slots, value, second derivative along that coordinate; with sizes of gradX,
 *   gradY, x, y, slots, value, xx, xy, yy. It returns the step, or both parts of it, and renews the
 *   slots in place
 * @property {OfPair} [transform] the gradient that the step is given instead
 * @property {OfPair} [second] where a second gradient is taken, which then is the one
 * @property {(hyper: Numbers, flags: Flags, t: number, ...given: any[]) => any} [point] where the
 *   gradient is taken: of param, slots along a coordinate, with sizes of x, y, slots
 * @property {boolean} [curved] whether it is given second derivatives
 *
 * @typedef {(hyper: Numbers, flags: Flags, gradX: number, gradY: number, x: number, y: number)
 *   => [number, number]} OfPair
 *
 * A schedule's class, from `optviz.translate.javascript.schedule_source`.
 * @typedef {object} Schedule
 * @property {string} name
 * @property {number} lr
 * @property {Numbers} hyper
 * @property {Flags} flags
 * @property {(hyper: Numbers, flags: Flags, epoch: number, lr: number) => number} rate
 *
 * A learning rate: a number, or a schedule of a number or of another schedule.
 * @typedef {number | {schedule: Schedule, hyper?: Numbers, flags?: Flags,
 *   lr?: Rate}} Rate
 *
 * From `optviz.translate.javascript.surface_source`: writes value, slope along x and slope along y. Samples
 * also tell whether a point lies on their grid. `hessian` writes second derivatives xx, xy, yy.
 * @typedef {((x: number, y: number, out: Float64Array) => void) & {
 *   covers?: (x: number, y: number) => boolean,
 *   hessian: (x: number, y: number, out: Float64Array) => void}} Surface
 *
 * A descent of n steps. Pairs x, y follow each other: point k is at 2k and 2k + 1.
 * @typedef {object} Run
 * @property {Float64Array} points 2 (n + 1) numbers, from the start to the last finite point
 * @property {Float64Array} values n + 1 numbers
 * @property {Float64Array} gradients 2 (n + 1) numbers, with the noise
 * @property {Float64Array} steps 2 n numbers: what was added to each point
 * @property {Record<string, Float64Array>} states by slot, 2 (n + 1) numbers each, or as `sizes` says
 * @property {number} length n
 * @property {"finished" | "diverged" | "left"} status
 * @property {number | null} divergedAt the step that left the finite numbers
 * @property {number | null} leftAt the step that left the grid of a surface of samples
 */

/**
 * A setting of a descent.
 * @typedef {object} Setting
 * @property {Surface} surface
 * @property {Rule} rule
 * @property {Numbers} [hyper] what differs from the rule's defaults
 * @property {Record<string, boolean>} [flags] likewise
 * @property {Rate} [lr]
 * @property {ArrayLike<number>} start x and y
 * @property {number} steps
 * @property {number} [noise] standard deviation of the noise on each gradient coordinate
 * @property {number} [seed] of the noise; runs with one seed see the same noise
 *
 * Told of each finite point: its number; the point; value and slopes there, with the noise; the step
 * that led there; the memory. What it returns false for is the last one.
 * @typedef {(k: number, x: number, y: number, seen: Float64Array, moveX: number, moveY: number,
 *   memory: Memory) => boolean | void} Visit
 */

/**
 * The loop of every descent: follow one optimizer from one start.
 * @param {Setting} setting
 * @param {Visit} visit
 * @returns {{x: number, y: number}} the last point, finite or not
 * @throws {RangeError} a start where the surface or its slope is not finite, or a name that is not
 *   the rule's
 */
export function walk(
  { surface, rule, hyper, flags, lr = rule.lr, start, steps, noise = 0, seed = 0 }, visit,
) {
  const { hyper: h, flags: f } = completed(rule, hyper, flags);
  const rate = rateOf(lr);
  const normal = noise === 0 ? null : gaussian(seed);
  let [x, y] = [start[0], start[1]];
  const seen = new Float64Array(3); // value, slope along x, slope along y
  surface(x, y, seen);
  if (![x, y, ...seen].every(Number.isFinite)) {
    throw new RangeError("start must be a point where the surface and its slope are finite");
  }
  const memory = new Memory(rule, h, f, rate(1));
  const mover = new Mover(rule, h, f, surface, memory);
  let [noiseX, noiseY] = [0, 0];
  try {
    for (let k = 0; k <= steps; k++) {
      if (k > 0) {
        mover.move(k, rate(k), seen, x, y);
        x += mover.x;
        y += mover.y;
        surface(x, y, seen);
      }
      if (normal) {
        seen[1] += noiseX = noise * normal();
        seen[2] += noiseY = noise * normal();
      }
      if (mover.looks) mover.look(k + 1, seen, x, y, noiseX, noiseY);
      // 0 times inf or nan is nan, and one nan makes the sum nan.
      if (0 * x + 0 * y + 0 * seen[0] + 0 * seen[1] + 0 * seen[2] !== 0) break;
      if (visit(k, x, y, seen, mover.x, mover.y, memory) === false) break;
    }
  } catch (error) {
    if (error !== UNDEFINED) throw error;
  }
  return { x, y };
}

/**
 * Run one optimizer from one start, and keep all of it.
 * @param {Setting} setting
 * @returns {Run}
 * @throws {RangeError} as `walk`
 */
export function descend(setting) {
  const { surface, rule, flags, hyper, lr = rule.lr, steps } = setting;
  const { hyper: h, flags: f } = completed(rule, hyper, flags);
  const { names, sizes } = new Memory(rule, h, f, rateOf(lr)(1));
  const points = new Float64Array(2 * (steps + 1));
  const gradients = new Float64Array(2 * (steps + 1));
  const values = new Float64Array(steps + 1);
  const moves = new Float64Array(2 * steps);
  const states = names.map((_, i) => new Float64Array(sizes[i] * (steps + 1)));
  let kept = 0; // points
  const { x, y } = walk(setting, (k, atX, atY, seen, moveX, moveY, memory) => {
    points[2 * k] = atX;
    points[2 * k + 1] = atY;
    values[k] = seen[0];
    gradients[2 * k] = seen[1];
    gradients[2 * k + 1] = seen[2];
    for (let i = 0; i < states.length; i++) memory.keep(i, states[i], k);
    if (k > 0) {
      moves[2 * k - 2] = moveX;
      moves[2 * k - 1] = moveY;
    }
    kept++;
  });

  const length = Math.max(kept - 1, 0);
  const left = Number.isFinite(x) && Number.isFinite(y) && surface.covers?.(x, y) === false;
  const status = kept > steps ? "finished" : left ? "left" : "diverged";
  const shown = names.map((name, i) => [name, states[i].subarray(0, sizes[i] * kept)]);
  return {
    points: points.subarray(0, 2 * kept),
    values: values.subarray(0, kept),
    gradients: gradients.subarray(0, 2 * kept),
    steps: moves.subarray(0, 2 * length),
    states: Object.fromEntries(shown),
    ...endOf(length, status),
  };
}

/**
 * How a run of so many steps ended, and at which step it broke off.
 * @param {number} length
 * @param {Run["status"]} status
 */
export function endOf(length, status) {
  return {
    length,
    status,
    divergedAt: status === "diverged" ? length + 1 : null,
    leftAt: status === "left" ? length + 1 : null,
  };
}

/**
 * The rate of each step, counted from 1; a schedule's epoch is one less.
 * @param {Rate} lr
 * @returns {(t: number) => number}
 */
export function rateOf(lr) {
  if (typeof lr === "number") return () => lr;
  const { hyper, flags } = completed(lr.schedule, lr.hyper, lr.flags);
  const inner = rateOf(lr.lr ?? lr.schedule.lr);
  return (t) => lr.schedule.rate(hyper, flags, t - 1, inner(t));
}

/**
 * What `optviz.translate.javascript.settings` says of a rate, with schedules themselves for their names.
 * @param {any} lr
 * @param {Record<string, Schedule>} schedules by name
 * @returns {Rate}
 */
export function resolveSchedules(lr, schedules) {
  if (typeof lr === "number") return lr;
  return { ...lr, schedule: schedules[lr.schedule], lr: resolveSchedules(lr.lr, schedules) };
}

/**
 * All hyper-parameters and flags, defaults where none is given.
 * @param {{name: string, hyper: Numbers, flags: Flags}} kind
 * @param {Numbers} [hyper]
 * @param {Flags} [flags]
 * @returns {{hyper: Numbers, flags: Flags}}
 */
export function completed(kind, hyper = {}, flags = {}) {
  for (const [given, known] of [[hyper, kind.hyper], [flags, kind.flags]]) {
    const wrong = Object.keys(given).find((name) => !(name in known));
    if (wrong) throw new RangeError(`${kind.name} must be given what it has; not ${wrong}`);
  }
  return { hyper: { ...kind.hyper, ...hyper }, flags: { ...kind.flags, ...flags } };
}

/**
 * Standard normal numbers from a seed: xoshiro128** (Blackman & Vigna 2021), Box & Muller (1958).
 * @param {number} seed
 * @returns {() => number}
 */
export function gaussian(seed) {
  const state = new Uint32Array(4);
  for (let i = 0, z = seed; i < 4; i++) {
    z = (z + 0x9e3779b9) | 0; // splitmix: near seeds then give unlike states
    let mixed = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    state[i] = mixed ^ (mixed >>> 16);
  }
  const rotated = (/** @type {number} */ n, /** @type {number} */ by) => (n << by) | (n >>> (32 - by));
  const next = () => {
    const result = Math.imul(rotated(Math.imul(state[1], 5), 7), 9) >>> 0;
    const shifted = state[1] << 9;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= shifted;
    state[3] = rotated(state[3], 11);
    return result;
  };
  const uniform = () => (next() + 0.5) / 2 ** 32; // never 0, whose logarithm is not finite
  let spare = NaN;
  return () => {
    if (spare === spare) {
      const second = spare;
      spare = NaN;
      return second;
    }
    const radius = Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
