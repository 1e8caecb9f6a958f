/**
 * The explorer: one page, or one widget in a notebook. It holds the state, runs the descents when
 * the state changes, and tells each view what is to be painted anew.
 */
import { Curves } from "../views/curves.js";
import { Controls } from "../controls/controls.js";
import { Anatomy } from "../views/anatomy.js";
import { element } from "../views/dom.js";
import { ownSurface } from "../formula/user_formula.js";
import { Plane } from "../views/plane.js";
import { Player } from "../controls/player.js";
import { Quiz } from "../controls/quiz.js";
import { RacerList } from "../controls/racers.js";
import { takeRecorded } from "../state/recorded.js";
import { arrowsOf, marksOf, runsOf, spokenOf } from "../state/runs.js";
import { ReliefView } from "../views/relief_view.js";
import { parseSpec } from "../state/spec.js";
import { commandOf, MOST_STEPS, readHash } from "../state/link.js";
import { tuneRate } from "../engine/tune.js";
import { readable, useWords, wordIn } from "../state/words.js";

const SPOKEN_AFTER = 500; // ms of quiet before a screen reader is told

export class Explorer {
  /**
   * @param {HTMLElement} root
   * @param {any} data  surfaces, rules, schedules, scenarios, themes: from Python
   * @param {Partial<import("../state/link.js").State>} given  what differs from the defaults
   * @param {(state: any) => void} onChange  is called with the state after each change
   * @param {string} hash  of a link, which comes before what is given
   * @param {any} recorded  runs to be shown as they are, from Python
   */
  constructor(root, data, given = {}, onChange = () => {}, hash = "", recorded = null) {
    useWords(data.words);
    this.root = root;
    this.data = data;
    this.onChange = onChange;
    this.recorded = takeRecorded(recorded, data);
    /** @type {{point: number[], real?: number[]} | null} the quiz's last */
    this.guess = null;
    /** @type {object | null} */
    this.quiz = null;
    /** @type {Set<string>} what is to be painted anew */
    this.dirty = new Set();
    /** @type {import("../state/link.js").State} */
    this.state = {
      surface: data.first, formula: "", domain: [-5, 5, -5, 5], racers: [],
      on: [], selected: 0, start: [0, 0], steps: 200, noise: 0, seed: 0, at: 0, playing: false,
      speed: 1, language: "en", scenario: "", views: ["loss", "relief", "anatomy"],
    };
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.repaint = () => this.changed("theme");
    this.dark.addEventListener("change", this.repaint);
    this.build();
    this.openLink(hash, given);
    if (this.recorded?.sampled && this.controls.notice.hidden) this.say(wordIn(this.state.language, "sampled"));
    // Views find out by themselves whether they have another size: the page grows with the rule too.
    this.observer = new ResizeObserver(() => this.changed("frame"));
    this.observer.observe(this.root);
    this.flush();
  }

  build() {
    this.root.classList.add("ov-root");
    const main = element("div", { class: "ov-main" });
    const side = element("div", { class: "ov-side" });
    this.controls = new Controls(this);
    this.racerList = new RacerList(this);
    this.player = new Player(this);
    const pictures = element("div", { class: "ov-pictures" });
    this.plane = new Plane(this, pictures);
    const right = element("div", { class: "ov-right" });
    this.curves = new Curves(this, right);
    this.reliefView = new ReliefView(this, right);
    pictures.append(right);
    this.anatomy = new Anatomy(this);
    this.quizBox = new Quiz(this);
    main.append(pictures, this.player.box, this.controls.under, this.anatomy.box);
    side.append(this.controls.general, this.racerList.box, this.quizBox.box, this.controls.share);
    this.spoken = element("div", { class: "ov-spoken", role: "status", "aria-live": "polite" });
    this.root.replaceChildren(
      this.controls.head, this.controls.notice, element("div", { class: "ov-body" }, main, side), this.spoken,
    );
  }

