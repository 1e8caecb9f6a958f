/**
 * Colours and shapes of runs, as `optviz.scene.marks.marks`: a kind of optimizer has its own, a second
 * of a kind another shade and other dashes, and what is no kind of ours has a mark that none of them has.
 *
 * @import { Data, Mark, Racer, Theme } from "./types.js"
 */

/**
 * The shades and the shape of each kind.
 * @param {string[]} kinds  names of rules
 * @param {Data} data
 * @param {Theme} theme
 * @returns {Map<string, {tones: string[], shape: string}>}
 */
function kindMarks(kinds, { shapes, order, own }, { shades }) {
  const places = new Map(kinds.map((kind) => [kind, order.indexOf(kind)]));
  for (const kind of kinds) {
    if (/** @type {number} */ (places.get(kind)) >= 0) continue;
    const taken = [...places.values()].filter((place) => place >= 0);
    const free = own.filter((place) => !taken.includes(place));
    const used = taken.map((place) => place % shapes.length);
    places.set(kind, free.find((place) => !used.includes(place % shapes.length)) ?? free[0] ?? own[0]);
  }
  return new Map([...places].map(([kind, place]) =>
    [kind, { tones: shades[place % shades.length], shape: shapes[place % shapes.length] }]));
}

/**
 * For each racer the mark of its run from each start.
 * @param {Racer[]} racers
 * @param {number[]} counts  of each racer, how many runs it has
 * @param {Data} data
 * @param {Theme} theme
 * @returns {Mark[][]}
 */
export function marksOf(racers, counts, data, theme) {
  const kinds = racers.map(({ rule }) => data.rules[rule].marked ?? rule);
  const known = kindMarks(kinds, data, theme);
  return kinds.map((kind, i) => {
    const { tones, shape } = /** @type {{tones: string[], shape: string}} */ (known.get(kind));
    const first = counts.slice(0, i).reduce((sum, count, j) => (kinds[j] === kind ? sum + count : sum), 0);
    return Array.from({ length: counts[i] }, (_, j) =>
      ({ colour: tones[(first + j) % tones.length], shape, variant: first + j }));
  });
}

/**
 * A colour for each place that runs end at: those of the theme in order.
 * @param {number} i
 * @param {Theme} theme
 */
export function minimumColour(i, { shades }) {
  return shades[i % shades.length][0];
}
