/**
 * The command, and the lines of Python, that film what is on screen.
 *
 * @import { Facts } from "./facts.js"
 * @import { State } from "./types.js"
 */
import { keepsLesson } from "./lesson.js";
import { Refusal } from "./refusal.js";
import { writeSpec } from "./spec.js";

const USUAL_WIDTH = 800; // of a film, in pixels

/**
 * @param {Facts} model
 * @returns {string}
 * @throws {Refusal} where no command knows the surface or an optimizer: it is the user's own
 */
export function commandOf(model) {
  const { state, data } = model;
  const words = ["optviz", "animate"];
  if (keepsLesson(state, data)) words.push("--scenario", quoted(state.lesson));
  else {
    words.push(...surfaceWords(model));
    shownRacers(model).forEach((racer) => words.push("-O", quoted(writeSpec(racer, data))));
    if (state.starts.length > 1) words.push("--starts", quoted(state.starts.map((point) => point.join(",")).join("; ")));
    else words.push("--start", ...state.starts[0].map(String));
    words.push("--steps", String(state.steps));
    if (state.noise) words.push("--noise", String(state.noise), "--seed", String(state.seed));
  }
  words.push("--views", viewsOf(state).join(","));
  const [width, height] = sizeOf(state);
  if (width > USUAL_WIDTH) words.push("--size", `${width}x${height}`);
  if (apartOf(state) > 1) words.push("--apart", String(apartOf(state)));
  if (model.themeName !== "light") words.push("--theme", model.themeName);
  if (state.language !== "en") words.push("--lang", state.language);
  return words.join(" ");
}

/**
 * Whether the command knows less of the surface than the page: a formula says no minimum.
 * @param {Facts} model
 */
export function losesMinima({ state, surface, data }) {
  return !surface.catalogue && surface.minima.length > 0 && !keepsLesson(state, data);
}

/**
 * @param {Facts} model
 * @returns {string}
 * @throws {Refusal} as `commandOf`
 */
export function pythonOf(model) {
  const { state, data } = model;
  const text = JSON.stringify;
  const kept = keepsLesson(state, data);
  const surface = kept ? "" : pythonSurface(model);
  const settings = [`views=(${viewsOf(state).map((view) => `${text(view)},`).join(" ")})`,
    `theme=${text(model.themeName)}`, `language=${text(state.language)}`];
  const [width, height] = sizeOf(state);
  if (width > USUAL_WIDTH) settings.push(`size=(${width}, ${height})`);
  if (apartOf(state) > 1) settings.push(`apart=${apartOf(state)}`);
  const lines = surface.startsWith("surfaces.") ? ["import optviz", "import surfaces", ""] : ["import optviz", ""];
  if (kept) lines.push(`film = optviz.animate_scenario(`, `    ${text(state.lesson)},`);
  else {
    const noise = state.noise ? `, noise=${state.noise}, seed=${state.seed}` : "";
    const points = state.starts.map((point) => `(${point.join(", ")})`);
    const starts = points.length > 1 ? `starts=[${points.join(", ")}]` : `start=${points[0]}`;
    lines.push("film = optviz.animate(", `    ${surface},`,
      `    [${shownRacers(model).map((racer) => text(writeSpec(racer, data))).join(", ")}],`,
      `    ${starts}, steps=${state.steps}${noise},`);
  }
  lines.push(`    ${settings.join(", ")},`, ")", `film.save("race.gif")`);
  return lines.join("\n");
}

/** @param {Facts} model */
function surfaceWords({ state, surface }) {
  if (state.surface && surface.catalogue) return [state.surface];
  if (!surface.formula) throw new Refusal("own_surface");
  const named = surface.axes ? ["--axes", ...surface.axes[state.language].map(quoted)] : [];
  return ["--formula", quoted(surface.formula), "--domain", ...surface.domain.map(String), ...named];
}

/** @param {Facts} model */
function pythonSurface({ state, surface }) {
  const text = JSON.stringify;
  if (state.surface && surface.catalogue) return text(state.surface);
  if (!surface.formula) throw new Refusal("own_surface");
  const [x0, x1, y0, y1] = surface.domain;
  const minima = surface.minima.map((minimum) => `(${minimum.join(", ")}),`).join(" ");
  const known = minima ? `, minima=(${minima}), scale=${text(surface.scale)}` : "";
  const named = surface.axes ? `, axes=(${surface.axes[state.language].map((name) => text(name)).join(", ")})` : "";
  return `surfaces.from_formula(${text(surface.formula)}, ((${x0}, ${x1}), (${y0}, ${y1}))${known}${named})`;
}

/**
 * Those that run, or all where none does.
 * @param {Facts} model
 */
function shownRacers({ state, data }) {
  const on = state.racers.filter((racer) => racer.on);
  const shown = on.length ? on : state.racers;
  // Python knows clip(adam) where it knows adam.
  const own = shown.find(({ rule }) => !data.order.includes(rule.replace(/^.*\(|\)+$/g, "")));
  if (own) throw new Refusal("own_optimizer", { name: data.rules[own.rule].name });
  return shown;
}

/**
 * The place, counted from 1, of the optimizer that is taken apart, among those that run; 1 if none is.
 * @param {State} state
 */
function apartOf({ racers, selected, views }) {
  if (!views.includes("anatomy")) return 1;
  const on = racers.filter((racer) => racer.on);
  return Math.max((on.length ? on : racers).indexOf(racers[selected]) + 1, 1);
}

/**
 * A size in pixels in which every view can be read; the rule line by line needs more.
 * @param {State} state
 * @returns {[number, number]}
 */
function sizeOf(state) {
  const count = viewsOf(state).length;
  const rule = state.views.includes("anatomy");
  return [Math.max(USUAL_WIDTH, 400 * count + (rule ? 200 : 0)), rule ? 500 : 400];
}

/** @param {State} state */
const viewsOf = (state) => ["contour", ...state.views.filter((view) => !["gradient", "sweep"].includes(view))];

/** @param {string} text */
function quoted(text) {
  return /^[\w.,:=/+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
