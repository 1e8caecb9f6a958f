/**
 * Curves over the steps: the value, or the gradient's norm.
 *
 * @import { LossAxis } from "../paint/loss_axis.js"
 * @import { Model, Pixel, Run } from "../state/types.js"
 */
import { paintAxes } from "../paint/axes.js";
import { countUpTo, envelope } from "../paint/envelope.js";
import { lossAxis } from "../paint/loss_axis.js";
import { decades, nameWithout, roundTicks, tickLabels } from "../paint/ticks.js";
import { dashesOf, drawHead, momentOf } from "../paint/trails.js";
import { View } from "./view.js";
import { readable, wordIn } from "../state/words.js";

const CURVE_MARGIN = { left: 52, right: 14, top: 20, bottom: 28 };
const BAND = 1.5; // heights of letters that the floor of a log axis is high
const LEFT = 1e4; // times the first norm: a run above has flown off
const NORM_FLOOR = 1e-14; // of the highest norm

/** The value at each step, on a log axis where the surface asks for one. */
export class Curves extends View {
  /**
   * @param {Model} model
   * @param {HTMLElement} parent
   * @param {string} [name]  of its class
   * @param {string} [word]  says what is seen
   */
  constructor(model, parent, name = "curves", word = "loss_label") {
    super(model, parent, { name, word, keys: false, margin: CURVE_MARGIN });
    this.held = false;
    // Of each run, as `layOut` finds it: heights by step, the steps that are drawn, and their places.
    /** @type {Float64Array[]} */
    this.heights = [];
    /** @type {Uint32Array[]} */
    this.kept = [];
    /** @type {Float64Array[]} */
    this.places = [];
    /** @type {LossAxis} */
    this.axis = { log: false, zero: 0, word: "value", floor: 0, low: 0, high: 1 };
    this.floored = false;
    this.range = [0, 1];
    const go = (/** @type {PointerEvent} */ event) => {
      const { left } = this.box.getBoundingClientRect();
      const { left: begin, width } = this.inner;
      const share = (event.clientX - left - begin) / width;
      this.model.goTo(Math.min(Math.max(share, 0), 1) * this.model.state.steps);
    };
    this.box.addEventListener("pointerdown", (event) => {
      this.box.setPointerCapture?.(event.pointerId);
      this.held = true;
      go(event);
    });
    this.box.addEventListener("pointermove", (event) => this.held && go(event));
    for (const end of ["pointerup", "pointercancel"]) {
      this.box.addEventListener(end, () => (this.held = false));
    }
  }

  /**
   * What is drawn of a run, one number for each step.
   * @param {Run} run
   * @returns {Float64Array}
   */
  seriesOf(run) {
    return run.values;
  }

  /**
   * @param {Float64Array[]} _series  what is drawn of the runs
   * @returns {LossAxis}
   */
  axisOf(_series) {
    const { running, surface, value } = this.model;
    // As films have it: in a window that holds all starts.
    const domain = this.model.reachedDomain();
    return lossAxis(running.map(({ run }) => run), { ...surface, domain }, value);
  }

  /** Range of the axis and every curve in pixels: when the runs are others. */
  layOut() {
    const { model } = this;
    const series = model.running.map(({ run }) => this.seriesOf(run));
    this.axis = this.axisOf(series);
    const { log, zero, floor, low, high } = this.axis;
    this.heights = log ? series.map((values) => values.map((v) => Math.log10(Math.max(v - zero, floor)))) : series;
    this.range = this.rangeOf(log ? Math.log10(low) : low, log ? Math.log10(high) : high);
    const perStep = (this.inner.width * this.over.ratio) / model.state.steps;
    this.kept = this.heights.map((heights) => envelope(heights, perStep));
    this.places = this.kept.map((steps, i) => {
      const places = new Float64Array(2 * steps.length);
      steps.forEach((step, k) => places.set(this.placeOf(i, step), 2 * k));
      return places;
    });
    const lines = model.running.map(({ colour, variant }, i) => ({
      places: this.places[i], colour, casing: model.theme.casing, width: 1.8 * this.enlarged,
      dashes: dashesOf(variant, this.letter),
    }));
    this.trails.set(lines, this.frameOf(false));
  }

  /**
   * The ends of the axis, with room for the floor's band where curves are cut off there.
   * @param {number} low
   * @param {number} high
   */
  rangeOf(low, high) {
    const { log, low: least, floor } = this.axis;
    this.floored = log && least <= floor;
    if (!(high > low)) return [low - 1, high + 1];
    if (!this.floored) return [low, high];
    const thick = (BAND * this.letter) / this.inner.height;
    return [low - ((high - low) * thick) / (1 - thick), high];
  }

