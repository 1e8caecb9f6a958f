/** Curves over the steps: the value, or the gradient's norm. */
import { paintAxes } from "../paint/axes.js";
import { countUpTo, envelope } from "../paint/envelope.js";
import { nameWithout, roundTicks, tickLabels } from "../paint/ticks.js";
import { drawHead, momentOf } from "../paint/trails.js";
import { View } from "./view.js";
import { wordIn } from "../state/words.js";

const CURVE_MARGIN = { left: 52, right: 12, top: 20, bottom: 28 };

/** The value at each step, on a log axis where the surface asks for one. */
export class Curves extends View {
  constructor(app, parent, word = "loss_label") {
    super(app, parent, { name: "curves", word, keys: false, margin: CURVE_MARGIN });
    const go = (event) => {
      const { left } = this.box.getBoundingClientRect();
      const { left: begin, width } = this.inner;
      const share = (event.clientX - left - begin) / width;
      this.app.goTo(Math.min(Math.max(share, 0), 1) * this.app.state.steps);
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

  /** What is drawn of a run, one number for each step. */
  seriesOf(run) {
    return run.values;
  }

  /**
   * What the axis counts from and is called.
   * @returns {{log: boolean, zero: number, word: string, decades: number}}
   */
  axisOf(curves) {
    const log = this.app.scale === "log" && curves.length > 0;
    const { zero, word, decades } = zeroOf(curves, this.app.minima);
    return { log, zero, word: log ? word : "value", decades };
  }

  /** Range of the axis and every curve in pixels: when the runs are others. */
  layOut() {
    const { app } = this;
    const curves = app.running.map(({ run }) => this.seriesOf(run));
    const { log, zero, word, decades } = this.axisOf(curves);
    this.log = log;
    this.axisWord = word;
    this.heights = log
      ? curves.map((series) => series.map((v) => Math.log10(Math.max(v - zero, 1e-300))))
      : curves;
    this.range = rangeOf(this.heights, log, decades);
    const perStep = (this.inner.width * this.over.ratio) / app.state.steps;
    this.kept = this.heights.map((heights) => envelope(heights, perStep));
    this.places = this.kept.map((steps, i) => {
      const places = new Float64Array(2 * steps.length);
      steps.forEach((step, k) => places.set(this.placeOf(i, step), 2 * k));
      return places;
    });
    const lines = app.running.map(({ colour }, i) =>
      ({ places: this.places[i], colour, casing: app.theme.casing, width: 1.8 }));
    this.trails.set(lines, this.frameOf(false));
  }

  /** Where a step of a curve is; between two steps on the line that joins them. */
  placeOf(i, at) {
    const heights = this.heights[i];
    const { left, top, width, height } = this.inner;
    const [low, high] = this.range;
    const py = (k) => {
      const inside = Math.min(Math.max(heights[Math.min(k, heights.length - 1)], low), high);
      return top + ((high - inside) / (high - low)) * height;
    };
    const whole = Math.floor(at);
    const here = py(whole);
    const rest = at - whole;
    const px = left + (at / this.app.state.steps) * width;
    return [px, rest > 0 ? here + rest * (py(whole + 1) - here) : here];
  }

  /** A curve up to a moment: the places that are kept, and all steps of the column it stands in. */
  partOf(i, at) {
    const whole = Math.floor(at);
    const count = countUpTo(this.kept[i], whole);
    const tail = [];
    for (let k = this.kept[i][count - 1] + 1; k <= whole; k++) tail.push(...this.placeOf(i, k));
    tail.push(...this.placeOf(i, at));
    return { count, tail };
  }

  paintGround() {
    this.layOut();
    const { theme, state } = this.app;
    const { inner } = this;
    const [low, high] = this.range;
    let ticks = roundTicks(low, high, inner.height / 45);
    if (this.log) ticks = ticks.filter(Number.isInteger);
    const { labels, offset } = tickLabels(this.log ? ticks.map((tick) => 10 ** tick) : ticks);
    paintAxes(this.ground.clear(), inner, theme.quiet, {
      across: roundTicks(0, state.steps, inner.width / 90)
        .map((tick) => [inner.left + (tick / state.steps) * inner.width, String(tick)]),
      up: ticks.map((tick, i) => [
        inner.top + ((high - tick) / (high - low)) * inner.height,
        this.log && Math.abs(tick) > 3 ? `1e${tick}`.replace("-", "−") : labels[i],
      ]),
      name: nameWithout(wordIn(state.language, this.axisWord), offset),
    });
  }

  paint() {
    const { app, moment } = this;
    const { theme, state } = app;
    const context = this.over.clear();
    const { left, top, width, height } = this.inner;
    const heads = app.running.map(({ run, colour, shape }, i) => {
      const whole = momentOf(run, state.at, moment)[0] - 1;
      const part = this.partOf(i, Math.min(Math.max(state.at, whole), run.length));
      const [px, py] = part.tail.slice(-2);
      return { ...part, shape, px, py, colour };
    });
    this.paintTrails(context, heads);
    for (const { shape, px, py, colour } of heads) {
      drawHead(context, shape, px, py, 5, colour, theme.casing);
    }
    const now = left + (state.at / state.steps) * width;
    context.fillStyle = theme.quiet;
    context.fillRect(now, top, 1, height);
  }
}

/** The gradient's norm at each step, with the noise that the optimizer saw, on a log axis. */
export class GradientCurves extends Curves {
  constructor(app, parent) {
    super(app, parent, "norm_label");
  }

  seriesOf({ gradients }) {
    return Float64Array.from({ length: gradients.length / 2 }, (_, k) =>
      Math.hypot(gradients[2 * k], gradients[2 * k + 1]));
  }

  axisOf(curves) {
    return { log: curves.length > 0, zero: 0, word: "norm_axis", decades: 14 };
  }
}

/** The lowest and the highest place of an axis, which a run that flies off leaves. */
function rangeOf(heights, log, decades) {
  let [low, high] = [Infinity, -Infinity];
  for (const curve of heights) {
    for (const h of curve) {
      if (h < low) low = h;
      if (h > high) high = h;
    }
  }
  if (!(high > low)) [low, high] = [(Number.isFinite(low) ? low : 0) - 1, (Number.isFinite(high) ? high : 0) + 1];
  // A run that flies off leaves the picture: the others are to be seen.
  const first = heights.length ? heights[0][0] : 0;
  if (log) high = Math.min(high, first + 4);
  else if (first > low) high = Math.min(high, first + 2 * (first - low));
  return [log ? Math.max(low, high - decades) : low, high];
}

/**
 * What a log axis counts from, the word that says so, and how far below the start it reaches; as
 * optviz/scene/panels/loss.py has it.
 */
export function zeroOf(curves, minima) {
  const first = curves[0]?.[0] ?? 0;
  let seen = Infinity;
  for (const values of curves) for (const value of values) seen = Math.min(seen, value);
  const known = Math.min(...minima.map(([, , value]) => value));
  if (minima.length && seen >= known - 1e-9 * Math.abs(first - known)) {
    return { zero: known, word: "above", decades: 14 };
  }
  if (seen >= 0 && seen <= 0.01 * first) return { zero: 0, word: "value", decades: 14 };
  return { zero: seen, word: "above_seen", decades: 4 };
}
