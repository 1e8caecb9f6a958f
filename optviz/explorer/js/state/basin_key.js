/**
 * What the colours of basins mean: those of optviz/scene/basin_colours.py.
 *
 * @import { Model, ShownMap, Theme } from "./types.js"
 */
import { DIVERGED, UNDECIDED } from "../engine/basins.js";
import { readable, wordIn } from "./words.js";

const MOST_NAMED = 8; // minima, by as many colours
const LEAST_NAMED = 0.02; // of all starts, where there are more

/**
 * The map that is shown, or null: one of another surface is none.
 * @param {Pick<Model, "map" | "surface" | "state">} model
 * @returns {ShownMap | null}
 */
export function shownMap({ map, surface, state }) {
  return state.basins && map?.surface === surface ? map : null;
}

/**
 * Of each label the share of starts, the most common first and what is no minimum last.
 * @param {ShownMap} map
 * @returns {[number, number][]}
 */
export function sharesOf({ labels }) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => Number(b >= 0) - Number(a >= 0) || (a >= 0 ? n - m : b - a))
    .map(([label, count]) => [label, count / labels.length]);
}

/**
 * @param {Pick<Model, "map" | "surface" | "state" | "theme" | "data" | "labels">} model
 * @returns {{colour?: string, shape?: string, text: string}[]}
 */
export function basinKey(model) {
  const map = shownMap(model);
  if (!map) return [];
  const { state, theme, data: { basins }, labels } = model;
  const say = (/** @type {string} */ word, /** @type {Record<string, unknown>} */ values) => wordIn(state.language, word, values);
  const head = { text: say(state.noise ? "map_noiseless" : "map_of", { name: labels[state.selected] }) };
  if (!map.minima.length) return [head, { text: say("map_none", {}) }];
  const shares = sharesOf(map);
  const reached = shares.filter(([label]) => label >= 0);
  const isFew = reached.length <= MOST_NAMED;
  const rest = reached.filter(([, share], i) => !isFew && (i >= MOST_NAMED || share < LEAST_NAMED));
  const entries = shares.filter((each) => !rest.includes(each)).map(([label, part]) => {
    const share = percent(part);
    const [x, y] = (map.minima[label] ?? []).map(readable);
    const word = label === DIVERGED ? "basins_gone" : label === UNDECIDED ? "basins_open" : "map_place";
    return { colour: labelColour(label, theme, basins), shape: "s", text: say(word, { share, x, y }) };
  });
  if (rest.length) {
    const part = rest.reduce((sum, [, share]) => sum + share, 0);
    const text = say(rest.length < reached.length ? "basins_others" : "map_many", { share: percent(part), n: rest.length });
    entries.splice(reached.length - rest.length, 0, /** @type {any} */ ({ text }));
  }
  return [head, ...entries, ...(reached.length ? [{ text: say("map_shades", {}) }] : [])];
}

/** @param {number} share */
function percent(share) {
  return `${Number((100 * share).toPrecision(share > 0.1 ? 3 : 2))} %`;
}

/**
 * @param {number} label
 * @param {Theme} theme
 * @param {Model["data"]["basins"]} basins
 */
function labelColour(label, { undecided }, { hues, diverged }) {
  if (label < 0) return label === DIVERGED ? diverged : undecided;
  const tones = hues[label % hues.length];
  return tones[(tones.length - 1) >> 1]; // the last one is of stripes
}
