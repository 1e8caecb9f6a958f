/**
 * The state that a link names.
 *
 * @import { Point, State, SurfaceFacts } from "./types.js"
 */
import { ownSurface } from "../formula/user_formula.js";
import { readHash } from "./link.js";
import { lessonState } from "./lesson.js";
import { withRecords } from "./recorded.js";
import { Refusal, shownGiven } from "./refusal.js";
import { initialState } from "./schema.js";
import { parseRacer } from "./spec.js";
import { readable } from "./words.js";

/**
 * What a link does not name is what Python gave, or else the default; a part that cannot be taken is
 * left out, and is one of the problems.
 * @param {import("./racer_changes.js").RacerChanges} model
 * @param {string} hash
 * @returns {{next: State, problems: unknown[], moved: SurfaceFacts | null}}  `moved`: a surface whose
 *   usual start had to move
 */
export function openedState(model, hash) {
  const { data } = model;
  const { found, problems } = readHash(hash, data, model.limits);
  const { specs, ...given } = model.given;
  if (found.formula !== undefined) found.surface = "";
  const elsewhere = ["surface", "lesson"].some((name) => found[name] !== undefined)
    || (!found.racers && (found.starts || found.steps));
  /** @type {Partial<State>} */
  const lesson = found.lesson ? lessonState(found.lesson, data) : {};
  const usual = initialState(data);
  /** @type {State} */
  const next = { ...usual, ...(elsewhere ? { language: given.language ?? "en" } : given), ...lesson, ...found };
  const named = found.starts ?? lesson.starts ?? (elsewhere ? null : given.starts);
  /** @type {SurfaceFacts} */
  let surface = data.surfaces[next.surface];
  if (!surface) {
    try {
      surface = ownSurface(next.formula, next.domain, named?.[0]);
    } catch (error) {
      problems.push(error);
      next.surface = data.first;
      surface = data.surfaces[data.first];
    }
  }
  // As it was understood; a surface of the data brings its own window.
  Object.assign(next, next.surface ? { formula: "", domain: usual.domain } : { formula: surface.formula });
  const starts = (named ?? []).filter((/** @type {Point} */ point) => model.isFinite(point, surface));
  const refused = (named ?? []).find((/** @type {Point} */ point) => !starts.includes(point));
  if (refused) problems.push(new Refusal("must_finite", { given: shownGiven(refused.map(readable).join(", ")) }));
  next.starts = starts.length ? starts : [[...surface.start]];
  const moved = surface.moved && !named;
  next.steps = found.steps ?? lesson.steps ?? (elsewhere ? surface.steps : given.steps ?? surface.steps);
  const racers = found.racers?.length ? found.racers : lesson.racers
    ?? (elsewhere || !specs ? data.five : specs).map((spec) => parseRacer(spec, data));
  next.racers = model.tuned(withRecords(racers, model.recorded, data), surface, next, true);
  next.at = Math.min(next.at, next.steps);
  if (next.selected < 0) next.selected = racers.length - 1;
  if (next.selected >= racers.length) {
    problems.push(new Refusal("must_whole", { name: "sel", interval: `[0, ${racers.length})`, given: next.selected }));
    next.selected = racers.length - 1;
  }
  return { next, problems, moved: moved ? surface : null };
}
