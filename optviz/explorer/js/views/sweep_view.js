/**
 * The last value of the selected optimizer over the learning rate, with a mark at the present one.
 *
 * @import { LossAxis } from "../paint/loss_axis.js"
 * @import { Model } from "../state/types.js"
 */
import { paintAxes } from "../paint/axes.js";
import { lossAxis } from "../paint/loss_axis.js";
import { decades, nameWithout, roundTicks, tickLabels } from "../paint/ticks.js";
import { drawHead } from "../paint/trails.js";
import { baseRate } from "../state/spec.js";
import { SWEPT_RATES } from "../state/sweep.js";
import { View } from "./view.js";
import { wordIn } from "../state/words.js";

const SWEEP_MARGIN = { left: 52, right: 14, top: 20, bottom: 28 };
const ENDS = [SWEPT_RATES[0], /** @type {number} */ (SWEPT_RATES.at(-1))].map(Math.log10);
const CEILING = 10; // times the first value above the lowest: what is higher has got nowhere

export class SweepView extends View {
  /**
   * @param {Model} model
   * @param {HTMLElement} parent
   */
  constructor(model, parent) {
    super(model, parent, { name: "sweep", word: "sweep_label", keys: false, margin: SWEEP_MARGIN });
    /** @type {LossAxis} */
    this.axis = { log: false, zero: 0, word: "value", floor: 0, low: 0, high: 1 };
    this.range = [0, 1];
    /** @type {number[]} heights on the axis, infinite where a run diverges */
    this.heights = [];
    this.held = false;
    const go = (/** @type {PointerEvent} */ event) => {
      const share = (event.clientX - this.box.getBoundingClientRect().left - this.inner.left) / this.inner.width;
      const { racers, selected } = model.state;
      const rate = 10 ** (ENDS[0] + Math.min(Math.max(share, 0), 1) * (ENDS[1] - ENDS[0]));
      if (!model.data.rules[racers[selected].rule].fixed) model.setRate(selected, Number(rate.toPrecision(3)));
    };
    this.box.addEventListener("pointerdown", (event) => {
      this.box.setPointerCapture?.(event.pointerId);
      this.held = true;
      go(event);
    });
    this.box.addEventListener("pointermove", (event) => this.held && go(event));
    for (const end of ["pointerup", "pointercancel"]) this.box.addEventListener(end, () => (this.held = false));
  }

  /** The values that are shown, or null. */
  get values() {
    const { sweep, surface } = this.model;
    return sweep?.surface === surface ? sweep.values : null;
  }

  /** @param {number} value */
  heightOf(value) {
    const { log, zero, floor } = this.axis;
    return log && value < Infinity ? Math.log10(Math.max(value - zero, floor)) : value;
  }

  /** The axis, which counts from what that of the losses does, and every height. */
  layOut() {
    const { model } = this;
    const { surface, running, value } = model;
    this.axis = lossAxis(running.map(({ run }) => run), { ...surface, domain: model.reachedDomain() }, value);
    this.heights = Array.from(this.values ?? [], (v) => this.heightOf(v));
    const [x, y] = model.state.starts[0];
    const first = value(x, y);
    const { log, zero } = this.axis;
    const most = log ? this.heightOf(zero + CEILING * (first - zero)) : first + Math.abs(first - zero);
    const seen = [...this.heights, this.heightOf(first)].filter((height) => height <= most);
    const [low, high] = [Math.min(...seen), Math.max(...seen)];
    const margin = 0.06 * (high - low) || 1;
    this.range = seen.length ? [low - margin, high + margin] : [0, 1];
  }

  /** @param {number} rate */
  across(rate) {
    const { left, width } = this.inner;
    const share = (Math.log10(rate) - ENDS[0]) / (ENDS[1] - ENDS[0]);
    return left + Math.min(Math.max(share, 0), 1) * width;
  }

  /** @param {number} height */
  up(height) {
    const { top, height: tall } = this.inner;
    const [low, high] = this.range;
    return top + ((high - Math.min(Math.max(height, low), high)) / (high - low)) * tall;
  }

