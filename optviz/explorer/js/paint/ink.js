/**
 * Colours of pixels, and how a level line covers them.
 *
 * A pixel is one 32-bit number, red in its lowest byte: an ImageData seen as a Uint32Array, on the
 * little-endian machines that all browsers run on.
 *
 * @typedef {{data: Uint8ClampedArray, width: number, height: number}} PixelImage
 * @typedef {object} FillColours  "#rrggbb" each
 * @property {string} page
 * @property {string[]} ramp  from the lowest values to the highest, evenly spaced
 * @property {string[]} lines  of the level lines, from the lowest to the highest
 * @property {string} level  of thin lines
 */

export const LINE_WIDTH = 0.8; // of a level line, in CSS pixels
export const CROWDED = 0.35; // levels in a pixel from which lines begin to melt into a tone

/**
 * The pixels of an image, one number each.
 * @param {PixelImage} image
 */
export function pixelsOf({ data, width, height }) {
  return new Uint32Array(data.buffer, data.byteOffset, width * height);
}

/**
 * Red, green and blue of "#rrggbb".
 * @param {string} colour
 */
export function inkOf(colour) {
  return [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
}

/** One opaque pixel. @param {number[]} ink */
export function packInk([red, green, blue]) {
  return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
}

/**
 * A colour between two, the share 0 giving the first.
 * @param {number[]} from
 * @param {number[]} to
 * @param {number} share
 */
export function mixInk(from, to, share) {
  return from.map((part, i) => Math.round(part + (to[i] - part) * share));
}

/**
 * A colour of a ramp of colours, the share 0 giving its first and 1 its last.
 * @param {number[][]} inks
 * @param {number} share
 */
export function rampInk(inks, share) {
  const place = share * (inks.length - 1);
  const first = Math.max(0, Math.min(inks.length - 2, Math.floor(place)));
  return mixInk(inks[first], inks[first + 1], place - first);
}

/**
 * A pixel between two, the share 0 giving the first.
 * @param {number} from
 * @param {number} to
 * @param {number} share
 */
export function mixPixels(from, to, share) {
  /** @param {number} shift */
  const part = (shift) => {
    const low = (from >> shift) & 255;
    return (low + (((to >> shift) & 255) - low) * share + 0.5) << shift;
  };
  return (255 << 24) | part(16) | part(8) | part(0);
}

/**
 * How much of a pixel a level line covers, given its distance in pixels and levels a pixel.
 * @param {number} distance
 * @param {number} slope
 * @param {number} lineWidth
 */
export function lineCover(distance, slope, lineWidth) {
  const cover = Math.max(0, Math.min(1, lineWidth, (1 + lineWidth) / 2 - Math.abs(distance)));
  if (slope <= CROWDED) return cover;
  // Lines closer than two pixels would flicker against the pixels: their mean is shown instead.
  const melt = Math.min(1, slope / CROWDED - 1);
  return cover + (Math.min(1, lineWidth * slope) - cover) * melt;
}
