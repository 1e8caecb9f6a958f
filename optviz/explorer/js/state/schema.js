/**
 * The explorer's state: every field with its default, its check, and how a link writes it. Whatever
 * sets a field (a link, a typed number, a trait of the widget, Python) passes through its check.
 *
 * @import { Data, Racer } from "./types.js"
 *
 * @typedef {object} State
 * @property {string} surface  a name of the data, or "" for the own formula
 * @property {string} formula  the own one
 * @property {number[]} domain  its window: x0, x1, y0, y1
 * @property {Racer[]} racers
 * @property {number[][]} starts  points; each optimizer runs from each
 * @property {number} steps
 * @property {number} noise  standard deviation on each coordinate of a gradient
 * @property {number} seed
 * @property {number} at  the moment, in steps; may lie between two
 * @property {boolean} playing
 * @property {number} speed
 * @property {string} lesson  a name of the data's scenarios, or ""
 * @property {string[]} views
 * @property {number} selected  which optimizer is taken apart
 * @property {number[] | null} window  x0, x1, y0, y1; null for the whole
 * @property {number[] | null} camera  azimuth and elevation of the relief; null for the usual
 * @property {string} colouring  what colours mean: "optimizer", or "minimum" that a run ends at
 * @property {string} language
 * @property {string} theme
 * @property {string} letters  "usual", or "large" for a projector
 * @property {{ahead: number, guess: number[] | null, real: number[] | null} | null} quiz
 */
import { checkedNumber, checkedNumbers, keyOf, numbersIn, Refusal, shownGiven } from "./refusal.js";
import { parseRacer, writeRacer } from "./spec.js";

export const MOST_STEPS = 20000;
export const MOST_STARTS = 24;
export const VIEW_NAMES = ["loss", "gradient", "profile", "relief", "anatomy"];
const USUAL_VIEWS = ["loss", "relief", "anatomy"];
export const THEME_NAMES = ["auto", "light", "dark", "print"];
export const SPEEDS = [0.1, 0.2, 0.5, 1, 2, 5, 10];

/** @type {(name: string, choices: string[]) => (value: any) => any} */
const oneOf = (name, choices) => (value) => {
  if (choices.includes(value)) return value;
  throw new Refusal("must_one_of", { name, choices: choices.join(", "), given: shownGiven(value) });
};
/** @type {(name: string, interval: string, whole?: boolean) => (value: any) => number} */
const numberBetween = (name, interval, whole = false) => (value) => checkedNumber(name, value, interval, whole);
/** @type {Pick<LinkedField, "read" | "write">} */
const plain = { read: (text) => text, write: String };
/** @type {Pick<LinkedField, "read" | "write">} */
const number = { read: (text) => (text.trim() ? Number(text) : NaN), write: String };

/**
 * A window: two ranges, each from lower to higher.
 * @param {string} name
 * @param {any} value
 */
function checkedWindow(name, value) {
  const [x0, x1, y0, y1] = checkedNumbers(name, value, 4);
  if (x0 < x1 && y0 < y1) return value;
  throw new Refusal("must_ranges", { name, given: shownGiven(value) });
}

/**
 * Of a field: its value where nobody says another; its check, which returns the value or throws a
 * Refusal; and for those that a link holds, the link's key, how it is read and written, and whether
 * it is written also where it is the default.
 *
 * @typedef {object} Field
 * @property {(data: Data) => any} initial
 * @property {(value: any, data: Data, limits: {steps: number}) => any} check
 * @property {string} [key]
 * @property {(text: string, data: Data) => any} [read]
 * @property {(value: any, data: Data) => string} [write]
 * @property {boolean} [always]
 *
 * @typedef {Field & Required<Pick<Field, "key" | "read" | "write">>} LinkedField
 */

