/**
 * Runs that Python recorded: each is shown as it was for as long as its settings are those that it
 * was made with. One whose rule cannot run here stays as it was recorded.
 *
 * @typedef {object} Recorded
 * @property {string} spec  of its optimizer, as `writeSpec` writes it
 * @property {boolean | null} fits  whether a rate that was tuned kept to the limits
 * @property {import("../engine/descend.js").Run} run
 */
import { endOf } from "../engine/descend.js";
import { parseSpec, writeSpec } from "./spec.js";

/**
 * Take over what optviz/explorer/recorded.py wrote. Rules that cannot run here join the data's.
 *
 * @param {any} given  or null, of a page that recorded nothing
 * @param {any} data
 */
export function takeRecorded(given, data) {
  if (!given) return null;
  const runs = given.runs.map(({ spec, name, canRun, fits, ...numbers }) => {
    if (!canRun) {
      data.rules[spec] = {
        name, fixed: true, lr: 0, hyper: {}, flags: {}, ranges: {}, memories: [], squares: [],
      };
    }
    return { spec: writeSpec(parseSpec(spec, data), data), fits, run: runFrom(numbers) };
  });
  return { ...given, runs };
}

/**
 * @param {any} numbers  what Python wrote of one run
 * @returns {import("../engine/descend.js").Run}
 */
function runFrom({ points, values, gradients, steps, states, status }) {
  const slots = Object.entries(states).map(([slot, state]) => [slot, Float64Array.from(state)]);
  return {
    points: Float64Array.from(points),
    values: Float64Array.from(values),
    gradients: Float64Array.from(gradients),
    steps: Float64Array.from(steps),
    states: Object.fromEntries(slots),
    ...endOf(steps.length / 2, status),
  };
}

/**
 * For each racer its recorded run, or undefined where it must be run.
 *
 * @param {any} app  an Explorer
 * @returns {(Recorded | undefined)[]}
 */
export function recordedRuns({ state, data, recorded }) {
  if (!recorded || state.surface !== recorded.surface) return [];
  const [x, y] = recorded.start;
  const asRecorded = state.start[0] === x && state.start[1] === y && state.steps === recorded.steps
    && state.noise === recorded.noise && (!state.noise || state.seed === recorded.seed);
  const taken = new Set(state.racers.map((racer) => racer.recorded));
  return state.racers.map((racer) => {
    if (!asRecorded && !data.rules[racer.rule].fixed) return undefined;
    const spec = writeSpec(racer, data);
    // Several runs may have one spec (and other noise, say): each racer keeps its own.
    racer.recorded ??= recorded.runs.find((each) => each.spec === spec && !taken.has(each));
    taken.add(racer.recorded);
    return racer.recorded?.spec === spec ? racer.recorded : undefined;
  });
}
