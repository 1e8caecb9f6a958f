/**
 * Lessons: a surface, optimizers and a start that show one thing, with a claim that was tested.
 *
 * @import { Data, State } from "./types.js"
 */
import { parseSpec, writeSpec } from "./spec.js";

/**
 * The parts of the state that a lesson sets.
 * @param {string} name
 * @param {Data} data
 */
export function lessonState(name, data) {
  const { surface, optimizers, start, furtherStarts, steps, noise, seed } = data.scenarios[name];
  const racers = optimizers.map((spec) => parseSpec(spec, data));
  return { lesson: name, surface, formula: "", racers, starts: [start, ...furtherStarts], steps, noise, seed };
}

/**
 * Whether surface, starts, steps, noise and all optimizers are still those of the state's lesson: a
 * claim stands only by the settings that it was tested with.
 * @param {State} state
 * @param {Data} data
 */
export function keepsLesson(state, data) {
  if (!state.lesson) return false;
  /** @param {Pick<State, "surface" | "starts" | "steps" | "noise" | "seed" | "racers">} state */
  const settings = ({ surface, starts, steps, noise, seed, racers }) => JSON.stringify(
    [surface, starts, steps, noise, noise && seed, racers.filter(({ on }) => on).map((racer) => writeSpec(racer, data))],
  );
  return settings(state) === settings(lessonState(state.lesson, data));
}
