/** Many runs of one optimizer, one after another: where each goes, and nothing else of it. */
import { UNDEFINED } from "./arithmetic.js";
import { rateOf } from "./descend.js";
import { Memory, Mover } from "./mover.js";

/**
 * @import { Flags, Numbers, Rate, Rule, Surface } from "./descend.js"
 *
 * @typedef {object} RunsSetting
 * @property {Surface} surface
 * @property {Rule} rule
 * @property {Numbers} hyper  all of them
 * @property {Flags} flags  likewise
 * @property {Rate} lr
 * @property {number} steps
 */

export class ManyRuns {
  /** @param {RunsSetting} setting */
  constructor({ surface, rule, hyper, flags, lr, steps }) {
    this.surface = surface;
    this.steps = steps;
    const rate = rateOf(lr);
    this.rates = Float64Array.from({ length: steps }, (_, k) => rate(k + 1));
    this.begun = new Memory(rule, hyper, flags, this.rates[0]);
    this.memory = new Memory(rule, hyper, flags, this.rates[0]);
    this.mover = new Mover(rule, hyper, flags, surface, this.memory);
    this.seen = new Float64Array(3); // value and slopes
    /** Of the last run: point k is at 2k and 2k + 1. */
    this.points = new Float64Array(2 * (steps + 1));
  }

  /**
   * Follow a run for as long as its point is finite. As in the ensembles of optviz, values and slopes
   * need not be: what they are not, the next step seldom is.
   * @param {number} x
   * @param {number} y
   * @returns {number} how many points it has; steps + 1 of one that does not diverge
   */
  run(x, y) {
    const { begun, memory, mover, points, rates, seen, steps, surface } = this;
    memory.x.set(begun.x);
    memory.y.set(begun.y);
    let k = 0;
    try {
      for (; ; k++) {
        if (0 * x + 0 * y !== 0) return k; // 0 times inf or nan is nan
        points[2 * k] = x;
        points[2 * k + 1] = y;
        if (k === steps) return k + 1;
        surface(x, y, seen);
        if (mover.looks) mover.look(k + 1, seen, x, y, 0, 0);
        mover.move(k + 1, rates[k], seen, x, y);
        x += mover.x;
        y += mover.y;
      }
    } catch (error) {
      if (error !== UNDEFINED) throw error;
      return k + 1;
    }
  }
}
