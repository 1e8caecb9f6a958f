/**
 * Draw trails, heads and rings on a canvas, in the same style on every view.
 *
 * @import { Run } from "../engine/descend.js"
 */

export const CASING_WIDTH = 1.9; // of the line's own
export const CASING_ALPHA = 0.75;
const FAR = 1e5; // CSS pixels: what lies further away is not drawn
/** Pixels: a step that stays so near to the last one drawn is not drawn again. */
export const STILL = 1 / 16;

/**
 * On and off in heights of letters, for the first, second, ... run of a kind, again and again: as in
 * optviz/scene/panels/trail.py.
 */
const PATTERNS = [[], [0.9, 0.5], [0.3, 0.4], [1.3, 0.4, 0.3, 0.4]];

/**
 * The dashes of a run, in CSS pixels; none of the first of its kind.
 * @param {number} variant
 * @param {number} letter  the height of letters
 */
export function dashesOf(variant, letter) {
  return PATTERNS[variant % PATTERNS.length].map((length) => length * letter);
}

/**
 * Dashes for a line with round ends, which are as long as these; the first begins half a width later.
 * @param {number[]} dashes
 * @param {number} width  of the line
 */
export function roundDashes(dashes, width) {
  return dashes.map((length, i) => Math.max(length + (i % 2 ? width : -width), 0.01));
}

/**
 * Shapes of heads by matplotlib's letters, in a box from -1 to 1.
 * @type {Record<string, number[][]>}
 */
export const HEAD_SHAPES = {
  s: [[-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]],
  "^": [[0, -1], [0.9, 0.75], [-0.9, 0.75]],
  v: [[0, 1], [0.9, -0.75], [-0.9, -0.75]],
  "<": [[-1, 0], [0.75, -0.9], [0.75, 0.9]],
  ">": [[1, 0], [-0.75, -0.9], [-0.75, 0.9]],
  D: [[0, -1], [1, 0], [0, 1], [-1, 0]],
  d: [[0, -1], [0.65, 0], [0, 1], [-0.65, 0]],
  P: crossPoints(0),
  X: crossPoints(Math.PI / 4),
  p: starPoints(5, 1),
  h: starPoints(6, 1),
  8: starPoints(8, 1),
  "*": starPoints(5, 0.42),
};

/** @param {number} turn */
function crossPoints(turn) {
  const arm = [[-0.35, -1], [0.35, -1], [0.35, -0.35]];
  const points = [];
  for (let k = 0; k < 4; k++) {
    for (const [x, y] of arm) points.push(turned(x, y, (k * Math.PI) / 2 + turn));
  }
  return points;
}

/**
 * @param {number} count
 * @param {number} inner
 */
function starPoints(count, inner) {
  const points = [];
  for (let k = 0; k < 2 * count; k++) {
    const radius = k % 2 ? inner : 1;
    if (inner === 1 && k % 2) continue;
    points.push(turned(0, -radius, (k * Math.PI) / count));
  }
  return points;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} by
 */
function turned(x, y, by) {
  return [x * Math.cos(by) - y * Math.sin(by), x * Math.sin(by) + y * Math.cos(by)];
}

/**
 * A head of this shape about a place.
 * @param {CanvasRenderingContext2D} context
 * @param {string} shape
 * @param {number} px
 * @param {number} py
 * @param {number} size
 * @param {string} colour
 * @param {string} casing
 */
