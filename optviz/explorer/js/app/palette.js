/**
 * One palette for a whole film, fitted to the colours it really has; as optviz/export/palette.py.
 * A colour is one number, red in its lowest byte.
 */
import { quantize } from "gifenc/src/index.js";

const ROUNDS = 8; // of k-means
const EXACT = 48; // colours that most pixels have, kept as they are

/** How many pixels of some pictures have each colour; of later ones only those that changed. */
export class ColourCounts {
  constructor() {
    /** @type {Map<number, number>} */
    this.counts = new Map();
    /** @type {Uint32Array | null} */
    this.before = null;
  }

  /** @param {Uint32Array} pixels */
  add(pixels) {
    const { counts, before } = this;
    for (let i = 0; i < pixels.length; i++) {
      if (before && before[i] === pixels[i]) continue;
      const colour = pixels[i] & 0xffffff;
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    this.before = pixels;
  }
}

/**
 * Red, green and blue.
 * @param {number} colour
 */
const partsOf = (colour) => [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];

/**
 * The palette of at most `size` colours with about the least squared error: the most frequent
 * colours and those that must be exact as they are, the others by weighted k-means.
 * @param {Map<number, number>} counts
 * @param {number[]} exact
 * @param {number} size
 * @param {() => Promise<void>} pause  between two rounds
 * @returns {Promise<number[][]>} red, green, blue each
 */
export async function fittedPalette(counts, exact, size, pause) {
  const countOf = (/** @type {number} */ colour) => counts.get(colour) ?? 0;
  const frequent = [...counts].sort(([, a], [, b]) => b - a).map(([colour]) => colour);
  if (frequent.length <= size) return frequent.map(partsOf);
  const all = new Set([...exact.filter((colour) => counts.has(colour)), ...frequent.slice(0, EXACT)]);
  const kept = [...all].slice(0, size - EXACT);
  const held = kept.map(partsOf);
  const rest = frequent.filter((colour) => !kept.includes(colour));
  // A colour's weight grows slower than its area: thin trails matter to the eye.
  const weights = rest.map((colour) => Math.sqrt(countOf(colour)));
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / rest.length;
  const repeated = rest.flatMap((colour, i) => Array(Math.ceil(weights[i] / mean)).fill(colour | 0xff000000));
  const opaque = new Uint8Array(Uint32Array.from(repeated).buffer);
  let centres = [...held, ...quantize(opaque, size - held.length)];
  for (let round = 0; round < ROUNDS; round++) {
    await pause();
    const last = round === ROUNDS - 1; // which colours share an entry is settled: now the least error
    const sums = centres.map(() => [0, 0, 0, 0]);
    rest.forEach((colour, i) => {
      const sum = sums[nearest(colour, centres)];
      const weight = last ? countOf(colour) : weights[i];
      partsOf(colour).forEach((part, channel) => (sum[channel] += weight * part));
      sum[3] += weight;
    });
    centres = centres.map((centre, i) =>
      (i < held.length || !sums[i][3] ? centre : sums[i].slice(0, 3).map((sum) => sum / sums[i][3])));
  }
  return centres.map((centre) => centre.map(Math.round));
}

/**
 * Which colour of a palette is nearest.
 * @param {number} colour
 * @param {number[][]} palette
 */
function nearest(colour, palette) {
  const [red, green, blue] = [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
  let [best, least] = [0, Infinity];
  for (let i = 0; i < palette.length; i++) {
    const centre = palette[i];
    const [dr, dg, db] = [centre[0] - red, centre[1] - green, centre[2] - blue];
    const distance = dr * dr + dg * dg + db * db;
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}

/**
 * Exact nearest colours of a palette, each colour looked up once in a film.
 * @param {number[][]} palette
 * @returns {(pixel: number) => number}
 */
export function mapperOf(palette) {
  const known = new Int16Array(1 << 24).fill(-1);
  return (pixel) => {
    const colour = pixel & 0xffffff;
    if (known[colour] < 0) known[colour] = nearest(colour, palette);
    return known[colour];
  };
}