/** @type {Record<string, Field>} */
export const FIELDS = {
  surface: {
    key: "s", ...plain, always: true,
    initial: (data) => data.first,
    check: (value, data) => (value === "" ? "" : keyOf("surface", data.surfaces, value)),
  },
  formula: {
    key: "f", ...plain,
    initial: () => "",
    check: (value) => String(value),
  },
  domain: {
    key: "d",
    initial: () => [-5, 5, -5, 5],
    check: (value) => checkedWindow("domain", value),
    read: (text) => numbersIn("domain", text, 4),
    write: (value) => value.join(","),
  },
  lesson: {
    key: "lesson", ...plain,
    initial: () => "",
    check: (value, data) => (value === "" ? "" : keyOf("lesson", data.scenarios, value)),
  },
  racers: {
    key: "o", always: true,
    initial: () => [],
    check: (value) => value,
    read: (text, data) => text.split(";").filter(Boolean).map((part) => parseRacer(part, data)),
    write: (value, data) => value.map((/** @type {Racer} */ racer) => writeRacer(racer, data)).join(";"),
  },
  starts: {
    key: "start", always: true,
    initial: () => [[0, 0]],
    check: (value) => {
      if (!Array.isArray(value) || value.length < 1 || value.length > MOST_STARTS) {
        throw new Refusal("must_starts", { most: MOST_STARTS });
      }
      return value.map((point) => checkedNumbers("start", point, 2));
    },
    read: (text) => text.split(";").map((point) => numbersIn("start", point, 2)),
    write: (value) => value.map((/** @type {number[]} */ point) => point.join(",")).join(";"),
  },
  steps: {
    key: "n", ...number, always: true,
    initial: () => 200,
    check: (value, data, limits) => checkedNumber("steps", value, `[1, ${limits.steps}]`, true),
  },
  at: {
    key: "k", read: number.read, always: true,
    write: (value) => String(Math.round(value * 100) / 100),
    initial: () => Infinity, // the end
    check: (value) => (value === Infinity ? value : checkedNumber("step", value, "[0, inf)")),
  },
  noise: { key: "noise", ...number, initial: () => 0, check: numberBetween("noise", "[0, inf)") },
  seed: { key: "seed", ...number, initial: () => 0, check: numberBetween("seed", "[0, 2147483648]", true) },
  views: {
    key: "v", always: true,
    initial: () => USUAL_VIEWS,
    check: (value) => {
      value.forEach(oneOf("views", VIEW_NAMES));
      return VIEW_NAMES.filter((view) => value.includes(view));
    },
    read: (text) => text.split(",").filter(Boolean),
    write: (value) => value.join(","),
  },
  language: { key: "lang", ...plain, always: true, initial: () => "en", check: oneOf("lang", ["en", "zh"]) },
  window: {
    key: "w",
    initial: () => null,
    check: (value) => (value === null ? null : checkedWindow("window", value)),
    read: (text) => numbersIn("window", text, 4),
    write: (value) => value.join(","),
  },
  camera: {
    key: "cam",
    initial: () => null,
    check: (value) => (value === null ? null : checkedNumbers("camera", value, 2)),
    read: (text) => numbersIn("camera", text, 2),
    write: (value) => value.map((/** @type {number} */ angle) => Number(angle.toFixed(3))).join(","),
  },
  selected: { key: "sel", ...number, initial: () => -1, check: numberBetween("sel", "[-1, 1000000]", true) },
  colouring: { key: "colour", ...plain, initial: () => "optimizer", check: oneOf("colour", ["optimizer", "minimum"]) },
  speed: { key: "speed", ...number, initial: () => 1, check: numberBetween("speed", "(0, 100]") },
  theme: { key: "theme", ...plain, initial: () => "auto", check: oneOf("theme", THEME_NAMES) },
  letters: { key: "letters", ...plain, initial: () => "usual", check: oneOf("letters", ["usual", "large"]) },
  playing: { initial: () => false, check: Boolean },
  quiz: { initial: () => null, check: (value) => value },
};

/**
 * Every field's default.
 * @param {Data} data
 * @returns {State}
 */
export function initialState(data) {
  return /** @type {any} */ (
    Object.fromEntries(Object.entries(FIELDS).map(([name, field]) => [name, field.initial(data)])));
}
