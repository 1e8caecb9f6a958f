/** Basins of attraction: every pixel a start, labelled as by `optviz.basins`. */
import { ManyRuns } from "./many_runs.js";
import { minimaOf } from "./minima.js";

export const UNDECIDED = -1;
export const DIVERGED = -2;

const REACH = 0.01; // of the plane: a run that near to a minimum is there
const FAR = 100; // planes: a run that far outside has diverged
const RESOLUTIONS = [25, 50, 100, 200]; // pixels of the longer side, one map after another
const [LONG, COARSEST] = [500, 12]; // steps of runs before whose maps there is a coarser one

/**
 * @import { RunsSetting } from "./many_runs.js"
 * @import { Domain } from "../state/types.js"
 *
 * @typedef {RunsSetting & {domain: Domain, minima: number[][], window: Domain}} BasinSetting
 *   `minima` are the known ones of the surface
 *
 * The minimum that each start reaches, row 0 the lowest.
 * @typedef {object} BasinMap
 * @property {Domain} window
 * @property {number} width
 * @property {number} height
 * @property {number[][]} minima  x and y each
 * @property {Int16Array} labels  places among these, or UNDECIDED, or DIVERGED
 * @property {Int32Array} steps  from which step a run is there, or is far away; the budget if never
 * @property {number} budget
 */

/**
 * Maps of a window, each finer than the one before. Between two runs it yields null, so that whoever
 * asks for the next can do something else, or stop.
 * @param {BasinSetting} setting
 * @returns {Generator<BasinMap | null, void>}
 */
export function* basinMaps(setting) {
  const { domain: [a0, a1, b0, b1], window, surface, minima: known, steps: budget } = setting;
  const [x0, x1, y0, y1] = window;
  // What a start leads to is the same in any part of the plane.
  const plane = [Math.min(a0, x0), Math.max(a1, x1), Math.min(b0, y0), Math.max(b1, y1)];
  const minima = knownMinima(surface, known, plane);
  const runs = new ManyRuns(setting);
  const ends = { minima, reach: reachOf(minima, plane), plane };
  for (const resolution of budget > LONG ? [COARSEST, ...RESOLUTIONS] : RESOLUTIONS) {
    const [width, height] = sizeOf(resolution, window);
    const labels = new Int16Array(width * height);
    const steps = new Int32Array(width * height);
    for (let i = 0, at = 0; i < height; i++) {
      for (let j = 0; j < width; j++, at++) {
        const count = runs.run(x0 + (j + 0.5) * ((x1 - x0) / width), y0 + (i + 0.5) * ((y1 - y0) / height));
        [labels[at], steps[at]] = endOf(runs.points, count, budget, ends);
        yield null;
      }
    }
    yield { window, width, height, minima, labels, steps, budget };
  }
}

/**
 * Label and step of a run, from its end backwards.
 * @param {Float64Array} points
 * @param {number} count  of finite points
 * @param {number} budget
 * @param {{minima: number[][], reach: number[], plane: Domain}} ends
 * @returns {[number, number]}
 */
function endOf(points, count, budget, { minima, reach: [rx, ry], plane: [x0, x1, y0, y1] }) {
  const [cx, cy, fx, fy] = [(x0 + x1) / 2, (y0 + y1) / 2, FAR * (x1 - x0), FAR * (y1 - y0)];
  let k = count - 1;
  const [x, y] = [points[2 * k], points[2 * k + 1]];
  if (count <= budget || !(Math.abs(x - cx) <= fx && Math.abs(y - cy) <= fy)) {
    const isFar = () => ((points[2 * k] - cx) / fx) ** 2 > 1 || ((points[2 * k + 1] - cy) / fy) ** 2 > 1;
    while (k >= 0 && isFar()) k--;
    return [DIVERGED, Math.min(k + 1, budget)];
  }
  /** @type {(x0: number, y0: number, k: number) => boolean} */
  const isThere = (mx, my, at) => {
    const [across, up] = [(points[2 * at] - mx) / rx, (points[2 * at + 1] - my) / ry];
    return across * across + up * up <= 1;
  };
  const label = minima.findLastIndex(([mx, my]) => isThere(mx, my, k));
  if (label < 0) return [UNDECIDED, budget];
  const [mx, my] = minima[label];
  while (k >= 0 && isThere(mx, my, k)) k--;
  return [label, k + 1];
}

/** Of each surface the minima that were found last. @type {WeakMap<object, {of: string, found: number[][]}>} */
const FOUND = new WeakMap();

/**
 * @param {BasinSetting["surface"]} surface
 * @param {number[][]} known
 * @param {Domain} plane
 */
function knownMinima(surface, known, plane) {
  const of = String(plane);
  let last = FOUND.get(surface);
  if (last?.of !== of) FOUND.set(surface, last = { of, found: minimaOf(surface, known, plane) });
  return last.found;
}

/**
 * Half axes of what counts as at a minimum: 1 % of the plane, less where two are near.
 * @param {number[][]} minima
 * @param {Domain} plane
 */
function reachOf(minima, [x0, x1, y0, y1]) {
  const span = [x1 - x0, y1 - y0];
  let apart = 1;
  for (const [i, [x, y]] of minima.entries()) {
    for (const [u, v] of minima.slice(i + 1)) {
      const [across, up] = [(u - x) / span[0], (v - y) / span[1]];
      apart = Math.min(apart, Math.sqrt(across * across + up * up));
    }
  }
  return span.map((side) => Math.min(REACH, 0.4 * apart) * side);
}

/**
 * Width and height in pixels, of which the longer side has so many; pixels are as the window.
 * @param {number} resolution
 * @param {Domain} window
 */
function sizeOf(resolution, [x0, x1, y0, y1]) {
  const longer = Math.max(x1 - x0, y1 - y0);
  return [x1 - x0, y1 - y0].map((side) => Math.max(rounded((resolution * side) / longer), 1));
}

/** As Python rounds, halves to even. @param {number} number */
function rounded(number) {
  const half = number - Math.floor(number) === 0.5;
  return half ? 2 * Math.round(number / 2) : Math.round(number);
}
