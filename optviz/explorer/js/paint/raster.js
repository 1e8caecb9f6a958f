/** Triangles, lines and outlines in an image with a depth buffer, where nearer is larger. */

import { BAND_COUNT } from "./contour.js";
import { inkOf, lineCover, mixPixels, packInk, rampInk } from "./ink.js";

/** Where the sun stands, as a vector of length 1: on the left and above, as on maps. */
export const SUN_DIRECTION = [-0.45, -0.35, 0.82].map((part, _, all) => part / Math.hypot(...all));

const LIGHT_STEPS = 128;
const HEIGHT_STEPS = 256;
const UNDERSIDE = 0.5; // of the light, on faces seen from below
const LEVEL_STRENGTH = 0.5; // of level lines: quieter than on the flat
const STILL = 1e-5; // levels a pixel: what is flatter is flat, and its ripples are rounding
const OUTLINE = 0.06; // a jump in depth from one pixel to the next that is an outline

/**
 * @import { FillColours } from "./ink.js"
 *
 * @typedef {object} RasterTarget
 * @property {number} width
 * @property {number} height
 * @property {Uint32Array} pixels
 * @property {Float32Array} zbuffer  depth of each pixel, -Infinity where there is none
 * @property {Uint32Array} inks  of `litInks`
 * @property {number} lineWidth  of level lines, in pixels
 *
 * @typedef {object} RasterPoints  one number for each point of a mesh
 * @property {Float64Array} px
 * @property {Float64Array} py
 * @property {Float64Array} depth
 * @property {Float32Array} shares  heights from 0 to 1
 * @property {Float32Array} lights  from 0 to 1
 */

/** What `litInks` gave for the colours of a theme. @type {WeakMap<FillColours, Uint32Array>} */
const LIT = new WeakMap();

/**
 * Packed colours by height (rows) and light (columns), those of the contour's fill in the sun;
 * the last rows are the level lines' colours.
 * @param {FillColours} colours
 */
export function litInks(colours) {
  const inks = LIT.get(colours) ?? mixedInks(colours);
  LIT.set(colours, inks);
  return inks;
}

/** @param {FillColours} colours */
function mixedInks({ page, ramp, lines }) {
  const isLight = inkOf(page).reduce((sum, part) => sum + part) > 384;
  const fill = ramp.map(inkOf);
  const heights = Array.from({ length: HEIGHT_STEPS }, (_, i) => rampInk(fill, i / (HEIGHT_STEPS - 1)));
  const inks = [...heights, ...lines.map(inkOf)];
  const packed = new Uint32Array(inks.length * LIGHT_STEPS);
  for (let k = 0; k < LIGHT_STEPS; k++) {
    const lit = lightAt(k / (LIGHT_STEPS - 1), isLight);
    const parts = Uint8Array.from({ length: 256 }, (_, part) => Math.round(255 * lit(part / 255)));
    inks.forEach(([red, green, blue], i) => {
      packed[i * LIGHT_STEPS + k] = packInk([parts[red], parts[green], parts[blue]]);
    });
  }
  return packed;
}

/**
 * What light makes of a part of a colour, 0 to 1, as in optviz/scene/panels/relief_paint.py: the
 * colours of level ground stay as they are, unless the page is dark.
 * @param {number} light
 * @param {boolean} isLight
 * @returns {(part: number) => number}
 */
function lightAt(light, isLight) {
  // On a dark page the fill is dark already: there the sun must brighten it.
  if (!isLight) return (part) => Math.min(1, part * (0.75 + 0.95 * light));
  const level = SUN_DIRECTION[2];
  const shadow = Math.max(0, 1 - light / level);
  const shine = Math.max(0, 1.2 * (light - level));
  // A power keeps the hue: a colour that is only darkened looks grey.
  return (part) => {
    const shaded = part ** (1 + 1.2 * shadow) * (1 - 0.25 * shadow);
    return shaded + shine * (1 - shaded);
  };
}

/**
 * Fill the pixels whose centres lie in a triangle and nearer than what is there.
 * @param {RasterTarget} target
 * @param {RasterPoints} points
 * @param {number} a
 * @param {number} b
 * @param {number} c
 */