  paintGround() {
    this.layOut();
    const { model, inner } = this;
    const { theme, state, surface } = model;
    const [low, high] = this.range;
    const { log, word } = this.axis;
    const most = inner.height / (2.6 * this.letter);
    const ticks = log ? decades(low, high, most) : roundTicks(low, high, most);
    const { labels, offset } = tickLabels(log ? ticks.map((tick) => 10 ** tick) : ticks);
    const value = wordIn(state.language, word).replace("x, y", surface.letters.join(", "));
    const { name } = model.data.rules[state.racers[state.selected].rule];
    const powers = decades(ENDS[0], ENDS[1], inner.width / 60);
    const context = this.ground.clear();
    this.paintDiverged(context);
    paintAxes(context, inner, theme.quiet, this.letter, {
      across: powers.map((power) => [this.across(10 ** power), written(power)]),
      up: ticks.map((tick, i) => [this.up(tick), log && Math.abs(tick) > 3 && Number.isInteger(tick) ? written(tick) : labels[i]]),
      name: nameWithout(wordIn(state.language, "sweep_axis", { name, value, n: state.steps }), offset),
      below: "lr",
    });
    this.paintCurve(context);
  }

  /**
   * Shade the rates with which the run diverges.
   * @param {CanvasRenderingContext2D} context
   */
  paintDiverged(context) {
    const { top, height } = this.inner;
    context.fillStyle = this.model.theme.quiet;
    context.globalAlpha = 0.2;
    // The middle between two rates; the ends of the axis are themselves.
    const edge = (/** @type {number} */ i) => this.across(Math.sqrt((SWEPT_RATES[i - 1] ?? SWEPT_RATES[0]) * (SWEPT_RATES[i] ?? SWEPT_RATES[i - 1])));
    const diverges = (/** @type {number} */ i) => this.heights[i] === Infinity;
    this.heights.forEach((_, i) => {
      if (!diverges(i) || diverges(i - 1)) return;
      let end = i;
      while (diverges(end)) end++;
      context.fillRect(edge(i), top, edge(end) - edge(i), height);
    });
    context.globalAlpha = 1;
    const last = this.heights.lastIndexOf(Infinity);
    if (last < 0) return;
    context.font = this.font("", 0.92);
    context.textAlign = "right";
    context.textBaseline = "bottom";
    context.fillText(wordIn(this.model.state.language, "sweep_diverged"), this.across(SWEPT_RATES[last]) - 4, top + height - 4);
  }

  /** @param {CanvasRenderingContext2D} context */
  paintCurve(context) {
    const { model } = this;
    const { colour } = model.marks[model.state.selected];
    context.save();
    const { left, top, width, height } = this.inner;
    context.beginPath();
    context.rect(left, top - 1, width, height + 2);
    context.clip();
    context.beginPath();
    let joined = false;
    this.heights.forEach((found, i) => {
      const fits = found < Infinity;
      if (fits) joined ? context.lineTo(this.across(SWEPT_RATES[i]), this.up(found)) : context.moveTo(this.across(SWEPT_RATES[i]), this.up(found));
      joined = fits;
    });
    context.lineJoin = "round";
    context.strokeStyle = colour;
    context.lineWidth = 1.8 * this.enlarged;
    context.stroke();
    context.restore();
  }

  paint() {
    const { model } = this;
    const { theme, state } = model;
    const context = this.over.clear();
    const { top, height } = this.inner;
    const px = this.across(baseRate(state.racers[state.selected].lr));
    context.fillStyle = theme.ink;
    context.fillRect(px - 0.5, top, 1, height);
    const shown = model.selectedRun;
    if (!shown || state.noise || shown.run.status !== "finished") return;
    const { values } = shown.run;
    drawHead(context, shown.shape, px, this.up(this.heightOf(values[values.length - 1])), 5 * this.enlarged, shown.colour, theme.casing);
  }
}

/** A power of ten. @param {number} power */
function written(power) {
  return power > 3 || power < -3 ? `1e${power}`.replace("-", "−") : String(10 ** power);
}
