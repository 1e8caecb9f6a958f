/**
 * Runs that Python recorded: each is shown as it was for as long as its settings are those that it
 * was made with. One whose rule cannot run here stays as it was recorded.
 *
 * @import { Data, Point, Racer, RecordedGiven, RecordedNumbers, Run, State } from "./types.js"
 *
 * @typedef {object} Recorded
 * @property {string} spec  of its optimizer, as `writeSpec` writes it
 * @property {string | null} label  that the user gave it
 * @property {boolean | null} fits  whether a rate that was tuned kept to the limits
 * @property {Run[]} runs  one from each start
 *
 * What a page recorded: its racers, and the settings that their runs were made with.
 * @typedef {Omit<RecordedGiven, "racers"> & {racers: Recorded[]}} RecordedPage
 */
import { endOf } from "../engine/descend.js";
import { parseSpec, writeSpec } from "./spec.js";

/**
 * Take over what optviz/explorer/recorded.py wrote. Rules that cannot run here join the data's.
 *
 * @param {RecordedGiven | null} given  or null, of a page that recorded nothing
 * @param {Data} data
 * @returns {RecordedPage | null}
 */
export function takeRecorded(given, data) {
  if (!given) return null;
  const racers = given.racers.map(({ spec, name, rule, label, canRun, fits, runs }) => {
    if (!canRun) {
      data.rules[spec] = /** @type {any} */ ({
        name, fixed: true, marked: rule, lr: 0, hyper: {}, flags: {}, ranges: {}, memories: [], squares: [],
      });
    }
    return { spec: writeSpec(parseSpec(spec, data), data), label, fits, runs: runs.map(runFrom) };
  });
  data.recorded = racers;
  return { ...given, racers };
}

/**
 * @param {RecordedNumbers} numbers  what Python wrote of one run
 * @returns {Run}
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
 * The racers, each told which recorded one it is. Several may have one spec (and other noise, say).
 * @param {Racer[]} racers
 * @param {RecordedPage | null} recorded
 * @param {Data} data
 * @returns {Racer[]}
 */
export function withRecords(racers, recorded, data) {
  if (!recorded) return racers;
  const taken = new Set(racers.map(({ record }) => record));
  return racers.map((racer) => {
    if (racer.record !== null) return racer;
    const spec = writeSpec(racer, data);
    const record = recorded.racers.findIndex((each, i) => each.spec === spec && !taken.has(i));
    taken.add(record);
    return record < 0 ? racer : { ...racer, record, fits: recorded.racers[record].fits };
  });
}

/**
 * The recorded racer whose runs a racer shows, or null where it must be run.
 * @param {State} state
 * @param {Racer} racer
 * @param {RecordedPage | null} recorded
 * @param {Data} data
 * @returns {Recorded | null}
 */
export function recordOf(state, racer, recorded, data) {
  const record = recorded?.racers[/** @type {number} */ (racer.record)];
  if (!record || state.surface !== recorded.surface) return null;
  const asRecorded = samePoints(state.starts, recorded.starts)
    && state.steps === recorded.steps && state.noise === recorded.noise
    && (!state.noise || state.seed === recorded.seed);
  if (!asRecorded && !data.rules[racer.rule].fixed) return null;
  return record.spec === writeSpec(racer, data) ? record : null;
}

/**
 * @param {Point[]} some
 * @param {Point[]} others
 */
function samePoints(some, others) {
  return some.length === others.length && some.every(([x, y], i) => x === others[i][0] && y === others[i][1]);
}

/**
 * Where each run of a racer starts. Those of a rule that cannot run here stay where they were
 * recorded, whatever the state's starts; null of a single one, whose name says its start if need be.
 * @param {Racer} racer
 * @param {{state: State, data: Data, recorded: RecordedPage | null}} model
 * @returns {(Point | null)[]}
 */
export function startsOf({ rule }, { state, data, recorded }) {
  if (!data.rules[rule].fixed) return state.starts;
  return recorded && recorded.starts.length > 1 ? recorded.starts : [null];
}
