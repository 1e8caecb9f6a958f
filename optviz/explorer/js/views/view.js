/** The base class of views: a background canvas, and over it one for all that moves. */
import { element } from "./dom.js";
import { Sheet } from "../paint/trails.js";
import { wordIn } from "../state/words.js";

export class View {
  /**
   * @param {any} app  an Explorer: what a view asks for and tells
   * @param {HTMLElement} parent
   * @param {{name: string, word: string, keys: boolean, margin?: {left: number, right: number,
   *   top: number, bottom: number}}} about  `word` says what is seen; `keys`: whether they move it
   */
  constructor(app, parent, { name, word, keys, margin = { left: 0, right: 0, top: 0, bottom: 0 } }) {
    this.app = app;
    this.word = word;
    this.margin = margin;
    this.box = element("div", { class: `ov-${name}`, role: keys ? "application" : "img" });
    if (keys) this.box.tabIndex = 0;
    parent.append(this.box);
    this.ground = new Sheet(this.box, "ov-sheet");
    this.over = new Sheet(this.box, "ov-sheet");
    this.moment = [0, 0, 0];
    /** @type {number | undefined} pixels of a CSS pixel; the screen's unless set */
    this.ratio = undefined;
  }

  label() {
    this.box.setAttribute("aria-label", wordIn(this.app.state.language, this.word));
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
}
