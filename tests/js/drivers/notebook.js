/* global document */
/**
 * A notebook's front end, as far as a widget sees one: a model of traits that Python's messages
 * change, and views of it. Python drives it by `globalThis.notebook`.
 *
 * @import { Explorer } from "../../../optviz/explorer/js/app/explorer.js"
 * @import { KernelMessage, Traits, TraitValues } from "../../../optviz/explorer/js/state/types.js"
 *
 * @typedef {(message?: KernelMessage) => void} Listener
 * @typedef {{method: string, state: Partial<TraitValues>, content?: KernelMessage}} Message  of the kernel
 * @typedef {{call: () => void, at: number}} Timer
 */

/** @implements {Traits} */
class HostModel {
  /** @param {TraitValues} state */
  constructor(state) {
    this.state = state;
    /** @type {Partial<TraitValues>} */
    this.unsaved = {};
    /** @type {Partial<TraitValues>[]} what the kernel has not had yet */
    this.sent = [];
    /** @type {Map<string, Listener[]>} */
    this.listeners = new Map();
  }

  /**
   * @template {keyof TraitValues} K
   * @param {K} name
   */
  get(name) {
    return this.state[name];
  }

  /**
   * @template {keyof TraitValues} K
   * @param {K} name
   * @param {TraitValues[K]} value
   */
  set(name, value) {
    if (JSON.stringify(this.state[name]) === JSON.stringify(value)) return;
    this.state[name] = value;
    this.unsaved[name] = value;
    this.fire(`change:${name}`);
  }

  save_changes() {
    if (Object.keys(this.unsaved).length) this.sent.push(structuredClone(this.unsaved));
    this.unsaved = {};
  }

  /**
   * @param {string} event
   * @param {Listener} listener
   */
  on(event, listener) {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }

  /**
   * @param {string} event
   * @param {Listener} listener
   */
  off(event, listener) {
    this.listeners.set(event, (this.listeners.get(event) ?? []).filter((each) => each !== listener));
  }

  /**
   * @param {string} event
   * @param {KernelMessage} [message]
   */
  fire(event, message) {
    for (const listener of this.listeners.get(event) ?? []) listener(message);
  }

  /**
   * A message of the kernel: all of its traits first, then an event of each that is another.
   * @param {Message} message
   */
  receive({ method, state, content }) {
    if (method === "custom") this.fire("msg:custom", content);
    if (method !== "update") return; // an echo says what is known
    const names = /** @type {(keyof TraitValues)[]} */ (Object.keys(state));
    const changed = names.filter((name) => JSON.stringify(this.state[name]) !== JSON.stringify(state[name]));
    Object.assign(this.state, state);
    for (const name of changed) this.fire(`change:${name}`);
  }
}

/** Timers that run when they are told to, in the order of their times; pictures are not painted. */
const timers = {
  now: 0,
  /** @type {Timer[]} */
  waiting: [],
  /**
   * @param {() => void} call
   * @param {number} [after]
   */
  set(call, after = 0) {
    const timer = { call, at: this.now + after };
    this.waiting.push(timer);
    return timer;
  },
  /** @param {unknown} timer */
  clear(timer) {
    this.waiting = this.waiting.filter((each) => each !== timer);
  },
  run() {
    while (this.waiting.length) {
      const next = this.waiting.reduce((first, each) => (each.at < first.at ? each : first));
      this.clear(next);
      this.now = next.at;
      next.call();
    }
  },
};
Object.assign(globalThis, {
  setTimeout: timers.set.bind(timers),
  clearTimeout: timers.clear.bind(timers),
  requestAnimationFrame: () => 1,
});

const notebook = {
  host: new HostModel(/** @type {TraitValues} */ ({})), // until one is opened
  /** @type {(() => void)[]} that take the views away */
  ends: [],

  /**
   * A widget with so many views, in place of the one before.
   * @param {TraitValues} state
   * @param {number} count
   */
  open(state, count) {
    timers.waiting = [];
    this.ends.forEach((end) => end());
    document.body.replaceChildren();
    this.host = new HostModel(state);
    this.ends = Array.from({ length: count }, () => this.show());
  },

  show() {
    const el = document.createElement("div");
    el.style.display = "none";
    document.body.append(el);
    return globalThis.optvizExplorer.openWidget({ model: this.host, el }, globalThis.DATA);
  },

  /** The explorers, in the order of the page. */
  get views() {
    const roots = /** @type {NodeListOf<HTMLElement & {optviz: Explorer}>} */ (document.querySelectorAll(".ov-root"));
    return [...roots].map(({ optviz }) => optviz);
  },

  model(i = 0) {
    return this.views[i].model;
  },

  /**
   * Take messages of the kernel, together or one at a time; what the page then sends.
   * @param {Message[]} messages
   * @param {boolean} [apart]
   */
  deliver(messages, apart = false) {
    for (const message of messages) {
      this.host.receive(message);
      if (apart) timers.run();
    }
    timers.run();
    return this.host.sent.splice(0);
  },

  /**
   * Set a trait as another widget's link does.
   * @template {keyof TraitValues} K
   * @param {K} name
   * @param {TraitValues[K]} value
   */
  link(name, value) {
    this.host.set(name, value);
    this.host.save_changes();
  },

  /**
   * Whether a field of the state cannot have a value.
   * @param {string} name
   * @param {unknown} value
   */
  refuses(name, value) {
    try {
      this.model().change({ [name]: value });
      return false;
    } catch {
      return true;
    }
  },

  /** What a view shows, in the words of the traits. */
  shown(i = 0) {
    const { state, running, notice } = this.model(i);
    const { racers, ...rest } = state;
    return {
      ...rest, notice,
      racers: racers.map(({ rule, on, tuned }) => [rule, on, tuned]),
      runs: running.map(({ run }) => Array.from(run.points)),
    };
  },
};

Object.assign(globalThis, { notebook });
