/**
 * Starts, steps, noise and views.
 *
 * @import { Model, Point, Range } from "../state/types.js"
 */
import { VIEW_NAMES } from "../state/schema.js";
import { button, chooser, element, fillChooser, numberBox, slider, tickBox, write } from "../views/dom.js";
import { keepingFocus, Part } from "./part.js";

const STEPS = { low: 1, high: 2000, log: true, whole: true };

export class Settings extends Part {
  /** @param {Model} model */
  constructor(model) {
    super(model, element("section", { class: "ov-panel ov-settings-box" }));
    this.named(this.box, "run_settings", "aria-label");
    this.starts = element("div", { class: "ov-starts", role: "group" });
    this.named(this.starts, "starts", "aria-label");
    /** @type {ReturnType<typeof numberBox>[][]} */
    this.points = [];
    this.add = this.named(button("", () => model.addStart(this.nextStart())), "add_start");
    /** @type {["steps" | "noise" | "seed", Range][]} */
    const numbers = [
      ["steps", { ...STEPS, allowed: `[1, ${model.limits.steps}]` }],
      ["noise", { low: 0, high: 10, allowed: "[0, inf)" }],
      ["seed", { low: 0, high: 100, whole: true, allowed: "[0, 2147483648]" }],
    ];
    this.sliders = numbers.map(([word, range]) => {
      const made = slider(range, model.state[word], (value) => model.setNumbers({ [word]: value }));
      this.worded(() => made.label(this.say(word)));
      return { word, ...made };
    });
    const rows = this.sliders.map(({ word, row }) =>
      element("div", { class: "ov-setting" }, this.named(element("span", {}), word), row));
    this.views = VIEW_NAMES.map((view) => {
      const tick = tickBox((on) => model.look({
        views: VIEW_NAMES.filter((each) => (each === view ? on : model.state.views.includes(each))),
      }));
      this.named(tick.text, `view_${view}`);
      return { view, ...tick };
    });
    this.colouring = tickBox((on) => model.look({ colouring: on ? "minimum" : "optimizer" }));
    this.named(this.colouring.text, "colour_minimum");
    this.basins = tickBox((on) => model.look({ basins: on }));
    this.named(this.basins.text, "basins");
    this.who = this.named(chooser((i) => model.select(Number(i))), "many_of", "aria-label");
    this.listed = "";
    this.box.append(
      element("div", { class: "ov-setting" }, this.named(element("span", {}), "start"),
        element("div", {}, this.starts, element("div", { class: "ov-line" }, this.add, this.colouring.row))),
      ...rows,
      this.named(element("div", { class: "ov-line", role: "group" }, ...this.views.map(({ row }) => row)), "views", "aria-label"),
      element("div", { class: "ov-line" }, this.basins.row, this.who),
    );
  }

  /** Opposite the last start, as seen from the window's middle. */
  nextStart() {
    const [x0, x1, y0, y1] = this.model.surface.domain;
    const [x, y] = /** @type {Point} */ (this.model.state.starts.at(-1));
    // Without what rounding leaves, such as 3.6000000000000005.
    const turned = [x0 + x1 - x, y0 + y1 - y].map((end) => Number(end.toPrecision(12)));
    const known = this.model.state.starts.some(([a, b]) => a === turned[0] && b === turned[1]);
    return known ? [turned[0], y] : turned;
  }

  update() {
    const { model } = this;
    const { state } = model;
    if (state.starts.length !== this.points.length) this.rebuildStarts();
    this.points.forEach((boxes, i) => boxes.forEach((box, axis) => box.show(state.starts[i][axis])));
    this.sliders.forEach(({ word, show }) => show(state[word]));
    this.views.forEach(({ view, box }) => write(box, { checked: state.views.includes(view) }));
    write(this.add, { disabled: state.starts.length >= model.limits.starts });
    write(this.colouring.box, { checked: state.colouring === "minimum" });
    const { fixed = false } = model.data.rules[state.racers[state.selected]?.rule] ?? {};
    write(this.basins.box, { checked: state.basins, disabled: fixed }); // a recording has one run only
    const names = model.labels.join("\n");
    if (names !== this.listed) fillChooser(this.who, [["", model.labels.map((label, i) => [String(i), label])]]);
    this.listed = names;
    write(this.who, { value: String(state.selected), hidden: !(state.basins || state.views.includes("sweep")) });
    write(this.colouring.row, { hidden: model.minima.length < 2 });
  }

  rebuildStarts() {
    keepingFocus(this.starts, () => this.buildStarts(), () => this.points[this.points.length - 1][0].input);
  }

  buildStarts() {
    const { model } = this;
    const { starts } = model.state;
    this.points = starts.map(() => []);
    this.starts.replaceChildren(...starts.map((_, i) => {
      const boxes = ["x", "y"].map((axis, j) => {
        const made = numberBox((value) => {
          const point = [...model.state.starts[i]];
          point[j] = value;
          model.moveStart(i, point);
        });
        made.input.dataset.key = `start ${i} ${axis}`;
        this.points[i].push(made);
        return made.input;
      });
      const remove = button("×", () => model.removeStart(i), { "data-key": `remove ${i}`, hidden: starts.length < 2 });
      const label = () => {
        const which = starts.length > 1 ? `${this.say("start")} ${i + 1}` : this.say("start");
        boxes.forEach((input, j) => input.setAttribute("aria-label", `${which} ${"xy"[j]}`));
        remove.setAttribute("aria-label", `${this.say("remove")} ${which}`);
      };
      label();
      return element("div", { class: "ov-line ov-start-row" }, ...boxes, remove);
    }));
  }

  relabel() {
    super.relabel();
    this.points = [];
    this.rebuildStarts();
    this.update();
  }
}
