/**
 * The state as a link's hash: the whole of it, and nothing else.
 *
 * @import { LinkedField } from "./schema.js"
 * @import { Data, Limits, State } from "./types.js"
 */
import { lessonState } from "./lesson.js";
import { FIELDS, initialState } from "./schema.js";

/**
 * The state as a link's hash, without the sign. What is left out is the default, or the lesson's.
 * @param {State} state
 * @param {Data} data
 * @returns {string}
 */
export function writeHash(state, data) {
  const hash = new URLSearchParams();
  /** @type {Record<string, any>} */
  const usual = { ...initialState(data), ...(state.lesson ? lessonState(state.lesson, data) : {}), lesson: "" };
  const left = new Set(state.surface ? ["formula", "domain"] : ["surface"]);
  if (state.selected === state.racers.length - 1) left.add("selected");
  for (const [name, { key, between, write, always }] of linkedFields()) {
    if (left.has(name)) continue;
    const value = state[/** @type {keyof State} */ (name)];
    if (!always && JSON.stringify(value) === JSON.stringify(usual[name])) continue;
    const parts = between === undefined ? [value] : /** @type {any[]} */ (value);
    hash.set(key, parts.map((part) => write(part, data)).join(between));
  }
  return hash.toString();
}

/**
 * What a hash says, part by part: those that can be taken, and why the others cannot.
 * @param {string} text
 * @param {Data} data
 * @param {Limits} limits
 * @returns {{found: Record<string, any>, problems: any[]}}
 */
export function readHash(text, data, limits) {
  const hash = new URLSearchParams(text.replace(/^#/, ""));
  /** @type {Record<string, any>} */
  const found = {};
  /** @type {any[]} */
  const problems = [];
  /** @param {() => any} make */
  const attempt = (make) => {
    try {
      return [make()];
    } catch (error) {
      problems.push(error);
      return [];
    }
  };
  for (const [name, { key, between, read, check }] of linkedFields()) {
    const said = hash.get(key);
    if (said === null) continue;
    const parts = between === undefined ? [said] : said.split(between).filter((part) => part.trim());
    const values = parts.flatMap((part) => attempt(() => read(part, data)));
    if (parts.length && !values.length) continue;
    const [value] = attempt(() => check(between === undefined ? values[0] : values, data, limits));
    if (value !== undefined) found[name] = value;
  }
  return { found, problems };
}

/** The fields that a link holds. */
function linkedFields() {
  return /** @type {[string, LinkedField][]} */ (Object.entries(FIELDS).filter(([, { key }]) => key));
}
