/** The state as a link's hash: the whole of it, and nothing else. */
import { lessonState } from "./lesson.js";
import { FIELDS, initialState } from "./schema.js";

/**
 * The state as a link's hash, without the sign. What is left out is the default, or the lesson's.
 * @param {import("./schema.js").State} state
 * @param {any} data
 * @returns {string}
 */
export function writeHash(state, data) {
  const hash = new URLSearchParams();
  const usual = { ...initialState(data), ...(state.lesson ? lessonState(state.lesson, data) : {}), lesson: "" };
  const left = new Set(state.surface ? ["formula", "domain"] : ["surface"]);
  if (state.selected === state.racers.length - 1) left.add("selected");
  for (const [name, { key, between, write, always }] of Object.entries(FIELDS)) {
    if (!key || left.has(name)) continue;
    const value = state[name];
    if (!always && JSON.stringify(value) === JSON.stringify(usual[name])) continue;
    const text = between === undefined ? write(value, data) : value.map((part) => write(part, data)).join(between);
    hash.set(key, text);
  }
  return hash.toString();
}

/**
 * What a hash says, part by part: those that can be taken, and why the others cannot.
 * @param {string} text
 * @param {any} data
 * @param {import("./schema.js").Limits} limits
 * @returns {{found: any, problems: any[]}}
 */
export function readHash(text, data, limits) {
  const hash = new URLSearchParams(text.replace(/^#/, ""));
  const found = {};
  const problems = [];
  const attempt = (make) => {
    try {
      return [make()];
    } catch (error) {
      problems.push(error);
      return [];
    }
  };
  for (const [name, { key, between, read, check }] of Object.entries(FIELDS)) {
    if (!key || !hash.has(key)) continue;
    const said = hash.get(key);
    const parts = between === undefined ? [said] : said.split(between).filter((part) => part.trim());
    const values = parts.flatMap((part) => attempt(() => read(part, data)));
    if (parts.length && !values.length) continue;
    const [value] = attempt(() => check(between === undefined ? values[0] : values, data, limits));
    if (value !== undefined) found[name] = value;
  }
  return { found, problems };
}
