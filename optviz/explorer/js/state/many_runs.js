/**
 * What is asked about many runs, and the answers: computed in a worker, or here in idle time.
 *
 * @import { BasinMap } from "../engine/basins.js"
 * @import { Data, Domain, Flags, Numbers, Point, RateText } from "./types.js"
 *
 * @typedef {object} Question
 * @property {string} surface  a name of the data, or "" of the formula
 * @property {string} formula
 * @property {Domain} domain
 * @property {Point} start
 * @property {string} rule
 * @property {Numbers} hyper
 * @property {Flags} flags
 * @property {RateText} lr
 * @property {number} steps
 * @property {Domain | null} window  of which basins are asked, if they are
 * @property {number[]} rates  at which the last value is asked
 *
 * @typedef {{map?: BasinMap, sweep?: Float64Array}} Answer
 */
import { basinMaps } from "../engine/basins.js";
import { completed, resolveSchedules } from "../engine/descend.js";
import { sweepValues } from "../engine/sweep.js";
import { ownSurface } from "../formula/user_formula.js";
import { withBaseRate } from "./spec.js";

const SLICE = 8; // ms of work, until whoever asks may be heard

/**
 * The answers to a question, one after another; null between two runs.
 * @param {Question} question
 * @param {Data} data
 * @returns {Generator<Answer | null, void>}
 */
export function* answersTo(question, data) {
  const { rule: name, hyper, flags, lr, window, rates, start, steps } = question;
  const { at, domain, minima } = surfaceOf(question, data);
  const rule = data.rules[name];
  const shared = { surface: at, rule, ...completed(rule, hyper, flags), steps };
  const resolved = rates.map((rate) => resolveSchedules(withBaseRate(lr, rate), data.schedules));
  const sweep = rates.length ? sweepValues({ ...shared, start }, resolved) : [];
  const setting = { ...shared, lr: resolveSchedules(lr, data.schedules), domain, minima };
  // A map that is coarse comes first, finer ones last.
  for (const map of window ? basinMaps({ ...setting, window }) : []) {
    yield map && { map };
    if (map) yield* answersOf(sweep);
  }
  yield* answersOf(sweep);
}

/** @param {Iterable<Float64Array | null>} sweep */
function* answersOf(sweep) {
  for (const values of sweep) yield values && { sweep: values };
}

/** The own formula that was asked about last. @type {{key: string, surface: ReturnType<typeof ownSurface>} | null} */
let own = null;

/**
 * @param {Question} question
 * @param {Data} data
 */
function surfaceOf({ surface, formula, domain, start }, data) {
  if (surface) return data.surfaces[surface];
  const key = `${formula}\n${domain}`;
  if (own?.key !== key) own = { key, surface: ownSurface(formula, domain, start) };
  return own.surface;
}

/** Works on the newest question, for a short time again and again. */
export class Queue {
  /**
   * @param {(question: Question) => Iterator<Answer | null>} answers
   * @param {(answer: Answer, question: Question) => void} tell
   * @param {(work: () => void) => void} later
   */
  constructor(answers, tell, later) {
    this.answers = answers;
    this.tell = tell;
    this.later = later;
    /** @type {Question | null} */
    this.next = null;
    /** @type {{question: Question, answers: Iterator<Answer | null>} | null} */
    this.now = null;
    this.heard = true; // whether the question that is worked on has an answer
  }

  /**
   * What was asked before has its first answer yet, if it is worked on: while a slider is moved
   * something shall come.
   * @param {Question | null} question  none: end the work
   */
  ask(question) {
    const rests = !this.next && !this.now;
    this.next = question;
    if (!question) this.now = null;
    else if (rests) this.later(() => this.work());
  }

  work() {
    const until = performance.now() + SLICE;
    while (performance.now() < until) {
      if (this.next && (this.heard || !this.now)) {
        this.now = { question: this.next, answers: this.answers(this.next) };
        this.next = null;
        this.heard = false;
      }
      if (!this.now) return;
      const { value, done } = this.now.answers.next();
      if (value) this.tell(value, this.now.question);
      this.heard ||= Boolean(value);
      if (done) this.now = null;
    }
    this.later(() => this.work());
  }
}
