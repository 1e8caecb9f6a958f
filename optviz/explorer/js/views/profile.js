/**
 * Cuts of the surface along x, with each optimizer as a ball on its own; what is drawn, and the
 * range of the axis, are those of optviz/scene/panels/profile.py.
 */
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
  constructor(app, parent) {
    super(app, parent, { name: "profile", word: "profile_label", keys: false, margin: PROFILE_MARGIN });
  }

  /** f along x at a y. */
  cutAt(y) {
    return this.xs.map((x) => this.app.value(x, y));
  }

  /** The cut through the start, and the range of the axis: when runs or window are others. */
  layOut() {
    const { app } = this;
    const [x0, x1] = app.window;
    const [[, start]] = app.state.starts;
    this.xs = Float64Array.from({ length: POINTS }, (_, i) => x0 + (i / (POINTS - 1)) * (x1 - x0));
    this.curve = this.cutAt(start);
    // In a formula of x alone no run leaves the start's cut.
    this.leaves = app.running.some(({ run }) => run.points.some((y, i) => i % 2 === 1 && y !== start));
    this.range = profileRange(this.curve, app.running.map(({ run }) => run), x0, x1);
  }

  toPixel(x, value) {
    const { left, top, width, height } = this.inner;
    const [x0, x1] = this.app.window;
    const [low, high] = this.range;
    return [left + ((x - x0) / (x1 - x0)) * width, top + ((high - value) / (high - low)) * height];
  }

  paintGround() {
    this.layOut();
    const { app, inner } = this;
    const { theme, state } = app;
    const [x0, x1] = app.window;
    const [low, high] = this.range;
    const context = this.ground.clear();
    const [xs, ys] = [roundTicks(x0, x1, inner.width / 80), roundTicks(low, high, inner.height / 45)];
    const [along, up] = [tickLabels(xs), tickLabels(ys)];
    const y = readable(Number(state.starts[0][1].toPrecision(3)));
    const name = this.leaves ? wordIn(state.language, "own_cut") : `f(x, ${y})`;
    context.save();
    this.clip(context);
    this.paintFill(context, rampInk(theme.ramp.map(inkOf), 0.35));
    this.paintCut(context, this.curve, theme.quiet, 1.5);
    context.restore();
    paintAxes(context, inner, theme.quiet, this.letter, {
      across: xs.map((x, i) => [this.toPixel(x, low)[0], along.labels[i]]),
      up: ys.map((value, i) => [this.toPixel(x0, value)[1], up.labels[i]]),
      name: nameWithout(name, up.offset),
      below: nameWithout("x", along.offset),
    });
  }

  clip(context) {
    const { left, top, width, height } = this.inner;
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
  }

  /** The ground below the start's cut. */
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

  /** A curve; where it has no value it is broken. */
  paintCut(context, values, colour, width, alpha = 1) {
    context.beginPath();
    let joined = false;
    values.forEach((value, i) => {
      const fit = Number.isFinite(value);
      const place = fit ? this.toPixel(this.xs[i], value) : [0, 0];
      if (fit) joined ? context.lineTo(...place) : context.moveTo(...place);
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
    const { app, moment } = this;
    const { theme, state } = app;
    const context = this.over.clear();
    context.save();
    this.clip(context);
    const balls = app.running.map(({ run, colour, shape }) => {
      const [, x, y] = momentOf(run, state.at, moment);
      if (this.leaves) this.paintCut(context, this.cutAt(y), colour, 1.2, 0.6);
      return { place: this.toPixel(x, app.value(x, y)), colour, shape };
    });
    context.restore();
    const { left, top, width, height } = this.inner;
    for (const { place: [px, py], colour, shape } of balls) {
      const inside = px >= left && px <= left + width && py >= top && py <= top + height;
      if (inside) drawHead(context, shape, px, py, BALL, colour, theme.casing);
    }
  }
}

/**
 * The ends of the axis: all of the start's cut, and what the runs reach inside the window, but above
 * the cut only what a run began with: one that climbs leaves the picture.
 */
export function profileRange(curve, runs, x0, x1) {
  const begin = runs.length ? runs[0].values[0] : -Infinity;
  let [low, high, roof] = [Infinity, -Infinity, begin];
  for (const value of curve) if (Number.isFinite(value) && value > roof) roof = value;
  const take = (value) => {
    if (!(Number.isFinite(value) && value <= roof)) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  };
  curve.forEach(take);
  for (const { points, values } of runs) {
    take(begin);
    values.forEach((value, k) => points[2 * k] >= x0 && points[2 * k] <= x1 && take(value));
  }
  if (low > high) [low, high] = [0, 0]; // nothing has a value
  const margin = 0.06 * (high - low) || 1;
  return [low - margin, high + margin];
}
