/**
 * What can be done with a picture, said on it until it has been done once.
 *
 * @import { Model, Pixel } from "../state/types.js"
 */
import { wordIn } from "../state/words.js";
import { element, write } from "./dom.js";

const SHORTLY = 2500; // ms
const KNOWN = "optviz hints known";

export class Hints {
  /**
   * @param {HTMLElement} box  of the picture
   * @param {Model} model
   */
  constructor(box, model) {
    this.model = model;
    this.chip = element("div", { class: "ov-hint", hidden: true });
    this.ghost = element("div", { class: "ov-ghost", hidden: true, "aria-hidden": "true" });
    box.append(this.ghost, this.chip);
    /** The ring has moved: it does so once. */
    this.over = false;
    this.ghost.addEventListener("animationend", () => {
      this.over = true;
      this.ghost.hidden = true;
    });
    this.known = wasKnown();
    this.word = this.known ? "" : "drag_hint";
    this.relabel();
  }

  relabel() {
    this.chip.hidden = !this.word;
    if (this.word) this.chip.textContent = wordIn(this.model.state.language, this.word);
  }

  /**
   * A ring that moves once from a place, to show that the real one can be moved.
   * @param {Pixel} place
   * @param {{left: number, top: number, width: number, height: number}} inner  of the picture
   */
  showGhost([px, py], { left, top, width, height }) {
    if (this.known) return;
    // Neither lies on the ring nor outside the picture.
    this.chip.classList.toggle("ov-top", py > top + height / 2);
    const inside = px >= left && px <= left + width && py >= top && py <= top + height;
    write(this.ghost, { hidden: this.over || !inside });
    this.ghost.style.left = `${px}px`;
    this.ghost.style.top = `${py}px`;
  }

  /** It was done: no more hints. */
  used() {
    if (this.known) return;
    this.known = true;
    this.ghost.hidden = true;
    this.word = "";
    this.relabel();
    try {
      localStorage.setItem(KNOWN, "1");
    } catch {
      // A frame without storage of its own: the hint comes again another time.
    }
  }

  /**
   * Say something for a moment.
   * @param {string} word
   */
  shortly(word) {
    const before = this.known ? "" : "drag_hint";
    this.word = word;
    this.relabel();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.word = before && !this.known ? before : "";
      this.relabel();
    }, SHORTLY);
  }
}

function wasKnown() {
  try {
    return localStorage.getItem(KNOWN) !== null;
  } catch {
    return false;
  }
}
