/**
 * What the explorer knows: its state, all that follows from it, and the changes that views and
 * controls ask for. They read the model and call its changes, and know nothing of each other.
 *
 * @import { Data, Descent, Domain, Mark, Point, Racer, RecordedGiven, Shown, State, SurfaceFacts } from "./types.js"
 */
import { tuneRate } from "../engine/tune.js";
import { ownSurface } from "../formula/user_formula.js";
import { reaching } from "../formula/window.js";
import { captionOf } from "./captions.js";
import { commandOf, pythonOf } from "./command.js";
import { readHash, writeHash } from "./link.js";
import { keepsLesson, lessonState } from "./lesson.js";
import { marksOf } from "./marks.js";
import { takeRecorded, withRecords } from "./recorded.js";
import { reasonOf, Refusal, shownGiven } from "./refusal.js";
import { arrowsOf, descentsOf, namedRuns } from "./runs.js";
import { initialState, MOST_RACERS, MOST_STEPS } from "./schema.js";
import { parseRacer, parseSpec, withBaseRate } from "./spec.js";
import { remembered, Store } from "./store.js";
import { readable, useWords, wordIn } from "./words.js";

/**
 * What the quiz asks about: where one of these is another, its question is another.
 * @type {(keyof State)[]}
 */
const ASKED = ["surface", "formula", "domain", "racers", "starts", "steps", "noise", "seed", "selected", "at"];

export class Model extends Store {
  /**
   * @param {Data} data  from Python
   * @param {Partial<State> & {specs?: string[]}} given  what Python sets of the state; `specs` in
   *   place of `racers`
   * @param {RecordedGiven | null} recorded  runs to be shown as they are, from Python
   */
  constructor(data, given = {}, recorded = null) {
    useWords(data.words);
    super(data, {
      steps: Math.max(MOST_STEPS, recorded?.steps ?? 0),
      racers: Math.max(MOST_RACERS, recorded?.runs.length ?? 0),
    });
    this.given = given;
    this.recorded = takeRecorded(recorded, data);
    this.dark = false;
    this.onPaper = false;
    this.notice = "";
    /** @returns {unknown[]} */
    const runs = () => ["racers", "starts", "steps", "noise", "seed"]
      .map((name) => this.state[/** @type {keyof State} */ (name)]);
    /**
     * What follows from the state, computed when it is asked for.
     * @type {{own: () => SurfaceFacts, descents: () => Descent[], running: () => Shown[],
     *   marks: () => Mark[], kept: () => boolean, caption: () => string,
     *   value: () => (x: number, y: number) => number}}
     */
    this.memo = {
      own: remembered(() => [this.state.formula, this.state.domain], () => {
        const { formula, domain, starts } = this.state;
        return ownSurface(formula, domain, starts[0]); // where it is finite, whatever the window
      }),
      descents: remembered(() => [this.surface, ...runs()], () => descentsOf(this)),
      running: remembered(() => [this.memo.descents(), this.theme, this.state.colouring, this.state.language],
        () => namedRuns(this, this.memo.descents())),
      marks: remembered(() => [this.state.racers, this.state.starts, this.theme],
        () => marksOf(this.state.racers, this.state.starts.length, data, this.theme).map(([first]) => first)),
      kept: remembered(() => [this.state.lesson, this.surface, ...runs()], () => keepsLesson(this.state, data)),
      caption: remembered(() => [this.memo.descents(), this.state.language, this.surface], () => captionOf(this)),
      value: remembered(() => [this.surface], () => {
        const out = new Float64Array(3);
        const { at, value } = this.surface;
        return value ?? ((/** @type {number} */ x, /** @type {number} */ y) => (at(x, y, out), out[0]));
      }),
    };
    this.open("");
  }

  // What follows from the state.

  /** @returns {SurfaceFacts} */
  get surface() {
    return this.state.surface ? this.data.surfaces[this.state.surface] : this.memo.own();
  }

  /** f(x, y). @returns {(x: number, y: number) => number} */
  get value() {
    return this.memo.value();
  }

  get scale() {
    return this.surface.scale;
  }

  get minima() {
    return this.surface.minima;
  }

