/**
 * The surface from above: contour, trails, heads, minima; the start point can be dragged.
 *
 * @import { TrailPart } from "../paint/long_trails.js"
 * @import { Model, Pixel, Point } from "../state/types.js"
 *
 * A run's head, where its trail ends.
 * @typedef {TrailPart & {shape: string, hx: number, hy: number, colour: string, index: number}} Head
 */
import { paintBasins } from "../paint/basins.js";
import { paintContour, sample } from "../paint/contour.js";
import { nameWithout, roundTicks, tickLabels } from "../paint/ticks.js";
import { dashesOf, drawArrow, drawHead, drawRing, momentOf } from "../paint/trails.js";
import { element } from "./dom.js";
import { boxAbout, HeadNames } from "./head_names.js";
import { Hints } from "./hints.js";
import { PlaneGestures } from "./plane_gestures.js";
import { StartHandles } from "./start_handles.js";
import { View } from "./view.js";
import { shownMap } from "../state/basin_key.js";
import { wordIn } from "../state/words.js";

const HEAD = 6.5; // CSS pixels from its middle
const PLANE_MARGIN = { left: 44, right: 8, top: 8, bottom: 28 };

export class Plane extends View {
  /**
   * @param {Model} model
   * @param {HTMLElement} parent
   * @param {(point: Point | null) => void} hover  is told what the pointer is over
   */
  constructor(model, parent, hover) {
    super(model, parent, { name: "plane", word: "plane", keys: true, margin: PLANE_MARGIN });
    this.hints = new Hints(this.box, model);
    this.handles = new StartHandles(this, model, new PlaneGestures(this, model));
    this.names = new HeadNames(this, (at) => model.running.map(({ run }) => {
      const [, x, y] = momentOf(run, at, this.moment);
      return this.toPixel(x, y);
    }));
    this.hover = hover;
    // What the ground is made of where basins are shown: the contour, the lines alone, the map.
    this.layers = ["contour", "lines", "map"].map(() => element("canvas", {}));
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

  /**
   * Say for a moment what else can be done.
   * @param {string} word
   */
  hint(word) {
    this.hints.shortly(word);
  }

  /** Window in coordinates, as the contour's functions take it. */
  get window() {
    const [x0, x1, y0, y1] = this.model.window;
    return { x0, x1, y0, y1 };
  }

  /**
   * @param {number} x
   * @param {number} y
   * @returns {Pixel}
   */
  toPixel(x, y) {
    const { x0, x1, y0, y1 } = this.window;
    const { left, top, width, height } = this.inner;
    return [left + ((x - x0) / (x1 - x0)) * width, top + ((y1 - y) / (y1 - y0)) * height];
  }

  /**
   * @param {number} px
   * @param {number} py
   * @returns {Point}
   */
  toPoint(px, py) {
    const { x0, x1, y0, y1 } = this.window;
    const { left, top, width, height } = this.inner;
    return [x0 + ((px - left) / width) * (x1 - x0), y1 - ((py - top) / height) * (y1 - y0)];
  }

  /**
   * The point under a place, in no more digits than the hand can mean.
   * @param {number} px
   * @param {number} py
   * @returns {Point}
   */
  toPlace(px, py) {
    const [x0, x1, y0, y1] = this.model.window;
    const steps = [10 ** Math.floor(Math.log10((x1 - x0) / 2000)), 10 ** Math.floor(Math.log10((y1 - y0) / 2000))];
    return this.toPoint(px, py).map((v, i) => Number((Math.round(v / steps[i]) * steps[i]).toPrecision(12)));
  }

  /** As wide as the page gives, and as high as keeps the surface's proportions. */
  resize() {
    const { left, right, top, bottom } = this.margin;
    const [x0, x1, y0, y1] = this.model.surface.domain;
    const inside = this.box.clientWidth - left - right;
    const share = Math.min(Math.max((y1 - y0) / (x1 - x0), 0.5), 1.4);
    this.box.style.height = `${Math.round(inside * share + top + bottom)}px`;
    return super.resize();
  }

  /** The contour and its axes: only when surface, window, size or theme are others. */
  paintGround() {
    const { model } = this;
    const { width, height } = this.inner;
    const { ratio } = this.ground;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    const [image, lines] = [new ImageData(w, h), model.state.basins ? new ImageData(w, h) : null];
    paintContour(image, sample(model.value, this.window, w, h), model.scale, model.theme, ratio, lines);
    fill(this.layers[0], image);
    if (lines) fill(this.layers[1], lines);
    this.paintMap();
  }

  /** The ground with another map of basins. */
  paintMap() {
    const { model } = this;
    const { left, top, width, height } = this.inner;
    const { ratio } = this.ground;
    const context = this.ground.clear();
    const [contour, lines, over] = this.layers;
    const place = (/** @type {HTMLCanvasElement} */ layer) => {
      context.drawImage(layer, Math.round(left * ratio) / ratio, Math.round(top * ratio) / ratio, layer.width / ratio, layer.height / ratio);
    };
    place(contour);
    const map = shownMap(model);
    if (map?.minima.length) {
      const image = new ImageData(map.width, map.height);
      paintBasins(image, map, { ...model.data.basins, ...model.theme });
      fill(over, image);
      const [x0, x1, y0, y1] = map.window;
      const [[px, py], [qx, qy]] = [this.toPixel(x0, y1), this.toPixel(x1, y0)];
      context.save();
      context.beginPath();
      context.rect(left, top, width, height);
      context.clip();
      context.imageSmoothingEnabled = false;
      context.drawImage(over, px, py, qx - px, qy - py);
      context.restore();
      place(lines);
    }
    this.paintAxes(context);
    this.paintMinima(context);
  }

  /** @param {CanvasRenderingContext2D} context */
  paintAxes(context) {
    const { theme } = this.model;
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
    const [first, second] = this.model.axisNames;
    this.paintName(context, nameWithout(first, along.offset), left + width - 6, top + height - 10);
    context.textAlign = "left";
    this.paintName(context, nameWithout(second, up.offset), left + 6, top + 10);
  }

  /**
   * What an axis is called, inside the plane.
   * @param {CanvasRenderingContext2D} context
   * @param {string} name
   * @param {number} px
   * @param {number} py
   */
  paintName(context, name, px, py) {
    const { theme } = this.model;
    context.strokeStyle = theme.page;
    context.lineWidth = 4;
    context.strokeText(name, px, py);
    context.fillText(name, px, py);
  }

  /** @param {CanvasRenderingContext2D} context */
  paintMinima(context) {
    const { theme, minima } = this.model;
    for (const [x, y] of minima) {
      const [px, py] = this.toPixel(x, y);
      if (this.holds(px, py)) drawHead(context, "*", px, py, 8 * this.enlarged, theme.page, theme.ink);
    }
  }

  /**
   * Whether a place lies inside the margin.
   * @param {number} px
   * @param {number} py
   */
  holds(px, py) {
    const { left, top, width, height } = this.inner;
    return px >= left && px <= left + width && py >= top && py <= top + height;
  }

  /** Trails and heads at a moment. */
  paint() {
    const { model, moment } = this;
    const { theme, state } = model;
    const context = this.over.clear();
    const { left, top, width, height } = this.inner;
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    if (this.isOther(model.running, model.window, this.letter)) this.layOut();
    const heads = model.running.map(({ run, colour, shape, index }) => {
      const [count, x, y] = momentOf(run, state.at, moment);
      const [hx, hy] = this.toPixel(x, y);
      return { count, tail: [hx, hy], shape, hx, hy, colour, index };
    });
    this.paintTrails(context, heads);
    for (const [x, y] of state.starts) {
      const [sx, sy] = this.toPixel(x, y);
      drawRing(context, sx, sy, 8 * this.enlarged, theme.ink, 1.6 * this.enlarged);
    }
    for (const { shape, hx, hy, colour } of heads) {
      if (this.markOutside(context, hx, hy, colour)) continue;
      drawHead(context, shape, hx, hy, HEAD * this.enlarged, colour, theme.casing);
    }
    this.names.paint(context, heads.map(({ hx, hy }) => [hx, hy]));
    this.paintNumbers(context);
    this.paintNext(context);
    this.paintArrows(context, heads);
    this.paintWords(context, heads);
    this.paintGuess(context);
    context.restore();
    this.handles.place();
    const [[x, y]] = state.starts;
    this.hints.showGhost(this.toPixel(x, y), this.inner);
  }

  /**
   * Numbers at the rings, where there are several.
   * @param {CanvasRenderingContext2D} context
   */
  paintNumbers(context) {
    const { starts } = this.model.state;
    if (starts.length < 2) return;
    const { left, width } = this.inner;
    context.font = this.font("bold");
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.fillStyle = this.model.theme.ink;
    starts.forEach(([x, y], i) => {
      const [sx, sy] = this.toPixel(x, y);
      const right = sx < left + width / 2; // towards the middle, so that none is cut off
      context.textAlign = right ? "left" : "right";
      this.paintName(context, String(i + 1), sx + (right ? 11 : -11) * this.enlarged, sy);
    });
    context.textAlign = "left";
  }

  /** The boxes of rings with numbers, which no name shall cover. */
  numberBoxes() {
    const { starts } = this.model.state;
    return (starts.length < 2 ? [] : starts).map(([x, y]) =>
      boxAbout(...this.toPixel(x, y), 22 * this.enlarged, 9 * this.enlarged));
  }

  /** Where every point of every run is. */
  layOut() {
    const { running, theme } = this.model;
    const lines = running.map(({ run, colour, variant }) => ({
      places: this.project(run.points), colour, casing: theme.casing, width: 2 * this.enlarged,
      dashes: dashesOf(variant, this.letter),
    }));
    this.trails.set(lines, this.frameOf(true));
    this.names.forget();
  }

  /** @param {Float64Array} points  of a run */
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

  /**
   * Where the optimizer that is taken apart will stand after the next step, faintly.
   * @param {CanvasRenderingContext2D} context
   */
  paintNext(context) {
    const { model } = this;
    const shown = model.selectedRun;
    const k = Math.floor(model.state.at + 1e-9) + 1;
    if (!model.arrows() || !shown || k > shown.run.length) return;
    const { points } = shown.run;
    context.globalAlpha = 0.45;
    drawHead(context, shown.shape, ...this.toPixel(points[2 * k], points[2 * k + 1]), HEAD * this.enlarged, shown.colour, model.theme.casing);
    context.globalAlpha = 1;
  }

  /**
   * The arrows of the step that is taken apart.
   * @param {CanvasRenderingContext2D} context
   * @param {Head[]} heads
   */
  paintArrows(context, heads) {
    const vectors = this.model.arrows();
    const head = heads.find(({ index }) => index === this.model.state.selected);
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
      drawArrow(context, head.hx, head.hy, tx, ty, colour, width * this.enlarged);
    }
  }

