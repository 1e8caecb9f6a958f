/**
 * A state with checked fields, and listeners who are told which of them have changed.
 *
 * @import { Data, State } from "./types.js"
 *
 * Called with the names of what has changed.
 * @typedef {(changed: Set<string>) => void} Listener
 */
import { reasonOf } from "./refusal.js";
import { FIELDS, initialState } from "./schema.js";

export class Store {
  /**
   * @param {Data} data  from Python
   * @param {import("./schema.js").Limits} limits
   */
  constructor(data, limits) {
    this.data = data;
    this.limits = limits;
    /** @type {Set<Listener>} */
    this.listeners = new Set();
    /** @type {State} */
    this.state = Object.freeze(initialState(data));
    /** One line above the pictures, or "". */
    this.notice = "";
  }

  /**
   * Set fields, all or none.
   * @param {Partial<State>} parts
   * @throws {import("./refusal.js").Refusal} a value that its field cannot have; nothing has changed
   */
  change(parts) {
    /** @type {Record<string, any>} */
    const next = { ...this.state };
    const changed = new Set();
    for (const [name, given] of Object.entries(parts)) {
      const value = FIELDS[name].check(given, this.data, this.limits);
      if (value === this.state[/** @type {keyof State} */ (name)]) continue;
      next[name] = value;
      changed.add(name);
    }
    if (changed.size) {
      this.state = /** @type {State} */ (Object.freeze(next));
      this.tell(changed);
    }
  }

  /** @param {Set<string>} changed  fields of the state, or what is around it: "theme", "notice" */
  tell(changed) {
    this.listeners.forEach((listener) => listener(changed));
  }

  /**
   * @param {Listener} listener
   * @returns {() => void} ends it
   */
  listen(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * One line of notice; "" takes it away.
   * @param {string} notice
   */
  say(notice) {
    if (notice === this.notice) return;
    this.notice = notice;
    this.tell(new Set(["notice"]));
  }

  /**
   * Do what may be refused; the reason becomes the notice.
   * @param {() => void} change
   */
  attempt(change) {
    try {
      change();
    } catch (error) {
      this.say(reasonOf(error, this.state.language));
    }
  }
}

/**
 * A function's last result, which is computed anew, from the one before, when what it was made of is
 * another.
 * @template T
 * @param {() => unknown[]} parts
 * @param {(before: T | undefined) => T} make
 * @returns {() => T}
 */
export function remembered(parts, make) {
  /** @type {{parts: unknown[], value: T} | null} */
  let known = null;
  return () => {
    const now = parts();
    if (!known || now.some((part, i) => part !== known?.parts[i])) known = { parts: now, value: make(known?.value) };
    return known.value;
  };
}
