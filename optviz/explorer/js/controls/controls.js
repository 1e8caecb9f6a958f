/** The general controls: surface, lesson, own formula, start and steps, views, sharing. */
import { button, chooser, download, element, slider, tickBox } from "../views/dom.js";
import { toMathML } from "../formula/mathml.js";
import { captionOf } from "../state/captions.js";
import { recordFilm, stillOf } from "../app/capture.js";
import { commandOf, keepsLesson, MOST_STEPS, pythonOf, VIEW_NAMES, writeHash } from "../state/link.js";
import { wordIn } from "../state/words.js";

export class Controls {
  constructor(app) {
    this.app = app;
    this.head = element("header", { class: "ov-head" });
    this.notice = element("div", { class: "ov-notice", role: "alert", hidden: true });
    this.under = element("div", { class: "ov-under" });
    this.general = element("div", { class: "ov-general" });
    this.share = element("div", { class: "ov-share" });
  }

  say(word, values) {
    return wordIn(this.app.state.language, word, values);
  }

  build() {
    this.buildHead();
    this.buildGeneral();
    this.buildShare();
  }

  buildHead() {
    const { app } = this;
    const { state, data, surface } = app;
    const { language } = state;
    const title = (each, name) => each.title[language] ?? each.title.en ?? name;
    const families = new Map();
    for (const [name, each] of Object.entries(data.surfaces)) {
      const family = each.family[language] ?? each.family.en;
      if (!families.has(family)) families.set(family, []);
      families.get(family).push([name, title(each, name)]);
    }
    const surfaces = chooser(this.say("surface"), [...families, ["", [["", this.say("own")]]]],
      state.surface, (name) => (name ? app.chooseSurface(name) : this.formulaBox.focus()));
    const lessons = Object.entries(data.scenarios).map(([name, each]) => [name, title(each, name)]);
    this.lesson = chooser(this.say("scenario"), [["", [["", this.say("none")], ...lessons]]],
      state.scenario, (name) => app.chooseScenario(name));
    const other = language === "en" ? "zh" : "en";
    const switcher = button(this.say("language"), () => app.setLanguage(other), { lang: other });
    this.about = element("p", {});
    this.caption = element("p", { class: "ov-caption" });
    const formula = element("div", { class: "ov-formula", tabIndex: 0, role: "region", "aria-label": this.say("in_signs") });
    // Markup of our own writer, which escapes every name and number.
    if (surface.formula) formula.innerHTML = toMathML(surface.formula);
    const line = element("div", { class: "ov-line" },
      element("label", {}, this.say("surface"), surfaces),
      element("label", {}, this.say("scenario"), this.lesson), switcher);
    this.head.replaceChildren(
      element("h1", {}, app.recorded?.title ?? this.say("title")), line,
      element("div", { class: "ov-about" }, formula, this.about),
      this.caption,
      this.formulaForm(),
    );
  }