  get theme() {
    return this.data.themes[this.onPaper ? "print" : this.themeName];
  }

  /** The theme's name, where it is the system's too. @returns {"light" | "dark" | "print"} */
  get themeName() {
    const { theme } = this.state;
    if (theme !== "auto") return /** @type {"light" | "dark" | "print"} */ (theme);
    return this.dark ? "dark" : "light";
  }

  /**
   * The runs on screen.
   * @returns {Shown[]}
   */
  get running() {
    return this.memo.running();
  }

  /**
   * Colour and shape of each racer.
   * @returns {Mark[]}
   */
  get marks() {
    return this.memo.marks();
  }

  /**
   * Whether the settings are those that the lesson's claim was tested with.
   * @returns {boolean}
   */
  get keepsLesson() {
    return this.memo.kept();
  }

  /**
   * The sentence that was measured from the runs.
   * @returns {string}
   */
  get caption() {
    return this.memo.caption();
  }

  /** What a recording says of its runs, or a lesson whose settings are kept; null where neither does. */
  get told() {
    const { running, recorded, data, state } = this;
    const own = running.length && running.every((run) => run.recorded) ? recorded?.caption : null;
    return own ?? (this.keepsLesson ? data.scenarios[state.lesson].claim[state.language] ?? "" : null);
  }

  /** The part of the plane that is shown. */
  get window() {
    return this.state.window ?? this.reachedDomain();
  }

  /** Whether the quiz waits for a guess: what would give the answer away is hidden. */
  get hides() {
    return this.state.quiz !== null && !this.state.quiz.guess;
  }

  /** The whole state as a link's hash, without the sign. */
  get link() {
    return writeHash(this.state, this.data);
  }

  /** The command that films what is on screen. @throws {Refusal} where there is none */
  get command() {
    return commandOf(this);
  }

  /** Lines of Python that do. @throws {Refusal} where there are none */
  get python() {
    return pythonOf(this);
  }

  /** The vectors of the step that is taken apart, or null. */
  arrows() {
    return arrowsOf(this);
  }

  /** The run that is taken apart, from the first start. */
  get selectedRun() {
    return this.running.find(({ index }) => index === this.state.selected);
  }

  /**
   * The surface's window, wide enough to show all starts: `Surface.reaching`.
   * @param {Point[]} [starts]
   * @param {{domain: Domain}} [surface]
   * @returns {Domain}
   */
  reachedDomain(starts = this.state.starts, { domain } = this.surface) {
    // One after another, as `race` does.
    return starts.reduce((window, start) => reaching(window, [start]), domain);
  }

  /**
   * Whether value and slope are finite at a point.
   * @param {Point} point
   * @param {Pick<SurfaceFacts, "at">} [surface]
   */
  isFinite([x, y], { at } = this.surface) {
    const out = new Float64Array(3);
    at(x, y, out);
    return [x, y, ...out].every(Number.isFinite);
  }

  // Opening: a link is the whole state.

