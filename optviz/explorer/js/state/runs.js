/**
 * Run the state's optimizers on its surface, and prepare what views draw and say of the runs.
 *
 * @import { Facts } from "./facts.js"
 * @import { Arrow, Flags, Mark, Numbers, Point, Racer, Recorded, RuleEntry, Run, SurfaceFacts, Theme } from "./types.js"
 */
import { completed, descend, rateOf, resolveSchedules } from "../engine/descend.js";
import { labelsOf } from "./labels.js";
import { marksOf, minimumColour } from "./marks.js";
import { recordOf, startsOf } from "./recorded.js";
import { readable, wordIn } from "./words.js";

/**
 * A run of a racer.
 * @typedef {object} Descent
 * @property {number} index  of its racer
 * @property {Racer} racer
 * @property {RuleEntry} rule
 * @property {Run} run
 * @property {Recorded | null} recorded
 * @property {Point | null} start  null where its name says it
 * @property {number} place  of its start among all
 * @property {Numbers} [hyper]  all of them; these three only where the rule can run here
 * @property {Flags} [flags]
 * @property {(t: number) => number} [lr]  the rate of each step
 *
 * A run on screen.
 * @typedef {Descent & Mark & {name: string, longest?: Record<string, number>, minimum?: number}} Shown
 */

/**
 * The descents themselves: of each racer that is on one from each start, recorded or else run here.
 * @param {Facts} model
 * @returns {Descent[]}
 */
export function descentsOf(model) {
  const { state, data, surface, recorded } = model;
  return state.racers.flatMap((racer, index) => {
    if (!racer.on) return [];
    const rule = data.rules[racer.rule];
    const record = recordOf(state, racer, recorded, data);
    const shared = { index, racer, rule, recorded: record };
    const starts = startsOf(racer, model);
    if (rule.fixed) return record ? record.runs.map((run, place) => ({ ...shared, run, start: starts[place], place })) : [];
    const { hyper, flags } = racer;
    const lr = resolveSchedules(racer.lr, data.schedules);
    const { steps, noise, seed } = state;
    const about = { ...shared, ...completed(rule, hyper, flags), lr: rateOf(lr) };
    const settings = { surface: surface.at, rule, hyper, flags, lr, steps, noise, seed };
    return state.starts.map((start, place) =>
      ({ ...about, start, place, run: record?.runs[place] ?? descend({ ...settings, start }) }));
  });
}

/**
 * Names and marks of descents.
 * @param {Facts} model
 * @param {Descent[]} descents
 * @returns {Shown[]}
 */
export function namedRuns(model, descents) {
  const { state, data, theme, surface } = model;
  const starts = state.racers.map((racer) => startsOf(racer, model));
  const runs = state.racers.flatMap((racer, index) => starts[index].map((start) => ({ ...racer, start })));
  const names = labelsOf(runs, data, state.language);
  const named = starts.map(({ length }) => names.splice(0, length));
  const marks = marksOf(state.racers, starts.map(({ length }) => length), data, theme);
  const shown = descents.map((each) =>
    ({ ...each, ...marks[each.index][each.place], name: named[each.index][each.place] }));
  return state.colouring === "minimum" && surface.minima.length > 1 ? colouredByMinimum(shown, surface, theme) : shown;
}

/**
 * Each run in the colour of the known minimum that it ends nearest to; the others quiet.
 * @param {Shown[]} shown
 * @param {SurfaceFacts} surface
 * @param {Theme} theme
 * @returns {Shown[]}
 */
function colouredByMinimum(shown, { minima, domain: [x0, x1, y0, y1] }, theme) {
  const near = 0.05 * Math.hypot(x1 - x0, y1 - y0);
  return shown.map((each) => {
    const { points, length, status } = each.run;
    const [x, y] = [points[2 * length], points[2 * length + 1]];
    const away = minima.map(([mx, my]) => Math.hypot(x - mx, y - my));
    const i = away.indexOf(Math.min(...away));
    const reached = status === "finished" && away[i] <= near;
    return { ...each, colour: reached ? minimumColour(i, theme) : theme.quiet, minimum: reached ? i : -1 };
  });
}

/**
 * What colours mean where they are those of minima; nothing elsewhere.
 * @param {Facts} model
 * @returns {{colour: string, shape: string, text: string}[]}
 */
export function minimumKey({ running, surface, state }) {
  /** @type {Map<number, {colour: string, shape: string, text: string}>} */
  const key = new Map();
  for (const { minimum, colour } of running) {
    if (minimum === undefined) continue;
    const [x, y] = (surface.minima[minimum] ?? []).map(readable);
    key.set(minimum, { colour, shape: "*", text: wordIn(state.language, minimum < 0 ? "ends_elsewhere" : "ends_at", { x, y }) });
  }
  return [...key.keys()].sort((a, b) => (a < 0 ? 1 : b < 0 ? -1 : a - b)).map((i) => /** @type {any} */ (key.get(i)));
}

/**
 * The vectors of the step that is taken apart, or null.
 * @param {Facts} model
 * @returns {Arrow[] | null}
 */
export function arrowsOf({ state, data, theme, selectedRun: racing, hides }) {
  if (hides || !state.views.includes("anatomy")) return null;
  if (!racing || state.at >= racing.run.length) return null;
  const { run, colour } = racing;
  const k = Math.floor(state.at + 1e-9);
  const [memory] = data.rules[racing.racer.rule].memories;
  const slot = memory && run.states[memory];
  /** @type {(Omit<Arrow, "x" | "y" | "share"> & {of: ((i: number) => number) | null})[]} */
  const kinds = [
    { kind: "gradient", colour: theme.quiet, width: 2, of: (i) => -run.gradients[i] },
    { kind: "memory", colour: theme.memory, width: 2.5, of: slot ? (i) => -slot[i + 2] : null },
    { kind: "update", colour, width: 2.5, of: (i) => run.steps[i] },
  ];
  const longest = (racing.longest ??= {});
  return kinds.flatMap(({ kind, colour: ink, width, of }) => {
    if (!of) return [];
    longest[kind] ??= longestOf(of, run.length);
    const [x, y] = [of(2 * k), of(2 * k + 1)];
    return [{ kind, x, y, share: Math.hypot(x, y) / longest[kind], colour: ink, width }];
  });
}

/**
 * @param {(i: number) => number} of
 * @param {number} count
 */
function longestOf(of, count) {
  let most = 0;
  for (let i = 0; i < count; i++) most = Math.max(most, Math.hypot(of(2 * i), of(2 * i + 1)));
  return most || 1;
}

/**
 * Where everybody is at the moment, in words.
 * @param {Facts} model
 */
export function spokenOf({ state, running }) {
  /** @type {(word: string, values?: Record<string, unknown>) => string} */
  const say = (word, values) => wordIn(state.language, word, values);
  const k = Math.floor(state.at + 1e-9);
  const parts = running.map(({ run, name }) => {
    if (run.status !== "finished" && k >= run.length) {
      return say(run.status, { name, k: run.length + 1 });
    }
    const i = Math.min(k, run.length);
    const [x, y, f] = [run.points[2 * i], run.points[2 * i + 1], run.values[i]].map(readable);
    return say("ends", { name, x, y, f });
  });
  return [say("step_of", { k, n: state.steps }), ...parts].join(say("between_runs"));
}
