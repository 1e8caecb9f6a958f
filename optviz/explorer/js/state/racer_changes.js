/**
 * Changes of the optimizers and their rates.
 *
 * @import { Racer, State, SurfaceFacts } from "./types.js"
 */
import { tuneRate } from "../engine/tune.js";
import { Facts } from "./facts.js";
import { parseSpec, withBaseRate } from "./spec.js";

export class RacerChanges extends Facts {
  /** @param {string} rule */
  addRacer(rule) {
    this.setRacers([...this.state.racers, ...this.tuned([parseSpec(rule, this.data)])]);
  }

  /**
   * The same optimizer once more, below it, to be set otherwise.
   * @param {number} i
   */
  copyRacer(i) {
    const racers = [...this.state.racers];
    racers.splice(i + 1, 0, { ...racers[i], record: null, tuned: false, fits: null });
    this.setRacers(racers, this.state.selected > i ? this.state.selected + 1 : this.state.selected);
  }

  /** @param {number} i */
  removeRacer(i) {
    const racers = this.state.racers.filter((_, j) => j !== i);
    const { selected } = this.state;
    if (racers.length) this.setRacers(racers, selected > i || selected === racers.length ? selected - 1 : selected);
  }

  /**
   * @param {Racer[]} racers
   * @param {number} [selected]
   */
  setRacers(racers, selected = this.state.selected) {
    this.attempt(() => this.change({ racers, selected }));
  }

  /** @param {number} i  @param {Partial<Racer>} parts */
  setRacer(i, parts) {
    const judged = ["lr", "hyper", "flags"].some((name) => name in parts) ? { fits: null } : {};
    this.change({ racers: this.state.racers.map((racer, j) => (j === i ? { ...racer, ...judged, ...parts } : racer)) });
  }

  /**
   * A rate that somebody gives stays as it is.
   * @param {number} i
   * @param {number} rate
   */
  setRate(i, rate) {
    const lr = withBaseRate(this.state.racers[i].lr, rate);
    this.setRacer(i, { lr, tuned: false });
  }

  /** @param {number} i */
  tuneRacer(i) {
    const racers = [...this.state.racers];
    [racers[i]] = this.tuned([{ ...racers[i], tuned: true }]);
    this.change({ racers });
  }

  tuneAll() {
    const all = this.state.racers.map((racer) => ({ ...racer, tuned: true }));
    this.change({ racers: this.tuned(all) });
  }

  /**
   * The racers, the tuned ones with their rates for a surface, start and number of steps.
   * @param {Racer[]} racers
   * @param {SurfaceFacts} [surface]
   * @param {Pick<State, "starts" | "steps">} [state]
   * @param {boolean} [onlyNew]  leave those that have a tuned rate already
   * @returns {Racer[]}
   */
  tuned(racers, surface = this.surface, { starts, steps } = this.state, onlyNew = false) {
    const { at, minima } = surface;
    const scene = { at, minima, domain: this.reachedDomain(starts, surface), start: starts[0], steps };
    return racers.map((racer) => {
      const rule = this.data.rules[racer.rule];
      if (!racer.tuned || rule.fixed || (onlyNew && !racer.due)) return racer;
      const { rate, fits } = tuneRate(scene, rule, racer.hyper, racer.flags);
      return { ...racer, lr: withBaseRate(racer.lr, rate), fits, due: false };
    });
  }
}
