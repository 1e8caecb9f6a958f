/**
 * The list of optimizers: which run, at which rate, and all their settings.
 *
 * @import { Mark, Model, Racer, Range, RateText, RuleEntry, Shown } from "../state/types.js"
 * @import { Option } from "../views/dom.js"
 */
import { HEAD_SHAPES } from "../paint/trails.js";
import { baseRate } from "../state/spec.js";
import { button, chooser, element, fillChooser, markIcon, paintMark, slider, tickBox, write } from "../views/dom.js";
import { keepingFocus, Part } from "./part.js";

const RATES = { low: 1e-6, high: 50 };

export class RacerList extends Part {
  /** @param {Model} model */
  constructor(model) {
    super(model, element("section", { class: "ov-panel ov-racers" }));
    this.named(this.box, "optimizers", "aria-label");
    this.list = element("div", { class: "ov-rows-of-racers" });
    /** @type {Set<number>} places whose settings are shown */
    this.open = new Set();
    this.focused = 0; // the place that had the focus last
    /** @type {RacerRow[]} */
    this.rows = [];
    this.structure = ""; // what the rows were built for
    this.list.addEventListener("focusin", ({ target }) => {
      this.focused = this.rows.findIndex(({ box }) => box.contains(/** @type {Node} */ (target)));
    });
    this.add = this.named(chooser((name) => {
      this.add.value = "";
      if (name) model.addRacer(name);
    }), "add", "aria-label");
    this.worded(() => {
      /** @type {Option[]} */
      const rules = Object.entries(model.data.rules).filter(([, rule]) => !rule.fixed)
        .map(([key, rule]) => [key, rule.name]);
      fillChooser(this.add, [["", [["", this.say("add")], ...rules]]]);
    });
    const tune = this.named(button("", () => model.tuneAll()), "tune");
    this.box.append(this.list, element("div", { class: "ov-line" }, this.add, tune));
  }

  relabel() {
    super.relabel();
    this.structure = "";
    this.update();
  }

  update() {
    const { racers } = this.model.state;
    const structure = JSON.stringify(racers.map(({ rule, lr }) => [rule, scheduleOf(lr)]));
    if (structure !== this.structure) {
      this.structure = structure;
      keepingFocus(this.list, () => this.build(), () => this.rows[Math.min(this.focused, this.rows.length - 1)].tick.box);
    }
    const { labels, marks, running } = this.model;
    this.rows.forEach((row, i) => row.show(racers[i], labels[i], marks[i], running.find(({ index }) => index === i)));
  }

  /**
   * A racer comes in at a place, or goes: what is open stays so.
   * @param {number} place
   * @param {number} by  1 or -1
   */
  move(place, by) {
    const kept = [...this.open].filter((i) => by > 0 || i !== place);
    this.open = new Set(kept.map((i) => (i >= place ? i + by : i)));
  }

  build() {
    const { model } = this;
    this.rows = model.state.racers.map((racer, i) => new RacerRow(this, racer, i));
    this.list.replaceChildren(...this.rows.map(({ box }) => box));
  }
}

/**
 * The name of a rate's schedule, or "".
 * @param {RateText} lr
 */
function scheduleOf(lr) {
  return typeof lr === "number" ? "" : lr.schedule;
}

/**
 * The numbers of a rate's schedule.
 * @param {RateText} lr
 */
function hyperOf(lr) {
  return typeof lr === "number" ? {} : lr.hyper;
}

class RacerRow {
  /**
   * @param {RacerList} list
   * @param {Racer} racer
   * @param {number} i  its place
   */
  constructor(list, racer, i) {
    this.list = list;
    this.model = list.model;
    this.i = i;
    const rule = this.model.data.rules[racer.rule];
    /** @type {((racer: Racer) => void)[]} */
    this.shows = [];
    this.tick = tickBox((on) => this.model.setRacer(i, { on }));
    this.tick.box.dataset.key = `on ${i}`;
    this.mark = markIcon();
    this.tick.row.insertBefore(this.mark, this.tick.text);
    this.fits = element("div", { class: "ov-note", hidden: true }, this.say("no_rate_fits"));
    this.recorded = element("div", { class: "ov-note", hidden: true },
      this.say(rule.fixed ? "recorded_fixed" : "recorded"));
    this.box = element("div", { class: "ov-racer" }, element("div", { class: "ov-racer-head ov-line" }, this.tick.row));
    if (!rule.fixed) this.box.firstElementChild?.append(this.copyButton(rule));
    if (!rule.fixed) this.box.append(this.rate(rule));
    this.box.append(this.fits, this.recorded);
    this.box.append(this.settings(racer, rule));
  }

  /** @param {string} word */
  say(word) {
    return this.list.say(word);
  }

  /**
   * What a button about this racer is called.
   * @param {RuleEntry} rule
   * @param {string} word
   */
  named(rule, word) {
    return { "aria-label": `${this.say(word)} ${rule.name}`, "data-key": `${word} ${this.i}` };
  }

  /**
   * The same optimizer once more, to be set otherwise: two of its settings side by side.
   * @param {RuleEntry} rule
   */
  copyButton(rule) {
    return button(this.say("copy_racer"), () => {
      this.list.move(this.i + 1, 1);
      this.model.copyRacer(this.i);
      this.list.update();
    }, { ...this.named(rule, "copy_racer"), class: "ov-copy" });
  }

  /** The racer as it is now. */
  get racer() {
    return this.model.state.racers[this.i];
  }

