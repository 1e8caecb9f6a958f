/** Basins as pixels, in the colours and shades of optviz/scene/basin_colours.py. */
import { inkOf, packInk, pixelsOf } from "./ink.js";

/**
 * @import { BasinMap } from "../engine/basins.js"
 * @import { PixelImage } from "./ink.js"
 *
 * @typedef {{hues: string[][], diverged: string, undecided: string}} BasinColours  of each minimum
 *   its shades, from few steps to many, then the one of its stripes
 */

const DIVERGED = -2;
const ENDS = [0.02, 0.98]; // the shares of runs that have arrived by the first shade and by the last
const LOG = 5; // the ratio of steps from which shades are even in their logarithm

/**
 * Paint a map pixel by pixel; the last row of the map is the first one of the image.
 * @param {PixelImage} image  as large as the map
 * @param {BasinMap} map
 * @param {BasinColours} colours
 */
export function paintBasins(image, map, { hues, diverged, undecided }) {
  const { width, height, labels, steps } = map;
  const pixels = pixelsOf(image);
  const inks = hues.map((tones) => tones.map((tone) => packInk(inkOf(tone))));
  const none = [diverged, undecided].map((colour) => packInk(inkOf(colour)));
  const edges = shadeEdges(map, inks[0].length - 1);
  const band = Math.max(2, Math.round(Math.max(width, height) / 130));
  for (let i = 0, at = 0; i < height; i++) {
    for (let j = 0; j < width; j++, at++) {
      const label = labels[at];
      const place = (height - 1 - i) * width + j;
      if (label < 0) {
        pixels[place] = none[label === DIVERGED ? 0 : 1];
        continue;
      }
      const round = Math.floor(label / hues.length) % 4; // plain, stripes one way, the other way, both
      const one = Math.floor((i + j) / band) % 4 === 0;
      const other = (((Math.floor((i - j) / band) % 4) + 4) % 4) === 0;
      const tones = inks[label % hues.length];
      const shade = edges.filter((edge) => edge <= steps[at]).length;
      pixels[place] = tones[(round % 2 === 1 && one) || (round >= 2 && other) ? tones.length - 1 : shade];
    }
  }
}

/**
 * Steps at which each shade but the first begins.
 * @param {BasinMap} map
 * @param {number} shades
 * @returns {number[]}
 */
export function shadeEdges({ labels, steps, budget }, shades) {
  const arrived = steps.filter((_, i) => labels[i] >= 0).sort();
  const [first, last] = ENDS.map((share) => arrived[Math.round(share * (arrived.length - 1))] ?? 1);
  const high = Math.min(Math.max(last, first + shades), budget);
  const low = Math.max(Math.min(first, high - shades), 1);
  const even = (/** @type {number} */ share) =>
    (high > LOG * low ? low * (high / low) ** share : low + (high - low) * share);
  const edges = Array.from({ length: shades - 1 }, (_, k) => Math.ceil(Number(even((k + 1) / shades).toPrecision(14))));
  return [...new Set(edges)];
}
