// One step of a rule: what it remembers, where it has gradients taken, and where it goes.

/**
 * @import { Flags, Numbers, Rule, Surface } from "./descend.js"
 */

/** What a rule remembers: of each coordinate, or with `sizes` of both at once. */
export class Memory {
  /**
   * @param {Rule} rule
   * @param {Numbers} h
   * @param {Flags} f
   * @param {number} lr
   */
  constructor(rule, h, f, lr) {
    const begun = rule.start(h, f, lr);
    const { sizes } = rule;
    this.isWhole = sizes !== undefined;
    const places = sizes ? rule.slots.flatMap((name, i) => Array.from({ length: sizes[i] }, (_, j) => `${name}.${j}`)) : rule.slots;
    this.x = Float64Array.from(places, (name) => begun[name]);
    this.y = sizes ? this.x : this.x.slice();
    const known = rule.slots.map((name, i) => ({ name, at: i, size: 2 }));
    if (sizes) known.forEach((slot, i) => Object.assign(slot, { size: sizes[i], at: i ? known[i - 1].at + sizes[i - 1] : 0 }));
    // Those that there are with these flags, in the order in which they begin.
    const names = [...new Set(Object.keys(begun).map((name) => (sizes ? name.replace(/\.\d+$/, "") : name)))];
    const slots = names.map((name) => /** @type {typeof known[0]} */ (known.find((slot) => slot.name === name)));
    this.names = names;
    this.places = slots.map(({ at }) => at);
    this.sizes = slots.map(({ size }) => size);
  }

  /**
   * Write what a slot holds now into the numbers of a run.
   * @param {number} i
   * @param {Float64Array} state
   * @param {number} k  the step
   */
  keep(i, state, k) {
    const [at, size] = [this.places[i], this.sizes[i]];
    if (this.isWhole) {
      for (let j = 0; j < size; j++) state[size * k + j] = this.x[at + j];
    } else {
      state[2 * k] = this.x[at];
      state[2 * k + 1] = this.y[at];
    }
  }
}

export class Mover {
  /**
   * @param {Rule} rule
   * @param {Numbers} h
   * @param {Flags} f
   * @param {Surface} surface
   * @param {Memory} memory
   */
  constructor(rule, h, f, surface, memory) {
    this.rule = rule;
    this.h = h;
    this.f = f;
    this.surface = surface;
    this.memory = memory;
    this.looks = rule.point !== undefined || rule.second !== undefined;
    // The step.
    this.x = 0;
    this.y = 0;
    this.second = new Float64Array(3); // derivatives xx, xy, yy
    this.elsewhere = new Float64Array(3); // value and slopes
  }

  /**
   * Find step t from a point.
   * @param {number} t
   * @param {number} lr
   * @param {Float64Array} seen  value and slopes there
   * @param {number} x
   * @param {number} y
   */
  move(t, lr, seen, x, y) {
    const { rule, h, f, memory, second } = this;
    let [gx, gy] = [seen[1], seen[2]];
    if (rule.transform) [gx, gy] = rule.transform(h, f, gx, gy, x, y);
    if (rule.curved) this.surface.hessian(x, y, second);
    if (memory.isWhole) {
      [this.x, this.y] = rule.step(h, f, t, lr, gx, gy, x, y, memory.x, seen[0], second[0], second[1], second[2]);
    } else {
      // What is undefined along x may be defined along y: `tune` asks for both.
      this.x = this.y = NaN;
      try {
        this.x = rule.step(h, f, t, lr, gx, x, memory.x, seen[0], second[0]);
      } finally {
        this.y = rule.step(h, f, t, lr, gy, y, memory.y, seen[0], second[2]);
      }
    }
  }

  /**
   * Put the gradient that step t is given in the place of the one at the point.
   * @param {number} t
   * @param {Float64Array} seen
   * @param {number} x
   * @param {number} y
   * @param {number} noiseX  of this step, on each gradient
   * @param {number} noiseY
   */
  look(t, seen, x, y, noiseX, noiseY) {
    const { rule, h, f, memory } = this;
    if (rule.point) {
      [x, y] = memory.isWhole ? rule.point(h, f, t, x, y, memory.x)
        : [rule.point(h, f, t, x, memory.x), rule.point(h, f, t, y, memory.y)];
      this.take(seen, x, y, noiseX, noiseY);
    }
    if (rule.second) {
      [x, y] = rule.second(h, f, seen[1], seen[2], x, y);
      this.take(seen, x, y, noiseX, noiseY);
    }
  }

  /**
   * @param {Float64Array} seen
   * @param {number} x
   * @param {number} y
   * @param {number} noiseX
   * @param {number} noiseY
   */
  take(seen, x, y, noiseX, noiseY) {
    this.surface(x, y, this.elsewhere);
    seen[1] = this.elsewhere[1] + noiseX;
    seen[2] = this.elsewhere[2] + noiseY;
  }
}
