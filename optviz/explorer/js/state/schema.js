/**
 * The explorer's state: every field with its default, its check, and how a link writes it. Whatever
 * sets a field (a link, a typed number, a trait of the widget, Python) passes through its check.
 *
 * @import { Data, Racer } from "./types.js"
 *
 * The quiz: so many steps ahead, the place that was clicked, and the place where the run goes.
 * @typedef {{ahead: number, guess: number[] | null, real: number[] | null}} QuizState
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
 * @property {boolean} basins  whether the plane shows where the selected optimizer ends from each start
 * @property {string} language
 * @property {string} theme
 * @property {string} letters  "usual", or "large" for a projector
 * @property {QuizState | null} quiz
 */
import { checkedNumber, checkedNumbers, keyOf, numbersIn, Refusal, shownGiven } from "./refusal.js";
import { parseRacer, writeRacer } from "./spec.js";

export const MOST_STEPS = 20000;
export const MOST_STARTS = 24;
export const MOST_RACERS = 100;
export const VIEW_NAMES = ["loss", "gradient", "profile", "sweep", "relief", "anatomy"];
const USUAL_VIEWS = ["loss", "relief", "anatomy"];
export const THEME_NAMES = ["auto", "light", "dark", "print"];
export const SPEEDS = [0.1, 0.2, 0.5, 1, 2, 5, 10];

/** @type {(name: string, choices: (string | boolean)[]) => (value: any) => any} */
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
 * How a link holds so many numbers.
 * @param {string} name
 * @param {number} count
 * @returns {Pick<LinkedField, "read" | "write">}
 */
const numbers = (name, count) => ({
  read: (text) => numbersIn(name, text, count),
  write: (value) => value.join(","),
});

const FARTHEST = 1e200; // ends of windows and coordinates of starts, as in surfaces/window.py
const FINEST = 1e-12; // of a coordinate: what a window can be narrowed to

/**
 * A window: two ranges, each from lower to higher.
 * @param {string} name
 * @param {any} value
 */
function checkedWindow(name, value) {
  const [x0, x1, y0, y1] = checkedNumbers(name, value, 4);
  if (x0 < x1 && y0 < y1 && value.every((/** @type {number} */ end) => Math.abs(end) <= FARTHEST)) return value;
  throw new Refusal("must_ranges", { name, given: shownGiven(value) });
}

/**
 * The part of a surface that is shown; not so small that pixels share coordinates.
 * @param {any} value
 */
function checkedPart(value) {
  const [x0, x1, y0, y1] = checkedWindow("window", value);
  /** @type {(a: number, b: number) => boolean} */
  const wide = (a, b) => b - a > FINEST * Math.max(Math.abs(a), Math.abs(b));
  if (wide(x0, x1) && wide(y0, y1)) return value;
  throw new Refusal("must_ranges", { name: "window", given: shownGiven(value) });
}

/** @param {any} value */
function checkedCamera(value) {
  const angles = checkedNumbers("camera", value, 2);
  return angles.map((angle) => checkedNumber("camera", angle, "[-1000000, 1000000]"));
}

/** @param {any} value */
function checkedStart(value) {
  return checkedNumbers("start", value, 2).map((end) => checkedNumber("start", end, "[-1e200, 1e200]"));
}

/** @typedef {{steps: number, racers: number, starts: number}} Limits  how many there may be */

/**
 * Of a field: its value where nobody says another; its check, which returns the value or throws a
 * Refusal; and for those that a link holds, the link's key, how it is read and written, and whether
 * it is written also where it is the default. Of a list, `read` and `write` are those of one part:
 * a part that cannot be taken costs the others nothing.
 *
 * @typedef {object} Field
 * @property {(data: Data) => any} initial
 * @property {(value: any, data: Data, limits: Limits) => any} check
 * @property {string} [key]
 * @property {(text: string, data: Data) => any} [read]
 * @property {(value: any, data: Data) => string} [write]
 * @property {boolean} [always]
 * @property {string} [between]  of a list: what stands between its parts
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
    ...numbers("domain", 4),
  },
  lesson: {
    key: "lesson", ...plain,
    initial: () => "",
    check: (value, data) => (value === "" ? "" : keyOf("lesson", data.scenarios, value)),
  },
  racers: {
    key: "o", always: true,
    initial: () => [],
    check: (value, data, limits) => {
      if (value.length <= limits.racers) return value;
      throw new Refusal("must_racers", { most: limits.racers });
    },
    between: ";", read: parseRacer, write: writeRacer,
  },
  starts: {
    key: "start", always: true,
    initial: () => [[0, 0]],
    check: (value, data, limits) => {
      if (!Array.isArray(value) || value.length < 1 || value.length > limits.starts) {
        throw new Refusal("must_starts", { most: limits.starts });
      }
      return value.map(checkedStart);
    },
    between: ";", read: (text) => checkedStart(numbersIn("start", text, 2)),
    write: (point) => point.join(","),
  },
  steps: {
    key: "n", ...number, always: true,
    initial: () => 200,
    check: (value, data, limits) => checkedNumber("steps", value, `[1, ${limits.steps}]`, true),
  },
  at: {
    key: "k", ...number, always: true,
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
    between: ",", read: oneOf("views", VIEW_NAMES), write: String,
  },
  language: { key: "lang", ...plain, always: true, initial: () => "en", check: oneOf("lang", ["en", "zh"]) },
  window: {
    key: "w",
    initial: () => null,
    check: (value) => (value === null ? null : checkedPart(value)),
    ...numbers("window", 4),
  },
  camera: {
    key: "cam",
    initial: () => null,
    check: (value) => (value === null ? null : checkedCamera(value)),
    ...numbers("camera", 2),
  },
  selected: { key: "sel", ...number, initial: () => -1, check: numberBetween("sel", "[-1, 1000000]", true) },
  colouring: { key: "colour", ...plain, initial: () => "optimizer", check: oneOf("colour", ["optimizer", "minimum"]) },
  basins: { key: "basins", read: (text) => text === "1" || text, write: () => "1", initial: () => false, check: oneOf("basins", [true, false]) },
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