export function paintTriangle(target, points, a, b, c) {
  const { px, py, depth, shares, lights } = points;
  const { width, height, pixels, zbuffer, inks, lineWidth } = target;
  const turned = (px[b] - px[a]) * (py[c] - py[a]) - (px[c] - px[a]) * (py[b] - py[a]);
  const lit = (LIGHT_STEPS - 1) * (turned < 0 ? 1 : UNDERSIDE);
  // From top to bottom: an edge is then the very same line to the triangles on both of its sides.
  let swap = a;
  if (py[b] < py[a]) { a = b; b = swap; }
  swap = c;
  if (py[c] < py[b]) { c = b; b = swap; }
  swap = a;
  if (py[b] < py[a]) { a = b; b = swap; }
  const x = px[a];
  const y = py[a];
  const abX = px[b] - x;
  const abY = py[b] - y;
  const acX = px[c] - x;
  const acY = py[c] - y;
  const bcX = px[c] - px[b];
  const bcY = py[c] - py[b];
  const area = abX * acY - acX * abY;
  if (area === 0) return;
  // Each quantity is a plane over the picture: its slopes along columns and rows.
  /** @param {ArrayLike<number>} part */
  const rightwards = (part) => ((part[b] - part[a]) * acY - (part[c] - part[a]) * abY) / area;
  /** @param {ArrayLike<number>} part */
  const downwards = (part) => ((part[c] - part[a]) * abX - (part[b] - part[a]) * acX) / area;
  const depthX = rightwards(depth);
  const depthY = downwards(depth);
  const shareX = rightwards(shares);
  const shareY = downwards(shares);
  const lightX = rightwards(lights);
  const lightY = downwards(lights);
  const slope = BAND_COUNT * Math.sqrt(shareX * shareX + shareY * shareY); // levels in a pixel
  const reach = slope < STILL ? -1 : ((1 + lineWidth) / 2) * slope;

  const bottom = Math.min(height - 1, Math.floor(py[c] - 0.5));
  for (let row = Math.max(0, Math.ceil(y - 0.5)); row <= bottom; row++) {
    const down = row + 0.5 - y;
    const far = x + (down / acY) * acX;
    const beyond = row + 0.5 - py[b];
    const near = beyond < 0 ? x + (down / abY) * abX : px[b] + (beyond / bcY) * bcX;
    const last = Math.min(width - 1, Math.floor((far > near ? far : near) - 0.5));
    let column = Math.max(0, Math.ceil((far < near ? far : near) - 0.5));
    for (let i = row * width + column; column <= last; column++, i++) {
      const right = column + 0.5 - x;
      const z = depth[a] + depthX * right + depthY * down;
      if (z <= zbuffer[i]) continue;
      zbuffer[i] = z;
      const share = shares[a] + shareX * right + shareY * down;
      const light = lights[a] + lightX * right + lightY * down;
      const shade = (light * lit + 0.5) | 0;
      const ink = inks[((share * (HEIGHT_STEPS - 1) + 0.5) | 0) * LIGHT_STEPS + shade];
      const t = share * BAND_COUNT;
      const line = Math.round(t);
      const offset = Math.abs(t - line);
      if (offset >= reach || line <= 0 || line >= BAND_COUNT) {
        pixels[i] = ink;
      } else {
        const cover = LEVEL_STRENGTH * lineCover(offset / slope, slope, lineWidth);
        pixels[i] = mixPixels(ink, inks[(HEIGHT_STEPS + line - 1) * LIGHT_STEPS + shade], cover);
      }
    }
  }
}

/**
 * Draw a thin line between two places (column, row, depth), where nothing nearer hides it.
 * @param {RasterTarget} target
 * @param {number[]} from
 * @param {number[]} to
 * @param {number} ink
 */
export function paintEdge({ width, height, pixels, zbuffer }, from, to, ink) {
  const main = Math.abs(to[1] - from[1]) > Math.abs(to[0] - from[0]) ? 1 : 0; // 1 runs down
  const steps = Math.max(1, Math.ceil(Math.abs(to[main] - from[main])));
  for (let k = 0; k <= steps; k++) {
    const [x, y, z] = from.map((part, axis) => part + ((to[axis] - part) * k) / steps);
    const across = (main ? x : y) - 0.5; // counted from pixel centres
    for (const side of [Math.floor(across), Math.floor(across) + 1]) {
      const column = main ? side : Math.floor(x);
      const row = main ? Math.floor(y) : side;
      if (column < 0 || column >= width || row < 0 || row >= height) continue;
      const i = row * width + column;
      if (zbuffer[i] > z) continue;
      pixels[i] = mixPixels(pixels[i], ink, 1 - Math.abs(across - side));
    }
  }
}

/**
 * Smooth the stairs along outlines: where depth jumps, a pixel becomes the mean around it.
 * @param {RasterTarget} target
 */
export function softenOutlines({ width, height, pixels, zbuffer }) {
  /** @type {number[]} */
  const found = [];
  for (let row = 1; row < height - 1; row++) {
    for (let i = row * width + 1, end = (row + 1) * width - 1; i < end; i++) {
      const z = zbuffer[i];
      if (
        Math.abs(z - zbuffer[i + 1]) > OUTLINE || Math.abs(z - zbuffer[i + width]) > OUTLINE ||
        Math.abs(z - zbuffer[i - 1]) > OUTLINE || Math.abs(z - zbuffer[i - width]) > OUTLINE
      ) found.push(i);
    }
  }
  const soft = found.map((i) => meanAround(pixels, i, width));
  found.forEach((i, k) => {
    pixels[i] = soft[k];
  });
}

/**
 * The mean of nine pixels, the middle counting four times and the sides twice.
 * @param {Uint32Array} pixels
 * @param {number} i
 * @param {number} width
 */
function meanAround(pixels, i, width) {
  let redBlue = 0; // sums of two bytes fit beside each other
  let green = 0;
  for (let y = -1; y <= 1; y++) {
    for (let x = -1; x <= 1; x++) {
      const pixel = pixels[i + y * width + x];
      const weight = (x ? 1 : 2) * (y ? 1 : 2);
      redBlue += weight * (pixel & 0xff00ff);
      green += weight * (pixel & 0xff00);
    }
  }
  return (255 << 24) | ((redBlue >> 4) & 0xff00ff) | ((green >> 4) & 0xff00);
}
