/** The panel that explains one step: a key of its arrows, accumulated squares, the rule with numbers. */
import { labelsOf } from "../state/labels.js";
import { ruleRows } from "../formula/lines.js";
import { chooser, element, fillChooser } from "./dom.js";
import { readable, wordIn } from "../state/words.js";

const LEAST_SQUARE = 0.03; // of the largest one's side
const QUIET = 50; // ms without a change, until what is out of sight follows

export class Anatomy {
  constructor(app) {
    this.app = app;
    this.box = element("section", { class: "ov-anatomy" });
    this.seen = true;
    this.observer = new IntersectionObserver(([{ isIntersecting }]) => {
      this.seen = isIntersecting;
      if (this.seen) this.update();
    });
    this.observer.observe(this.box);
  }

  destroy() {
    this.observer.disconnect();
    clearTimeout(this.timer);
  }

  build() {
    const { app } = this;
    const say = (word) => wordIn(app.state.language, word);
    const names = labelsOf(app.state.racers, app.data, app.state.language)
      .map((label, i) => [String(i), label]);
    this.who = chooser((i) => app.select(Number(i)));
    this.who.setAttribute("aria-label", say("anatomy_of"));
    fillChooser(this.who, [["", names]]);
    this.who.value = String(app.state.selected);
    this.step = element("span", {});
    this.key = element("div", { class: "ov-key" });
    this.squares = element("div", { class: "ov-squares" });
    this.rows = element("div", { class: "ov-rows", tabIndex: 0, role: "region", "aria-label": say("rule") });
    this.box.setAttribute("aria-label", say("anatomy"));
    this.box.replaceChildren(
      element("div", { class: "ov-line" }, this.who, this.step), this.key, this.squares, this.rows,
    );
    this.forget();
  }

  /** Nothing is shown: the next update writes all of it. */
  forget() {
    this.shown = null;
    this.keyed = "";
    this.named = "";
    this.lines = [];
    [this.key, this.squares, this.rows].forEach((part) => part.replaceChildren());
  }

  /** Show the step of the moment: at once if it is in sight, else when it is quiet. */
  update() {
    clearTimeout(this.timer);
    if (this.seen) this.show();
    else this.timer = setTimeout(() => this.show(), QUIET);
  }

  /** Show the step that the moment stands before, or the last one. */
  show() {
    const { app } = this;
    const racing = app.running.find(({ index }) => index === app.state.selected);
    if (!racing || racing.run.length === 0) {
      this.step.textContent = "";
      return this.forget();
    }
    const { run } = racing;
    const k = Math.min(Math.floor(app.state.at + 1e-9), run.length - 1);
    if (this.shown?.run === run && this.shown.k === k) return;
    this.shown = { run, k };
    this.who.value = String(app.state.selected);
    this.step.textContent = wordIn(app.state.language, "at_step", { k: k + 1 });
    this.paintKey();
    this.paintSquares(racing, k);
    this.paintRows(racing, k);
  }

  paintKey() {
    const { app } = this;
    const arrows = app.arrows() ?? [];
    const keyed = arrows.map(({ kind, colour }) => kind + colour).join();
    if (keyed === this.keyed) return;
    this.keyed = keyed;
    this.key.replaceChildren(...arrows.map(({ kind, colour }) => {
      const swatch = element("span", { class: "ov-swatch" });
      swatch.style.background = colour;
      return element("span", {}, swatch, wordIn(app.state.language, kind));
    }));
  }

