/**
 * The explorer's state as one plain object, and as a link, a command or lines of Python.
 *
 * @typedef {object} State
 * @property {string} surface  a name of the data, or "" for the own formula
 * @property {string} formula  the own one
 * @property {number[]} domain  its window: x0, x1, y0, y1
 * @property {import("./spec.js").Racer[]} racers
 * @property {boolean[]} on  which of them run
 * @property {number} selected  which is taken apart
 * @property {number[]} start
 * @property {number} steps
 * @property {number} noise
 * @property {number} seed
 * @property {number} at  the moment, in steps
 * @property {boolean} playing
 * @property {number} speed
 * @property {string} language
 * @property {string} scenario
 * @property {string[]} views  of "loss", "relief", "anatomy"
 */
import { parseSpec, writeSpec } from "./spec.js";

export const MOST_STEPS = 20000;
const MOST_RACERS = 100;
export const VIEW_NAMES = ["loss", "relief", "anatomy"];

/** The state as a link's hash, without the sign. */
export function writeHash(state, data) {
  const hash = new URLSearchParams();
  if (state.surface) hash.set("s", state.surface);
  else {
    hash.set("f", state.formula);
    hash.set("d", state.domain.join(","));
  }
  hash.set("o", state.racers.map((r, i) => (state.on[i] ? "" : "-") + writeSpec(r, data)).join(";"));
  hash.set("start", state.start.join(","));
  hash.set("n", String(state.steps));
  hash.set("k", String(Math.round(state.at * 100) / 100));
  if (state.noise) hash.set("noise", `${state.noise},${state.seed}`);
  if (state.scenario) hash.set("lesson", state.scenario);
  hash.set("v", state.views.join(","));
  hash.set("lang", state.language);
  return hash.toString();
}

/**
 * What a hash says, checked; only what it names is returned.
 * @throws {RangeError} saying in one line what is wrong
 */
export function readHash(text, data, mostSteps = MOST_STEPS) {
  const hash = new URLSearchParams(text.replace(/^#/, ""));
  const found = {};
  if (hash.has("f")) {
    found.surface = "";
    found.formula = hash.get("f");
    found.domain = numbersOf(hash.get("d") ?? "-5,5,-5,5", 4, "window");
    const [x0, x1, y0, y1] = found.domain;
    if (!(x0 < x1 && y0 < y1)) throw new RangeError("window must go from lower to higher");
  } else if (hash.has("s")) found.surface = chosenFrom(data.surfaces, hash.get("s"), "surface");
  if (hash.has("o")) {
    const specs = hash.get("o").split(";").filter(Boolean);
    if (!specs.length || specs.length > MOST_RACERS) {
      throw new RangeError(`optimizers must be 1 to ${MOST_RACERS}`);
    }
    found.on = specs.map((spec) => !spec.startsWith("-"));
    found.racers = specs.map((spec) => parseSpec(spec.replace(/^-/, ""), data));
  }
  if (hash.has("start")) found.start = numbersOf(hash.get("start"), 2, "start");
  if (hash.has("n")) found.steps = wholeOf(hash.get("n"), 1, mostSteps, "steps");
  if (hash.has("k")) [found.at] = numbersOf(hash.get("k"), 1, "step");
  if (hash.has("noise")) {
    const [noise, seed] = numbersOf(hash.get("noise"), 2, "noise");
    if (noise < 0) throw new RangeError("noise must be at least 0");
    Object.assign(found, { noise, seed: wholeOf(String(seed), 0, 2 ** 31, "seed") });
  }
  if (hash.has("lesson")) {
    found.scenario = chosenFrom(data.scenarios, hash.get("lesson"), "lesson");
  }
  if (hash.has("v")) found.views = hash.get("v").split(",").filter((v) => VIEW_NAMES.includes(v));
  if (hash.has("lang")) found.language = hash.get("lang") === "zh" ? "zh" : "en";
  return found;
}

function chosenFrom(table, name, kind) {
  if (Object.hasOwn(table, name)) return name;
  throw new RangeError(`${kind} must be a known name; not '${name.slice(0, 40)}'`);
}

function numbersOf(text, count, name) {
  const numbers = text.split(",").map(Number);
  if (numbers.length !== count || !text.trim() || !numbers.every(Number.isFinite)) {
    throw new RangeError(`${name} must be ${count} numbers; not '${text.slice(0, 40)}'`);
  }
  return numbers;
}

function wholeOf(text, least, most, name) {
  const [number] = numbersOf(text, 1, name);
  if (!Number.isInteger(number) || number < least || number > most) {
    throw new RangeError(`${name} must be a whole number from ${least} to ${most}; not ${number}`);
  }
  return number;
}

/** Whether surface, start, steps, noise and all optimizers are still those of the state's lesson. */
export function keepsLesson(state, data) {
  const lesson = data.scenarios[state.scenario];
  if (!lesson) return false;
  const shown = state.racers.filter((_, i) => state.on[i]).map((racer) => writeSpec(racer, data));
  const specs = lesson.optimizers.map((spec) => writeSpec(parseSpec(spec, data), data));
  const { surface, start, steps, noise, seed } = state;
  const settings = [surface, ...start, steps, noise, noise && seed, ...shown];
  const tested = [lesson.surface, ...lesson.start, lesson.steps, lesson.noise, lesson.noise && lesson.seed, ...specs];
  return settings.join(";") === tested.join(";");
}

/** The command that films what is on screen. */
export function commandOf(state, data) {
  const words = ["optviz", "animate"];
  if (state.surface) words.push(state.surface);
  else words.push("--formula", quoted(state.formula), "--domain", ...state.domain.map(String));
  shownSpecs(state, data).forEach((spec) => words.push("-O", quoted(spec)));
  words.push("--start", ...state.start.map(String), "--steps", String(state.steps));
  if (state.noise) words.push("--noise", String(state.noise), "--seed", String(state.seed));
  const views = ["contour", ...VIEW_NAMES.filter((view) => state.views.includes(view))];
  words.push("--views", views.join(","));
  if (state.language === "zh") words.push("--lang", "zh");
  return words.join(" ");
}

/** The same as Python. */
export function pythonOf(state, data) {
  const text = JSON.stringify;
  const [x0, x1, y0, y1] = state.domain;
  const surface = state.surface
    ? text(state.surface)
    : `surfaces.from_formula(${text(state.formula)}, ((${x0}, ${x1}), (${y0}, ${y1})))`;
  const lines = state.surface ? ["import optviz", ""] : ["import optviz", "import surfaces", ""];
  const noise = state.noise ? `, noise=${state.noise}, seed=${state.seed}` : "";
  lines.push(
    "film = optviz.animate(",
    `    ${surface},`,
    `    [${shownSpecs(state, data).map(text).join(", ")}],`,
    `    start=(${state.start.join(", ")}), steps=${state.steps}${noise},`,
    ")",
    'film.save("race.gif")',
  );
  return lines.join("\n");
}

function shownSpecs(state, data) {
  const shown = state.racers.filter((_, i) => state.on[i]);
  return (shown.length ? shown : state.racers).map((racer) => writeSpec(racer, data));
}

function quoted(text) {
  return /^[\w.,:=/+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
