/** Runs in Chromium below the bundle and the tables of what Python wrote, for Python's tests. */
const { completed, ruleRows, ruleValues } = optvizExplorer;

/**
 * A step as Python tells it.
 * @typedef {object} Told
 * @property {string} rule
 * @property {Record<string, number>} hyper
 * @property {Record<string, boolean>} flags
 * @property {Record<string, number[]>} slots
 * @property {number} t
 * @property {number} lr
 * @property {number[]} grad
 * @property {number[]} point
 * @property {number} value
 * @property {number[]} curved  second derivatives xx, xy, yy
 */

/**
 * What `ruleRows` is given, along x and y or, of a rule that sees both at once, once; and the step.
 * @param {Told} told
 */
function begun({ rule: name, hyper, flags, slots, t, lr, grad, point, value, curved: [xx, xy, yy] }) {
  const rule = RULES[name];
  const { hyper: h, flags: f } = completed(rule, hyper, flags);
  const step = { h, f, t, lr };
  if (rule.sizes) {
    const s = Float64Array.from(rule.slots.flatMap((slot, i) => slots[slot] ?? Array(rule.sizes?.[i]).fill(NaN)));
    const given = [...grad, ...point, s, value, xx, xy, yy];
    return [{ ...step, given, whole: true, move: () => rule.step(h, f, t, lr, ...given) }];
  }
  const [gx, gy] = rule.transform?.(h, f, grad[0], grad[1], point[0], point[1]) ?? grad;
  return [0, 1].map((axis) => {
    const s = Float64Array.from(rule.slots, (slot) => slots[slot]?.[axis]);
    const [g, second] = axis ? [gy, yy] : [gx, xx];
    const given = [g, point[axis], s, grad[axis], value, second];
    return { ...step, given, whole: false, move: () => [rule.step(h, f, t, lr, g, point[axis], s, value, second)] };
  });
}

/** @param {Told[]} list */
export function rows(list) {
  return list.map((told) => {
    const [x, y = x] = begun(told);
    const rule = LINES[told.rule];
    return { x: ruleRows(rule, x), y: ruleRows(rule, y), all: ruleValues(rule, y) };
  });
}

/**
 * What the last line shows and what the rule does.
 * @param {Told[]} list
 */
export function steps(list) {
  return list.flatMap((told) => begun(told).flatMap((step) => {
    const { h, f, t, lr, given } = step;
    const rule = LINES[told.rule];
    const values = rule.values(h, f, t, lr, ...given);
    const [target] = /** @type {[string]} */ (rule.text(h, f).lines.filter(([, , there]) => there !== false).at(-1)?.slice(0, 1));
    const shown = [values[target], values[`${target}'`]];
    return step.move().map((/** @type {number} */ moved, /** @type {number} */ i) => [shown[i], moved]);
  }));
}

/**
 * The rows of a text whose one key, `a`, is 1.
 * @param {any} text
 */
export function rowsOf(text) {
  const step = { h: {}, f: {}, t: 1, lr: 1, given: [], whole: false };
  return ruleRows({ text: () => text, values: () => ({ a: 1 }) }, step);
}
