/**
 * The state as a link's hash: the whole of it, and nothing else.
 *
 * @import { LinkedField } from "./schema.js"
 * @import { Data, State } from "./types.js"
 */
import { FIELDS } from "./schema.js";
import { keepsLesson } from "./lesson.js";

/**
 * The state as a link's hash, without the sign. What is left out is the default.
 * @param {State} state
 * @param {Data} data
 * @returns {string}
 */
export function writeHash(state, data) {
  const hash = new URLSearchParams();
  const left = new Set(state.surface ? ["formula", "domain"] : ["surface"]);
  if (!keepsLesson(state, data)) left.add("lesson");
  if (!state.noise) left.add("seed");
  if (state.selected === state.racers.length - 1) left.add("selected");
  for (const [name, field] of linkedFields()) {
    if (left.has(name)) continue;
    const usual = field.initial(data);
    const value = state[/** @type {keyof State} */ (name)];
    const same = !field.always && JSON.stringify(value) === JSON.stringify(usual);
    if (!same || (name === "domain" && !state.surface)) hash.set(field.key, field.write(value, data));
  }
  return hash.toString();
}

/**
 * What a hash says, part by part: those that can be taken, and why the others cannot.
 * @param {string} text
 * @param {Data} data
 * @param {{steps: number}} limits
 * @returns {{found: Record<string, any>, problems: any[]}}
 */
export function readHash(text, data, limits) {
  const hash = new URLSearchParams(text.replace(/^#/, ""));
  /** @type {Record<string, any>} */
  const found = {};
  const problems = [];
  for (const [name, field] of linkedFields()) {
    const given = hash.get(field.key);
    if (given === null) continue;
    try {
      found[name] = field.check(field.read(given, data), data, limits);
    } catch (error) {
      problems.push(error);
    }
  }
  return { found, problems };
}

/** The fields that a link holds. */
function linkedFields() {
  return /** @type {[string, LinkedField][]} */ (Object.entries(FIELDS).filter(([, { key }]) => key));
}
