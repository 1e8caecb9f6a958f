/**
 * The panel that explains one step: a key of its arrows, accumulated squares, the rule with numbers.
 *
 * @import { Rule } from "../engine/descend.js"
 * @import { Model, Run, Shown } from "../state/types.js"
 *
 * Along an axis, what was accumulated by one slot of the rule.
 * @typedef {{axis: string, square: HTMLElement, cell: HTMLElement}} Cell
 *
 * @typedef {ReturnType<typeof lineOfRule>} RuleLine
 */
import { ruleRows } from "../formula/lines.js";
import { chooser, element, fillChooser, write } from "./dom.js";
import { readable, wordIn } from "../state/words.js";

const LEAST_SQUARE = 0.03; // of the largest one's side
const QUIET = 50; // ms without a change, until what is out of sight follows

export class Anatomy {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.box = element("section", { class: "ov-anatomy" });
    this.who = chooser((i) => model.select(Number(i)));
    this.step = new Text();
    this.key = element("div", { class: "ov-key" });
    this.squares = element("div", { class: "ov-squares" });
    this.rows = element("div", { class: "ov-rows", tabIndex: 0, role: "region" });
    this.box.append(element("div", { class: "ov-line" }, this.who, element("span", {}, this.step)), this.key, this.squares, this.rows);
    /** @type {{run: Run, k: number} | null} the step that is shown */
    this.shown = null;
    this.listed = ""; // the labels of the optimizers
    this.keyed = ""; // the arrows in the key
    this.named = ""; // the slots whose squares are shown
    this.letters = ["x", "y"]; // what the coordinates are called
    /** @type {Run | null} whose largest squares these are */
    this.measured = null;
    /** @type {number[]} */
    this.most = [];
    /** @type {Cell[]} */
    this.cells = [];
    /** @type {RuleLine[]} */
    this.lines = [];
    this.together = false; // whether the rule's numbers are those of both coordinates at once
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

  /** Words and the list of optimizers anew, and with the next update all that is shown. */
  relabel() {
    const { state } = this.model;
    this.box.setAttribute("aria-label", wordIn(state.language, "anatomy"));
    this.who.setAttribute("aria-label", wordIn(state.language, "anatomy_of"));
    this.rows.setAttribute("aria-label", wordIn(state.language, "rule"));
    this.listNames();
    this.forget();
  }

