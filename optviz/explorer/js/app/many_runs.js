/**
 * Has the runs computed that basins and the sweep are of, whenever the model asks for others.
 *
 * @import { Answer, Question } from "../state/many_runs.js"
 * @import { Model } from "../state/types.js"
 */
import { withBaseRate } from "../state/spec.js";
import { SWEPT_RATES } from "../state/sweep.js";
import { Calculator } from "./worker.js";

const APART = new Set(["at", "playing", "frame", "many"]); // changes that ask for nothing

export class ManyRuns {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    /** @type {Calculator | null} */
    this.calculator = null;
    this.asked = "null";
    this.swept = ""; // what the sweep that is shown was asked about
    this.unlisten = model.listen((changed) => [...changed].every((name) => APART.has(name)) || this.look());
    this.look();
  }

  look() {
    const { model } = this;
    const question = this.question();
    if (!question?.window) model.map = null;
    const key = JSON.stringify(question);
    if (key === this.asked) return;
    this.asked = key;
    this.calculator ??= new Calculator(model.data, (answer, about) => this.hear(answer, about));
    this.calculator.ask(question);
  }

  /** @returns {Question | null} */
  question() {
    const { state, data, window } = this.model;
    const racer = state.racers[state.selected];
    const sweeps = state.views.includes("sweep");
    if (!(state.basins || sweeps) || !racer || data.rules[racer.rule].fixed) return null;
    const { surface, formula, domain, starts: [start], steps } = state;
    const { rule, hyper, flags, lr } = racer;
    const question = { surface, formula, domain, start, rule, hyper, flags, lr, steps, window: state.basins ? window : null };
    return { ...question, rates: sweeps && sweepKey(question) !== this.swept ? SWEPT_RATES : [] };
  }

  /**
   * @param {Answer} answer
   * @param {Question} about
   */
  hear({ map, sweep }, about) {
    const { surface, state: { basins, ...now } } = this.model;
    if (about.surface !== now.surface || about.formula !== now.formula || String(about.domain) !== String(now.domain)) return;
    if (sweep) this.swept = sweepKey(about);
    this.model.setMany({
      ...(map && basins && { map: { ...map, surface } }),
      ...(sweep && { sweep: { values: sweep, surface } }),
    });
  }

  end() {
    this.unlisten();
    this.calculator?.end();
  }
}

/**
 * What a sweep depends on: not on the rate.
 * @param {Omit<Question, "rates">} question
 */
function sweepKey({ window: _, lr, ...question }) {
  return JSON.stringify([question, typeof lr === "number" ? null : withBaseRate(lr, 0)]);
}
