/* global document */
/**
 * A notebook's front end, as far as a widget sees one: a model of traits that Python's messages
 * change, and views of it. Python drives it by `globalThis.notebook`.
 */
class HostModel {
  constructor(state) {
    this.state = state;
    this.unsaved = {};
    /** What the kernel has not had yet. */
    this.sent = [];
    this.listeners = new Map();
  }

  get(name) {
    return this.state[name];
  }

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

  on(event, listener) {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }

  off(event, listener) {
    this.listeners.set(event, (this.listeners.get(event) ?? []).filter((each) => each !== listener));
  }

  fire(event, ...values) {
    for (const listener of this.listeners.get(event) ?? []) listener(...values);
  }

  /** A message of the kernel: all of its traits first, then an event of each that is another. */
  receive({ method, state, content }) {
    if (method === "custom") this.fire("msg:custom", content);
    if (method !== "update") return; // an echo says what is known
    const changed = Object.keys(state).filter((name) => JSON.stringify(this.state[name]) !== JSON.stringify(state[name]));
    Object.assign(this.state, state);
    for (const name of changed) this.fire(`change:${name}`);
  }
}

/** Timers that run when they are told to, in the order of their times; pictures are not painted. */
const timers = {
  now: 0,
  waiting: [],
  set(call, after = 0) {
    const timer = { call, at: this.now + after };
    this.waiting.push(timer);
    return timer;
  },
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
globalThis.setTimeout = (call, after) => timers.set(call, after);
globalThis.clearTimeout = (timer) => timers.clear(timer);
globalThis.requestAnimationFrame = () => 1;

const notebook = {
  /** A widget with so many views, in place of the one before. */
  open(state, count) {
    timers.waiting = [];
    this.ends?.forEach((end) => end());
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
    return [...document.querySelectorAll(".ov-root")].map(({ optviz }) => optviz);
  },

  model(i = 0) {
    return this.views[i].model;
  },

  /** Take messages of the kernel, together or one at a time; what the page then sends. */
  deliver(messages, apart = false) {
    for (const message of messages) {
      this.host.receive(message);
      if (apart) timers.run();
    }
    timers.run();
    return this.host.sent.splice(0);
  },

  /** Set a trait as another widget's link does. */
  link(name, value) {
    this.host.set(name, value);
    this.host.save_changes();
  },

  /** Whether a field of the state cannot have a value. */
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
