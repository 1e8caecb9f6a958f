/** Levels and pixels of contour and relief, for Python's tests. */
import { levels, paintContour, sample, shares, valuesOnGrid } from "../../../optviz/explorer/js/paint/contour.js";
import { makeMesh, paintRelief, project, RELIEF_VIEW, visible } from "../../../optviz/explorer/js/paint/relief.js";
import { parseFormula } from "../../../optviz/explorer/js/formula/parse.js";
import { textOf } from "./bytes.js";

/**
 * @typedef {import("../../../optviz/explorer/js/paint/contour.js").PlaneWindow} PlaneWindow
 * @typedef {import("../../../optviz/explorer/js/paint/ink.js").FillColours} FillColours
 * @typedef {"linear" | "log"} Scale
 */

/**
 * The edges of the bands and the share of each value.
 * @param {string} text
 * @param {number[]} xs
 * @param {number[]} ys
 * @param {Scale} scale
 */
export function levelsOf(text, xs, ys, scale) {
  const { value } = parseFormula(text);
  const values = valuesOnGrid(value, Float64Array.from(xs), Float64Array.from(ys));
  const edges = levels(values, scale);
  return [textOf(edges), textOf(shares(values, edges, scale))];
}

/**
 * @param {string} text
 * @param {PlaneWindow} window
 * @param {Scale} scale
 * @param {FillColours} colours
 * @param {[number, number]} size
 */
export function contour(text, window, scale, colours, [width, height]) {
  const image = blank(width, height);
  paintContour(image, sample(parseFormula(text).value, window, width, height), scale, colours);
  return textOf(image.data);
}

/**
 * The pixels, their depths, and of each point to be seen its place and whether it is.
 * @param {string} text
 * @param {PlaneWindow} window
 * @param {Scale} scale
 * @param {FillColours} colours
 * @param {[number, number]} size
 * @param {{azimuth?: number, elevation?: number}} angles
 * @param {[number, number][]} seen
 */
export function relief(text, window, scale, colours, [width, height], angles, seen) {
  const image = blank(width, height);
  const zbuffer = new Float32Array(width * height);
  const f = parseFormula(text).value;
  const camera = { ...RELIEF_VIEW, ...angles, width, height };
  const mesh = makeMesh(f, window, scale);
  paintRelief(image, mesh, camera, colours, zbuffer);
  const points = seen.map(([x, y]) => {
    const place = project(camera, mesh, x, y, f(x, y));
    return [place.px, place.py, place.depth, visible(place, zbuffer, camera)];
  });
  return { pixels: textOf(image.data), depths: textOf(zbuffer), points };
}

/**
 * What a canvas calls ImageData.
 * @param {number} width
 * @param {number} height
 */
function blank(width, height) {
  return { data: new Uint8ClampedArray(4 * width * height), width, height };
}
