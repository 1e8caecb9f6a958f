/** Runs in Chromium below the bundle and the tables of what Python wrote, for Python's tests. */
const { completed, ruleRows, ruleValues } = optvizExplorer;

/**
 * A step as Python tells it.
 * @typedef {object} Told
 * @property {string} rule
 * @property {Record<string, number>} hyper
 * @property {Record<string, boolean>} flags
 * @property {string[]} slots
 * @property {number} t
 * @property {number} lr
 * @property {number[][]} at  of each coordinate: gradient, parameter and slots
 */

/** @param {Told} told */
function begun({ rule, hyper, flags, slots, t, lr, at }) {
  const { hyper: h, flags: f } = completed(RULES[rule], hyper, flags);
  const [[gx, x], [gy, y]] = at;
  const grad = RULES[rule].transform?.(h, f, gx, gy, x, y) ?? [gx, gy];
  return at.map(([raw, p, ...s], axis) => ({
    h, f, t, lr, g: grad[axis], raw, p, s: Float64Array.from(RULES[rule].slots, (name) => s[slots.indexOf(name)]),
  }));
}

/** @param {Told[]} list */
export function rows(list) {
  return list.map((told) => {
    const [x, y] = begun(told);
    const rule = LINES[told.rule];
    return { x: ruleRows(rule, x), y: ruleRows(rule, y), all: ruleValues(rule, y) };
  });
}

/**
 * What the last line shows and what the rule does.
 * @param {Told[]} list
 */
export function steps(list) {
  return list.map((told) => begun(told).map((step) => {
    const { h, f, t, lr, g, p, s } = step;
    const shown = ruleRows(LINES[told.rule], step).at(-1)?.value;
    return [shown, RULES[told.rule].step(h, f, t, lr, g, p, s)];
  }));
}

/**
 * The rows of a text whose one key, `a`, is 1.
 * @param {any} text
 */
export function rowsOf(text) {
  const step = { h: {}, f: {}, t: 1, lr: 1, g: 1, p: 1, s: [] };
  return ruleRows({ text: () => text, values: () => ({ a: 1 }) }, step);
}
