/** Loss curves: the value at each step, on a log axis where the surface asks for one. */
import { nameWithout, roundTicks, tickLabels } from "../paint/ticks.js";
import { drawHead, drawTrail, momentOf } from "../paint/trails.js";
import { View } from "./view.js";
import { wordIn } from "../state/words.js";

const CURVE_MARGIN = { left: 52, right: 12, top: 20, bottom: 28 };

export class Curves extends View {
  constructor(app, parent) {
    super(app, parent, { name: "curves", word: "loss_label", keys: false, margin: CURVE_MARGIN });
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

  /** Range of the axis and every curve in pixels: when the runs are others. */
  layOut() {
    const { app } = this;
    const curves = app.running.map(({ run }) => run.values);
    this.log = app.scale === "log" && curves.length > 0;
    const { zero, word, decades } = zeroOf(curves, app.minima);
    this.axisWord = this.log ? word : "value";
    const heights = curves.map((values) => values.map((v) => this.height(v, zero)));
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
    if (this.log) high = Math.min(high, first + 4);
    else if (first > low) high = Math.min(high, first + 2 * (first - low));
    if (this.log) low = Math.max(low, high - decades);
    this.range = [low, high];
    const { left, top, width, height } = this.inner;
    this.places = heights.map((curve) => {
      const places = new Float64Array(2 * curve.length + 2);
      for (let k = 0; k < curve.length; k++) {
        places[2 * k] = left + (k / app.state.steps) * width;
        const inside = Math.min(Math.max(curve[k], low), high);
        places[2 * k + 1] = top + ((high - inside) / (high - low)) * height;
      }
      return places;
    });
  }

  height(value, zero) {
    return this.log ? Math.log10(Math.max(value - zero, 1e-300)) : value;
  }

  paintGround() {
    this.layOut();
    const { theme, state } = this.app;
    const { left, top, width, height } = this.inner;
    const [low, high] = this.range;
    const context = this.ground.clear();
    context.font = "12px system-ui, sans-serif";
    context.lineWidth = 1;
    context.textAlign = "right";
    context.textBaseline = "middle";
    let ticks = roundTicks(low, high, height / 45);
    if (this.log) ticks = ticks.filter(Number.isInteger);
    const { labels, offset } = tickLabels(this.log ? ticks.map((tick) => 10 ** tick) : ticks);
    ticks.forEach((tick, i) => {
      const py = top + ((high - tick) / (high - low)) * height;
      context.fillStyle = theme.quiet;
      context.globalAlpha = 0.18;
      context.fillRect(left, py, width, 1);
      context.globalAlpha = 1;
      const text = this.log && Math.abs(tick) > 3 ? `1e${tick}`.replace("-", "−") : labels[i];
      context.fillText(text, left - 6, py);
    });
    context.textAlign = "center";
    context.textBaseline = "top";
    for (const tick of roundTicks(0, state.steps, width / 90)) {
      const text = String(tick);
      // The last one ends where the picture does.
      const most = this.ground.width - context.measureText(text).width / 2;
      context.fillText(text, Math.min(left + (tick / state.steps) * width, most), top + height + 7);
    }
    context.textAlign = "left";
    context.textBaseline = "bottom";
    context.fillText(nameWithout(wordIn(state.language, this.axisWord), offset), left, top - 4);
    context.strokeStyle = theme.quiet;
    context.beginPath();
    context.moveTo(left + 0.5, top);
    context.lineTo(left + 0.5, top + height + 0.5);
    context.lineTo(left + width, top + height + 0.5);
    context.stroke();
  }

  paint() {
    const { app, moment } = this;
    const { theme, state } = app;
    const context = this.over.clear();
    const { left, top, width, height } = this.inner;
    const heads = app.running.map(({ run, colour, shape }, i) => {
      const places = this.places[i];
      const count = momentOf(run, state.at, moment)[0];
      const k = count - 1;
      const at = Math.min(state.at, run.length);
      const rest = Math.min(Math.max(at - k, 0), 1);
      const next = k < run.length ? k + 1 : k;
      const px = places[2 * k] + rest * (places[2 * next] - places[2 * k]);
      const py = places[2 * k + 1] + rest * (places[2 * next + 1] - places[2 * k + 1]);
      const kept = [places[2 * count], places[2 * count + 1]];
      [places[2 * count], places[2 * count + 1]] = [px, py];
      drawTrail(context, places, count + 1, colour, theme.casing, 1.8);
      [places[2 * count], places[2 * count + 1]] = kept;
      return { shape, px, py, colour };
    });
    for (const { shape, px, py, colour } of heads) {
      drawHead(context, shape, px, py, 5, colour, theme.casing);
    }
    const now = left + (state.at / state.steps) * width;
    context.fillStyle = theme.quiet;
    context.fillRect(now, top, 1, height);
  }
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
