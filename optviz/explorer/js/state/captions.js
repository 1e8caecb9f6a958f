/**
 * The sentence about a race, measured from its runs: that of optviz/records/captions.py.
 *
 * @import { Data, Domain, Racer, Run, Shown, State, SurfaceFacts } from "./types.js"
 *
 * What of the model the sentence is about.
 * @typedef {{state: State, data: Data, running: Shown[], surface: SurfaceFacts,
 *   reachedDomain: () => Domain}} Race
 *
 * A run, and the step with which it left the window for good, or null.
 * @typedef {Run & {racer: Racer, name: string, outside: number | null}} Raced
 */
import { isInside } from "../formula/window.js";
import { shortLabelsOf } from "./labels.js";
import { readable, wordIn } from "./words.js";

const LEFT_OVER = 0.01; // of the way down, where a run counts as arrived
const NAMED = 6; // runs that are named one by one

/**
 * What the runs on screen did, in one sentence.
 * @param {Race} race
 * @returns {string}
 */
export function captionOf(race) {
  const { state, data, running, surface } = race;
  /** @type {(word: string, values?: Record<string, unknown>) => string} */
  const say = (word, values) => wordIn(state.language, word, values);
  /** @param {string[]} texts */
  const listed = (texts) => texts.join(say("listed"));
  const names = shortLabelsOf(running.map(({ racer, start }) => ({ ...racer, start })), data, state.language);
  const domain = race.reachedDomain();
  /** @type {Raced[]} */
  const runs = running.map(({ run, racer }, i) => ({ ...run, racer, name: names[i],
    outside: run.status === "finished" ? leftWindow(run, domain) : null }));
  const staying = runs.filter(({ status, outside }) => status === "finished" && outside === null);
  const values = surface.minima.map(([, , value]) => value);
  const lowest = Math.min(...values);
  const down = values.length && runs.every((run) => run.values[0] > lowest && !run.racer.flags.maximize);
  /**
   * A word with the runs' number of steps, or without where each has its own.
   * @type {(word: string, some: Raced[], texts: Record<string, unknown>) => string}
   */
  const bySteps = (word, some, texts) => (some.every(({ length }) => length === some[0].length)
    ? say(word, { ...texts, n: some[0].length }) : say(`${word}_each`, texts));

  function arrivals() {
    const found = staying.map((run) => ({ ...run, k: arrivalOf(run, lowest) }));
    const there = /** @type {(Raced & {k: number})[]} */ (found.filter(({ k }) => k !== null))
      .sort((a, b) => a.k - b.k);
    const late = found.filter(({ k }) => k === null);
    if (!there.length) return late.length ? [nearest(late)] : [];
    const texts = there.slice(0, NAMED).map((run, i) => say(i ? "caption_also" : "caption_from", run));
    if (there.length > NAMED) texts.push(say("caption_others", { n: there.length - NAMED, k: /** @type {{k: number}} */ (there.at(-1)).k }));
    const parts = [say("caption_arrived", { runs: listed(texts) })];
    const told = namesOf(late);
    if (late.length) parts.push(bySteps("caption_late", late, { runs: told }));
    if (surface.scale === "log") parts.push(lowestAtEnd());
    return parts;
  }

  /** @param {Raced[]} some */
  const namesOf = (some) =>
    (some.length > NAMED ? say("caption_many", { n: some.length }) : listed(some.map(({ name }) => name)));
  /** @param {Raced} run */
  const left = (run) => (run.values[run.length] - lowest) / (run.values[0] - lowest);

  function lowestAtEnd() {
    const bottom = staying.filter((run) => left(run) <= 1e-12);
    if (bottom.length) return say("caption_bottom", { runs: namesOf(bottom) });
    const best = staying.reduce((a, b) => (left(b) < left(a) ? b : a));
    const value = readable(Number((best.values[best.length] - lowest).toPrecision(2)));
    return say("caption_lowest", { name: best.name, value });
  }

  /** @param {Raced[]} late */
  function nearest(late) {
    const best = late.reduce((a, b) => (left(b) < left(a) ? b : a));
    const percent = Math.max(0, Math.floor(100 * (1 - left(best)) + 1e-9));
    return say("caption_nearest", { name: best.name, n: best.length, percent });
  }

  function ends() {
    if (!staying.length) return [];
    const sorted = staying.map(({ name, values: f, length }) => ({ name, f: f[length] })).sort((a, b) => a.f - b.f);
    const texts = sorted.slice(0, NAMED).map(({ name, f }) => say("caption_value", { name, value: readable(f) }));
    if (sorted.length > NAMED) texts.push(say("caption_higher", { n: sorted.length - NAMED }));
    return [bySteps("caption_values", staying, { runs: listed(texts) })];
  }

  const lost = runs.filter((run) => !staying.includes(run)).map(({ name, status, length, outside }) =>
    say(`caption_${outside === null ? status : "outside"}`, { name, k: outside ?? length + 1 }));
  const away = lost.length > NAMED ? [say("caption_lost", { n: lost.length })] : lost;
  const parts = [...(down ? arrivals() : ends()), ...away];
  return parts.length ? say("caption", { parts: parts.join(say("apart")) }) : "";
}

/**
 * The step from which a run stays within 1 % of the way down to the lowest minimum, or null.
 * @param {Run} run
 * @param {number} lowest
 */
function arrivalOf({ values, length }, lowest) {
  const near = LEFT_OVER * (values[0] - lowest);
  let k = length + 1;
  while (k > 0 && Math.abs(values[k - 1] - lowest) <= near) k--;
  return k <= length ? k : null;
}

/**
 * The step with which a run left the window for good, or null.
 * @param {Run} run
 * @param {Domain} window
 */
export function leftWindow({ points, length }, window) {
  let k = length + 1;
  while (k > 0 && !isInside(points[2 * k - 2], points[2 * k - 1], window)) k--;
  return k <= length ? k : null;
}
