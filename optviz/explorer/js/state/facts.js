/**
 * What follows from the state: the surface, the runs on it, their marks, names and caption.
 *
 * @import { Data, Descent, Domain, Given, Mark, Point, RecordedGiven, Shown, ShownMap, ShownSweep, State, SurfaceFacts } from "./types.js"
 */
import { ownSurface } from "../formula/user_formula.js";
import { reaching } from "../formula/window.js";
import { captionOf } from "./captions.js";
import { commandOf, pythonOf } from "./command.js";
import { writeHash } from "./link.js";
import { labelsOf, shortLabelsOf } from "./labels.js";
import { keepsLesson } from "./lesson.js";
import { marksOf } from "./marks.js";
import { startsOf, takeRecorded } from "./recorded.js";
import { arrowsOf, descentsOf, namedRuns } from "./runs.js";
import { MOST_RACERS, MOST_STARTS, MOST_STEPS } from "./schema.js";
import { remembered, Store } from "./store.js";
import { useWords, wordIn } from "./words.js";

export class Facts extends Store {
  /**
   * @param {Data} data  from Python
   * @param {Given} given
   * @param {RecordedGiven | null} recorded  runs to be shown as they are, from Python
   */
  constructor(data, given = {}, recorded = null) {
    useWords(data.words);
    super(data, {
      steps: Math.max(MOST_STEPS, recorded?.steps ?? 0),
      racers: Math.max(MOST_RACERS, recorded?.racers.length ?? 0),
      starts: Math.max(MOST_STARTS, recorded?.starts.length ?? 0),
    });
    this.given = given;
    this.recorded = takeRecorded(recorded, data);
    this.dark = false;
    this.onPaper = false;
    /** Of the selected optimizer: where it ends from each start. @type {ShownMap | null} */
    this.map = null;
    /** Its last value with each rate. @type {ShownSweep | null} */
    this.sweep = null;
    /** @returns {unknown[]} */
    const runs = () => ["racers", "starts", "steps", "noise", "seed"]
      .map((name) => this.state[/** @type {keyof State} */ (name)]);
    /**
     * What follows from the state, computed when it is asked for.
     * @type {{own: () => SurfaceFacts, descents: () => Descent[], running: () => Shown[],
     *   marks: () => Mark[], labels: () => string[], shortNames: () => string[], kept: () => boolean, caption: () => string, window: () => Domain,
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
      marks: remembered(() => [this.state.racers, this.state.starts, this.theme], () => {
        const counts = this.state.racers.map((racer) => startsOf(racer, this).length);
        return marksOf(this.state.racers, counts, data, this.theme).map(([first]) => first);
      }),
      labels: remembered(() => [this.state.racers, this.state.language],
        () => labelsOf(this.state.racers, data, this.state.language)),
      shortNames: remembered(() => [this.memo.running()], () => shortLabelsOf(
        this.running.map(({ racer, start }) => ({ ...racer, start })), data, this.state.language)),
      kept: remembered(() => [this.state.lesson, this.surface, ...runs()], () => keepsLesson(this.state, data)),
      caption: remembered(() => [this.memo.descents(), this.state.language, this.surface], () => captionOf(this)),
      window: remembered(() => [this.surface, this.state.starts, this.state.window], (before) => {
        const now = this.state.window ?? this.reachedDomain();
        return before?.every((end, i) => end === now[i]) ? before : now;
      }),
      value: remembered(() => [this.surface], () => {
        const out = new Float64Array(3);
        const { at, value } = this.surface;
        return value ?? ((/** @type {number} */ x, /** @type {number} */ y) => (at(x, y, out), out[0]));
      }),
    };
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
   * What the list of racers calls each.
   * @returns {string[]}
   */
  get labels() {
    return this.memo.labels();
  }

  /**
   * The shortest names that tell the runs on screen apart.
   * @returns {string[]}
   */
  get shortNames() {
    return this.memo.shortNames();
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

  /** What it is about: of a recording, a lesson or a surface; "" of an own formula. */
  get title() {
    const { recorded, data, state, surface } = this;
    const { title } = this.keepsLesson ? data.scenarios[state.lesson] : surface;
    return recorded?.title ?? title[state.language] ?? title.en ?? "";
  }

  /** What is said of the runs or of the surface, and that it is shown from samples. */
  get said() {
    const { surface, state: { language } } = this;
    const [n, m] = surface.samples ?? [];
    return [this.told ?? surface.lesson[language], n && wordIn(language, "from_samples", { n, m })].filter(Boolean).join(" ");
  }

  /** What stands at the axes. */
  get axisNames() {
    const { axes, letters } = this.surface;
    return axes?.[this.state.language] ?? letters;
  }

  /**
   * The part of the plane that is shown: the same array for as long as it is the same part.
   * @returns {Domain}
   */
  get window() {
    return this.memo.window();
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

  /**
   * What was computed of many runs is another.
   * @param {{map?: ShownMap, sweep?: ShownSweep}} parts
   */
  setMany(parts) {
    Object.assign(this, parts);
    this.tell(new Set(["many"]));
  }

  // What is around the state.

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