  /**
   * @param {Racer} racer
   * @param {string} label
   * @param {Mark} mark
   * @param {Shown | undefined} shown  its run, if it has one
   */
  show(racer, label, mark, shown) {
    write(this.tick.box, { checked: racer.on });
    write(this.tick.text, { textContent: label });
    paintMark(this.mark, HEAD_SHAPES[mark.shape], mark.colour);
    const recorded = shown?.recorded ?? null;
    write(this.fits, { hidden: (recorded ?? racer).fits !== false });
    write(this.recorded, { hidden: !this.model.recorded || (!recorded && !this.model.data.rules[racer.rule].fixed) });
    this.shows.forEach((write) => write(racer));
  }

  /**
   * @param {string} name
   * @param {Range} range
   * @param {(racer: Racer) => number} get
   * @param {(value: number) => void} set
   */
  slider(name, range, get, set) {
    const made = slider(range, get(this.racer), set);
    made.label(name);
    made.key(`${name} ${this.i}`);
    this.shows.push((racer) => made.show(get(racer)));
    return made.row;
  }

  /**
   * The rate, and whether it is the tuned one, which follows the surface, or the reader's.
   * @param {RuleEntry} rule
   */
  rate(rule) {
    const now = baseRate(this.racer.lr);
    const range = {
      low: now > 0 && now < RATES.low ? now / 1000 : RATES.low,
      high: now > RATES.high ? now * 1000 : RATES.high, log: true, allowed: "[0, inf)",
    };
    const tuned = button("", () => {
      if (this.racer.tuned) this.model.setRacer(this.i, { tuned: false, fits: null });
      else this.model.tuneRacer(this.i);
    }, { class: "ov-tuned", "data-key": `tuned ${this.i}` });
    this.shows.push((racer) => {
      const text = this.say(racer.tuned ? "rate_tuned" : "rate_given");
      write(tuned, {
        textContent: text, title: this.say(racer.tuned ? "rate_tuned_help" : "rate_given_help"),
        "aria-pressed": String(racer.tuned), "aria-label": `${rule.name} lr: ${text}`,
      });
    });
    const bar = this.slider(`${rule.name} lr`, range, ({ lr }) => baseRate(lr), (rate) => this.model.setRate(this.i, rate));
    return element("div", { class: "ov-rate" }, element("span", { class: "ov-lr" }, "lr"), bar, tuned);
  }

  /**
   * @param {Racer} racer
   * @param {RuleEntry} rule
   */
  settings(racer, rule) {
    /** @type {HTMLElement[]} */
    const parts = rule.fixed ? [] : [this.schedule(racer, rule)];
    for (const name of Object.keys(racer.hyper)) {
      const range = rule.ranges[name] ?? { low: 0, high: Math.max(1, 2 * racer.hyper[name]) };
      const bar = this.slider(`${rule.name} ${name}`, range, ({ hyper }) => hyper[name],
        (value) => this.model.setRacer(this.i, { hyper: { ...this.racer.hyper, [name]: value } }));
      parts.push(element("div", { class: "ov-setting" }, element("span", {}, name), bar));
    }
    for (const name of Object.keys(racer.flags)) {
      const tick = tickBox((on) => this.model.setRacer(this.i, { flags: { ...this.racer.flags, [name]: on } }));
      tick.text.textContent = name;
      tick.box.dataset.key = `${name} ${this.i}`;
      this.shows.push(({ flags }) => write(tick.box, { checked: flags[name] }));
      parts.push(tick.row);
    }
    const remove = button(this.say("remove"), () => {
      this.list.move(this.i, -1);
      this.model.removeRacer(this.i);
      this.list.update(); // at once: no row of what has gone is left to be used
    }, this.named(rule, "remove"));
    remove.disabled = this.model.state.racers.length < 2;
    const details = element("details", { class: "ov-more", open: this.list.open.has(this.i) },
      element("summary", { "aria-label": `${this.say("settings")} ${rule.name}`, "data-key": `settings ${this.i}` }, this.say("settings_short")),
      element("div", { class: "ov-settings" }, ...parts, element("div", { class: "ov-line" }, remove)));
    details.addEventListener("toggle", () => {
      if (details.open) this.list.open.add(this.i);
      else this.list.open.delete(this.i);
    });
    return details;
  }

  /**
   * The rate over time: constant, or one of the schedules, with its numbers.
   * @param {Racer} racer
   * @param {RuleEntry} rule
   */
  schedule(racer, rule) {
    const { schedules } = this.model.data;
    const now = scheduleOf(racer.lr);
    const choose = chooser((name) => {
      const lr = baseRate(this.racer.lr);
      this.model.setRacer(this.i, { lr: name ? { schedule: name, hyper: { ...schedules[name].hyper }, lr } : lr });
    });
    /** @type {Option[]} */
    const named = Object.keys(schedules).map((key) => [key, key]);
    fillChooser(choose, [["", [["", this.say("constant_rate")], ...named]]]);
    choose.value = now;
    choose.dataset.key = `schedule ${this.i}`;
    choose.setAttribute("aria-label", `${rule.name} ${this.say("schedule")}`);
    const box = element("div", { class: "ov-setting" }, element("span", {}, "lr"), choose);
    if (!now) return box;
    const numbers = Object.keys(hyperOf(racer.lr)).map((name) => {
      const bar = this.slider(`${rule.name} ${name}`, schedules[now].ranges[name], ({ lr }) => hyperOf(lr)[name],
        (value) => {
          const { lr } = this.racer;
          if (typeof lr === "number") return;
          this.model.setRacer(this.i, { lr: { ...lr, hyper: { ...lr.hyper, [name]: value } } });
        });
      return element("div", { class: "ov-setting" }, element("span", {}, name), bar);
    });
    return element("div", {}, box, ...numbers);
  }
}
