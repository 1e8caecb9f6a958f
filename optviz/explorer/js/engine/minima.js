/** The minima of a surface in a window, known ones and found ones, as `optviz.ensemble.minima`. */

const GRID = 241; // points a side on which valleys are looked for
const POLISH = 40; // Newton steps at most
const SAME = 1e-3; // of the window: two nearer than this are one
const ALIKE = 1e-9; // of the range of the values: what differs less is equally low

/**
 * @import { Surface } from "./descend.js"
 * @import { Domain } from "../state/types.js"
 */

/**
 * Isolated minima, lowest first: known ones, then what Newton's method finds from where a value on a
 * grid is lower than its eight neighbours.
 * @param {Surface} surface
 * @param {number[][]} known  x, y and more each
 * @param {Domain} window
 * @returns {number[][]} x and y each
 */
export function minimaOf(surface, known, [x0, x1, y0, y1]) {
  const out = new Float64Array(3);
  const [xs, ys] = [evenly(x0, x1), evenly(y0, y1)];
  const values = new Float64Array(GRID * GRID);
  let [low, high] = [Infinity, -Infinity];
  for (let i = 0, k = 0; i < GRID; i++) {
    for (let j = 0; j < GRID; j++, k++) {
      surface(xs[j], ys[i], out);
      values[k] = Number.isFinite(out[0]) ? out[0] : Infinity;
      if (values[k] < low) low = values[k];
      if (Number.isFinite(out[0]) && out[0] > high) high = out[0];
    }
  }
  const found = known.map(([x, y]) => [x, y]);
  const span = [x1 - x0, y1 - y0];
  for (const [i, j] of pits(values)) {
    const point = polished(surface, [xs[j], ys[i]], span.map((side) => side / (GRID - 1)));
    if (!point) continue;
    const inside = point[0] >= x0 && point[0] <= x1 && point[1] >= y0 && point[1] <= y1;
    const isNew = found.every((other) => other.some((end, axis) => Math.abs(point[axis] - end) > SAME * span[axis]));
    if (inside && isNew) found.push(point);
  }
  const grain = ALIKE * (high - low);
  const height = (/** @type {number[]} */ [x, y]) => {
    surface(x, y, out);
    return grain > 0 ? Math.round(out[0] / grain) : out[0];
  };
  const heights = new Map(found.map((point) => [point, height(point)]));
  const of = (/** @type {number[]} */ point) => /** @type {number} */ (heights.get(point));
  return found.sort((a, b) => of(a) - of(b));
}

/**
 * numpy.linspace, to the last bit.
 * @param {number} low
 * @param {number} high
 */
function evenly(low, high) {
  const step = (high - low) / (GRID - 1);
  return Array.from({ length: GRID }, (_, i) => (i === GRID - 1 ? high : i * step + low));
}

/**
 * Rows and columns of values that no neighbour is below.
 * @param {Float64Array} values
 */
function pits(values) {
  const found = [];
  for (let i = 0, k = 0; i < GRID; i++) {
    for (let j = 0; j < GRID; j++, k++) {
      let lowest = values[k] < Infinity;
      for (let up = i ? -1 : 0; up <= (i < GRID - 1 ? 1 : 0); up++) {
        for (let right = j ? -1 : 0; right <= (j < GRID - 1 ? 1 : 0); right++) {
          lowest &&= values[k] <= values[k + up * GRID + right];
        }
      }
      if (lowest) found.push([i, j]);
    }
  }
  return found;
}

/**
 * Where Newton's method leads, as far as that is a minimum near by; or null.
 * @param {Surface} surface
 * @param {number[]} from
 * @param {number[]} reach  the longest step
 */
function polished(surface, from, reach) {
  const [first, second] = [new Float64Array(3), new Float64Array(3)];
  let [x, y] = from;
  const look = () => {
    surface(x, y, first);
    surface.hessian(x, y, second);
  };
  for (let k = 0; k < POLISH; k++) {
    look();
    const [[, gx, gy], [xx, xy, yy]] = [first, second];
    const area = xx * yy - xy * xy;
    if (![gx, gy, area].every(Number.isFinite) || area === 0) break;
    const step = [(yy * gx - xy * gy) / area, (xx * gy - xy * gx) / area];
    [x, y] = [x, y].map((end, axis) => end - Math.min(Math.max(step[axis], -reach[axis]), reach[axis]));
    if (step.every((part, axis) => Math.abs(part) <= 1e-14 * (1 + Math.abs(axis ? y : x)))) break;
  }
  look();
  const [[, gx, gy], [xx, xy, yy]] = [first, second];
  const [middle, off] = [(xx + yy) / 2, Math.hypot((xx - yy) / 2, xy)];
  const most = Math.abs(middle + off);
  const steep = Math.max(Math.abs(gx), Math.abs(gy));
  const isMinimum = middle - off > 1e-6 * most && steep <= 1e-6 * most * Math.max(...reach) + 1e-12;
  const near = Math.abs(x - from[0]) <= 3 * reach[0] && Math.abs(y - from[1]) <= 3 * reach[1];
  return isMinimum && near ? [x, y] : null;
}
