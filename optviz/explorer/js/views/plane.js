/** The surface from above: contour, trails, heads, minima; the start point can be dragged. */
import { paintContour, sample } from "../paint/contour.js";
import { nameWithout, roundTicks, tickLabels } from "../paint/ticks.js";
import { drawArrow, drawHead, drawRing, momentOf } from "../paint/trails.js";
import { View } from "./view.js";
import { wordIn } from "../state/words.js";

const PLANE_MARGIN = { left: 44, right: 8, top: 8, bottom: 28 };
const GRAB = 16; // CSS pixels about the ring that take hold of it
const CLICK = 4; // a pointer that moved less has clicked

export class Plane extends View {
  constructor(app, parent) {
    super(app, parent, { name: "plane", word: "plane", keys: true, margin: PLANE_MARGIN });
    this.pointers = new Map();
    this.listen();
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
    const { left, right, top, bottom } = PLANE_MARGIN;
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
    context.font = "12px system-ui, sans-serif";
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
    if (along.offset) {
      this.paintName(context, nameWithout("x", along.offset), left + width - 6, top + height - 10);
    }
    context.textAlign = "left";
    if (up.offset) this.paintName(context, nameWithout("y", up.offset), left + 6, top + 10);
  }

  /** What an axis is called, inside the plane, where it is not simply x or y. */
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
    const [sx, sy] = this.toPixel(...state.start);
    drawRing(context, sx, sy, 8, theme.ink, 1.6);
    for (const { shape, hx, hy, colour } of heads) {
      drawHead(context, shape, hx, hy, 6.5, colour, theme.casing);
    }
    this.paintArrows(context, heads);
    this.paintWords(context, heads);
    this.paintGuess(context);
    context.restore();
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
    context.font = "italic 12px system-ui, sans-serif";
    context.textBaseline = "middle";
    const { left, top, width, height } = this.inner;
    let row = 0;
    for (const { run, name, index } of app.running) {
      if (run.status === "finished" || app.state.at < run.length) continue;
      const { hx, hy, colour } = heads.find((head) => head.index === index);
      const text = wordIn(app.state.language, run.status, { name, k: run.length + 1 });
      const wide = context.measureText(text).width;
      const px = Math.min(Math.max(hx + 12, left + 6), left + width - wide - 6);
      const py = Math.min(Math.max(hy, top + 10), top + height - 10 - 16 * row);
      context.strokeStyle = app.theme.page;
      context.lineWidth = 4;
      context.strokeText(text, px, py);
      context.fillStyle = colour;
      context.fillText(text, px, py);
      row++;
    }
  }

  paintGuess(context) {
    const { guess } = this.app;
    if (!guess) return;
    const [px, py] = this.toPixel(...guess.point);
    drawRing(context, px, py, 7, this.app.theme.ink, 2);
    if (!guess.real) return;
    const [rx, ry] = this.toPixel(...guess.real);
    context.setLineDash([5, 4]);
    context.beginPath();
    context.moveTo(px, py);
    context.lineTo(rx, ry);
    context.strokeStyle = this.app.theme.ink;
    context.stroke();
    context.setLineDash([]);
  }

  listen() {
    const { box } = this;
    const place = (event) => {
      const { left, top } = box.getBoundingClientRect();
      return [event.clientX - left, event.clientY - top];
    };
    box.addEventListener("pointerdown", (event) => {
      if (event.button > 0) return;
      box.setPointerCapture?.(event.pointerId);
      const [px, py] = place(event);
      const [sx, sy] = this.toPixel(...this.app.state.start);
      const hold = !this.app.quiz && Math.hypot(px - sx, py - sy) <= GRAB;
      this.pointers.set(event.pointerId, { px, py, fromX: px, fromY: py });
      this.drag = this.pointers.size > 1 ? "pinch" : hold ? "start" : "maybe";
      this.window0 = [...this.app.window];
      this.spread = this.pinchSpread();
    });
    box.addEventListener("pointermove", (event) => {
      const [px, py] = place(event);
      const pointer = this.pointers.get(event.pointerId);
      if (!pointer) return this.app.hover(this.holds(px, py) ? this.toPoint(px, py) : null);
      Object.assign(pointer, { px, py });
      if (this.drag === "pinch") return this.pinch();
      const far = Math.hypot(px - pointer.fromX, py - pointer.fromY) > CLICK;
      if (this.drag === "maybe" && far) this.drag = "pan";
      if (this.drag === "start") this.app.moveStart(this.toPlace(px, py));
      if (this.drag === "pan") this.pan(px - pointer.fromX, py - pointer.fromY);
    });
    const end = (event) => {
      const pointer = this.pointers.get(event.pointerId);
      this.pointers.delete(event.pointerId);
      if (pointer && event.type === "pointerup" && this.drag === "maybe") {
        this.app.click(this.toPlace(pointer.px, pointer.py));
      }
      this.drag = null;
    };
    box.addEventListener("pointerup", end);
    box.addEventListener("pointercancel", end);
    box.addEventListener("pointerleave", () => this.app.hover(null));
    box.addEventListener("wheel", (event) => {
      event.preventDefault();
      const [px, py] = place(event);
      this.zoom(Math.exp(event.deltaY * 0.0015), px, py);
    }, { passive: false });
    box.addEventListener("keydown", (event) => this.key(event));
  }

  key(event) {
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const { left, top, width, height } = this.inner;
    const middle = [left + width / 2, top + height / 2];
    if (arrows[event.key]) {
      const [x0, x1, y0, y1] = this.app.window;
      const by = event.shiftKey ? 0.05 : 0.01;
      const [dx, dy] = arrows[event.key];
      const [x, y] = this.app.state.start;
      const next = this.toPixel(x + dx * by * (x1 - x0), y + dy * by * (y1 - y0));
      this.app.moveStart(this.toPlace(...next));
    } else if (event.key === "+" || event.key === "=") this.zoom(0.8, ...middle);
    else if (event.key === "-") this.zoom(1.25, ...middle);
    else if (event.key === "0") this.app.resetWindow();
    else return;
    event.preventDefault();
  }

  /** Scale the window about a place. */
  zoom(by, px, py) {
    const [x, y] = this.toPoint(px, py);
    const [x0, x1, y0, y1] = this.app.window;
    this.app.setWindow([
      x + (x0 - x) * by, x + (x1 - x) * by, y + (y0 - y) * by, y + (y1 - y) * by,
    ]);
  }

  pan(dx, dy) {
    const [x0, x1, y0, y1] = this.window0;
    const { width, height } = this.inner;
    const [bx, by] = [(-dx / width) * (x1 - x0), (dy / height) * (y1 - y0)];
    this.app.setWindow([x0 + bx, x1 + bx, y0 + by, y1 + by]);
  }

  pinchSpread() {
    const [a, b] = [...this.pointers.values()];
    return b ? { far: Math.hypot(a.px - b.px, a.py - b.py), x: (a.px + b.px) / 2, y: (a.py + b.py) / 2 } : null;
  }

  pinch() {
    const now = this.pinchSpread();
    if (!now || !this.spread) return;
    this.app.setWindow(this.window0);
    this.zoom(this.spread.far / Math.max(now.far, 1), this.spread.x, this.spread.y);
  }
}
