/**
 * The explorer: it builds the page about a model, and has painted in the next frame what is out of
 * date.
 *
 * @import { Domain, Model, Point, Shown, SurfaceFacts, Theme } from "../state/types.js"
 * @import { FilmAbout, PictureAbout } from "./capture.js"
 */
import { Player } from "../controls/player.js";
import { Head } from "../controls/head.js";
import { Quiz } from "../controls/quiz.js";
import { RacerList } from "../controls/racers.js";
import { Save } from "../controls/save.js";
import { Settings } from "../controls/settings.js";
import { Share } from "../controls/share.js";
import { spokenOf } from "../state/runs.js";
import { readable, wordIn } from "../state/words.js";
import { Anatomy } from "../views/anatomy.js";
import { Curves, GradientCurves } from "../views/curves.js";
import { button, element, signOf, write } from "../views/dom.js";
import { Legend } from "../views/legend.js";
import { Plane } from "../views/plane.js";
import { Profile } from "../views/profile.js";
import { ReliefView } from "../views/relief_view.js";
import { SweepView } from "../views/sweep_view.js";
import { filmOf, pictureOf } from "./capture.js";
import { ManyRuns } from "./many_runs.js";

const SPOKEN_AFTER = 500; // ms of quiet before a screen reader is told

export class Explorer {
  /**
   * @param {HTMLElement} root
   * @param {Model} model
   * @param {{linked: boolean}} about  whether the page has an address of its own, which can be shared
   */
  constructor(root, model, { linked }) {
    this.root = root;
    this.model = model;
    /** @type {Set<string>} what has changed since the last frame */
    this.dirty = new Set(["all"]);
    this.opening = true; // the first picture is the plane's; the others come when it is seen
    // What was painted last.
    /** @type {Shown[] | null} */
    this.running = null;
    /** @type {Theme | null} */
    this.theme = null;
    /** @type {SurfaceFacts | null} */
    this.surface = null;
    /** @type {Domain | null} */
    this.window = null;
    /** @type {number | null} the next frame, if one is asked for */
    this.frame = null;
    /** @type {HTMLCanvasElement[]} what is on paper */
    this.printed = [];
    this.notice = element("div", { class: "ov-notice", role: "alert", hidden: true });
    this.under = element("div", { class: "ov-under" });
    this.spoken = element("div", { class: "ov-spoken", role: "status", "aria-live": "polite" });
    const first = element("div", { class: "ov-first" });
    const right = element("div", { class: "ov-right" });
    this.plane = new Plane(model, first, (point) => this.tellUnder(point));
    this.zooms = this.zoomButtons();
    this.legend = new Legend(model);
    this.curves = new Curves(model, right);
    this.diagrams = { loss: this.curves, gradient: new GradientCurves(model, right), profile: new Profile(model, right), sweep: new SweepView(model, right) };
    this.reliefView = new ReliefView(model, right);
    this.anatomy = new Anatomy(model);
    this.player = new Player(model);
    this.quiz = new Quiz(model);
    const zooms = element("div", { class: "ov-zoom" }, ...this.zooms.map(({ made }) => made));
    first.append(element("div", { class: "ov-below" }, this.legend.box, zooms), this.player.box, this.under, this.quiz.box);
    this.capture = {
      /** @param {PictureAbout} [about] */
      picture: (about) => pictureOf(model, root, about),
      /** @param {FilmAbout} about */
      film: (about) => filmOf(model, root, about),
    };
    this.head = new Head(model);
    this.controls = [this.head, new RacerList(model), new Settings(model), this.quiz,
      new Share(model, linked), new Save(model, this.capture)];
    this.pictures = [this.plane, ...Object.values(this.diagrams), this.reliefView];
    this.lay(first, right);
    this.unlisten = model.listen((changed) => this.changed(...changed));
    this.many = new ManyRuns(model);
    this.darkness = matchMedia("(prefers-color-scheme: dark)");
    this.lookAtTheme = () => model.setDark(this.isDark());
    // JupyterLab's own theme, where it changes while we are open.
    this.themes = new MutationObserver(this.lookAtTheme);
    this.paper = { beforeprint: () => this.print(true), afterprint: () => this.print(false) };
    // Views find out by themselves whether they have another size: the page grows with the rule too.
    this.sizes = new ResizeObserver(() => this.changed("frame"));
    this.watch();
    this.flush();
  }