export function drawHead(context, shape, px, py, size, colour, casing) {
  if (!(Math.abs(px) < 1e6 && Math.abs(py) < 1e6)) return;
  context.beginPath();
  if (HEAD_SHAPES[shape]) {
    for (const [x, y] of HEAD_SHAPES[shape]) context.lineTo(px + size * x, py + size * y);
    context.closePath();
  } else context.arc(px, py, 0.85 * size, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.strokeStyle = casing;
  context.lineWidth = 0.22 * size;
  context.fill();
  context.stroke();
}

/**
 * Whether a line may lead to a place: it is finite, and not far outside.
 * @param {number} px
 * @param {number} py
 */
export function isDrawable(px, py) {
  return Math.abs(px) < FAR && Math.abs(py) < FAR;
}

/**
 * A line through places, cased so that it stands out on any ground. Places that are not finite or
 * far outside break it.
 * @param {CanvasRenderingContext2D} context
 * @param {import("./long_trails.js").TrailLine} line
 * @param {import("./long_trails.js").TrailPart} part
 */
export function drawTrail(context, { places, colour, casing, width, alpha = 1, dashes = [] }, { count, tail }) {
  context.beginPath();
  let joined = false;
  let [x, y] = [NaN, NaN]; // the last place that was drawn
  /** @type {(px: number, py: number) => void} */
  const lead = (px, py) => {
    const fit = isDrawable(px, py);
    if (fit && joined && Math.abs(px - x) < STILL && Math.abs(py - y) < STILL) return;
    if (fit) joined ? context.lineTo(px, py) : context.moveTo(px, py);
    [x, y] = [px, py];
    joined = fit;
  };
  const end = Math.min(2 * count, places.length);
  for (let i = 0; i < end; i += 2) lead(places[i], places[i + 1]);
  for (let i = 0; tail && i < tail.length; i += 2) lead(tail[i], tail[i + 1]);
  context.lineJoin = context.lineCap = "round";
  context.globalAlpha = alpha;
  if (casing) {
    context.strokeStyle = casing;
    context.lineWidth = CASING_WIDTH * width;
    context.globalAlpha = CASING_ALPHA * alpha;
    context.stroke();
    context.globalAlpha = alpha;
  }
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(roundDashes(dashes, width));
  context.lineDashOffset = -width / 2;
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} px
 * @param {number} py
 * @param {number} radius
 * @param {string} colour
 * @param {number} width
 */
export function drawRing(context, px, py, radius, colour, width) {
  context.beginPath();
  context.arc(px, py, radius, 0, 2 * Math.PI);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
}

const LONG_MARK = 0.95; // heights of letters: the mark of a run that is outside
const WIDE_MARK = 0.38; // half of its back

/**
 * The mark of a run that is outside: as in optviz/scene/panels/edge_marks.py.
 * @param {CanvasRenderingContext2D} context
 * @param {number} px  where its tip is
 * @param {number} py
 * @param {number} outX  which way it points
 * @param {number} outY
 * @param {number} letter  the height of letters
 * @param {string} colour
 * @param {string} casing
 */
export function drawEdgeMark(context, px, py, outX, outY, letter, colour, casing) {
  const length = Math.hypot(outX, outY);
  if (!(length > 0)) return;
  const [ux, uy] = [outX / length, outY / length];
  const [backX, backY] = [px - LONG_MARK * letter * ux, py - LONG_MARK * letter * uy];
  const wide = WIDE_MARK * letter;
  context.beginPath();
  context.moveTo(px, py);
  context.lineTo(backX - wide * uy, backY + wide * ux);
  context.lineTo(backX + wide * uy, backY - wide * ux);
  context.closePath();
  context.fillStyle = colour;
  context.strokeStyle = casing;
  context.lineWidth = 0.1 * letter;
  context.fill();
  context.stroke();
}

/**
 * An arrow from one place to another.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x0
 * @param {number} y0
 * @param {number} x1
 * @param {number} y1
 * @param {string} colour
 * @param {number} width
 */
export function drawArrow(context, x0, y0, x1, y1, colour, width) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (!(length > 0 && length < 1e5)) return;
  const [ux, uy] = [(x1 - x0) / length, (y1 - y0) / length];
  const tip = Math.min(3.2 * width + 2, length);
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1 - ux * tip, y1 - uy * tip);
  context.stroke();
  context.beginPath();
  context.moveTo(x1, y1);
  context.lineTo(x1 - ux * tip - uy * tip * 0.5, y1 - uy * tip + ux * tip * 0.5);
  context.lineTo(x1 - ux * tip + uy * tip * 0.5, y1 - uy * tip - ux * tip * 0.5);
  context.fill();
}

/**
 * Points passed and the place on the way to the next at a moment: [count, x, y].
 * @param {Run} run
 * @param {number} at
 * @param {Float64Array | number[]} out
 */
export function momentOf(run, at, out) {
  const whole = Math.min(Math.floor(at + 1e-9), run.length);
  const rest = whole < run.length ? Math.max(at - whole, 0) : 0;
  const { points } = run;
  out[0] = whole + 1;
  for (const axis of [0, 1]) {
    const here = points[2 * whole + axis];
    out[1 + axis] = rest > 0 ? here + rest * (points[2 * whole + 2 + axis] - here) : here;
  }
  return out;
}

/** A canvas that follows the size of its box and the density of the screen. */
export class Sheet {
  /**
   * @param {Element} parent
   * @param {string} className
   */
  constructor(parent, className) {
    this.canvas = document.createElement("canvas");
    this.canvas.className = className;
    parent.append(this.canvas);
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.width = this.height = 0; // in CSS pixels
    this.ratio = 1;
  }

  /**
   * Take a size in CSS pixels, and how many pixels each is; whether it is another than before.
   * @param {number} width
   * @param {number} height
   * @param {number} [ratio]
   */
  resize(width, height, ratio = Math.min(globalThis.devicePixelRatio || 1, 2)) {
    if (width === this.width && height === this.height && ratio === this.ratio) return false;
    Object.assign(this, { width, height, ratio });
    this.canvas.width = Math.max(1, Math.round(width * ratio));
    this.canvas.height = Math.max(1, Math.round(height * ratio));
    return true;
  }

  /** Empty it; what is drawn next is in CSS pixels. */
  clear() {
    this.context.setTransform(1, 0, 0, 1, 0, 0);
    this.context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    this.context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    return this.context;
  }
}
