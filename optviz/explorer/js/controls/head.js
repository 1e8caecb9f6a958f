/**
 * What is shown, in choosers and in words: surface, lesson, own formula; and how the page looks.
 *
 * @import { Lesson, Model, SurfaceEntry, SurfaceFacts } from "../state/types.js"
 * @import { Option } from "../views/dom.js"
 */
import { toMathML } from "../formula/mathml.js";
import { reasonOf, Refusal } from "../state/refusal.js";
import { THEME_NAMES } from "../state/schema.js";
import { button, chooser, element, fillChooser, signOf, write } from "../views/dom.js";
import { Part } from "./part.js";

export class Head extends Part {
  /** @param {Model} model */
  constructor(model) {
    super(model, element("header", { class: "ov-head" }));
    this.title = element("h1", {});
    this.surface = chooser((name) => this.chooseSurface(name));
    this.lesson = chooser((name) => model.chooseLesson(name));
    this.theme = chooser((theme) => model.look({ theme }));
    this.letters = button("", () => {
      model.look({ letters: model.state.letters === "large" ? "usual" : "large" });
    }, { class: "ov-letters" });
    /** @type {SurfaceFacts | null} */
    this.shownSurface = null;
    this.formula = element("div", { class: "ov-formula", tabIndex: 0, role: "region" });
    this.sentence = element("p", { class: "ov-sentence" });
    this.caption = element("p", { class: "ov-caption" });
    this.back = button("", () => model.chooseLesson(model.state.lesson), { hidden: true });
    this.own = element("details", { class: "ov-own-box" });
    this.formulaBox = element("input", {
      type: "text", placeholder: "x^2 + 3 sin(y)", spellcheck: false, maxLength: 2000, autocapitalize: "off",
    });
    this.ends = ["x0", "x1", "y0", "y1"].map((name) =>
      element("input", { type: "number", step: "any", "aria-label": name, class: "ov-end" }));
    this.wrong = element("p", { class: "ov-wrong", role: "alert" });
    this.worded(() => (this.title.textContent = model.recorded?.title ?? this.say("title")));
    this.box.append(
      element("div", { class: "ov-line ov-choose" }, this.title, ...this.choosers(), this.looks()),
      this.about(), this.formulaForm(),
    );
  }

  choosers() {
    const { model } = this;
    const { data } = model;
    /** @type {(each: SurfaceEntry | Lesson, name: string) => string} */
    const title = (each, name) => each.title[model.state.language] ?? each.title.en ?? name;
    this.worded(() => {
      /** @type {Map<string, Option[]>} */
      const families = new Map();
      for (const [name, each] of Object.entries(data.surfaces)) {
        const family = each.family[model.state.language] ?? each.family.en;
        families.set(family, [...(families.get(family) ?? []), [name, title(each, name)]]);
      }
      fillChooser(this.surface, [...families, ["", [["", this.say("own")]]]]);
    });
    this.worded(() => {
      /** @type {Option[]} */
      const lessons = Object.entries(data.scenarios).map(([name, each]) => [name, title(each, name)]);
      fillChooser(this.lesson, [["", [["", this.say("none")], ...lessons]]]);
    });
    /** @type {[string, HTMLSelectElement][]} */
    const labelled = [["surface", this.surface], ["scenario", this.lesson]];
    return labelled.map(([word, select]) =>
      element("label", {}, this.named(element("span", {}), word), this.named(select, word, "aria-label")));
  }

  /** @param {string} name  "" for the own formula */
  chooseSurface(name) {
    const { model } = this;
    if (name) return model.chooseSurface(name);
    this.own.open = true; // what is shown stays, and so does the focus: keys walk through this list
    this.surface.value = model.state.surface;
    return undefined;
  }

  /** Language, theme, large letters, full screen. */
  looks() {
    const { model } = this;
    const language = button("", () => model.look({ language: model.state.language === "en" ? "zh" : "en" }));
    this.worded(() => {
      language.textContent = this.say("language");
      language.lang = model.state.language === "en" ? "zh" : "en";
    });
    this.named(this.theme, "theme", "aria-label");
    this.worded(() => fillChooser(this.theme, [["", THEME_NAMES.map((name) => [name, this.say(`theme_${name}`)])]]));
    this.named(this.letters, "large");
    const box = element("div", { class: "ov-line ov-looks" }, language, this.theme, this.letters);
    if (document.fullscreenEnabled) {
      const full = this.named(button("", () => {
        if (document.fullscreenElement) document.exitFullscreen();
        else this.box.closest(".ov-root")?.requestFullscreen();
      }), "full_screen", "aria-label", "title");
      full.append(signOf("full"));
      box.append(full);
    }
    return box;
  }

  about() {
    this.named(this.formula, "in_signs", "aria-label");
    this.named(this.back, "lesson_back");
    return element("div", { class: "ov-about" }, this.formula, this.sentence, this.back);
  }

  formulaForm() {
    this.named(this.formulaBox, "formula", "aria-label");
    const [x0, x1, y0, y1] = this.ends;
    const form = element("form", { class: "ov-line ov-own" }, this.formulaBox,
      element("span", { class: "ov-range" }, "x ", x0, " … ", x1), element("span", { class: "ov-range" }, "y ", y0, " … ", y1),
      this.named(element("button", { type: "submit" }), "use"), this.wrong);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.useFormula();
    });
    this.own.append(this.named(element("summary", {}), "own_title"), form);
    return this.own;
  }

  useFormula() {
    const { model } = this;
    this.wrong.textContent = "";
    try {
      const domain = this.ends.map((end) => (end.value === "" ? NaN : Number(end.value)));
      const [x0, x1, y0, y1] = domain;
      if (!(domain.every(Number.isFinite) && x0 < x1 && y0 < y1)) {
        throw new Refusal("must_ranges", { name: this.say("domain"), given: this.ends.map((end) => end.value || "…").join(", ") });
      }
      model.useFormula(this.formulaBox.value, domain);
    } catch (error) {
      this.wrong.textContent = reasonOf(error, model.state.language);
    }
  }

  update() {
    const { model } = this;
    const { state, surface, said, told } = model;
    if (surface !== this.shownSurface) {
      this.shownSurface = surface;
      // Markup of our own writer, which escapes every name and number.
      this.formula.innerHTML = surface.formula ? toMathML(surface.formula, surface.letters) : "";
      this.formula.hidden = !surface.formula;
      this.ends.forEach((end, i) => (end.value = String(surface.domain[i])));
      this.wrong.textContent = "";
      if (!state.surface) {
        this.own.open = true;
        this.formulaBox.value = state.formula;
      }
    }
    write(this.surface, { value: state.surface });
    const kept = model.keepsLesson;
    write(this.lesson, { value: kept ? state.lesson : "" });
    write(this.back, { hidden: kept || !state.lesson });
    // Beside a claim nothing else is said; a guess shall not find its answer here.
    const caption = told !== null || state.quiz ? "" : model.caption;
    write(this.sentence, { textContent: said, hidden: !said });
    write(this.caption, { textContent: caption, hidden: !caption });
    write(this.theme, { value: state.theme });
    write(this.letters, { "aria-pressed": String(state.letters === "large") });
  }
}
