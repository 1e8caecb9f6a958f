/**
 * Mouse, fingers, wheel and keys on the plane: pan, zoom, and clicks.
 *
 * @import { Domain, Model, Pixel } from "../state/types.js"
 * @import { Plane } from "./plane.js"
 *
 * A finger, or the mouse: where it is, and where it went down.
 * @typedef {{px: number, py: number, fromX: number, fromY: number}} Pointer
 */

const CLICK = 4; // CSS pixels: a pointer that moved less has clicked
const KEY_STEP = 0.01; // of the window, by an arrow key; five times that with Shift
/**
 * Where arrow keys lead.
 * @type {Record<string, [number, number]>}
 */
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class PlaneGestures {
  /**
   * @param {Plane} plane
   * @param {Model} model
   */
  constructor(plane, model) {
    this.plane = plane;
    this.model = model;
    this.box = plane.box;
    /** @type {Map<number, Pointer>} */
    this.pointers = new Map();
    /** @type {"maybe" | "pan" | "pinch" | null}  "maybe": a click, or the begin of a pan */
    this.drag = null;
    /** @type {Domain} where a drag began */
    this.window0 = [];
    /** @type {ReturnType<PlaneGestures["pinchSpread"]>} */
    this.spread = null;
    const { box } = this;
    box.addEventListener("pointerdown", (event) => this.down(event));
    box.addEventListener("pointermove", (event) => this.move(event));
    box.addEventListener("pointerup", (event) => this.up(event));
    box.addEventListener("pointercancel", (event) => this.up(event));
    box.addEventListener("pointerleave", () => plane.hover(null));
    // One finger scrolls the page past the picture; two zoom the picture.
    box.addEventListener("touchmove", (event) => {
      if (event.touches.length > 1) event.preventDefault();
    }, { passive: false });
    box.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    box.addEventListener("keydown", (event) => this.key(event));
  }

  /**
   * @param {MouseEvent} event
   * @returns {Pixel}
   */
  place(event) {
    const { left, top } = this.box.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button > 0 || /** @type {Element} */ (event.target).closest("button")) return;
    this.box.setPointerCapture?.(event.pointerId);
    const [px, py] = this.place(event);
    this.pointers.set(event.pointerId, { px, py, fromX: px, fromY: py });
    this.drag = this.pointers.size > 1 ? "pinch" : "maybe";
    this.window0 = [...this.model.window];
    this.spread = this.pinchSpread();
  }

  /** @param {PointerEvent} event */
  move(event) {
    const [px, py] = this.place(event);
    const pointer = this.pointers.get(event.pointerId);
    if (!pointer) return this.plane.hover(this.plane.holds(px, py) ? this.plane.toPoint(px, py) : null);
    Object.assign(pointer, { px, py });
    if (this.drag === "pinch") return this.pinch();
    const [dx, dy] = [px - pointer.fromX, py - pointer.fromY];
    if (this.drag === "maybe" && Math.hypot(dx, dy) > CLICK) this.drag = "pan";
    if (this.drag === "pan") this.pan(dx, dy);
    return undefined;
  }

  /** @param {PointerEvent} event */
  up(event) {
    const pointer = this.pointers.get(event.pointerId);
    this.pointers.delete(event.pointerId);
    if (pointer && event.type === "pointerup" && this.drag === "maybe" && this.plane.holds(pointer.px, pointer.py)) {
      this.model.click(this.plane.toPlace(pointer.px, pointer.py));
    }
    this.drag = null;
  }

  /**
   * A wheel alone scrolls the page; a pinch on a trackpad arrives with the control key.
   * @param {WheelEvent} event
   */
  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return this.plane.hint("wheel_hint");
    event.preventDefault();
    return this.model.zoom(Math.exp(event.deltaY * 0.0015), this.plane.toPoint(...this.place(event)));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.target !== this.box) return;
    if (ARROWS[event.key]) {
      const [dx, dy] = ARROWS[event.key];
      this.moveStart(0, dx, dy, event.shiftKey);
    } else if (event.key === "+" || event.key === "=") this.model.zoom(0.8);
    else if (event.key === "-") this.model.zoom(1.25);
    else if (event.key === "0") this.model.look({ window: null });
    else if (event.key === "b") this.model.look({ basins: !this.model.state.basins });
    else return;
    event.preventDefault();
  }

  /**
   * Move a start by a share of the window.
   * @param {number} i
   * @param {number} dx
   * @param {number} dy
   * @param {boolean} far
   */
  moveStart(i, dx, dy, far) {
    const [x0, x1, y0, y1] = this.model.window;
    const [x, y] = this.model.state.starts[i];
    const by = far ? 5 * KEY_STEP : KEY_STEP;
    const next = this.plane.toPixel(x + dx * by * (x1 - x0), y + dy * by * (y1 - y0));
    this.model.moveStart(i, this.plane.toPlace(...next));
  }

  /**
   * @param {number} dx
   * @param {number} dy
   */
  pan(dx, dy) {
    const [x0, x1, y0, y1] = this.window0;
    const { width, height } = this.plane.inner;
    const [bx, by] = [(-dx / width) * (x1 - x0), (dy / height) * (y1 - y0)];
    this.model.setWindow([x0 + bx, x1 + bx, y0 + by, y1 + by]);
  }

  /** How far two fingers are apart, and what lies between them; null for one. */
  pinchSpread() {
    const [a, b] = [...this.pointers.values()];
    return b ? { far: Math.hypot(a.px - b.px, a.py - b.py), x: (a.px + b.px) / 2, y: (a.py + b.py) / 2 } : null;
  }

  pinch() {
    const now = this.pinchSpread();
    if (!now || !this.spread) return;
    this.model.setWindow(this.window0);
    this.model.zoom(this.spread.far / Math.max(now.far, 1), this.plane.toPoint(this.spread.x, this.spread.y));
  }
}