  /**
   * Put everything in its place.
   * @param {HTMLElement} first  the plane and what belongs to it
   * @param {HTMLElement} right  the other pictures
   */
  lay(first, right) {
    const main = element("div", { class: "ov-main" },
      element("div", { class: "ov-pictures" }, first, right), this.head.caption, this.anatomy.box);
    // The quiz asks about the plane and stands below it.
    const beside = this.controls.filter((part) => part !== this.head && part !== this.quiz);
    const side = element("div", { class: "ov-side" }, ...beside.map(({ box }) => box));
    this.root.classList.add("ov-root");
    this.root.replaceChildren(element("div", { class: "ov-page" },
      this.head.box, this.notice, element("div", { class: "ov-body" }, main, side), this.spoken));
  }

  zoomButtons() {
    const { model } = this;
    /** @type {[string, () => void][]} */
    const zooms = [["zoom_in", () => model.zoom(0.8)], ["zoom_out", () => model.zoom(1.25)],
      ["whole", () => model.look({ window: null })]];
    return zooms.map(([word, press]) => {
      const made = button("", press);
      made.append(signOf(word));
      return { word, made };
    });
  }

  watch() {
    this.darkness.addEventListener("change", this.lookAtTheme);
    for (const [event, print] of Object.entries(this.paper)) addEventListener(event, print);
    this.themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });
    this.sizes.observe(this.root);
    this.lookAtTheme();
  }

  /**
   * Paint for paper, at once: the browser takes the picture when we return. Each view's sheets become
   * one canvas, since Chromium prints a canvas that is painted meanwhile on a white ground.
   * @param {boolean} onPaper
   */
  print(onPaper) {
    this.model.setOnPaper(onPaper);
    this.flush();
    this.printed.forEach((canvas) => canvas.remove());
    this.printed = onPaper ? this.pictures.map(({ box, ground, over }) => {
      const { width, height } = ground.canvas;
      const canvas = element("canvas", { class: "ov-sheet ov-printed", width, height });
      const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
      for (const sheet of [ground, over]) context.drawImage(sheet.canvas, 0, 0);
      box.append(canvas);
      return canvas;
    }) : [];
  }

  isDark() {
    const page = this.root.closest("[data-jp-theme-light]")?.getAttribute("data-jp-theme-light");
    return page ? page === "false" : this.darkness.matches;
  }

  /** @param {Point | null} point  that the pointer is over */
  tellUnder(point) {
    const { model } = this;
    if (!point) return void (this.under.textContent = "");
    const out = new Float64Array(3);
    model.surface.at(point[0], point[1], out);
    const [f, gx, gy, x, y] = [...out, ...point].map(readable);
    const word = out.every(Number.isFinite) ? "under" : "under_undefined";
    this.under.textContent = wordIn(model.state.language, word, { f, gx, gy, x, y });
  }

  /**
   * Ask for what depends on these to be painted in the next frame.
   * @param {...string} kinds
   */
  changed(...kinds) {
    kinds.forEach((kind) => this.dirty.add(kind));
    this.frame ??= requestAnimationFrame((now) => {
      this.frame = null;
      if (this.model.state.playing) this.player.tick(now);
      this.flush();
      if (this.model.state.playing) this.changed("at");
    });
  }

  /** Paint what is out of date, and nothing else. */
  flush() {
    const { model, plane, reliefView, opening, dirty: changes } = this;
    const { state } = model;
    this.dirty = new Set(); // what painting tells, such as the rest of long trails, is for the next frame
    const all = changes.has("all");
    const dirty = (/** @type {string[]} */ ...kinds) => all || kinds.some((kind) => changes.has(kind));
    const only = (/** @type {string[]} */ ...kinds) => [...changes].every((kind) => kinds.includes(kind));
    const { running, theme, surface } = model;
    const other = { runs: running !== this.running, theme: theme !== this.theme, surface: surface !== this.surface };
    this.running = running;
    this.theme = theme;
    this.surface = surface;
    if (other.surface) this.tellUnder(null);
    if (dirty("language")) this.relabel();
    if (dirty("language") || other.theme) this.anatomy.relabel();
    else if (dirty("racers")) this.anatomy.listNames();
    this.arrange();
    const sized = this.pictures.map((view) => view.resize());
    const window = other.surface || model.window !== this.window;
    const turned = only("camera") && !sized.includes(true); // the relief, and nothing else
    this.window = model.window;
    if (window || other.theme || dirty("letters", "basins") || sized[0]) plane.paintGround();
    else if (dirty("many") && state.basins) plane.paintMap();
    Object.values(this.diagrams).forEach((view, i) => {
      if (view.box.hidden || turned || opening) return;
      if (window || other.runs || other.theme || dirty("language", "views", "letters", "selected", "many") || sized[i + 1]) view.paintGround();
      view.paint();
    });
    if (!reliefView.box.hidden && !opening) {
      if (window || !reliefView.mesh) reliefView.makeMesh();
      if (window || other.theme || dirty("camera", "views") || sized.at(-1)) reliefView.paintGround();
      else if (other.runs || dirty("letters")) reliefView.placeRuns();
      reliefView.paint();
    }
    if (!turned) {
      plane.paint();
      if (!this.anatomy.box.hidden && !opening) this.anatomy.update(model.onPaper);
      this.player.update();
      this.legend.update();
      if (!only("at", "playing", "frame") || state.quiz) this.controls.forEach((part) => part.update(changes));
    }
    if (!state.playing) this.speakSoon();
    if (opening) {
      this.opening = false;
      cancelAnimationFrame(this.frame ?? 0);
      this.frame = requestAnimationFrame(() => {
        this.frame = null;
        this.changed("views");
      });
    }
  }

  /** Which boxes are seen, and in which colours. */
  arrange() {
    const { model, root } = this;
    const { views, letters, language, quiz } = model.state;
    write(root, { lang: language });
    root.classList.toggle("ov-dark", model.themeName === "dark");
    root.classList.toggle("ov-large", letters === "large");
    for (const [name, view] of Object.entries(this.diagrams)) write(view.box, { hidden: !views.includes(name) });
    write(this.reliefView.box, { hidden: !views.includes("relief") });
    write(this.anatomy.box, { hidden: !views.includes("anatomy") || (quiz !== null && model.hides) });
    write(this.notice, { textContent: model.notice, hidden: !model.notice });
  }

  /** Every word in the language that is chosen now; the elements stay. */
  relabel() {
    const { language } = this.model.state;
    [...this.controls, this.player, this.legend].forEach((part) => part.relabel());
    this.pictures.forEach((view) => view.label());
    for (const { word, made } of this.zooms) {
      for (const name of ["aria-label", "title"]) made.setAttribute(name, wordIn(language, word));
    }
  }

  /** Tell screen readers where everybody is, once it is quiet. */
  speakSoon() {
    clearTimeout(this.speech);
    this.speech = setTimeout(() => {
      const text = spokenOf(this.model);
      write(this.spoken, { textContent: text });
    }, SPOKEN_AFTER);
  }

  destroy() {
    if (this.frame !== null) cancelAnimationFrame(this.frame);
    clearTimeout(this.speech);
    this.unlisten();
    this.many.end();
    this.sizes.disconnect();
    this.anatomy.destroy();
    this.themes.disconnect();
    this.darkness.removeEventListener("change", this.lookAtTheme);
    for (const [event, print] of Object.entries(this.paper)) removeEventListener(event, print);
  }
}
