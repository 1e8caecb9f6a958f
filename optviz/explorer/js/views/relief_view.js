/**
 * The view of the relief: its camera can be dragged, hidden parts of trails are faint.
 *
 * @import { Camera, Mesh } from "../paint/relief.js"
 * @import { Model } from "../state/types.js"
 */
import { isInside } from "../formula/window.js";
import { groundStep, makeMesh, paintRelief, placeTrail, project, RELIEF_VIEW, visible } from "../paint/relief.js";
import { dashesOf, drawEdgeMark, drawHead, momentOf } from "../paint/trails.js";
import { HeadNames } from "./head_names.js";
import { View } from "./view.js";

const HEAD = 6; // CSS pixels from its middle
const FARTHEST = 1e6; // sides of the ground: a run farther away is marked as if it were there

/**
 * How far arrow keys turn the camera, in radians.
 * @type {Record<string, [azimuth: number, elevation: number]>}
 */
const TURNS = { ArrowLeft: [0.1, 0], ArrowRight: [-0.1, 0], ArrowUp: [0, 0.08], ArrowDown: [0, -0.08] };

/**
 * An elevation from which the surface is seen from above.
 * @param {number} elevation
 */
const lifted = (elevation) => Math.min(Math.max(elevation, 0.15), 1.5);

export class ReliefView extends View {
  /**
   * @param {Model} model
   * @param {HTMLElement} parent
   */
  constructor(model, parent) {
    super(model, parent, { name: "solid", word: "relief_label", keys: true });
    /** @type {[number, number] | null} where the pointer was that turns the camera */
    this.held = null;
    /** @type {Mesh | null} */
    this.mesh = null;
    /** @type {Camera} */
    this.camera = { ...this.view, width: 0, height: 0 };
    /** @type {ImageData | null} */
    this.image = null;
    this.depths = new Float32Array();
    this.names = new HeadNames(this, (at) => model.running.map(({ run }) => {
      const [, x, y] = momentOf(run, at, this.moment);
      const { px, py } = this.place(x, y, model.value(x, y));
      return [px, py];
    }));
    this.box.addEventListener("pointerdown", (event) => {
      this.box.setPointerCapture?.(event.pointerId);
      this.held = [event.clientX, event.clientY];
    });
    this.box.addEventListener("pointermove", (event) => {
      if (!this.held) return;
      this.turn((event.clientX - this.held[0]) * -0.01, (event.clientY - this.held[1]) * 0.008);
      this.held = [event.clientX, event.clientY];
    });
    for (const end of ["pointerup", "pointercancel"]) {
      this.box.addEventListener(end, () => (this.held = null));
    }
    this.box.addEventListener("keydown", (event) => {
      if (!TURNS[event.key]) return;
      this.turn(...TURNS[event.key]);
      event.preventDefault();
    });
  }

  /**
   * @param {number} azimuth  by how much
   * @param {number} elevation
   */
  turn(azimuth, elevation) {
    const { view } = this;
    this.model.look({ camera: [view.azimuth + azimuth, lifted(view.elevation + elevation)] });
  }

  get view() {
    const [azimuth, elevation] = this.model.state.camera ?? [RELIEF_VIEW.azimuth, RELIEF_VIEW.elevation];
    return { ...RELIEF_VIEW, azimuth, elevation: lifted(elevation) };
  }

  /** It has no numbers. @returns {import("./head_names.js").Box[]} */
  numberBoxes() {
    return [];
  }

  /** Sample the surface: when it or the window is another. */
  makeMesh() {
    const { model } = this;
    const [x0, x1, y0, y1] = model.window;
    this.mesh = makeMesh(model.value, { x0, x1, y0, y1 }, model.scale);
    return this.mesh;
  }

  paintGround() {
    const { canvas, context, ratio } = this.ground;
    const { width, height } = canvas;
    if (this.image?.width !== width || this.image?.height !== height) {
      this.image = new ImageData(width, height);
      this.depths = new Float32Array(width * height);
    }
    this.camera = { ...this.view, width, height };
    paintRelief(this.image, this.mesh ?? this.makeMesh(), this.camera, this.model.theme, this.depths, ratio);
    context.putImageData(this.image, 0, 0);
    this.placeRuns();
  }

  /** Where every point of every run is seen: when runs or camera are others. Hidden parts are faint. */
  placeRuns() {
    const { running, theme } = this.model;
    const { ratio } = this.ground;
    const mesh = this.mesh ?? this.makeMesh();
    const lines = running.flatMap(({ run, colour, variant }) => {
      const { places, shown } = placeTrail(this.camera, mesh, this.depths, run, ratio);
      return [
        { places, colour, casing: null, width: 1.4 * this.enlarged, alpha: 0.3 },
        {
          places: shown, colour, casing: theme.casing, width: 2 * this.enlarged,
          dashes: dashesOf(variant, this.letter),
        },
      ];
    });
    this.trails.set(lines, this.frameOf(false));
    this.names.forget();
  }

  /**
   * Where a point of a value is seen, in CSS pixels, and whether nothing hides it.
   * @param {number} x
   * @param {number} y
   * @param {number} value
   */
  place(x, y, value) {
    const point = project(this.camera, this.mesh ?? this.makeMesh(), x, y, value);
    const seen = visible(point, this.depths, this.camera);
    const { ratio } = this.ground;
    return { px: point.px / ratio, py: point.py / ratio, seen };
  }

  /**
   * Mark a run that is outside where the surface ends; whether it is.
   * @param {CanvasRenderingContext2D} context
   * @param {number} x
   * @param {number} y
   * @param {string} colour
   */
  markLost(context, x, y, colour) {
    const { model } = this;
    const { window } = model;
    if (isInside(x, y, window)) return false;
    const [x0, x1, y0, y1] = window;
    const [rimX, rimY] = [Math.min(Math.max(x, x0), x1), Math.min(Math.max(y, y0), y1)];
    const { px, py } = this.place(rimX, rimY, model.value(rimX, rimY));
    const clipped = (/** @type {number} */ out) => Math.min(Math.max(out, -FARTHEST), FARTHEST);
    const [outX, outY] = groundStep(this.camera, clipped((x - rimX) / (x1 - x0)), clipped((y - rimY) / (y1 - y0)));
    drawEdgeMark(context, px, py, outX, outY, this.letter, colour, model.theme.casing);
    return true;
  }

  paint() {
    const { model, moment } = this;
    const { theme, state } = model;
    const context = this.over.clear();
    const heads = model.running.map(({ run, colour, shape }) => {
      const [count, x, y] = momentOf(run, state.at, moment);
      return { ...this.place(x, y, model.value(x, y)), x, y, count, colour, shape };
    });
    this.paintTrails(context, heads.flatMap(({ count, px, py, seen }) =>
      [{ count, tail: [px, py] }, { count, tail: seen ? [px, py] : [] }]));
    for (const { px, py, x, y, seen, colour, shape } of heads) {
      if (this.markLost(context, x, y, colour)) continue;
      context.globalAlpha = seen ? 1 : 0.35;
      drawHead(context, shape, px, py, HEAD * this.enlarged, colour, theme.casing);
      context.globalAlpha = 1;
    }
    this.names.paint(context, heads.map(({ px, py }) => [px, py]));
  }
}
