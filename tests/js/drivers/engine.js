/**
 * Runs in Chromium below the bundle and the tables of what Python wrote, for Python's tests; numbers
 * go to and fro as bytes.
 */
const { descend, gaussian, rateOf, resolveSchedules } = optvizExplorer;

/** @param {string} text */
const decoded = (text) => new Float64Array(Uint8Array.fromBase64(text).buffer);

/** @param {Float64Array[]} arrays */
function encoded(arrays) {
  const all = new Float64Array(arrays.reduce((size, array) => size + array.length, 0));
  arrays.reduce((at, array) => (all.set(array, at), at + array.length), 0);
  return new Uint8Array(all.buffer).toBase64();
}

/** @param {any[]} list what `descend` is told, with names for rule, surface and schedules */
export function runs(list) {
  const done = list.map((options) => descend({
    ...options,
    rule: RULES[options.rule],
    surface: SURFACES[options.surface],
    lr: resolveSchedules(options.lr, SCHEDULES),
  }));
  const arrays = done.map((run) =>
    [run.points, run.values, run.gradients, run.steps, ...Object.values(run.states)]);
  const about = done.map((run, i) => ({
    slots: Object.keys(run.states), status: run.status, divergedAt: run.divergedAt,
    leftAt: run.leftAt, length: run.length, sizes: arrays[i].map((array) => array.length),
  }));
  return [about, encoded(arrays.flat())];
}

/**
 * @param {any} lr
 * @param {number} steps
 */
export function rates(lr, steps) {
  const rate = rateOf(resolveSchedules(lr, SCHEDULES));
  return encoded([Float64Array.from({ length: steps }, (_, i) => rate(i + 1))]);
}

/**
 * @param {string} name
 * @param {string} points
 */
export function slopes(name, points) {
  const at = decoded(points);
  const out = new Float64Array(3);
  const all = new Float64Array(at.length / 2 * 3);
  for (let i = 0; 2 * i < at.length; i++) {
    SURFACES[name](at[2 * i], at[2 * i + 1], out);
    all.set(out, 3 * i);
  }
  return encoded([all]);
}

/**
 * @param {number} seed
 * @param {number} count
 */
export function normals(seed, count) {
  return encoded([Float64Array.from({ length: count }, gaussian(seed))]);
}

/**
 * A function of Chromium's own.
 * @param {"sin" | "cos" | "tan" | "exp" | "log" | "sinh" | "cosh" | "tanh"} name
 * @param {string} numbers
 */
export function applied(name, numbers) {
  return encoded([decoded(numbers).map((x) => Math[name](x))]);
}