  /** The optimizers that can be chosen, where their labels are others. */
  listNames() {
    const { state, labels } = this.model;
    if (labels.join("\n") !== this.listed) {
      this.listed = labels.join("\n");
      fillChooser(this.who, [["", labels.map((label, i) => [String(i), label])]]);
    }
    write(this.who, { value: String(state.selected) });
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
  update(now = false) {
    clearTimeout(this.timer);
    if (this.seen || now) this.show();
    else this.timer = setTimeout(() => this.show(), QUIET);
  }

  /** Show the step that the moment stands before, or the last one. */
  show() {
    const { model } = this;
    const racing = model.selectedRun;
    if (!racing || racing.run.length === 0) {
      write(this.step, { data: "" });
      return this.forget();
    }
    const { run } = racing;
    const { letters } = model.surface;
    if (letters.join() !== this.letters.join()) {
      this.letters = letters;
      this.forget();
    }
    const k = Math.min(Math.floor(model.state.at + 1e-9), run.length - 1);
    if (this.shown?.run === run && this.shown.k === k) return;
    this.shown = { run, k };
    write(this.who, { value: String(model.state.selected) });
    write(this.step, { data: wordIn(model.state.language, "at_step", { k: k + 1 }) });
    this.paintKey();
    this.paintSquares(racing, k);
    this.paintRows(racing, k);
  }

  paintKey() {
    const { model } = this;
    const arrows = model.arrows() ?? [];
    const keyed = arrows.map(({ kind, colour }) => kind + colour).join();
    if (keyed === this.keyed) return;
    this.keyed = keyed;
    this.key.replaceChildren(...arrows.map(({ kind, colour }) => {
      const swatch = element("span", { class: "ov-swatch" });
      swatch.style.background = colour;
      return element("span", {}, swatch, wordIn(model.state.language, kind));
    }));
  }

  /**
   * Squares of what was accumulated along each axis, as large as they have grown.
   * @param {Shown} racing
   * @param {number} k
   */
  paintSquares({ run, colour, racer }, k) {
    const { model } = this;
    const names = model.data.rules[racer.rule].squares.filter((name) => name in run.states);
    if (names.join() !== this.named || run !== this.measured) {
      this.measured = run;
      this.most = names.map((name) => run.states[name].reduce((a, b) => Math.max(a, b), 0) || 1);
    }
    if (names.join() !== this.named) {
      this.named = names.join();
      this.cells = names.flatMap((name) => this.letters.map((axis) => {
        const square = element("span", { class: "ov-square" });
        const cell = element("span", { class: "ov-cell", role: "img" }, square, `${name} ${axis}`);
        return { axis, square, cell };
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
      cell.setAttribute("aria-label", `${wordIn(model.state.language, "accumulated")} ${name}, ${axis}: ${square.title}`);
    }));
  }

  /**
   * The rule, with the numbers of the step.
   * @param {Shown} racing
   * @param {number} k
   */
  paintRows({ run, rule, hyper, flags, lr }, k) {
    const { lines } = rule;
    if (!lines || !hyper || !flags || !lr) {
      this.lines = [];
      return void this.rows.replaceChildren(wordIn(this.model.state.language, "unread"));
    }
    const [raw, point] = [run.gradients, run.points].map((pairs) => pairs.subarray(2 * k, 2 * k + 2));
    const grad = rule.transform?.(hyper, flags, raw[0], raw[1], point[0], point[1]) ?? raw;
    const curved = new Float64Array(3);
    if (rule.curved) this.model.surface.at.hessian(point[0], point[1], curved);
    const [xx, xy, yy] = curved;
    const value = run.values[k];
    const at = (/** @type {any[]} */ given) =>
      ruleRows(lines, { h: hyper, f: flags, t: k + 1, lr: lr(k + 1), given, whole: Boolean(rule.sizes) });
    const along = (/** @type {number} */ axis) => at([grad[axis], point[axis],
      Float64Array.from(rule.slots, (name) => run.states[name]?.[2 * k + axis]), raw[axis], value, axis ? yy : xx]);
    const alongX = rule.sizes ? at([...grad, ...point, slotsAt(rule, run, k), value, xx, xy, yy]) : along(0);
    const others = new Map(rule.sizes ? [] : along(1).map((row) => [row.line, row.numbers]));
    if (this.lines.length !== alongX.length || this.together !== Boolean(rule.sizes)) {
      this.together = Boolean(rule.sizes);
      this.lines = alongX.map((_, i) => this.lines[i] ?? lineOfRule(this.letters));
      this.lines.forEach(({ x, y }) => {
        if (x.name) write(x.name, { textContent: this.together ? "=" : `${this.letters[0]}:` });
        if (y.name) write(y.name, { hidden: this.together });
      });
      this.rows.replaceChildren(...this.lines.flatMap(({ boxes }) => boxes));
    }
    alongX.forEach(({ line, formula, numbers }, i) => {
      this.lines[i].rule.show(formula);
      this.lines[i].x.show(numbers);
      this.lines[i].y.show(others.get(line) ?? "");
    });
  }
}

/**
 * The slots of a rule that sees both coordinates at once, one after the other.
 * @param {Rule} rule
 * @param {Run} run
 * @param {number} k
 */
function slotsAt({ slots, sizes = [] }, run, k) {
  return slots.flatMap((name, i) => Array.from({ length: sizes[i] }, (_, j) => run.states[name]?.[sizes[i] * k + j]));
}

/**
 * One line of a rule: its formula, and below it the numbers of both coordinates.
 * @param {string[]} letters  what these are called
 */
function lineOfRule(letters) {
  const rule = element("div", { class: "ov-rule" });
  const [x, y] = letters.map((axis) => {
    const place = element("span", { class: "ov-inserted" });
    const name = element("span", {}, `${axis}:`);
    return { numbers: new Formula(place, name), box: element("div", { class: "ov-numbers" }, name, place) };
  });
  return { rule: new Formula(rule), x: x.numbers, y: y.numbers, boxes: [rule, x.box, y.box] };
}

/**
 * A place for MathML that changes in its numbers mostly: these alone are then written. Where it is put
 * together otherwise, the parts that differ are replaced, as layout of mathematics is dear.
 */
class Formula {
  /** @param {HTMLElement} place @param {HTMLElement} [name]  hidden with it where there is none */
  constructor(place, name) {
    this.place = place;
    this.name = name;
    /** What was shown once. @type {Map<string, Element>} */
    this.kept = new Map();
    this.shape = "";
    /** @type {NodeListOf<Element>} */
    this.numbers = place.querySelectorAll("mn");
  }

  /** @param {string} markup  made by lines.js of Python's rule, every name and number escaped */
  show(markup) {
    /** @type {string[]} */
    const numbers = [];
    const shape = markup.replace(/<mn>([^<]*)<\/mn>/g, (_, number) => {
      numbers.push(number);
      return "<mn> </mn>";
    });
    if (shape !== this.shape) {
      this.shape = shape;
      const wanted = this.kept.get(shape) ?? element("div", {});
      if (!wanted.hasChildNodes()) wanted.innerHTML = shape;
      this.kept.set(shape, wanted);
      makeAlike(this.place, wanted);
      this.numbers = this.place.querySelectorAll("mn");
      if (this.name) this.name.hidden = shape === "";
      this.place.parentElement?.classList.toggle("ov-high", shape.includes("<mfrac>"));
    }
    numbers.forEach((number, i) => write(/** @type {Text} */ (this.numbers[i].firstChild), { data: number }));
  }
}

/**
 * Give a node the children that another has: what is alike stays, and numbers are left as they are.
 * @param {Node} node
 * @param {Node} wanted
 */
function makeAlike(node, wanted) {
  const [here, there] = [[...node.childNodes], [...wanted.childNodes]];
  const fewer = Math.min(here.length, there.length);
  let first = 0;
  let last = 0; // of those at the end
  while (first < fewer && isAlike(here[first], there[first])) first++;
  while (last < fewer - first && isAlike(here[here.length - 1 - last], there[there.length - 1 - last])) last++;
  const behind = here[here.length - last] ?? null;
  here.slice(first, here.length - last).forEach((old) => old.remove());
  there.forEach((child, i) => {
    const kept = i < first ? here[i] : i < there.length - last ? null : here[i - there.length + here.length];
    if (!kept) node.insertBefore(child.cloneNode(true), behind);
    else if (kept instanceof Text) write(kept, { data: child.textContent });
    else if (kept.nodeName !== "mn") makeAlike(kept, child);
  });
}

/**
 * Whether two nodes are of one kind, whatever is in them: no attribute of our MathML has two values.
 * @param {Node} one
 * @param {Node} other
 */
function isAlike(one, other) {
  return one.nodeName === other.nodeName
    && /** @type {Element} */ (one).attributes?.length === /** @type {Element} */ (other).attributes?.length;
}