  /**
   * That a run diverged or left the surface, in words at the trail's end.
   * @param {CanvasRenderingContext2D} context
   * @param {Head[]} heads
   */
  paintWords(context, heads) {
    const { model } = this;
    context.font = this.font("italic");
    context.textBaseline = "middle";
    const { left, top, width, height } = this.inner;
    const line = 1.35 * this.letter;
    /** @type {number[][]} */
    const taken = [];
    for (const [i, { run, name }] of model.running.entries()) {
      if (run.status === "finished" || model.state.at < run.length) continue;
      const { hx, hy, colour } = heads[i];
      const text = wordIn(model.state.language, run.status, { name, k: run.length + 1 });
      const wide = context.measureText(text).width;
      const px = Math.min(Math.max(hx + 12, left + 6), left + width - wide - 6);
      let py = Math.min(Math.max(hy, top + line), top + height - line);
      // Texts of runs that end in one corner stand one above another.
      const covers = (/** @type {number[]} */ [x, y, w]) => Math.abs(y - py) < line && px < x + w && x < px + wide;
      const by = py > top + height / 2 ? -line : line;
      while (taken.some(covers) && py + by > top && py + by < top + height) py += by;
      taken.push([px, py, wide]);
      context.strokeStyle = model.theme.page;
      context.lineWidth = 4;
      context.strokeText(text, px, py);
      context.fillStyle = colour;
      context.fillText(text, px, py);
    }
  }

  /** @param {CanvasRenderingContext2D} context */
  paintGuess(context) {
    const { guess, real } = this.model.state.quiz ?? {};
    if (!guess || !real) return;
    const [px, py] = this.toPixel(guess[0], guess[1]);
    drawRing(context, px, py, 7 * this.enlarged, this.model.theme.ink, 2);
    const [rx, ry] = this.toPixel(real[0], real[1]);
    context.setLineDash([5, 4]);
    context.beginPath();
    context.moveTo(px, py);
    context.lineTo(rx, ry);
    context.strokeStyle = this.model.theme.ink;
    context.stroke();
    context.setLineDash([]);
  }
}

/**
 * Give a canvas the size and the pixels of an image.
 * @param {HTMLCanvasElement} canvas
 * @param {ImageData} image
 */
function fill(canvas, image) {
  [canvas.width, canvas.height] = [image.width, image.height];
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}