  formulaForm() {
    const { app } = this;
    const { state } = app;
    this.formulaBox = element("input", {
      type: "text", value: state.surface ? "" : state.formula, placeholder: "x**2 + 3*sin(y)",
      "aria-label": this.say("formula"), spellcheck: false, maxLength: 2000,
    });
    const ends = ["x0", "x1", "y0", "y1"].map((name, i) => element("input", {
      type: "number", step: "any", value: state.domain[i], "aria-label": name, class: "ov-end",
    }));
    const wrong = element("p", { class: "ov-wrong", role: "alert" });
    const form = element("form", { class: "ov-own" },
      element("span", {}, this.say("own")), this.formulaBox, ...ends,
      element("button", { type: "submit", textContent: this.say("use") }), wrong);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      wrong.textContent = "";
      const domain = ends.map((end) => Number(end.value));
      try {
        if (!(domain.every(Number.isFinite) && domain[0] < domain[1] && domain[2] < domain[3])) {
          throw new RangeError("domain must be two ranges, each from a lower to a higher number");
        }
        app.useFormula(this.formulaBox.value, domain);
      } catch (error) {
        wrong.textContent = error.message;
      }
    });
    return form;
  }

  buildGeneral() {
    const { app } = this;
    const { state } = app;
    const numbers = (label, range, get, set) => {
      const { row, show } = slider(label, range, get(), set);
      return { box: element("div", { class: "ov-setting" }, element("span", {}, label), row), show, get };
    };
    this.numbers = [
      numbers(this.say("steps"), { low: 1, high: 2000, log: true, whole: true, allowed: `[1, ${MOST_STEPS}]` },
        () => state.steps, (steps) => app.setNumbers({ steps })),
      numbers(this.say("noise"), { low: 0, high: 10, allowed: "[0, inf)" },
        () => state.noise, (noise) => app.setNumbers({ noise })),
      numbers(this.say("seed"), { low: 0, high: 100, whole: true, allowed: "[0, 2147483648]" },
        () => state.seed, (seed) => app.setNumbers({ seed })),
    ];
    this.starts = ["x", "y"].map((name, i) => {
      const box = element("input", { type: "number", step: "any", "aria-label": `${this.say("start")} ${name}` });
      box.addEventListener("change", () => {
        const start = [...state.start];
        start[i] = Number(box.value);
        app.setNumbers({ start });
      });
      return box;
    });
    const views = VIEW_NAMES.map((view) => tickBox(this.say(view), state.views.includes(view), (on) => {
      app.setViews(VIEW_NAMES.filter((each) => (each === view ? on : state.views.includes(each))));
    }));
    this.general.replaceChildren(
      ...this.numbers.map(({ box }) => box),
      element("div", { class: "ov-setting" }, element("span", {}, this.say("start")),
        element("div", { class: "ov-line" }, ...this.starts,
          button(this.say("reset"), () => app.resetWindow()))),
      element("div", { class: "ov-line", role: "group", "aria-label": this.say("views") }, ...views),
    );
    this.update();
  }

  update() {
    const { state, data, surface } = this.app;
    // A claim stands only by the settings that it was tested with.
    const kept = keepsLesson(state, data) ? state.scenario : "";
    this.lesson.value = kept;
    const { recorded, running } = this.app;
    const own = running?.length && running.every((run) => run.recorded) ? recorded?.caption : null;
    this.about.textContent = own
      ?? (kept ? data.scenarios[kept].claim : surface.lesson)[state.language] ?? "";
    // Beside a claim nothing else is said; a guess shall not find its answer here.
    this.caption.textContent = kept || own != null || this.app.quiz || !running ? "" : captionOf(this.app);
    this.numbers.forEach(({ show, get }) => show(get()));
    this.starts.forEach((box, i) => {
      if (document.activeElement !== box) box.value = String(this.app.state.start[i]);
    });
  }

  buildShare() {
    const { app } = this;
    const { data } = app;
    this.message = element("p", { class: "ov-told", role: "status" });
    const copy = (word, text) => button(this.say(word), () => this.copy(text()));
    this.share.replaceChildren(
      element("div", { class: "ov-line", role: "group", "aria-label": this.say("share") },
        copy("link", () => `${location.href.split("#")[0]}#${writeHash(app.state, data)}`),
        copy("command", () => commandOf(app.state, data)),
        copy("python", () => pythonOf(app.state, data)),
        button(this.say("png"), () => this.savePicture()),
        button(this.say("film"), () => this.saveFilm())),
      this.message, element("p", { class: "ov-help" }, this.say("help")),
    );
  }

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // No clipboard on a page from disk in some browsers: the text is shown to be copied by hand.
    }
    this.message.textContent = this.say("copied", { text });
  }

  async savePicture() {
    const blob = await new Promise((done) => stillOf(this.app).toBlob(done, "image/png"));
    download(blob, "optviz.png");
    this.message.textContent = this.say("saved", { name: "optviz.png" });
  }

  async saveFilm() {
    const film = await recordFilm(this.app, (s) => (this.message.textContent = this.say("filming", { s })));
    if (!film) return void (this.message.textContent = `${this.say("no_film")} ${commandOf(this.app.state, this.app.data)}`);
    download(film, "optviz.webm");
    this.message.textContent = this.say("saved", { name: "optviz.webm" });
  }
}