  /**
   * Take the state that a link names. What it does not name is what Python gave, or else the default;
   * a part that cannot be taken is left out, and a notice says why.
   * @param {string} hash
   */
  open(hash) {
    const { data } = this;
    const { found, problems } = readHash(hash, data, this.limits);
    const { specs, ...given } = this.given;
    if (found.formula !== undefined) found.surface = "";
    const elsewhere = ["surface", "lesson"].some((name) => found[name] !== undefined)
      || (!found.racers && (found.starts || found.steps));
    /** @type {Partial<State>} */
    const lesson = found.lesson ? lessonState(found.lesson, data) : {};
    const usual = initialState(data);
    /** @type {State} */
    const next = { ...usual, ...(elsewhere ? { language: given.language ?? "en" } : given), ...lesson, ...found };
    const named = found.starts ?? lesson.starts ?? (elsewhere ? null : given.starts);
    /** @type {SurfaceFacts} */
    let surface = data.surfaces[next.surface];
    if (!surface) {
      try {
        surface = ownSurface(next.formula, next.domain, named?.[0]);
      } catch (error) {
        problems.push(error);
        next.surface = data.first;
        surface = data.surfaces[data.first];
      }
    }
    // As it was understood; a surface of the data brings its own window.
    Object.assign(next, next.surface ? { formula: "", domain: usual.domain } : { formula: surface.formula });
    const starts = (named ?? []).filter((/** @type {Point} */ point) => this.isFinite(point, surface));
    const refused = (named ?? []).find((/** @type {Point} */ point) => !starts.includes(point));
    if (refused) problems.push(new Refusal("must_finite", { given: shownGiven(refused.map(readable).join(", ")) }));
    next.starts = starts.length ? starts : [[...surface.start]];
    const moved = surface.moved && !named;
    next.steps = found.steps ?? lesson.steps ?? (elsewhere ? surface.steps : given.steps ?? surface.steps);
    const racers = found.racers?.length ? found.racers : lesson.racers
      ?? (elsewhere || !specs ? data.five : specs).map((spec) => parseRacer(spec, data));
    next.racers = this.tuned(withRecords(racers, this.recorded, data), surface, next, true);
    next.at = Math.min(next.at, next.steps);
    if (next.selected < 0) next.selected = racers.length - 1;
    if (next.selected >= racers.length) {
      problems.push(new Refusal("must_whole", { name: "sel", interval: `[0, ${racers.length})`, given: next.selected }));
      next.selected = racers.length - 1;
    }
    this.change(next);
    const why = problems.map((problem) => reasonOf(problem, next.language)).join(wordIn(next.language, "between_runs"));
    if (why) this.say(wordIn(next.language, "damaged", { why }));
    else if (moved) this.say(this.nearStart(surface));
    else this.say(this.recorded?.sampled ? wordIn(next.language, "sampled") : "");
  }

  /** @param {Partial<import("./schema.js").State>} parts */
  change(parts) {
    const { quiz } = this.state;
    const asked = quiz && !("quiz" in parts) && ASKED.some((name) => name in parts && parts[name] !== this.state[name]);
    super.change(asked ? { ...parts, quiz: { ...quiz, guess: null, real: null } } : parts);
  }

  // Changes: surface, lesson, starts.

  /** @param {string} name */
  chooseSurface(name) {
    const { formula, domain } = initialState(this.data);
    this.moveTo({ surface: name, formula, domain }, this.data.surfaces[name]);
    this.say("");
  }

  /**
   * Use the own formula.
   * @param {string} formula
   * @param {Domain} domain
   * @throws {Error} that says what is wrong; nothing has changed
   */
  useFormula(formula, domain) {
    const surface = ownSurface(formula, domain);
    this.moveTo({ surface: "", formula: surface.formula, domain }, surface);
    this.say(surface.moved ? this.nearStart(surface) : "");
  }

  /** @param {SurfaceFacts} surface */
  nearStart(surface) {
    const [x, y] = surface.start.map(readable);
    return wordIn(this.state.language, "near_start", { x, y });
  }

  /**
   * Another surface: its own start and steps; tuned rates follow, others stay.
   * @param {{surface: string, formula: string, domain?: Domain}} parts
   * @param {SurfaceFacts} surface
   */
  moveTo(parts, surface) {
    const next = { ...this.state, ...parts, starts: [[...surface.start]], steps: surface.steps };
    const racers = this.tuned(this.state.racers, surface, next);
    const { starts, steps } = next;
    this.change({ ...parts, starts, steps, at: steps, racers, lesson: "", window: null, quiz: null });
  }

  /** @param {string} name */
  chooseLesson(name) {
    if (!name) return this.change({ lesson: "" });
    const { domain: usual } = initialState(this.data);
    const next = { ...this.state, domain: usual, ...lessonState(name, this.data) };
    const { surface, formula, domain, starts, steps, noise, seed, lesson } = next;
    const racers = this.tuned(withRecords(next.racers, this.recorded, this.data), this.data.surfaces[surface], next);
    this.change({ surface, formula, domain, starts, steps, noise, seed, lesson, racers, at: steps, window: null,
      selected: racers.length - 1, colouring: "optimizer", quiz: null });
    return this.say("");
  }

  /** @param {number} i  of the start  @param {number[]} point */
  moveStart(i, point) {
    this.setStarts(this.state.starts.map((start, j) => (j === i ? [...point] : start)));
  }

