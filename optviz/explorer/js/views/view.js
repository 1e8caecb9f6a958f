/**
 * The base class of views: a background canvas, and over it one for all that moves.
 *
 * @import { TrailFrame, TrailPart } from "../paint/long_trails.js"
 * @import { Model } from "../state/types.js"
 *
 * Room about a picture, in CSS pixels.
 * @typedef {{left: number, right: number, top: number, bottom: number}} Margin
 */
import { element } from "./dom.js";
import { TrailLayer } from "../paint/trail_layer.js";
import { drawEdgeMark, Sheet } from "../paint/trails.js";
import { wordIn } from "../state/words.js";

const LETTER = 12; // CSS pixels
const LARGE = 18; // for a projector
const FAR_OUT = 1e9; // CSS pixels: farther away than any picture is wide

export class View {
  /**
   * @param {Model} model
   * @param {HTMLElement} parent
   * @param {{name: string, word: string, keys: boolean, margin?: Margin}} about  `word` says what is
   *   seen; `keys`: whether they move it
   */
  constructor(model, parent, { name, word, keys, margin = { left: 0, right: 0, top: 0, bottom: 0 } }) {
    this.model = model;
    this.word = word;
    this.usualMargin = margin;
    this.box = element("div", { class: `ov-${name}`, role: keys ? "application" : "img" });
    if (keys) this.box.tabIndex = 0;
    parent.append(this.box);
    this.ground = new Sheet(this.box, "ov-sheet");
    this.over = new Sheet(this.box, "ov-sheet");
    this.moment = [0, 0, 0]; // of `momentOf`
    /** @type {number | undefined} pixels of a CSS pixel; the screen's unless set */
    this.ratio = undefined;
    this.trails = new TrailLayer();
    this.whole = false; // whether trails take the time they need
    /** What the trails were laid out for. @type {unknown[]} */
    this.laidOut = [];
  }

  label() {
    this.box.setAttribute("aria-label", wordIn(this.model.state.language, this.word));
  }

  /** The size of letters in CSS pixels. */
  get letter() {
    return this.model.state.letters === "large" ? LARGE : LETTER;
  }

  /** How much larger than usual letters are; heads and rings are so too. */
  get enlarged() {
    return this.letter / LETTER;
  }

  font(style = "", share = 1) {
    return `${style} ${share * this.letter}px system-ui, sans-serif`;
  }

  /** Room for the letters about the picture. */
  get margin() {
    const { left, right, top, bottom } = this.usualMargin;
    const scaled = (/** @type {number} */ room) => Math.round(this.enlarged * room);
    return { left: scaled(left), right: scaled(right), top: scaled(top), bottom: scaled(bottom) };
  }

  /** The part inside the margin, in CSS pixels. */
  get inner() {
    const { left, right, top, bottom } = this.margin;
    return {
      left, top,
      width: Math.max(this.over.width - left - right, 10),
      height: Math.max(this.over.height - top - bottom, 10),
    };
  }

  /** Follow the size of the box; whether it is another than before. */
  resize() {
    const { clientWidth: width, clientHeight: height } = this.box;
    const other = this.ground.resize(width, height, this.ratio);
    this.over.resize(width, height, this.ratio);
    return other;
  }

  /**
   * Whether trails must be laid out anew: one of these is not what it was at the last call.
   * @param {unknown[]} causes
   */
  isOther(...causes) {
    const { width, height, ratio } = this.over;
    const now = [...causes, width, height, ratio];
    const other = now.some((cause, i) => cause !== this.laidOut[i]);
    this.laidOut = now;
    return other;
  }

  /**
   * The whole canvas, or the part inside the margin, in its own pixels.
   * @param {boolean} clipped
   * @returns {TrailFrame}
   */
  frameOf(clipped) {
    const { canvas, ratio } = this.over;
    if (!clipped) return { left: 0, top: 0, width: canvas.width, height: canvas.height, ratio };
    const { left, top, width, height } = this.inner;
    const scaled = (/** @type {number} */ part) => Math.round(part * ratio);
    return { left: scaled(left), top: scaled(top), width: scaled(width), height: scaled(height), ratio };
  }

  /**
   * Draw parts of the trails; what of long ones is missing comes with the next frames.
   * @param {CanvasRenderingContext2D} context
   * @param {TrailPart[]} parts
   */
  paintTrails(context, parts) {
    if (!this.trails.paint(context, parts, this.whole)) this.model.tell(new Set(["frame"]));
  }

  /**
   * Mark at the edge what is outside the part inside the margin; whether it is.
   * @param {CanvasRenderingContext2D} context
   * @param {number} px
   * @param {number} py
   * @param {string} colour
   */
  markOutside(context, px, py, colour) {
    const { left, top, width, height } = this.inner;
    const inside = (/** @type {number} */ at, /** @type {number} */ low, /** @type {number} */ size) =>
      Math.min(Math.max(Number.isNaN(at) ? low + size / 2 : at, low), low + size);
    const [x, y] = [inside(px, left, width), inside(py, top, height)];
    if (Math.abs(px - x) <= 1 && Math.abs(py - y) <= 1) return false;
    const out = (/** @type {number} */ way) => (Number.isNaN(way) ? 0 : Math.min(Math.max(way, -FAR_OUT), FAR_OUT));
    drawEdgeMark(context, x, y, out(px - x), out(py - y), this.letter, colour, this.model.theme.casing);
    return true;
  }

  /** Paint what was left for later frames too: before the picture is kept. */
  finish() {
    if (this.trails.done) return;
    this.whole = true;
    this.paint();
    this.whole = false;
  }

  /** Paint what stands still: when it, the size or the theme are others. */
  paintGround() {}

  /** Paint what moves. */
  paint() {}
}
