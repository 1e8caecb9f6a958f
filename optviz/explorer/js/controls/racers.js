/** The list of optimizers: which run, and a slider for each of their hyper-parameters. */
import { button, chooser, element, markIcon, signOf, slider, tickBox } from "../views/dom.js";
import { labelsOf } from "../state/labels.js";
import { HEAD_SHAPES } from "../paint/trails.js";
import { wordIn } from "../state/words.js";

export class RacerList {
  constructor(app) {
    this.app = app;
    this.box = element("div", { class: "ov-racers" });
    this.open = new Set(); // racers whose settings are shown
  }

  say(word, values) {
    return wordIn(this.app.state.language, word, values);
  }

  /** Build the list anew: when racers come or go, or the language changes. */
  build() {
    const { app } = this;
    const { state, data } = app;
    this.sliders = [];
    this.notes = [];
    this.names = [];
    const rows = state.racers.map((racer, i) => this.row(racer, i));
    const rules = Object.entries(data.rules).filter(([, rule]) => !rule.fixed);
    const names = rules.map(([key, rule]) => [key, rule.name]);
    const add = chooser(this.say("add"), [["", [["", this.say("add")], ...names]]], "", (name) => {
      if (name) app.addRacer(name);
    });
    const tune = button(this.say("tune"), () => app.tuneAll());
    this.box.replaceChildren(...rows, element("div", { class: "ov-line" }, add, tune));
  }

  /** Put numbers into the sliders that are there. */
  update() {
    for (const { show, value } of this.sliders) show(value());
    const { state, data } = this.app;
    const labels = labelsOf(state.racers, data, state.language);
    this.names.forEach((name, i) => (name.textContent = labels[i]));
    for (const { note, recorded, racer } of this.notes) {
      const shown = this.app.running.find((each) => each.racer === racer)?.recorded;
      note.hidden = (shown ?? racer).fits !== false;
      recorded.hidden = !shown && !this.app.data.rules[racer.rule].fixed;
    }
  }

  row(racer, i) {
    const { app } = this;
    const rule = app.data.rules[racer.rule];
    const { colour, shape } = app.marks[i];
    const tick = tickBox(rule.name, app.state.on[i], (on) => app.turnOn(i, on));
    this.names.push(tick.lastChild);
    tick.insertBefore(markIcon(HEAD_SHAPES[shape], colour), tick.lastChild);
    const rate = rule.fixed ? element("span", {}) : this.rate(racer, rule, i);
    const settings = element("div", { class: "ov-settings", hidden: !this.open.has(racer) });
    settings.append(...this.settings(racer, rule, i));
    const label = `${this.say("settings")} ${rule.name}`;
    const toggle = button("", () => {
      settings.hidden = !settings.hidden;
      toggle.setAttribute("aria-expanded", String(!settings.hidden));
      settings.hidden ? this.open.delete(racer) : this.open.add(racer);
    }, { "aria-label": label, title: label, "aria-expanded": String(!settings.hidden) });
    toggle.append(signOf("settings"));
    const note = element("div", { class: "ov-note", hidden: racer.fits !== false }, this.say("no_rate_fits"));
    const made = element("div", { class: "ov-racer" }, tick, rate, toggle, note);
    const recorded = element("div", { class: "ov-note", hidden: true });
    recorded.textContent = this.say(rule.fixed ? "recorded_fixed" : "recorded");
    if (app.recorded) made.append(recorded);
    this.notes.push({ note, recorded, racer });
    made.append(settings);
    return made;
  }

  rate(racer, rule, i) {
    const get = () => {
      let lr = racer.lr;
      while (typeof lr !== "number") lr = lr.lr;
      return lr;
    };
    const set = (value) => {
      let holder = racer;
      while (typeof holder.lr !== "number") holder = holder.lr;
      holder.lr = value;
      delete racer.fits; // it was the tuned rate's
      this.app.changed("runs");
    };
    const now = get();
    const low = now > 0 && now < 1e-6 ? now / 1000 : 1e-6;
    const range = { low, high: now > 50 ? now * 1000 : 50, log: true, allowed: "[0, inf)" };
    return this.slider(`${rule.name} lr`, range, get, set);
  }

  slider(label, range, get, set) {
    const { row, show } = slider(label, range, get(), set);
    this.sliders.push({ show, value: get });
    return row;
  }

  settings(racer, rule, i) {
    const { app } = this;
    const parts = rule.fixed ? [] : [this.schedule(racer, i)];
    for (const [name, value] of Object.entries(racer.hyper)) {
      const range = rule.ranges[name] ?? { low: 0, high: Math.max(1, 2 * value) };
      const get = () => racer.hyper[name];
      const set = (next) => {
        racer.hyper[name] = next;
        app.changed("runs");
      };
      parts.push(element("div", { class: "ov-setting" },
        element("span", {}, name), this.slider(`${rule.name} ${name}`, range, get, set)));
    }
    for (const [name, value] of Object.entries(racer.flags)) {
      parts.push(tickBox(name, value, (on) => {
        racer.flags[name] = on;
        app.changed("runs");
      }));
    }
    if (app.state.racers.length > 1) {
      parts.push(button(this.say("remove"), () => app.removeRacer(i), {
        "aria-label": `${this.say("remove")} ${rule.name}`,
      }));
    }
    return parts;
  }

  /** The rate over time: constant, or one of the schedules, with its numbers. */
  schedule(racer, i) {
    const { app } = this;
    const { schedules } = app.data;
    const now = typeof racer.lr === "number" ? "" : racer.lr.schedule;
    const options = [["", this.say("constant_rate")], ...Object.keys(schedules).map((k) => [k, k])];
    const rule = app.data.rules[racer.rule];
    const choose = chooser(`${rule.name} ${this.say("schedule")}`, [["", options]], now, (name) => {
      let lr = racer.lr;
      while (typeof lr !== "number") lr = lr.lr;
      racer.lr = name ? { schedule: name, hyper: { ...schedules[name].hyper }, lr } : lr;
      app.changed("runs");
      this.build();
    });
    const box = element("div", { class: "ov-setting" }, element("span", {}, "lr"), choose);
    if (!now) return box;
    const numbers = Object.keys(racer.lr.hyper).map((name) => {
      const range = schedules[now].ranges[name];
      const get = () => racer.lr.hyper?.[name];
      const set = (next) => {
        racer.lr.hyper[name] = next;
        app.changed("runs");
      };
      const { row } = slider(`${rule.name} ${name}`, range, get(), set);
      return element("div", { class: "ov-setting" }, element("span", {}, name), row);
    });
    return element("div", {}, box, ...numbers);
  }
}
