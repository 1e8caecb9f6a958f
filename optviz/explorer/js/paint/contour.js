/**
 * The surface from above: bands of colour and level lines, pixel by pixel.
 *
 * Levels, shares and colours are those of optviz/scene/panels/contour.py, so that a page and a film
 * of one surface look alike. Rows count from the top, as in an image.
 */

import {
  CROWDED, inkOf, LINE_WIDTH, lineCover, mixPixels, packInk, pixelsOf, rampInk,
} from "./ink.js";

export const BAND_COUNT = 16;
const SAME_LEVEL = 1e-12; // of the values: a smaller range is rounding, which levels cannot tell apart
const MEDIAN_SAMPLE = 10000; // values whose median is taken: to sort all costs more than to paint

/**
 * @import { Grid } from "../formula/tape.js"
 * @import { FillColours, PixelImage } from "./ink.js"
 *
 * @typedef {{x0: number, x1: number, y0: number, y1: number}} PlaneWindow
 * @typedef {"linear" | "log"} Scale
 *
 * f(x, y); `grid` is used if it is there, as a parsed formula has it.
 * @typedef {((x: number, y: number) => number) & {grid?: Grid}} PlaneFunction
 */

/**
 * Values at the centres of pixels, row 0 at the top.
 *
 * @param {PlaneFunction} f
 * @param {PlaneWindow} window
 * @param {number} width
 * @param {number} height
 * @returns {Float64Array}
 */
export function sample(f, { x0, x1, y0, y1 }, width, height) {
  const xs = Float64Array.from({ length: width }, (_, i) => x0 + ((i + 0.5) / width) * (x1 - x0));
  const ys = Float64Array.from({ length: height }, (_, i) => y1 - ((i + 0.5) / height) * (y1 - y0));
  return valuesOnGrid(f, xs, ys);
}

/**
 * Values at each x of each y, one row after another.
 * @param {PlaneFunction} f
 * @param {Float64Array} xs
 * @param {Float64Array} ys
 */
export function valuesOnGrid(f, xs, ys) {
  const values = new Float64Array(xs.length * ys.length);
  if (f.grid) return f.grid(xs, ys, values);
  for (let row = 0, i = 0; row < ys.length; row++) {
    for (let column = 0; column < xs.length; column++) values[i++] = f(xs[column], ys[row]);
  }
  return values;
}

/**
 * Edges of the bands, spaced evenly in value or, for scale "log", in the logarithm of what lies
 * above the lowest value, plus 1 % of its median.
 *
 * The median is exact up to 10,000 values and of an even choice among more.
 *
 * @param {ArrayLike<number>} values
 * @param {Scale} scale
 * @returns {Float64Array} 17 edges; 2 for a constant; none if no value is finite
 */
export function levels(values, scale) {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value - value !== 0) continue; // infinite, or not a number
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return new Float64Array(0);
  const unit = Math.max(Math.abs(low), Math.abs(high)) || 1;
  const range = high / unit - low / unit;
  if (range <= SAME_LEVEL) return Float64Array.of(low, low + Math.max(1, 0.01 * unit));
  const edges = new Float64Array(BAND_COUNT + 1);
  if (scale === "linear") {
    // Two shares instead of a step: high - low may leave the floating-point numbers.
    edges.forEach((_, k) => {
      edges[k] = low * (1 - k / BAND_COUNT) + high * (k / BAND_COUNT);
    });
    return edges;
  }
  // More than half of the window at its lowest value: the median says nothing, the range must.
  const shift = 0.01 * (medianRise(values, low, unit) || range);
  edges.forEach((_, k) => {
    edges[k] = (low / unit + shift * ((range + shift) / shift) ** (k / BAND_COUNT) - shift) * unit;
  });
  return edges;
}

/**
 * The median of (value - low) / unit over the finite values, or over an even choice of them.
 * @param {ArrayLike<number>} values
 * @param {number} low
 * @param {number} unit
 */
function medianRise(values, low, unit) {
  let stride = Math.ceil(values.length / MEDIAN_SAMPLE);
  if (stride > 1) stride |= 1; // odd, so that it does not walk down the columns of an image
  const rises = new Float64Array(Math.ceil(values.length / stride));
  let count = 0;
  for (let i = 0; i < values.length; i += stride) {
    if (values[i] - values[i] === 0) rises[count++] = values[i] / unit - low / unit;
  }
  const sorted = rises.subarray(0, count).sort();
  const half = count >> 1;
  return count % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2 || 0;
}

/**
 * Values as shares of the range, 0 to 1, spaced as the levels are; NaN stays NaN.
 *
 * @param {ArrayLike<number>} values
 * @param {Float64Array} edges  of `levels`
 * @param {Scale} scale
 * @returns {Float64Array}
 */
export function shares(values, edges, scale) {
  const out = new Float64Array(values.length);
  const spacing = spacingOf(edges, scale);
  for (let i = 0; i < values.length; i++) out[i] = shareIn(spacing, values[i]);
  return out;
}

/**
 * A function from one value to its share; see `shares`.
 * @param {Float64Array} edges
 * @param {Scale} scale
 * @returns {(value: number) => number}
 */
export function shareOf(edges, scale) {
  const spacing = spacingOf(edges, scale);
  return (value) => shareIn(spacing, value);
}

/**
 * What shares are computed with; everything is taken per unit, so that no difference overflows.
 * @param {Float64Array} edges
 * @param {Scale} scale
 */
