/** The surface from above: contour, trails, heads, minima; the start point can be dragged. */
import { paintContour, sample } from "../paint/contour.js";
import { nameWithout, roundTicks, tickLabels } from "../paint/ticks.js";
import { drawArrow, drawHead, drawRing, momentOf } from "../paint/trails.js";
import { Hints } from "./hints.js";
import { PlaneGestures } from "./plane_gestures.js";
import { StartHandles } from "./start_handles.js";
import { View } from "./view.js";
import { wordIn } from "../state/words.js";

const PLANE_MARGIN = { left: 44, right: 8, top: 8, bottom: 28 };

export class Plane extends View {
  /**
   * @param {import("../state/model.js").Model} app
   * @param {HTMLElement} parent
   * @param {(point: number[] | null) => void} hover  is told what the pointer is over
   */
  constructor(app, parent, hover) {
    super(app, parent, { name: "plane", word: "plane", keys: true, margin: PLANE_MARGIN });
    this.hints = new Hints(this.box, app);
    this.handles = new StartHandles(this, app, new PlaneGestures(this, app));
    this.hover = hover;
    this.box.addEventListener("pointerdown", () => this.used());
  }

  label() {
    super.label();
    this.hints.relabel();
  }

  /** The plane has been touched: nobody needs hints any more. */
  used() {
    this.hints.used();
  }

  /** Say for a moment what else can be done. */
  hint(word) {
    this.hints.shortly(word);
  }

  /** Window in coordinates, as the contour's functions take it. */
  get window() {
    const [x0, x1, y0, y1] = this.app.window;
    return { x0, x1, y0, y1 };
  }

  toPixel(x, y) {
    const { x0, x1, y0, y1 } = this.window;
    const { left, top, width, height } = this.inner;
    return [left + ((x - x0) / (x1 - x0)) * width, top + ((y1 - y) / (y1 - y0)) * height];
  }

  toPoint(px, py) {
    const { x0, x1, y0, y1 } = this.window;
    const { left, top, width, height } = this.inner;
    return [x0 + ((px - left) / width) * (x1 - x0), y1 - ((py - top) / height) * (y1 - y0)];
  }

  /** The point under a place, in no more digits than the hand can mean. */
  toPlace(px, py) {
    const [x0, x1, y0, y1] = this.app.window;
    const steps = [10 ** Math.floor(Math.log10((x1 - x0) / 2000)), 10 ** Math.floor(Math.log10((y1 - y0) / 2000))];
    return this.toPoint(px, py).map((v, i) => Number((Math.round(v / steps[i]) * steps[i]).toPrecision(12)));
  }

  /** As wide as the page gives, and as high as keeps the surface's proportions. */
  resize() {
    const { left, right, top, bottom } = this.margin;
    const [x0, x1, y0, y1] = this.app.surface.domain;
    const inside = this.box.clientWidth - left - right;
    const share = Math.min(Math.max((y1 - y0) / (x1 - x0), 0.5), 1.4);
    this.box.style.height = `${Math.round(inside * share + top + bottom)}px`;
    return super.resize();
  }

  /** The contour and its axes: only when surface, window, size or theme are others. */
  paintGround() {
    const { app } = this;
    const { left, top, width, height } = this.inner;
    const { ratio } = this.ground;
    const context = this.ground.clear();
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    const image = new ImageData(w, h);
    paintContour(image, sample(app.value, this.window, w, h), app.scale, app.theme, ratio);
    context.putImageData(image, Math.round(left * ratio), Math.round(top * ratio));
    this.paintAxes(context);
    this.paintMinima(context);
  }

  paintAxes(context) {
    const { theme } = this.app;
    const { left, top, width, height } = this.inner;
    const { x0, x1, y0, y1 } = this.window;
    context.strokeStyle = context.fillStyle = theme.quiet;
    context.lineWidth = 1;
    context.font = this.font();
    context.strokeRect(left + 0.5, top + 0.5, width - 1, height - 1);
    context.textAlign = "center";
    context.textBaseline = "top";
    const [xs, ys] = [roundTicks(x0, x1, width / 80), roundTicks(y0, y1, height / 60)];
    const [along, up] = [tickLabels(xs), tickLabels(ys)];
    xs.forEach((x, i) => {
      const [px] = this.toPixel(x, y0);
      context.fillRect(px, top + height, 1, 4);
      context.fillText(along.labels[i], px, top + height + 7);
    });
    context.textAlign = "right";
    context.textBaseline = "middle";
    ys.forEach((y, i) => {
      const [, py] = this.toPixel(x0, y);
      context.fillRect(left - 4, py, 4, 1);
      context.fillText(up.labels[i], left - 6, py);
    });
    this.paintName(context, nameWithout("x", along.offset), left + width - 6, top + height - 10);
    context.textAlign = "left";
    this.paintName(context, nameWithout("y", up.offset), left + 6, top + 10);
  }

  /** What an axis is called, inside the plane. */
  paintName(context, name, px, py) {
    const { theme } = this.app;
    context.strokeStyle = theme.page;
    context.lineWidth = 4;
    context.strokeText(name, px, py);
    context.fillText(name, px, py);
  }

  paintMinima(context) {
    const { theme, minima } = this.app;
    for (const [x, y] of minima) {
      const [px, py] = this.toPixel(x, y);
      if (this.holds(px, py)) drawHead(context, "*", px, py, 8, theme.page, theme.ink);
    }
  }

