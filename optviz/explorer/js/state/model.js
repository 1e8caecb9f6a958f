/**
 * What the explorer knows: its state, all that follows from it, and the changes that views and
 * controls ask for. They read the model and call its changes, and know nothing of each other.
 *
 * @import { Data, Domain, Given, Point, Racer, RecordedGiven, State, SurfaceFacts } from "./types.js"
 */
import { ownSurface } from "../formula/user_formula.js";
import { isInside } from "../formula/window.js";
import { lessonState } from "./lesson.js";
import { openedState } from "./opening.js";
import { RacerChanges } from "./racer_changes.js";
import { withRecords } from "./recorded.js";
import { reasonOf, Refusal } from "./refusal.js";
import { initialState } from "./schema.js";
import { readable, wordIn } from "./words.js";

/**
 * What the quiz asks about: where one of these is another, its question is another.
 * @type {(keyof State)[]}
 */
const ASKED = ["surface", "formula", "domain", "racers", "starts", "steps", "noise", "seed", "selected", "at"];
export class Model extends RacerChanges {
  /**
   * @param {Data} data  from Python
   * @param {Given} given
   * @param {RecordedGiven | null} recorded  runs to be shown as they are, from Python
   */
  constructor(data, given = {}, recorded = null) {
    super(data, given, recorded);
    this.open("");
  }

  /**
   * Take the state that a link names, the whole of it; a notice says what of it could not be taken.
   * @param {string} hash
   */
  open(hash) {
    const { next, problems, moved } = openedState(this, hash);
    this.change(next);
    const why = problems.map((problem) => reasonOf(problem, next.language)).join(wordIn(next.language, "between_runs"));
    if (why) this.say(wordIn(next.language, "damaged", { why }));
    else if (moved) this.say(this.nearStart(moved));
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
    if (this.state.starts.some(([x, y]) => x === point[0] && y === point[1])) return;
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
    return !this.state.window || isInside(x, y, this.state.window);
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
}
