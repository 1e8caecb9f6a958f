/**
 * The rings that mark the starts: real buttons on the plane, dragged by mouse or finger, moved by keys.
 *
 * @import { Model, Pixel } from "../state/types.js"
 * @import { Plane } from "./plane.js"
 * @import { PlaneGestures } from "./plane_gestures.js"
 */
import { readable, wordIn } from "../state/words.js";
import { element, write } from "./dom.js";
import { ARROWS } from "./plane_gestures.js";

export class StartHandles {
  /**
   * @param {Plane} plane
   * @param {Model} model
   * @param {PlaneGestures} gestures
   */
  constructor(plane, model, gestures) {
    this.plane = plane;
    this.model = model;
    this.gestures = gestures;
    /** @type {HTMLButtonElement[]} */
    this.rings = [];
  }

  /** Put a ring on each start. */
  place() {
    const { starts, language, quiz } = this.model.state;
    while (this.rings.length < starts.length) this.rings.push(this.ring(this.rings.length));
    while (this.rings.length > starts.length) this.rings.pop()?.remove();
    this.rings.forEach((ring, i) => {
      const [x, y] = starts[i];
      const [px, py] = this.plane.toPixel(x, y);
      ring.style.transform = `translate(${px}px, ${py}px)`;
      const which = starts.length > 1 ? i + 1 : "";
      const label = wordIn(language, "start_handle", { i: which, x: readable(x), y: readable(y) }).replace(/ (?=[:：])/, "");
      write(ring, { hidden: quiz !== null || !this.plane.holds(px, py), "aria-label": label });
    });
  }

  /**
   * The nearest place of the plane: a ring that is dragged out of the window does not widen it.
   * @param {Pixel} place
   * @returns {Pixel}
   */
  inside([px, py]) {
    const { left, top, width, height } = this.plane.inner;
    return [Math.min(Math.max(px, left), left + width), Math.min(Math.max(py, top), top + height)];
  }

  /** @param {number} i  of its start */
  ring(i) {
    const ring = element("button", { type: "button", class: "ov-start" });
    let held = false;
    ring.addEventListener("pointerdown", (event) => {
      if (event.button > 0) return;
      held = true;
      ring.setPointerCapture?.(event.pointerId);
      this.plane.used();
    });
    ring.addEventListener("pointermove", (event) => {
      if (held) this.model.moveStart(i, this.plane.toPlace(...this.inside(this.gestures.place(event))));
    });
    for (const end of ["pointerup", "pointercancel"]) ring.addEventListener(end, () => (held = false));
    ring.addEventListener("dblclick", () => this.model.removeStart(i));
    ring.addEventListener("keydown", (event) => {
      if (ARROWS[event.key]) this.gestures.moveStart(i, ...ARROWS[event.key], event.shiftKey);
      else if (event.key === "Delete" || event.key === "Backspace") this.model.removeStart(i);
      else return;
      this.plane.used();
      event.preventDefault();
      event.stopPropagation();
    });
    this.plane.box.append(ring);
    return ring;
  }
}
