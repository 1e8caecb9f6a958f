/** The panel that explains one step: a key of its arrows, accumulated squares, the rule with numbers. */
import { labelsOf } from "../state/labels.js";
import { ruleRows } from "../formula/lines.js";
import { chooser, element, fillChooser } from "./dom.js";
import { readable, wordIn } from "../state/words.js";

const LARGEST_SQUARE = 34; // CSS pixels a side

export class Anatomy {
  constructor(app) {
    this.app = app;
    this.box = element("section", { class: "ov-anatomy" });
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
    this.shown = null;
  }

  /** Show the step that the moment stands before, or the last one. */
  update() {
    const { app } = this;
    const racing = app.running.find(({ index }) => index === app.state.selected);
    if (!racing || racing.run.length === 0) {
      this.shown = null;
      this.step.textContent = "";
      return void [this.key, this.squares, this.rows].forEach((part) => part.replaceChildren());
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
    this.key.replaceChildren(...(app.arrows() ?? []).map(({ kind, colour }) => {
      const swatch = element("span", { class: "ov-swatch" });
      swatch.style.background = colour;
      return element("span", {}, swatch, wordIn(app.state.language, kind));
    }));
  }

  paintSquares({ run, colour, racer }, k) {
    const { app } = this;
    const kinds = app.data.rules[racer.rule].squares.filter((name) => name in run.states);
    this.squares.replaceChildren(...kinds.flatMap((name) => {
      const state = run.states[name];
      const most = state.reduce((a, b) => Math.max(a, b), 0) || 1;
      return ["x", "y"].map((axis, i) => {
        const value = state[2 * k + 2 + i];
        const square = element("span", { class: "ov-square", title: readable(value) });
        const side = Math.max(LARGEST_SQUARE * Math.sqrt(Math.max(value, 0) / most), 1);
        square.style.cssText = `width:${side}px;height:${side}px;background:${colour}`;
        const label = `${wordIn(app.state.language, "accumulated")} ${name}, ${axis}: ${readable(value)}`;
        return element("span", { class: "ov-cell", role: "img", "aria-label": label }, square, `${name} ${axis}`);
      });
    }));
  }

  paintRows({ run, rule, hyper, flags, lr }, k) {
    if (!rule.lines) return void this.rows.replaceChildren(wordIn(this.app.state.language, "unread"));
    const at = (axis) => ruleRows(rule.lines, {
      h: hyper, f: flags, t: k + 1, lr: lr(k + 1),
      g: run.gradients[2 * k + axis], p: run.points[2 * k + axis],
      s: Float64Array.from(rule.slots, (name) => run.states[name]?.[2 * k + axis]),
    });
    const [alongX, alongY] = [at(0), at(1)];
    const others = new Map(alongY.map((row) => [row.line, row.numbers]));
    this.rows.replaceChildren(...alongX.flatMap(({ line, formula, numbers }) => {
      // Markup that lines.js made of Python's rule, with every name and number escaped.
      const row = element("div", { class: "ov-rule" });
      row.innerHTML = formula;
      const figures = element("div", { class: "ov-numbers" });
      figures.innerHTML = `<span>x:</span> ${numbers}`;
      const other = element("div", { class: "ov-numbers" });
      if (others.has(line)) other.innerHTML = `<span>y:</span> ${others.get(line)}`;
      return [row, figures, other];
    }));
  }
}
