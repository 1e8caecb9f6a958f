/**
 * The explorer as a widget in a notebook: the kernel's traits and the model follow each other.
 *
 * @import { Data, KernelMessage, Racer, State, SurfaceFacts, Traits, TraitValues } from "../state/types.js"
 *
 * @typedef {keyof TraitValues} TraitName
 */
import { FormulaError } from "../formula/tokens.js";
import { ownSurface } from "../formula/user_formula.js";
import { Model } from "../state/model.js";
import { reasonOf, Refusal } from "../state/refusal.js";
import { parseRacer, writeTrait } from "../state/spec.js";
import { wordIn } from "../state/words.js";
import { element } from "../views/dom.js";
import { Explorer } from "./explorer.js";

const TELL_AFTER = 100; // ms: while it plays a kernel hears ten times a second

// Traits that are fields of the state, by the same name.
/** @type {(TraitName & keyof State)[]} */
const LOOKS = ["speed", "language", "views", "theme", "letters", "window", "camera", "colouring", "basins", "lesson"];
/** @type {("steps" | "noise" | "seed")[]} */
const NUMBERS = ["steps", "noise", "seed"];
/** @type {TraitName[]} */
const SURFACE = ["surface", "domain"];
/** @type {("racers" | "optimizers")[]} */
const RACERS = ["racers", "optimizers"];
/** @type {TraitName[]} */
const STARTS = ["starts", "start"];
/** @type {TraitName[]} */
const REST = ["frame", "playing", "selected"];
const RATES = "_rates"; // those that the page has found; none where both sides find the same
/** @type {TraitName[]} */
const RUNS = [...SURFACE, ...RACERS, ...STARTS, "steps"]; // what tuned rates depend on
/** @type {TraitName[]} */
const TRAITS = [...LOOKS, ...NUMBERS, ...SURFACE, ...RACERS, ...STARTS, ...REST, RATES];

/** @type {(one: unknown, other: unknown) => boolean} */
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const isRunning = (/** @type {string} */ spec) => !spec.startsWith("-");

/**
 * Fill a cell of a notebook.
 * @param {{model: Traits, el: HTMLElement}} cell
 * @param {Data} data
 * @returns {() => void} takes it away again
 */
export function openWidget({ model: traits, el }, data) {
  const root = element("div", {});
  Object.assign(el.style, { flex: "1 1 auto", minWidth: "0" }); // beside other widgets too
  el.append(root);
  const model = new Model(data, { language: traits.get("language"), specs: [] });
  const link = new TraitLink(traits, model);
  const explorer = new Explorer(root, model, { linked: false });
  Object.assign(root, { optviz: explorer }); // for the browser's console, as in a page
  return () => {
    link.end();
    explorer.destroy();
    root.remove();
  };
}

/**
 * What the kernel sets is taken as it is, all of one turn together, and is not answered. What is
 * changed here goes to the kernel with all that follows from it, as one message.
 */
