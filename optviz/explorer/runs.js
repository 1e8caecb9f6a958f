/** Run the state's optimizers on its surface, and prepare what views draw and say of the runs. */
import { completed, descend, rateOf, resolveSchedules } from "./engine.js";
import { labelsOf } from "./labels.js";
import { recordedRuns } from "./recorded.js";
import { keepsLesson } from "./state.js";
import { readable, wordIn } from "./words.js";

/**
 * One descent for each racer that is on: as it was recorded, or else run here.
 * @param {any} app  an Explorer
 */
export function runsOf(app) {
  const { state, data, surface, marks } = app;
  const known = recordedRuns(app);
  const names = labelsOf(state.racers, data, state.language);
  return state.racers.flatMap((racer, index) => {
    if (!state.on[index]) return [];
    const rule = data.rules[racer.rule];
    const recorded = known[index];
    const shared = { index, racer, rule, recorded, name: names[index], ...marks[index] };
    if (rule.fixed) return recorded ? [{ ...shared, run: recorded.run }] : [];
    const { hyper, flags } = racer;
    const lr = resolveSchedules(racer.lr, data.schedules);
    const { start, steps, noise, seed } = state;
    const settings = { surface: surface.at, rule, hyper, flags, lr, steps, noise, seed };
    const about = { ...completed(rule, hyper, flags), lr: rateOf(lr) };
    if (recorded) return [{ ...shared, run: recorded.run, ...about }];
    const further = keepsLesson(state, data) ? data.scenarios[state.scenario].furtherStarts : [];
    if (!further.length) return [{ ...shared, run: descend({ ...settings, start }), ...about }];
    // A lesson of several starts: its runs are told by them.
    return [start, ...further].map(([x, y], i) => ({
      ...shared, ...about, run: descend({ ...settings, start: [x, y] }),
      name: `${shared.name} ${wordIn(state.language, "label_start", { x, y })}`.replaceAll("-", "−"),
      colour: shadeOf(app, marks[index].colour, i),
    }));
  });
}

/**
 * Colour and shape of each racer, as `optviz.scene.marks.marks`: a kind has its own, a second of a
 * kind another shade, and what is no kind of ours has a mark that none of them has.
 */
export function marksOf({ state, data, theme: { shades } }) {
  const { shapes, order, own } = data;
  const kinds = state.racers.map(({ rule }) => rule);
  const places = Object.fromEntries(kinds.map((kind) => [kind, order.indexOf(kind)]));
  for (const kind of kinds) {
    if (places[kind] >= 0) continue;
    const taken = Object.values(places).filter((place) => place >= 0);
    const free = own.filter((place) => !taken.includes(place));
    const used = taken.map((place) => place % shapes.length);
    places[kind] = free.find((place) => !used.includes(place % shapes.length)) ?? free[0] ?? own[0];
  }
  return kinds.map((kind, i) => {
    const variant = kinds.slice(0, i).filter((other) => other === kind).length;
    const tones = shades[places[kind] % shades.length];
    return { colour: tones[variant % tones.length], shape: shapes[places[kind] % shapes.length] };
  });
}

/** Another shade of a colour of the theme. */
function shadeOf({ theme: { shades } }, colour, i) {
  const tones = shades.find((each) => each.includes(colour)) ?? [colour];
  return tones[i % tones.length];
}

/** The vectors of the step that is taken apart, or null. */
export function arrowsOf({ state, data, theme, running }) {
  if (!state.views.includes("anatomy")) return null;
  const racing = running.find(({ index }) => index === state.selected);
  if (!racing || state.at >= racing.run.length) return null;
  const { run, colour } = racing;
  const k = Math.floor(state.at + 1e-9);
  const [memory] = data.rules[racing.racer.rule].memories;
  const slot = memory && run.states[memory];
  const kinds = [
    { kind: "gradient", colour: theme.quiet, width: 2, of: (i) => -run.gradients[i] },
    { kind: "memory", colour: theme.memory, width: 2.5, of: slot && ((i) => -slot[i + 2]) },
    { kind: "update", colour, width: 2.5, of: (i) => run.steps[i] },
  ].filter(({ of }) => of);
  racing.longest ??= {};
  return kinds.map(({ kind, colour: ink, width, of }) => {
    racing.longest[kind] ??= longestOf(of, run.length);
    const [x, y] = [of(2 * k), of(2 * k + 1)];
    return { kind, x, y, share: Math.hypot(x, y) / racing.longest[kind], colour: ink, width };
  });
}

function longestOf(of, count) {
  let most = 0;
  for (let i = 0; i < count; i++) most = Math.max(most, Math.hypot(of(2 * i), of(2 * i + 1)));
  return most || 1;
}

/** Where everybody is at the moment, in words. */
export function spokenOf({ state, running }) {
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