  /**
   * Take over a state: of a link, of a widget, or nothing.
   * @param {any} all  a part of a state, and perhaps `specs` in place of `racers`
   */
  restore(all) {
    const { specs, ...given } = all;
    const { state } = this;
    Object.assign(state, given);
    this.takeSurface(given.start);
    if (!given.start) state.start = [...this.surface.start];
    if (!given.steps) state.steps = this.surface.steps;
    this.checkStart(this.surface.start);
    if (!given.racers && (specs || !state.racers.length)) this.takeSpecs(specs ?? this.data.five);
    state.selected = state.racers.length - 1;
    if (given.at === undefined) state.at = state.steps;
    state.at = Math.min(Math.max(state.at, 0), state.steps);
    this.resetWindow();
    this.rebuild();
  }

  /** The surface that the state names, or the own formula, which perhaps a start is given for. */
  takeSurface(start) {
    const { state, data } = this;
    if (state.surface) {
      this.surface = data.surfaces[state.surface];
      state.domain = [...this.surface.domain];
    } else {
      this.surface = ownSurface(state.formula, state.domain, start);
      state.formula = this.surface.formula; // as it was understood
    }
    const out = new Float64Array(3);
    const { at } = this.surface;
    this.value = this.surface.value ?? ((x, y) => (at(x, y, out), out[0]));
  }

  get scale() {
    return this.surface.scale;
  }

  get minima() {
    return this.surface.minima;
  }

  get theme() {
    const page = this.root.closest("[data-jp-theme-light]")?.getAttribute("data-jp-theme-light");
    const dark = page ? page === "false" : this.dark.matches;
    this.root.classList.toggle("ov-dark", dark);
    return this.data.themes[dark ? "dark" : "light"];
  }

  // What views and controls ask for.

  /** The vectors of the step that is taken apart, or null. */
  arrows() {
    return arrowsOf(this);
  }

  get marks() {
    return marksOf(this);
  }

  // What controls tell.

  /** Take over parts of the state; the views find out by themselves what moved. */
  set(parts) {
    Object.assign(this.state, parts);
    this.changed("frame");
  }

  goTo(at) {
    this.set({ at: Math.min(Math.max(at, 0), this.state.steps), playing: false });
  }

  stepBy(by) {
    const whole = by > 0 ? Math.floor(this.state.at + 1e-9) : Math.ceil(this.state.at - 1e-9);
    this.goTo(whole + by);
  }

  setPlaying(playing) {
    if (playing && this.state.at >= this.state.steps) this.state.at = 0;
    this.player.last = 0;
    this.set({ playing });
  }

  chooseSurface(name) {
    const { state } = this;
    this.guess = null;
    state.surface = name;
    state.scenario = "";
    this.takeSurface();
    Object.assign(state, { start: [...this.surface.start], steps: this.surface.steps });
    state.at = state.steps;
    this.resetWindow();
    this.tuneAll();
    this.rebuild();
  }

  /** Use the own formula. @throws {Error} whose message says what is wrong; nothing has changed */
  useFormula(formula, domain) {
    const { state } = this;
    const before = { surface: state.surface, formula: state.formula, domain: state.domain };
    const held = this.surface;
    try {
      Object.assign(state, { surface: "", formula, domain });
      this.takeSurface();
    } catch (error) {
      Object.assign(state, before);
      this.surface = held;
      this.takeSurface();
      throw error;
    }
    state.scenario = "";
    state.start = [...this.surface.start];
    const [x, y] = state.start.map(readable);
    this.say(this.surface.moved ? wordIn(state.language, "near_start", { x, y }) : "");
    this.resetWindow();
    this.tuneAll();
    this.rebuild();
  }

  chooseScenario(name) {
    const { state, data } = this;
    this.guess = null;
    state.scenario = name;
    if (name) {
      const { surface, optimizers, start, steps, noise, seed } = data.scenarios[name];
      state.surface = surface;
      this.takeSurface();
      Object.assign(state, { start: [...start], steps, noise, seed, at: steps });
      this.takeSpecs(optimizers);
      this.resetWindow();
      this.changed("runs");
    }
    this.rebuild();
  }

  takeSpecs(specs) {
    const { state } = this;
    state.racers = specs.map((spec) => parseSpec(spec, this.data));
    state.on = specs.map(() => true);
    state.selected = state.racers.length - 1;
    specs.forEach((spec, i) => {
      if (!/\blr=/.test(spec)) this.tune(state.racers[i]);
    });
  }