  /** @param {Point} point */
  addStart(point) {
    this.setStarts([...this.state.starts, [...point]]);
  }

  /** @param {number} i */
  removeStart(i) {
    if (this.state.starts.length > 1) this.setStarts(this.state.starts.filter((_, j) => j !== i));
  }

  /**
   * Places where the surface is not finite are refused, and a notice says so.
   * @param {Point[]} starts
   */
  setStarts(starts) {
    if (!starts.every((point) => this.isFinite(point))) return this.say(wordIn(this.state.language, "bad_start"));
    const known = new Set(this.state.starts.map(String));
    const seen = starts.every((point) => known.has(String(point)) || this.shows(point));
    return this.attempt(() => {
      this.change({ starts, ...this.unjudged(), ...(seen ? {} : { window: null }) });
      this.say("");
    });
  }

  /**
   * Whether a point lies in the part of the plane that was zoomed to.
   * @param {Point} point
   */
  shows([x, y]) {
    const [x0, x1, y0, y1] = this.state.window ?? [-Infinity, Infinity, -Infinity, Infinity];
    return x >= x0 && x <= x1 && y >= y0 && y <= y1;
  }

  /**
   * The racers, none of which is said any more to keep to the limits or not: for `change`.
   * @returns {{racers?: Racer[]}}
   */
  unjudged() {
    const { racers } = this.state;
    if (racers.every(({ fits }) => fits === null)) return {};
    return { racers: racers.map((racer) => ({ ...racer, fits: null })) };
  }

  /**
   * A click on the plane: a guess of the quiz, or one more start.
   * @param {Point} point
   */
  click(point) {
    if (this.state.quiz) this.guess(point);
    else this.addStart(point);
  }

  // Changes: optimizers.

  /** @param {string} rule */
  addRacer(rule) {
    this.setRacers([...this.state.racers, ...this.tuned([parseSpec(rule, this.data)])]);
  }

  /**
   * The same optimizer once more, below it, to be set otherwise.
   * @param {number} i
   */
  copyRacer(i) {
    const racers = [...this.state.racers];
    racers.splice(i + 1, 0, { ...racers[i], record: null, tuned: false, fits: null });
    this.setRacers(racers, this.state.selected > i ? this.state.selected + 1 : this.state.selected);
  }

  /** @param {number} i */
  removeRacer(i) {
    const racers = this.state.racers.filter((_, j) => j !== i);
    const { selected } = this.state;
    if (racers.length) this.setRacers(racers, selected > i || selected === racers.length ? selected - 1 : selected);
  }

  /**
   * @param {Racer[]} racers
   * @param {number} [selected]
   */
  setRacers(racers, selected = this.state.selected) {
    this.attempt(() => this.change({ racers, selected }));
  }

  /** @param {number} i  @param {Partial<Racer>} parts */
  setRacer(i, parts) {
    const judged = ["lr", "hyper", "flags"].some((name) => name in parts) ? { fits: null } : {};
    this.change({ racers: this.state.racers.map((racer, j) => (j === i ? { ...racer, ...judged, ...parts } : racer)) });
  }

  /**
   * A rate that somebody gives stays as it is.
   * @param {number} i
   * @param {number} rate
   */
  setRate(i, rate) {
    const lr = withBaseRate(this.state.racers[i].lr, rate);
    this.setRacer(i, { lr, tuned: false });
  }

  /** @param {number} i */
  tuneRacer(i) {
    const racers = [...this.state.racers];
    [racers[i]] = this.tuned([{ ...racers[i], tuned: true }]);
    this.change({ racers });
  }

  tuneAll() {
    const all = this.state.racers.map((racer) => ({ ...racer, tuned: true }));
    this.change({ racers: this.tuned(all) });
  }

