/**
 * Names at the heads, placed as optviz/scene/panels/head_names.py does it: beside a head, never on each
 * other, and still while heads move.
 *
 * @import { Pixel } from "../state/types.js"
 * @import { View } from "./view.js"
 *
 * A box in CSS pixels: its left, top, right and bottom.
 * @typedef {[number, number, number, number]} Box
 *
 * A view, and where it has numbers of its own.
 * @typedef {View & {numberBoxes: () => Box[]}} NamedView
 */
const MOMENTS = 30; // at which names may change their places
const MOST = 8; // names
const LARGEST_SHARE = 0.15; // of the picture, that they take
const SIZE = 0.9; // of letters
const QUIET = 120; // ms without another run, window or camera, until names are placed anew
const SAMPLES = 40; // places of a run that names keep clear of
// Where a name may stand about its head, in heights of letters, and how far it may go from there.
const DIRECTIONS = [[1, 0], [-1, 0], [0.8, 0.8], [0.8, -0.8], [-0.8, 0.8], [-0.8, -0.8], [0, 1], [0, -1]];
const RINGS = [0.65, 1.7, 2.9];
const BESIDE = 0.8; // no line leads to a head so near
const NEAR = 3;
const HEAD = 0.6; // half of a head's side

export class HeadNames {
  /**
   * @param {NamedView} view
   * @param {(at: number) => Pixel[]} headsAt  places of all heads after so many steps; NaN of none
   */
  constructor(view, headsAt) {
    this.view = view;
    this.headsAt = headsAt;
    /** @type {HTMLCanvasElement[]} the names, drawn once */
    this.stamps = [];
    /** @type {(Box | null)[][] | null} of each moment the place of each name; null until it is quiet */
    this.plan = null;
    this.changed = -Infinity; // when the plan was lost
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** Runs, window or camera are others. */
  forget() {
    this.plan = null;
    clearTimeout(this.timer);
  }

  /**
   * Draw the names of a moment.
   * @param {CanvasRenderingContext2D} context
   * @param {Pixel[]} heads
   */
  paint(context, heads) {
    const { view } = this;
    const { state, running } = view.model;
    if (!this.plan && !this.isQuiet()) return;
    this.plan ??= this.planned();
    const boxes = this.plan[Math.floor((state.at / state.steps) * MOMENTS + 1e-9)] ?? [];
    boxes.forEach((box, i) => {
      const [x, y] = heads[i];
      if (!box || !this.isInside([x, y, x, y])) return;
      const [left, top, right, bottom] = box;
      const [endX, endY] = [Math.min(Math.max(x, left), right), Math.min(Math.max(y, top), bottom)];
      if (Math.hypot(x - endX, y - endY) > BESIDE * view.letter) {
        context.beginPath();
        context.moveTo(x, y);
        context.lineTo(endX, endY);
        context.strokeStyle = running[i].colour;
        context.lineWidth = 1;
        context.stroke();
      }
      const { width, height } = this.stamps[i];
      const { ratio } = view.over;
      const place = (/** @type {number} */ at) => Math.round(at * ratio) / ratio;
      context.drawImage(this.stamps[i], place(left), place(top), width / ratio, height / ratio);
    });
  }

  /** Whether names may be placed now: not while a ring is dragged, say. Else they come a little later. */
  isQuiet() {
    const now = performance.now();
    const quiet = now - this.changed > QUIET;
    this.changed = now;
    clearTimeout(this.timer);
    if (quiet) return true;
    this.timer = setTimeout(() => {
      this.changed = -Infinity;
      this.view.model.tell(new Set(["frame"]));
    }, QUIET);
    return false;
  }

  /**
   * The place of each name from each moment on; of one without room none.
   * @returns {(Box | null)[][]}
   */
  planned() {
    const { view } = this;
    const { model, inner, letter } = view;
    const names = model.shortNames;
    if (names.length > MOST) return [];
    this.stamps = names.map((name, i) => this.stamp(name, model.running[i].colour));
    const sizes = this.stamps.map(({ width, height }) => [width / view.over.ratio, height / view.over.ratio]);
    const taken = sizes.reduce((sum, [wide, high]) => sum + wide * high, 0);
    if (taken > LARGEST_SHARE * inner.width * inner.height) return [];
    const { steps } = model.state;
    const moments = Array.from({ length: MOMENTS + 1 }, (_, k) => this.headsAt((k / MOMENTS) * steps));
    const samples = Array.from({ length: SAMPLES + 1 }, (_, k) => this.headsAt((k / SAMPLES) * steps));
    const half = HEAD * letter;
    /** @type {(Box | null)[][]} */
    const plan = [];
    moments.forEach((heads, k) => {
      // Neither now nor at the next moment may a head stand on a name.
      const blocked = [...heads, ...(moments[k + 1] ?? [])].map(([x, y]) => boxAbout(x, y, half, half));
      blocked.push(...view.numberBoxes());
      const lines = samples.slice(0, Math.floor((k / MOMENTS) * SAMPLES) + 1).flat();
      plan.push(heads.map((head, i) => {
        const free = (/** @type {Box} */ box) => this.isInside(box) && !blocked.some((other) => meet(box, other));
        const before = k ? plan[k - 1][i] : null;
        const box = before && free(before) && distance(before, head) < NEAR * letter ? before
          : bestOf(boxesAbout(head, sizes[i], letter).filter(free), lines);
        if (box) blocked.push(box);
        return box;
      }));
    });
    return plan;
  }

  /** @param {Box} box */
  isInside([left, top, right, bottom]) {
    const { inner } = this.view;
    return left >= inner.left && top >= inner.top && right <= inner.left + inner.width && bottom <= inner.top + inner.height;
  }

  /**
   * A name on a canvas of its own: to draw letters in each frame is dear.
   * @param {string} name
   * @param {string} colour
   */
  stamp(name, colour) {
    const { view } = this;
    const { ratio } = view.over;
    const canvas = document.createElement("canvas");
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const font = view.font("bold", SIZE);
    context.font = font;
    canvas.width = Math.ceil((context.measureText(name).width + 4) * ratio);
    canvas.height = Math.ceil(1.3 * view.letter * ratio);
    context.scale(ratio, ratio);
    context.font = font;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    context.lineWidth = 3;
    context.strokeStyle = view.model.theme.casing;
    context.strokeText(name, 2, 0.65 * view.letter);
    context.fillStyle = colour;
    context.fillText(name, 2, 0.65 * view.letter);
    return canvas;
  }
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} wide  to each side
 * @param {number} high
 * @returns {Box}
 */
export function boxAbout(x, y, wide, high) {
  return [x - wide, y - high, x + wide, y + high];
}

/**
 * Where a name may stand about its head, the nearest first.
 * @param {Pixel} head
 * @param {number[]} size
 * @param {number} letter
 */
function boxesAbout([x, y], [wide, high], letter) {
  return RINGS.flatMap((ring) => DIRECTIONS.map(([dx, dy]) => {
    const left = x + dx * ring * letter + ((Math.sign(dx) - 1) / 2) * wide;
    const top = y + dy * ring * letter + ((0.35 * Math.sign(dy) - 1) / 2) * high;
    return /** @type {Box} */ ([left, top, left + wide, top + high]);
  }));
}

/**
 * The box that covers the least of the lines, and of these the first; null of none.
 * @param {Box[]} boxes
 * @param {Pixel[]} lines  places on them
 */
function bestOf(boxes, lines) {
  /** @type {Box | null} */
  let best = null;
  let least = Infinity;
  boxes.forEach((box, i) => {
    const [left, top, right, bottom] = box;
    const covered = lines.filter(([x, y]) => x > left && x < right && y > top && y < bottom).length;
    const cost = covered + 0.25 * i;
    if (cost < least) [best, least] = [box, cost];
  });
  return /** @type {Box | null} */ (best);
}

/**
 * @param {Box} one
 * @param {Box} other
 */
function meet(one, other) {
  return one[0] < other[2] && one[2] > other[0] && one[1] < other[3] && one[3] > other[1];
}

/**
 * From a place to the nearest point of a box.
 * @param {Box} box
 * @param {Pixel} place
 */
function distance([left, top, right, bottom], [x, y]) {
  return Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
}