  addRacer(name) {
    const racer = parseSpec(name, this.data);
    this.tune(racer);
    this.state.racers.push(racer);
    this.state.on.push(true);
    this.rebuild();
    this.changed("runs");
  }

  removeRacer(i) {
    const { state } = this;
    state.racers.splice(i, 1);
    state.on.splice(i, 1);
    state.selected = Math.min(state.selected, state.racers.length - 1);
    this.rebuild();
    this.changed("runs");
  }

  turnOn(i, on) {
    this.state.on[i] = on;
    this.changed("runs");
  }

  tune(racer) {
    if (this.data.rules[racer.rule].fixed) return;
    const { minima, at } = this.surface;
    const { start, steps } = this.state;
    const scene = { at, domain: this.reachedDomain(), minima, start, steps };
    const { rate, fits } = tuneRate(scene, this.data.rules[racer.rule], racer.hyper, racer.flags);
    racer.fits = fits;
    let holder = racer;
    while (typeof holder.lr !== "number") holder = holder.lr;
    holder.lr = rate;
  }

  tuneAll() {
    this.state.racers.forEach((racer) => this.tune(racer));
    this.changed("runs");
  }

  /** @param {{steps?: number, noise?: number, seed?: number, start?: number[]}} given */
  setNumbers({ steps, noise, seed, start }) {
    const { state } = this;
    if (steps !== undefined) {
      const ended = state.at >= state.steps;
      state.steps = Math.min(Math.max(Math.round(steps), 1), MOST_STEPS);
      state.at = ended ? state.steps : Math.min(state.at, state.steps);
    }
    if (noise !== undefined) state.noise = noise;
    if (seed !== undefined) state.seed = Math.max(0, Math.round(seed));
    if (start !== undefined) this.moveStart(start);
    this.changed("runs");
  }

  /** @param {number[]} point */
  isFinite(point) {
    const [x, y] = point;
    const out = new Float64Array(3);
    this.surface.at(x, y, out);
    return [x, y, ...out].every(Number.isFinite);
  }

  checkStart(otherwise) {
    if (this.isFinite(this.state.start)) return true;
    this.state.start = [...otherwise];
    return false;
  }

  moveStart(point) {
    const before = this.state.start;
    this.state.start = [...point];
    for (const racer of this.state.racers) delete racer.fits; // of another start
    this.say(this.checkStart(before) ? "" : wordIn(this.state.language, "bad_start"));
    this.guess = null;
    this.changed("runs");
  }

  /** A click on the plane: the new start, or a guess of the quiz. */
  click(point) {
    if (this.quiz) return this.quizBox.guessed(point);
    this.moveStart(point);
  }

  hover(point) {
    this.controls.under.textContent = "";
    if (!point) return;
    const out = new Float64Array(3);
    this.surface.at(point[0], point[1], out);
    const [f, gx, gy, x, y] = [...out, ...point].map(readable);
    this.controls.under.textContent = wordIn(this.state.language, "under", { f, gx, gy, x, y });
  }

  setWindow([x0, x1, y0, y1]) {
    const span = Math.max(x1 - x0, y1 - y0);
    if (!(x0 < x1 && y0 < y1 && span < 1e100 && span > 1e-12 * Math.max(1, Math.abs(x0), Math.abs(y0)))) return;
    this.window = [x0, x1, y0, y1];
    this.changed("window");
  }

  /**
   * The surface's window, wide enough to show the start: `Surface.reaching`.
   *
   * @returns {[number, number, number, number]}
   */
  reachedDomain() {
    const [x0, x1, y0, y1] = this.surface.domain;
    const [x, y] = this.state.start;
    const needed = [Math.min(x0, x), Math.max(x1, x), Math.min(y0, y), Math.max(y1, y)];
    const times = Math.max((needed[1] - needed[0]) / (x1 - x0), (needed[3] - needed[2]) / (y1 - y0));
    if (times <= 1) return [x0, x1, y0, y1];
    const grow = 1.1 * times;
    const [cx, cy] = [(needed[0] + needed[1]) / 2, (needed[2] + needed[3]) / 2];
    const [wx, wy] = [((x1 - x0) * grow) / 2, ((y1 - y0) * grow) / 2];
    return [cx - wx, cx + wx, cy - wy, cy + wy];
  }