  /**
   * Where a step of a curve is; between two steps on the line that joins them.
   * @param {number} i  of the curve
   * @param {number} at
   * @returns {Pixel}
   */
  placeOf(i, at) {
    const heights = this.heights[i];
    const { left, top, width, height } = this.inner;
    const [low, high] = this.range;
    const py = (/** @type {number} */ k) => {
      const inside = Math.min(Math.max(heights[Math.min(k, heights.length - 1)], low), high);
      return top + ((high - inside) / (high - low)) * height;
    };
    const whole = Math.floor(at);
    const here = py(whole);
    const rest = at - whole;
    const px = left + (at / this.model.state.steps) * width;
    return [px, rest > 0 ? here + rest * (py(whole + 1) - here) : here];
  }

  /**
   * A curve up to a moment: the places that are kept, and all steps of the column it stands in.
   * @param {number} i
   * @param {number} at
   */
  partOf(i, at) {
    const whole = Math.floor(at);
    const count = countUpTo(this.kept[i], whole);
    /** @type {number[]} */
    const tail = [];
    for (let k = this.kept[i][count - 1] + 1; k <= whole; k++) tail.push(...this.placeOf(i, k));
    tail.push(...this.placeOf(i, at));
    return { count, tail };
  }

  paintGround() {
    this.layOut();
    const { theme, state, surface } = this.model;
    const { inner } = this;
    const [low, high] = this.range;
    const { log, floor, word } = this.axis;
    const most = inner.height / (2.6 * this.letter);
    const ticks = log ? decades(low, high, most).filter((tick) => 10 ** tick >= floor) : roundTicks(low, high, most);
    const { labels, offset } = tickLabels(log ? ticks.map((tick) => 10 ** tick) : ticks);
    const name = wordIn(state.language, word).replace("x, y", surface.letters.join(", "));
    const context = this.ground.clear();
    if (this.floored) this.paintFloor(context);
    paintAxes(context, inner, theme.quiet, this.letter, {
      across: roundTicks(0, state.steps, inner.width / 90)
        .map((tick) => [inner.left + (tick / state.steps) * inner.width, String(tick)]),
      up: ticks.map((tick, i) => [
        inner.top + ((high - tick) / (high - low)) * inner.height,
        log && Math.abs(tick) > 3 && Number.isInteger(tick) ? `1e${tick}`.replace("-", "−") : labels[i],
      ]),
      name: nameWithout(name, offset),
      below: wordIn(state.language, "step_axis"),
    });
  }

  /**
   * Shade what lies below the lowest value drawn: a curve there is cut off, not constant.
   * @param {CanvasRenderingContext2D} context
   */
  paintFloor(context) {
    const { theme } = this.model;
    const { left, top, width, height } = this.inner;
    context.fillStyle = theme.quiet;
    context.globalAlpha = 0.15;
    const band = BAND * this.letter;
    context.fillRect(left, top + height - band, width, band);
    context.globalAlpha = 1;
    context.font = this.font("", 0.92);
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillText(`< ${readable(Number(this.axis.floor.toPrecision(2)))}`, left + 5, top + height - band / 2);
  }

  paint() {
    const { model, moment } = this;
    const { theme, state } = model;
    const context = this.over.clear();
    const { left, top, width, height } = this.inner;
    const heads = model.running.map(({ run, colour, shape }, i) => {
      const whole = momentOf(run, state.at, moment)[0] - 1;
      const part = this.partOf(i, Math.min(Math.max(state.at, whole), run.length));
      const [px, py] = part.tail.slice(-2);
      return { ...part, shape, px, py, colour };
    });
    this.paintTrails(context, heads);
    for (const { shape, px, py, colour } of heads) {
      drawHead(context, shape, px, py, 5 * this.enlarged, colour, theme.casing);
    }
    const now = left + (state.at / state.steps) * width;
    context.fillStyle = theme.quiet;
    context.fillRect(now, top, 1, height);
  }
}

/** The gradient's norm at each step, with the noise that the optimizer saw, on a log axis. */
export class GradientCurves extends Curves {
  /**
   * @param {Model} model
   * @param {HTMLElement} parent
   */
  constructor(model, parent) {
    super(model, parent, "gradient", "norm_label");
  }

  /**
   * @override
   * @param {Run} run
   */
  seriesOf({ gradients }) {
    return Float64Array.from({ length: gradients.length / 2 }, (_, k) =>
      Math.hypot(gradients[2 * k], gradients[2 * k + 1]));
  }

  /**
   * @override
   * @param {Float64Array[]} series
   */
  axisOf(series) {
    let [low, high] = [Infinity, 0];
    for (const norms of series) {
      for (const norm of norms) {
        if (norm > 0 && norm < low) low = norm;
        if (norm < Infinity && norm > high) high = norm;
      }
    }
    const first = series[0]?.[0] || high || 1;
    high = Math.min(high, LEFT * first) || 1;
    const floor = NORM_FLOOR * high;
    return { log: true, zero: 0, word: "norm_axis", floor, low: Math.max(low / 2, floor), high: 2 * high };
  }
}