export class TraitLink {
  /**
   * @param {Traits} traits  the host's model
   * @param {Model} model
   */
  constructor(traits, model) {
    this.traits = traits;
    this.model = model;
    this.taking = false;
    /** Whether the traits are such that they cannot be shown; the last that could be still are. */
    this.waiting = false;
    /** What the kernel and this view both know. */
    this.known = /** @type {Partial<TraitValues>} */ ({});
    /** What came from the kernel and is not taken yet. */
    this.came = new Set(TRAITS);
    this.refused = "";
    this.said = "";
    /** Whether the traits are being set here. */
    this.telling = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} of `tell` */
    this.timer = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} of `take` */
    this.hearing = undefined;
    this.take();
    /** @type {[string, (message?: KernelMessage) => void][]} */
    this.listeners = TRAITS.map((name) => [`change:${name}`, () => this.hear(name)]);
    this.listeners.push(["msg:custom", (message) => this.hearRefusal(message)]);
    this.listeners.forEach(([event, listener]) => traits.on(event, listener));
    this.unlisten = model.listen(() => this.tellSoon());
  }

  end() {
    this.unlisten();
    this.listeners.forEach(([event, listener]) => this.traits.off(event, listener));
    clearTimeout(this.timer);
    clearTimeout(this.hearing);
  }

  /** @param {TraitName} name */
  hear(name) {
    if (this.telling) return;
    this.came.add(name);
    this.hearing ??= setTimeout(() => this.take(), 0);
  }

  /** @param {KernelMessage | undefined} message */
  hearRefusal(message) {
    if (!message?.refused) return;
    this.refused = message.refused;
    this.hearing ??= setTimeout(() => this.take(), 0);
  }

  // From the kernel.

  take() {
    const { model } = this;
    this.hearing = undefined;
    const came = this.waiting ? new Set(TRAITS) : this.came;
    this.came = new Set();
    this.taking = true;
    const untold = this.changed();
    const looks = this.looksOf(came);
    try {
      model.change({ ...looks, ...this.runsOf(came) });
      this.say(came.has("surface") ? "" : null);
      this.waiting = false;
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof FormulaError)) throw error;
      this.waiting = true;
      model.attempt(() => model.change(looks));
      this.say(reasonOf(error, model.state.language));
    } finally {
      this.taking = false;
    }
    if (this.refused) this.say(wordIn(model.state.language, "kernel_refused", { why: this.refused }));
    this.refused = "";
    const now = this.shown();
    for (const name of TRAITS) {
      if (came.has(name) || !untold.includes(name)) Object.assign(this.known, { [name]: now[name] });
    }
    this.tellSoon();
  }

  /**
   * Say something, or take away what was said here: null.
   * @param {string | null} notice
   */
  say(notice) {
    if (notice === null && (!this.said || this.model.notice !== this.said)) return;
    this.said = notice ?? "";
    this.model.say(this.said);
  }

  /**
   * Whether a trait came and is not what it was already.
   * @param {Set<TraitName>} came
   * @param {TraitName} name
   */
  isNew(came, name) {
    return came.has(name) && !same(this.traits.get(name), this.known[name]);
  }

  /**
   * @param {Set<TraitName>} came
   * @returns {Partial<State>}
   */
  looksOf(came) {
    const names = LOOKS.filter((name) => this.isNew(came, name));
    return Object.fromEntries(names.map((name) => [name, this.traits.get(name)]));
  }

  /**
   * The other parts of the state that came.
   * @param {Set<TraitName>} came
   * @returns {Partial<State>}
   * @throws {Error} they cannot be shown
   */
  runsOf(came) {
    const { traits, model } = this;
    const { state, data } = model;
    /** @type {Partial<State>} */
    const parts = {};
    for (const name of NUMBERS) if (this.isNew(came, name)) parts[name] = traits.get(name);
    if (SURFACE.some((name) => this.isNew(came, name))) Object.assign(parts, this.surfaceOf());
    if (STARTS.some((name) => this.isNew(came, name))) parts.starts = this.startsOf(came);
    const next = { ...state, ...parts };
    const elsewhere = "surface" in parts || "starts" in parts;
    const surface = !elsewhere ? model.surface
      : data.surfaces[next.surface] ?? ownSurface(next.formula, next.domain, next.starts[0]);
    if (elsewhere && !next.starts.every((point) => model.isFinite(point, surface))) throw new Refusal("bad_start");
    const racers = this.racersOf(came, surface, next);
    if (racers) parts.racers = racers;
    return { ...parts, ...this.momentOf(came, { ...next, ...parts }) };
  }

  /** @returns {Partial<State>} */
  surfaceOf() {
    const name = this.traits.get("surface");
    if (Object.hasOwn(this.model.data.surfaces, name)) return { surface: name, formula: "" };
    return { surface: "", formula: name, domain: [...this.traits.get("domain")] };
  }

  /**
   * Where only the first start came, by its own name, the others stay.
   * @param {Set<TraitName>} came
   */
  startsOf(came) {
    const [start, starts] = [this.traits.get("start"), this.traits.get("starts")];
    return came.has("starts") ? starts.map((point) => [...point]) : [[...start], ...starts.slice(1)];
  }

  /**
   * The racers, those without a rate tuned where it is another; undefined if all are the same.
   * @param {Set<TraitName>} came
   * @param {SurfaceFacts} surface
   * @param {State} next
   * @returns {Racer[] | undefined}
   */
  racersOf(came, surface, next) {
    const { traits, model } = this;
    const { data } = model;
    const [all, running] = [traits.get("racers"), traits.get("optimizers")];
    const listed = came.has("racers") || same(all.filter(isRunning), running) ? all : running;
    const texts = RACERS.some((name) => came.has(name)) ? listed : this.shown().racers;
    const before = model.state.racers;
    const racers = texts.map((text, i) => {
      const racer = parseRacer(text, data);
      return before[i] && writeTrait(before[i], data) === writeTrait(racer, data) ? before[i] : racer;
    });
    const changed = racers.length !== before.length || racers.some((racer, i) => racer !== before[i]);
    const rates = traits.get(RATES);
    if (!changed && !this.isRateDue(came, rates)) return undefined;
    const rated = racers.map((racer, i) => {
      if (!racer.tuned || typeof racer.lr !== "number") return racer;
      const rate = rates.length === racers.length ? rates[i] : null;
      return rate === null ? { ...racer, due: true } : { ...racer, lr: rate, due: false };
    });
    return model.tuned(rated, surface, next, true);
  }

  /**
   * Whether tuned rates are others.
   * @param {Set<TraitName>} came
   * @param {(number | null)[]} rates
   */
  isRateDue(came, rates) {
    return this.isNew(came, RATES) || (!rates.length && RUNS.some((name) => this.isNew(came, name)));
  }

  /**
   * The step that is shown, and who is taken apart.
   * @param {Set<TraitName>} came
   * @param {State} next
   */
  momentOf(came, { steps, racers, at, playing }) {
    const { traits, known } = this;
    const { state } = this.model;
    /** @type {(name: TraitName, now: unknown) => boolean} */
    const moved = (name, now) => !came.has(name) && known[name] !== now; // here, and not told yet
    /** @type {Partial<State> & {at: number}} */
    const parts = { at: Math.min(moved("frame", at) ? at : traits.get("frame"), steps) };
    if (came.has("playing") && traits.get("playing") !== playing) {
      parts.playing = traits.get("playing");
      if (parts.playing && parts.at >= steps) parts.at = 0;
    }
    const selected = moved("selected", state.selected) ? state.selected : traits.get("selected");
    parts.selected = selected >= 0 && selected < racers.length ? selected : racers.length - 1;
    return parts;
  }

  // To the kernel.

  /**
   * The traits as they are shown here.
   * @returns {TraitValues}
   */
  shown() {
    const { state, data } = this.model;
    const racers = state.racers.map((racer) => writeTrait(racer, data));
    const { speed, language, views, theme, letters, window, camera, colouring, basins, lesson } = state;
    const { steps, noise, seed, playing, selected, starts } = state;
    return {
      speed, language, views, theme, letters, window, camera, colouring, basins, lesson,
      steps, noise, seed, playing, selected, starts,
      surface: state.surface || state.formula,
      domain: state.surface ? this.traits.get("domain") : state.domain,
      racers,
      optimizers: racers.filter(isRunning),
      start: state.starts[0],
      frame: state.at,
      [RATES]: state.racers.map(({ tuned, lr }) => (tuned && typeof lr === "number" ? lr : null)),
    };
  }

  /** What was changed here since both knew the same. */
  changed() {
    const now = this.shown();
    return TRAITS.filter((name) => !same(now[name], this.known[name]));
  }

  tellSoon() {
    if (!this.taking) this.timer ??= setTimeout(() => this.tell(), TELL_AFTER);
  }

  tell() {
    const { traits } = this;
    this.timer = undefined;
    let names = this.changed();
    if (!names.length) return;
    const now = this.shown();
    const runs = RUNS.some((name) => names.includes(name));
    if (runs && this.waiting) names = TRAITS.filter((name) => !same(now[name], traits.get(name)));
    if (runs) this.waiting = false;
    this.say(null);
    this.telling = true;
    if (runs) names = [...names, RATES];
    for (const name of names) traits.set(name, now[name]);
    this.telling = false;
    this.known = now;
    traits.save_changes();
  }
}