  /** Squares of what was accumulated along each axis, as large as they have grown. */
  paintSquares({ run, colour, racer }, k) {
    const { app } = this;
    const names = app.data.rules[racer.rule].squares.filter((name) => name in run.states);
    if (names.join() !== this.named || run !== this.measured) {
      this.measured = run;
      this.most = names.map((name) => run.states[name].reduce((a, b) => Math.max(a, b), 0) || 1);
    }
    if (names.join() !== this.named) {
      this.named = names.join();
      this.cells = names.flatMap((name) => ["x", "y"].map((axis) => {
        const square = element("span", { class: "ov-square" });
        const cell = element("span", { class: "ov-cell", role: "img" }, square, `${name} ${axis}`);
        return { name, axis, square, cell };
      }));
      this.squares.replaceChildren(...this.cells.map(({ cell }) => cell));
    }
    names.forEach((name, j) => [0, 1].forEach((i) => {
      const { axis, square, cell } = this.cells[2 * j + i];
      const value = run.states[name][2 * k + 2 + i];
      const share = Math.max(Math.sqrt(Math.max(value, 0) / this.most[j]), LEAST_SQUARE);
      // Scaled, so that nothing about it has to move.
      square.style.cssText = `transform:scale(${share});background:${colour}`;
      square.title = readable(value);
      cell.setAttribute("aria-label", `${wordIn(app.state.language, "accumulated")} ${name}, ${axis}: ${square.title}`);
    }));
  }

  paintRows({ run, rule, hyper, flags, lr }, k) {
    if (!rule.lines) {
      this.lines = [];
      return void this.rows.replaceChildren(wordIn(this.app.state.language, "unread"));
    }
    const at = (axis) => ruleRows(rule.lines, {
      h: hyper, f: flags, t: k + 1, lr: lr(k + 1),
      g: run.gradients[2 * k + axis], p: run.points[2 * k + axis],
      s: Float64Array.from(rule.slots, (name) => run.states[name]?.[2 * k + axis]),
    });
    const [alongX, alongY] = [at(0), at(1)];
    const others = new Map(alongY.map((row) => [row.line, row.numbers]));
    if (this.lines.length !== alongX.length) {
      this.lines = alongX.map((_, i) => this.lines[i] ?? lineOfRule());
      this.rows.replaceChildren(...this.lines.flatMap(({ boxes }) => boxes));
    }
    alongX.forEach(({ line, formula, numbers }, i) => {
      this.lines[i].rule.show(formula);
      this.lines[i].x.show(numbers);
      this.lines[i].y.show(others.get(line) ?? "");
    });
  }
}

/** One line of a rule: its formula, and below it the numbers of both coordinates. */
function lineOfRule() {
  const rule = element("div", { class: "ov-rule" });
  const parts = { rule: new Formula(rule) };
  const boxes = ["x", "y"].map((axis) => {
    const place = element("span", { class: "ov-inserted" });
    const name = element("span", {}, `${axis}:`);
    parts[axis] = new Formula(place, name);
    return element("div", { class: "ov-numbers" }, name, place);
  });
  return { ...parts, boxes: [rule, ...boxes] };
}

/**
 * A place for MathML that changes in its numbers mostly: these alone are then written. What it is
 * put together of is kept for the next step that looks so.
 */
class Formula {
  /** @param {HTMLElement} place @param {HTMLElement} [name]  hidden with it where there is none */
  constructor(place, name) {
    this.place = place;
    this.name = name;
    this.kept = new Map();
    this.shape = "";
  }

  /** @param {string} markup  made by lines.js of Python's rule, every name and number escaped */
  show(markup) {
    /** @type {string[]} */
    const numbers = [];
    const shape = markup.replace(/<mn>([^<]*)<\/mn>/g, (_, number) => {
      numbers.push(number);
      return "<mn></mn>";
    });
    if (shape !== this.shape) {
      this.shape = shape;
      if (!this.kept.has(shape)) this.kept.set(shape, madeOf(markup));
      const { nodes, texts } = this.kept.get(shape);
      this.place.replaceChildren(...nodes);
      this.texts = texts;
      if (this.name) this.name.hidden = shape === "";
    }
    numbers.forEach((number, i) => {
      if (this.texts[i].data !== number) this.texts[i].data = number;
    });
  }
}

/** The nodes of MathML, and the texts of its numbers. */
function madeOf(markup) {
  const holder = element("div", {});
  holder.innerHTML = markup;
  const texts = [...holder.querySelectorAll("mn")].map((number) => number.firstChild);
  return { nodes: [...holder.childNodes], texts };
}