  holds(px, py) {
    const { left, top, width, height } = this.inner;
    return px >= left && px <= left + width && py >= top && py <= top + height;
  }

  /** Trails and heads at a moment. */
  paint() {
    const { app, moment } = this;
    const { theme, state } = app;
    const context = this.over.clear();
    const { left, top, width, height } = this.inner;
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    if (this.isOther(app.running, app.window)) this.layOut();
    const heads = app.running.map(({ run, colour, shape, index }) => {
      const [count, x, y] = momentOf(run, state.at, moment);
      const [hx, hy] = this.toPixel(x, y);
      return { count, tail: [hx, hy], shape, hx, hy, colour, index };
    });
    this.paintTrails(context, heads);
    for (const start of state.starts) {
      const [sx, sy] = this.toPixel(...start);
      drawRing(context, sx, sy, 8, theme.ink, 1.6);
    }
    for (const { shape, hx, hy, colour } of heads) {
      drawHead(context, shape, hx, hy, 6.5, colour, theme.casing);
    }
    this.paintNext(context);
    this.paintArrows(context, heads);
    this.paintWords(context, heads);
    this.paintGuess(context);
    context.restore();
    this.handles.place();
    this.hints.showGhost(this.toPixel(...state.starts[0]));
  }

  /** Where every point of every run is. */
  layOut() {
    const { running, theme } = this.app;
    const lines = running.map(({ run, colour }) =>
      ({ places: this.project(run.points), colour, casing: theme.casing, width: 2 }));
    this.trails.set(lines, this.frameOf(true));
  }

  project(points) {
    const places = new Float64Array(points.length);
    const { x0, x1, y0, y1 } = this.window;
    const { left, top, width, height } = this.inner;
    const [ax, ay] = [width / (x1 - x0), height / (y1 - y0)];
    for (let i = 0; i < points.length; i += 2) {
      places[i] = left + (points[i] - x0) * ax;
      places[i + 1] = top + (y1 - points[i + 1]) * ay;
    }
    return places;
  }

  /** Where the optimizer that is taken apart will stand after the next step, faintly. */
  paintNext(context) {
    const { app } = this;
    const shown = app.selectedRun;
    const k = Math.floor(app.state.at + 1e-9) + 1;
    if (!app.arrows() || !shown || k > shown.run.length) return;
    const { points } = shown.run;
    context.globalAlpha = 0.45;
    drawHead(context, shown.shape, ...this.toPixel(points[2 * k], points[2 * k + 1]), 6.5, shown.colour, app.theme.casing);
    context.globalAlpha = 1;
  }

  /** The arrows of the step that is taken apart. */
  paintArrows(context, heads) {
    const vectors = this.app.arrows();
    const head = heads.find(({ index }) => index === this.app.state.selected);
    if (!vectors || !head) return;
    const reach = 0.16 * Math.min(this.inner.width, this.inner.height);
    const { x0, x1, y0, y1 } = this.window;
    const tilt = ((x1 - x0) / this.inner.width) * (this.inner.height / (y1 - y0));
    for (const { x, y, share, colour, width } of vectors) {
      // Where the scales differ, arrows point as the trails run.
      const [across, up] = [x, y * tilt];
      const length = Math.hypot(across, up) || 1;
      const long = reach * Math.max(Math.sqrt(share), 0.15);
      const [tx, ty] = [head.hx + (across / length) * long, head.hy - (up / length) * long];
      drawArrow(context, head.hx, head.hy, tx, ty, colour, width);
    }
  }

  /** That a run diverged or left the surface, in words at the trail's end. */
  paintWords(context, heads) {
    const { app } = this;
    context.font = this.font("italic");
    context.textBaseline = "middle";
    const { left, top, width, height } = this.inner;
    const line = 1.35 * this.letter;
    const taken = [];
    for (const [i, { run, name }] of app.running.entries()) {
      if (run.status === "finished" || app.state.at < run.length) continue;
      const { hx, hy, colour } = heads[i];
      const text = wordIn(app.state.language, run.status, { name, k: run.length + 1 });
      const wide = context.measureText(text).width;
      const px = Math.min(Math.max(hx + 12, left + 6), left + width - wide - 46); // beside the buttons
      let py = Math.min(Math.max(hy, top + line), top + height - line);
      // Texts of runs that end in one corner stand one above another.
      const covers = ([x, y, w]) => Math.abs(y - py) < line && px < x + w && x < px + wide;
      const by = py > top + height / 2 ? -line : line;
      while (taken.some(covers) && py + by > top && py + by < top + height) py += by;
      taken.push([px, py, wide]);
      context.strokeStyle = app.theme.page;
      context.lineWidth = 4;
      context.strokeText(text, px, py);
      context.fillStyle = colour;
      context.fillText(text, px, py);
    }
  }

  paintGuess(context) {
    const { guess, real } = this.app.state.quiz ?? {};
    if (!guess) return;
    const [px, py] = this.toPixel(...guess);
    drawRing(context, px, py, 7, this.app.theme.ink, 2);
    const [rx, ry] = this.toPixel(...real);
    context.setLineDash([5, 4]);
    context.beginPath();
    context.moveTo(px, py);
    context.lineTo(rx, ry);
    context.strokeStyle = this.app.theme.ink;
    context.stroke();
    context.setLineDash([]);
  }
}
