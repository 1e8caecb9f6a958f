/**
 * Cuts of the surface along x, with each optimizer as a ball on its own; what is drawn, and the
 * range of the axis, are those of optviz/scene/panels/profile.py.
 *
 * @import { Domain, Model, Pixel, Run } from "../state/types.js"
 */
import { isInside } from "../formula/window.js";
import { paintAxes } from "../paint/axes.js";
import { inkOf, rampInk } from "../paint/ink.js";
import { nameWithout, roundTicks, tickLabels } from "../paint/ticks.js";
import { drawHead, momentOf } from "../paint/trails.js";
import { View } from "./view.js";
import { readable, wordIn } from "../state/words.js";

const PROFILE_MARGIN = { left: 52, right: 12, top: 20, bottom: 28 };
const POINTS = 600; // of a cut
const BALL = 7; // CSS pixels from its middle

export class Profile extends View {
  /**
   * @param {Model} model
   * @param {HTMLElement} parent
   */
  constructor(model, parent) {
    super(model, parent, { name: "profile", word: "profile_label", keys: false, margin: PROFILE_MARGIN });
    this.xs = new Float64Array(POINTS); // of all cuts
    this.curve = new Float64Array(POINTS); // the start's cut
    this.leaves = false; // whether any run leaves it
    this.range = [0, 1]; // of the axis
  }

  /**
   * f along x at a y.
   * @param {number} y
   */
  cutAt(y) {
    return this.xs.map((x) => this.model.value(x, y));
  }

  /** The cut through the start, and the range of the axis: when runs or window are others. */
  layOut() {
    const { model } = this;
    const [x0, x1] = model.window;
    const [[, start]] = model.state.starts;
    this.xs = Float64Array.from({ length: POINTS }, (_, i) => x0 + (i / (POINTS - 1)) * (x1 - x0));
    this.curve = this.cutAt(start);
    // In a formula of x alone no run leaves the start's cut.
    this.leaves = model.running.some(({ run }) => run.points.some((y, i) => i % 2 === 1 && y !== start));
    this.range = profileRange(this.curve, model.running.map(({ run }) => run), model.window);
  }

  /**
   * @param {number} x
   * @param {number} value
   * @returns {Pixel}
   */
  toPixel(x, value) {
    const { left, top, width, height } = this.inner;
    const [x0, x1] = this.model.window;
    const [low, high] = this.range;
    return [left + ((x - x0) / (x1 - x0)) * width, top + ((high - value) / (high - low)) * height];
  }

  paintGround() {
    this.layOut();
    const { model, inner } = this;
    const { theme, state, surface } = model;
    const [first, second] = surface.letters;
    const [x0, x1] = model.window;
    const [low, high] = this.range;
    const context = this.ground.clear();
    const [xs, ys] = [roundTicks(x0, x1, inner.width / 80), roundTicks(low, high, inner.height / 45)];
    const [along, up] = [tickLabels(xs), tickLabels(ys)];
    const y = readable(Number(state.starts[0][1].toPrecision(3)));
    const name = this.leaves ? wordIn(state.language, "own_cut", { x: first, y: second }) : `f(${first}, ${y})`;
    context.save();
    this.clip(context);
    this.paintFill(context, rampInk(theme.ramp.map(inkOf), 0.35));
    this.paintCut(context, this.curve, theme.quiet, 1.5);
    context.restore();
    paintAxes(context, inner, theme.quiet, this.letter, {
      across: xs.map((x, i) => [this.toPixel(x, low)[0], along.labels[i]]),
      up: ys.map((value, i) => [this.toPixel(x0, value)[1], up.labels[i]]),
      name: nameWithout(name, up.offset),
      below: nameWithout(model.axisNames[0], along.offset),
    });
  }

  /** @param {CanvasRenderingContext2D} context */
  clip(context) {
    const { left, top, width, height } = this.inner;
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
  }

  /**
   * The ground below the start's cut.
   * @param {CanvasRenderingContext2D} context
   * @param {number[]} ink
   */
  paintFill(context, [red, green, blue]) {
    const { top, height } = this.inner;
    context.fillStyle = `rgb(${red} ${green} ${blue} / 0.35)`;
    for (let first = 0; first < POINTS; first++) {
      if (!Number.isFinite(this.curve[first])) continue;
      let last = first;
      while (last + 1 < POINTS && Number.isFinite(this.curve[last + 1])) last++;
      context.beginPath();
      context.moveTo(this.toPixel(this.xs[first], 0)[0], top + height);
      for (let i = first; i <= last; i++) context.lineTo(...this.toPixel(this.xs[i], this.curve[i]));
      context.lineTo(this.toPixel(this.xs[last], 0)[0], top + height);
      context.fill();
      first = last;
    }
  }

  /**
   * A curve; where it has no value it is broken.
   * @param {CanvasRenderingContext2D} context
   * @param {Float64Array} values
   * @param {string} colour
   * @param {number} width
   * @param {number} [alpha]
   */
  paintCut(context, values, colour, width, alpha = 1) {
    context.beginPath();
    let joined = false;
    values.forEach((value, i) => {
      const fit = Number.isFinite(value);
      const [px, py] = fit ? this.toPixel(this.xs[i], value) : [0, 0];
      if (fit) joined ? context.lineTo(px, py) : context.moveTo(px, py);
      joined = fit;
    });
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.lineJoin = "round";
    context.globalAlpha = alpha;
    context.stroke();
    context.globalAlpha = 1;
  }

  paint() {
    const { model, moment } = this;
    const { theme, state } = model;
    const context = this.over.clear();
    context.save();
    this.clip(context);
    const balls = model.running.map(({ run, colour, shape }) => {
      const [, x, y] = momentOf(run, state.at, moment);
      if (this.leaves) this.paintCut(context, this.cutAt(y), colour, 1.2, 0.6);
      return { place: this.toPixel(x, model.value(x, y)), colour, shape };
    });
    context.restore();
    for (const { place: [px, py], colour, shape } of balls) {
      if (this.markOutside(context, px, py, colour)) continue;
      drawHead(context, shape, px, py, BALL * this.enlarged, colour, theme.casing);
    }
  }
}

/**
 * The ends of the axis: all of the start's cut, and what the runs reach inside the window, but above
 * the cut only what a run began with: one that climbs leaves the picture.
 * @param {Float64Array | number[]} curve
 * @param {Pick<Run, "points" | "values">[]} runs
 * @param {Domain} window
 */
export function profileRange(curve, runs, window) {
  const begin = runs.length ? runs[0].values[0] : -Infinity;
  let [low, high, roof] = [Infinity, -Infinity, begin];
  for (const value of curve) if (Number.isFinite(value) && value > roof) roof = value;
  const take = (/** @type {number} */ value) => {
    if (!(Number.isFinite(value) && value <= roof)) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  curve.forEach(take);
  for (const { points, values } of runs) {
    take(begin);
    values.forEach((value, k) => isInside(points[2 * k], points[2 * k + 1], window) && take(value));
  }
  if (low > high) [low, high] = [0, 0]; // nothing has a value
  const margin = 0.06 * (high - low) || 1;
  return [low - margin, high + margin];
}