  resetWindow() {
    this.setWindow(this.reachedDomain());
  }

  setViews(views) {
    this.state.views = views;
    this.rebuild();
  }

  setLanguage(language) {
    this.state.language = language;
    this.rebuild();
  }

  /** One line of notice above the pictures; "" takes it away. */
  say(text) {
    this.controls.notice.textContent = text;
    this.controls.notice.hidden = !text;
  }

  /** Controls and labels anew: when their number or their language has changed. */
  rebuild() {
    const { state } = this;
    this.root.lang = state.language;
    for (const part of [this.controls, this.racerList, this.player, this.anatomy, this.quizBox]) part.build();
    for (const view of [this.plane, this.curves, this.reliefView]) view.label();
    this.curves.box.hidden = !state.views.includes("loss");
    this.reliefView.box.hidden = !state.views.includes("relief");
    this.anatomy.box.hidden = !state.views.includes("anatomy");
    this.changed("size", "language", "runs");
  }

  // Painting.

  /** Ask for what depends on these to be painted in the next frame. */
  changed(...kinds) {
    kinds.forEach((kind) => this.dirty.add(kind));
    this.frame ??= requestAnimationFrame((now) => {
      this.frame = null;
      if (this.state.playing) this.player.tick(now);
      this.flush();
      if (this.state.playing) this.changed("frame");
    });
  }

  /** Paint what is out of date, and nothing else. */
  flush() {
    const dirty = (...kinds) => kinds.some((kind) => this.dirty.has(kind));
    if (!this.running || dirty("runs", "theme")) this.running = runsOf(this);
    const sized = [this.plane, this.curves, this.reliefView].map((view) => view.resize());
    const ground = dirty("window", "theme", "size") || sized[0];
    if (ground) this.plane.paintGround();
    if (this.state.views.includes("loss") && (dirty("runs", "theme", "size", "language") || sized[1])) {
      this.curves.paintGround();
    }
    if (this.state.views.includes("relief")) {
      if (dirty("window", "size") || !this.reliefView.mesh) this.reliefView.makeMesh();
      if (dirty("window", "theme", "size", "camera") || sized[2]) this.reliefView.paintGround();
      else if (dirty("runs")) this.reliefView.placeRuns();
      this.reliefView.paint();
    }
    this.plane.paint();
    if (this.state.views.includes("loss")) this.curves.paint();
    if (this.state.views.includes("anatomy")) this.anatomy.update();
    this.player.update();
    if (dirty("runs")) {
      this.racerList.update();
      this.controls.update();
    }
    this.dirty.clear();
    this.onChange(this.state);
    if (!this.state.playing) this.speakSoon();
  }

  /** Tell screen readers where everybody is, once it is quiet. */
  speakSoon() {
    clearTimeout(this.speech);
    this.speech = setTimeout(() => {
      const text = spokenOf(this);
      if (this.spoken.textContent !== text) this.spoken.textContent = text;
    }, SPOKEN_AFTER);
  }

  /** Take over what a link says; a damaged one leaves what was given, and a note. */
  openLink(hash, given = {}) {
    let why = "";
    try {
      const most = Math.max(MOST_STEPS, this.recorded?.steps ?? 0);
      const found = readHash(hash, this.data, most);
      const { specs, ...rest } = given;
      const elsewhere = found.surface !== undefined || found.start || found.steps;
      this.restore(elsewhere ? { ...rest, ...found } : { specs, ...rest, ...found });
      if (found.scenario && !found.racers) this.chooseScenario(found.scenario);
    } catch (error) {
      why = error.message;
      this.restore({ surface: this.data.first, ...given });
    }
    this.say(why && wordIn(this.state.language, "damaged", { why }));
  }

  /** The command that films what is on screen. */
  commandText() {
    return commandOf(this.state, this.data);
  }

  destroy() {
    cancelAnimationFrame(this.frame);
    clearTimeout(this.speech);
    this.observer.disconnect();
    this.dark.removeEventListener("change", this.repaint);
  }
}