  /**
   * The racers, the tuned ones with their rates for a surface, start and number of steps.
   * @param {Racer[]} racers
   * @param {SurfaceFacts} [surface]
   * @param {Pick<State, "starts" | "steps">} [state]
   * @param {boolean} [onlyNew]  leave those that have a tuned rate already
   * @returns {Racer[]}
   */
  tuned(racers, surface = this.surface, { starts, steps } = this.state, onlyNew = false) {
    const { at, minima } = surface;
    const scene = { at, minima, domain: this.reachedDomain(starts, surface), start: starts[0], steps };
    return racers.map((racer) => {
      const rule = this.data.rules[racer.rule];
      if (!racer.tuned || rule.fixed || (onlyNew && !racer.due)) return racer;
      const { rate, fits } = tuneRate(scene, rule, racer.hyper, racer.flags);
      return { ...racer, lr: withBaseRate(racer.lr, rate), fits, due: false };
    });
  }

  // Changes: numbers, time, looks.

  /** @param {{steps?: number, noise?: number, seed?: number}} given */
  setNumbers(given) {
    const { at, steps } = this.state;
    /** @type {Partial<State>} */
    const parts = { ...given };
    if (given.steps !== undefined) {
      Object.assign(parts, this.unjudged(), { at: at >= steps ? given.steps : Math.min(at, given.steps) });
    }
    this.attempt(() => this.change(parts));
  }

  /** @param {number} at */
  goTo(at) {
    this.change({ at: Math.min(Math.max(at, 0), this.state.steps), playing: false });
  }

  /** @param {number} by */
  stepBy(by) {
    const { at } = this.state;
    this.goTo((by > 0 ? Math.floor(at + 1e-9) : Math.ceil(at - 1e-9)) + by);
  }

  /** @param {boolean} playing */
  setPlaying(playing) {
    const { at, steps } = this.state;
    this.change(playing && at >= steps ? { playing, at: 0 } : { playing });
  }

  /** Move on while it plays. @param {number} by  in steps */
  advance(by) {
    const at = Math.min(this.state.at + by, this.state.steps);
    this.change({ at, playing: at < this.state.steps });
  }

  /**
   * Show a part of the plane; one too small or too large to be shown changes nothing.
   * @param {Domain} window
   */
  setWindow(window) {
    try {
      this.change({ window });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  /**
   * Scale the window about a point, or about its middle.
   * @param {number} by
   * @param {Point | null} [point]
   */
  zoom(by, point = null) {
    const [x0, x1, y0, y1] = this.window;
    const [x, y] = point ?? [(x0 + x1) / 2, (y0 + y1) / 2];
    this.setWindow([x + (x0 - x) * by, x + (x1 - x) * by, y + (y0 - y) * by, y + (y1 - y) * by]);
  }

  /**
   * One field of how things look: views, language, theme, letters, speed, camera, colouring.
   * @param {Partial<State>} parts
   */
  look(parts) {
    this.change(parts);
  }

  /** @param {number} index */
  select(index) {
    this.change({ selected: index });
  }

  // The quiz: where will the selected optimizer be some steps from now?

  startQuiz() {
    const { at, steps } = this.state;
    this.change({ quiz: { ahead: 5, guess: null, real: null }, at: at >= steps ? 0 : Math.floor(at), playing: false });
  }

  endQuiz() {
    this.change({ quiz: null });
  }

  /** @param {number} ahead */
  askAhead(ahead) {
    this.change({ quiz: { ahead, guess: null, real: null } });
  }

  /**
   * A place was clicked: show where the run really goes. A second click asks anew.
   * @param {Point} point
   */
  guess(point) {
    const { quiz, at, steps } = this.state;
    const shown = this.selectedRun;
    if (!quiz || !shown || at >= shown.run.length) return;
    const next = Math.min(Math.floor(at) + quiz.ahead, steps);
    const k = Math.min(next, shown.run.length);
    const real = [shown.run.points[2 * k], shown.run.points[2 * k + 1]];
    this.change({ quiz: { ...quiz, guess: [...point], real }, at: next });
  }

  // What is said above the pictures.

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

  /**
   * The surroundings are dark, or no more.
   * @param {boolean} dark
   */
  setDark(dark) {
    if (dark === this.dark) return;
    this.dark = dark;
    if (this.state.theme === "auto") this.tell(new Set(["theme"]));
  }

  /**
   * The page is being printed, or no more.
   * @param {boolean} onPaper
   */
  setOnPaper(onPaper) {
    this.onPaper = onPaper;
    this.tell(new Set(["theme"]));
  }
}