function spacingOf(edges, scale) {
  const last = edges.length - 1;
  const unit = 1 / Math.max(Math.abs(edges[0]), Math.abs(edges[last]), 1e-300);
  const low = edges[0] * unit;
  const range = edges[last] * unit - low || 1; // a constant of 1e300 has no wider band
  if (scale === "linear" || last < 2) return { unit, low, range, perShift: 0, perWhole: 1 / range };
  const first = edges[1] * unit - low;
  const shift = first / ((edges[2] * unit - edges[1] * unit) / first - 1);
  return { unit, low, range, perShift: 1 / shift, perWhole: 1 / Math.log1p(range / shift) };
}

/**
 * @param {ReturnType<typeof spacingOf>} spacing
 * @param {number} value
 */
function shareIn({ unit, low, range, perShift, perWhole }, value) {
  const rise = value * unit - low;
  const inside = rise < 0 ? 0 : rise > range ? range : rise;
  return (perShift ? Math.log(1 + inside * perShift) : inside) * perWhole;
}

/**
 * Paint bands and anti-aliased level lines; pixels without a finite value take the page's colour.
 *
 * @param {PixelImage} image
 * @param {Float64Array} values  of `sample`, as many as the image has pixels
 * @param {Scale} scale
 * @param {FillColours} colours
 * @param {number} [ratio]  image pixels in a CSS pixel, for the width of the lines
 * @param {PixelImage | null} [apart]  another image, which is given the lines alone
 * @returns {Float64Array} the edges of the bands, as `levels` gives them
 */
export function paintContour(image, values, scale, colours, ratio = 1, apart = null) {
  const { width, height } = image;
  const pixels = pixelsOf(image);
  const drawn = apart && pixelsOf(apart);
  const page = packInk(inkOf(colours.page));
  const edges = levels(values, scale);
  if (edges.length === 0) {
    pixels.fill(page);
    return edges;
  }
  const count = edges.length - 1;
  const heights = shares(values, edges, scale);
  for (let i = 0; i < heights.length; i++) heights[i] *= count; // whole numbers are level lines
  const ramp = colours.ramp.map(inkOf);
  const bands = Uint32Array.from({ length: count }, (_, k) =>
    packInk(rampInk(ramp, k / Math.max(1, count - 1))),
  );
  const lines = Uint32Array.from(colours.lines, (line) => packInk(inkOf(line)));
  const lineWidth = LINE_WIDTH * ratio;
  const reach = (1 + lineWidth) / 2; // pixels from its middle to where a line ends
  const still = roundingNoise(edges, count);

  for (let row = 0, i = 0; row < height; row++) {
    const up = row > 0 ? -width : 0;
    const down = row < height - 1 ? width : 0;
    for (let column = 0; column < width; column++, i++) {
      const t = heights[i];
      const band = t < count ? t | 0 : count - 1;
      if (values[i] - values[i] !== 0) {
        pixels[i] = page;
        continue;
      }
      pixels[i] = bands[band];
      const line = Math.max(1, Math.min(count - 1, Math.round(t))); // none at the range's ends
      const offset = t - line;
      const left = t - heights[column > 0 ? i - 1 : i];
      const right = t - heights[column < width - 1 ? i + 1 : i];
      const upper = t - heights[i + up];
      const lower = t - heights[i + down];
      const size = Math.abs(offset);
      // Most pixels are far from any line, whatever way it runs; beside NaN this says nothing.
      const most = Math.max(Math.abs(left), Math.abs(right), Math.abs(upper), Math.abs(lower));
      if (size > 1.4143 * reach * most) continue;
      // The steeper side of each direction, so that a crease leaves no gap in a line.
      let slope = lengthOf(steepest(left, right), steepest(upper, lower));
      if (size > reach * slope || slope < still) continue;
      if (slope < CROWDED) {
        // Of these only what leads to the line: a hollow that ends short of it gets no dot.
        const side = offset < 0 ? -1 : 1;
        slope = lengthOf(furthest(side * left, side * right), furthest(side * upper, side * lower));
        if (size > reach * slope) continue;
      }
      const distance = offset / slope; // in pixels, negative below the line
      // Bands meet in the middle of the line.
      const above = Math.max(0, Math.min(1, distance + 0.5));
      const fill = mixPixels(bands[line - 1], bands[line], above);
      const cover = lineCover(distance, slope, lineWidth);
      pixels[i] = mixPixels(fill, lines[line - 1], cover);
      if (drawn) drawn[i] = (Math.round(255 * cover) << 24) | (lines[line - 1] & 0xffffff);
    }
  }
  return edges;
}

/**
 * @param {number} along
 * @param {number} across
 */
function lengthOf(along, across) {
  return Math.sqrt(along * along + across * across);
}

/**
 * The larger of two differences by size; one that is not a number counts as none.
 * @param {number} a
 * @param {number} b
 */
function steepest(a, b) {
  return Math.max(furthest(a, b), furthest(-a, -b));
}

/**
 * The larger of two differences, or 0; one that is not a number counts as none.
 * @param {number} a
 * @param {number} b
 */
function furthest(a, b) {
  const most = a > 0 ? a : 0;
  return b > most ? b : most;
}

/**
 * Below this slope, in levels a pixel, a plateau is flat and its ripples are rounding.
 * @param {Float64Array} edges
 * @param {number} count
 */
function roundingNoise(edges, count) {
  const lowest = Math.abs(edges[0]) / (edges[1] - edges[0]);
  const highest = Math.abs(edges[count]) / (edges[count] - edges[count - 1]);
  return Math.max(1e-9, 4 * Number.EPSILON * Math.max(lowest, highest));
}
