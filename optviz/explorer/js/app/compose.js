/**
 * One picture of the explorer on a canvas: title, formula and step, the views, a legend with every
 * setting, and the sentence below. It has views of its own, off the page and in the size that the
 * picture needs, so that neither the window nor what is done on the page meanwhile changes it.
 *
 * @import { Sheet } from "../paint/trails.js"
 * @import { Model, State } from "../state/types.js"
 * @import { View } from "../views/view.js"
 *
 * A view's place in the picture, in CSS pixels.
 * @typedef {{view: View, left: number, top: number, width: number, height: number}} ViewPlace
 *
 * A view beside the plane, or below it where the picture is narrow, with its least heights.
 * @typedef {{view: View, beside: number, below: number}} OtherView
 *
 * What the legend names: a mark, or an arrow's line, or neither.
 * @typedef {{text: string, colour?: string, shape?: string, line?: boolean}} Named
 *
 * The same with its place.
 * @typedef {Named & {left: number, middle: number}} Entry
 */
import { Curves, GradientCurves } from "../views/curves.js";
import { element } from "../views/dom.js";
import { Plane } from "../views/plane.js";
import { Profile } from "../views/profile.js";
import { ReliefView } from "../views/relief_view.js";
import { SweepView } from "../views/sweep_view.js";
import { drawHead } from "../paint/trails.js";
import { fullLabelsOf } from "../state/labels.js";
import { basinKey } from "../state/basin_key.js";
import { minimumKey } from "../state/runs.js";
import { wordIn } from "../state/words.js";
import { arranged, plainFormula, wrapped } from "./text.js";

const EDGE = 16; // about everything, in CSS pixels
const GAP = 12; // between two views
const TITLE = { font: "bold 17px", height: 34 };
const NOTE = "14px"; // formula and step
const ENTRY = { font: "13px", height: 22, mark: 18, apart: 18 };
const SENTENCE = { font: "12px", height: 17 };
const STACKED = 640; // a picture narrower than this has its views one above another
const TALL = 430; // of a plane beside other views
const PLANE_SHARES = [0.62, 0.57, 0.52, 0.47, 0.42, 0.38]; // of the width, tried for the plane
const VIEWS = [
  { name: "loss", Kind: Curves, beside: 150, below: 210 },
  { name: "gradient", Kind: GradientCurves, beside: 150, below: 210 },
  { name: "profile", Kind: Profile, beside: 150, below: 210 },
  { name: "sweep", Kind: SweepView, beside: 150, below: 210 },
  { name: "relief", Kind: ReliefView, beside: 190, below: 280 },
];
const MOST_NAMED = 12; // runs; of more, each optimizer is named once
/** @type {(keyof Model)[]} */
const HELD = ["state", "data", "surface", "running", "window", "theme", "scale", "minima", "value", "caption", "told", "title", "shortNames", "selectedRun", "hides", "labels", "map", "sweep"];

/**
 * How wide a picture is unless told, in CSS pixels: as a slide, or as a phone where the page is one.
 * @param {HTMLElement} root
 * @param {State} state
 */
function usualWidth(root, { views }) {
  if (root.clientWidth < STACKED) return 480;
  return VIEWS.some(({ name }) => views.includes(name)) ? 960 : STACKED;
}

export class Picture {
  /**
   * @param {Model} model  what it says now is what the picture shows
   * @param {HTMLElement} root  of the page
   * @param {{width?: number, ratio?: number}} about  in CSS pixels, and the pixels of each
   */
  constructor(model, root, { width = usualWidth(root, model.state), ratio = 1 } = {}) {
    /** The model as it is now: its later changes are not the picture's. @type {Model} */
    this.model = Object.create(model, Object.fromEntries(
      HELD.map((name) => [name, { value: model[name], writable: true, enumerable: true }]),
    ));
    this.width = width;
    this.ratio = ratio;
    this.canvas = document.createElement("canvas");
    // Each frame of a GIF is read back.
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d", { willReadFrequently: true }));
    this.family = getComputedStyle(root).fontFamily;
    this.stage = element("div", { class: "ov-stage", "aria-hidden": "true", inert: true });
    /** @type {ViewPlace[]} */
    this.places = [];
    /** @type {Entry[]} */
    this.entries = [];
    /** @type {string[]} */
    this.lines = [];
    this.sentenceTop = 0;
    root.append(this.stage);
    this.at(0); // where there are arrows, if ever
    try {
      this.placeViews();
      this.layOutText();
      this.still = this.paintStill();
    } catch (error) {
      this.remove();
      throw error;
    }
  }

  /** Take the views off the page again. */
  remove() {
    this.stage.remove();
  }

  /**
   * @param {string} word
   * @param {Record<string, unknown>} [values]
   */
  say(word, values) {
    return wordIn(this.model.state.language, word, values);
  }

  /** Make the views, each in the size and place that it has in the picture. */
  placeViews() {
    const { model, stage, width } = this;
    const plane = new Plane(model, stage, () => {});
    const others = VIEWS.filter(({ name }) => model.state.views.includes(name))
      .map(({ Kind, ...heights }) => ({ ...heights, view: new Kind(model, stage) }));
    const inside = width - 2 * EDGE;
    if (width < STACKED || !others.length) {
      this.size(plane, inside);
      let below = this.put(plane, EDGE, TITLE.height);
      for (const { view, below: height } of others) {
        this.size(view, inside, height);
        below = this.put(view, EDGE, below);
      }
    } else this.placeBeside(plane, others, inside);
  }

  /**
   * The plane at the left, as wide as keeps it from being too high; the others share what is left.
   * @param {Plane} plane
   * @param {OtherView[]} others
   * @param {number} inside  how wide all of them are
   */
  placeBeside(plane, others, inside) {
    const needed = others.reduce((sum, { beside }) => sum + beside + GAP, -GAP);
    for (const share of PLANE_SHARES) {
      this.size(plane, share * inside);
      if (plane.box.clientHeight <= Math.max(TALL, needed)) break;
    }
    this.put(plane, EDGE, TITLE.height);
    const left = EDGE + plane.box.clientWidth + GAP;
    const spare = Math.max(plane.box.clientHeight - needed, 0) / others.length;
    let below = TITLE.height;
    for (const { view, beside } of others) {
      this.size(view, EDGE + inside - left, beside + spare);
      below = this.put(view, left, below);
    }
  }

  /**
   * Give a view a size; a plane finds its own height.
   * @param {View} view
   * @param {number} width
   * @param {number | null} [height]
   */
  size(view, width, height = null) {
    view.ratio = this.ratio;
    view.box.style.width = `${Math.round(width)}px`;
    if (height !== null) view.box.style.height = `${Math.round(height)}px`;
    view.resize();
  }

  /**
   * Give a view a place; returns where the next one below it begins.
   * @param {View} view
   * @param {number} left
   * @param {number} top
   */
  put(view, left, top) {
    const { clientWidth: width, clientHeight: height } = view.box;
    this.places.push({ view, left, top, width, height });
    return top + height + GAP;
  }

  /** Measure the words under the views; the picture's height follows. */
  layOutText() {
    const { context, width } = this;
    const inside = width - 2 * EDGE;
    const foot = Math.max(...this.places.map(({ top, height }) => top + height)) + 8;
    context.font = `${ENTRY.font} ${this.family}`;
    const named = this.legend().map((entry) => ({ ...entry, text: this.fitted(entry.text, inside - ENTRY.mark) }));
    const wide = named.map(({ text }) => ENTRY.mark + context.measureText(text).width + ENTRY.apart);
    this.entries = arranged(wide, inside + ENTRY.apart).map(({ x, row }, i) =>
      ({ ...named[i], left: EDGE + x, middle: foot + (row + 0.5) * ENTRY.height }));
    const under = Math.max(foot, ...this.entries.map(({ middle }) => middle + ENTRY.height / 2)) + 4;
    context.font = `${SENTENCE.font} ${this.family}`;
    // A guess shall not find its answer here.
    const sentence = this.model.told ?? (this.model.state.quiz ? "" : this.model.caption);
    this.lines = sentence ? wrapped(sentence, inside, (text) => context.measureText(text).width) : [];
    this.sentenceTop = under;
    const height = under + this.lines.length * SENTENCE.height + 8;
    // Videos want even sides.
    const even = (/** @type {number} */ side) => 2 * Math.ceil((side * this.ratio) / 2);
    [this.canvas.width, this.canvas.height] = [even(width), even(height)];
  }

  /**
   * What the legend names.
   * @returns {Named[]}
   */
  legend() {
    const { model } = this;
    const { state, data, running } = model;
    const several = running.length <= MOST_NAMED;
    const named = several ? running : running.filter((run, i) => running.findIndex(({ index }) => index === run.index) === i);
    const labels = fullLabelsOf(named.map(({ racer, start }) => (several ? { ...racer, start } : racer)), data, state.language);
    /** @type {Named[]} */
    const entries = named.map(({ racer, recorded, colour, shape }, i) => {
      const fits = (recorded ?? racer).fits !== false;
      return { colour, shape, text: fits ? labels[i] : `${labels[i]} (${this.say("no_rate_fits")})` };
    });
    entries.push(...minimumKey(model), ...basinKey(model));
    for (const { kind, colour } of model.arrows() ?? []) {
      entries.push({ colour, line: true, text: this.say(kind) });
    }
    if (state.noise) {
      /** @type {[string, number][]} */
      const values = [["label_noise", state.noise], ["label_seed", state.seed]];
      const text = values.map(([word, value]) => this.say(word, { value })).join(this.say("label_comma"));
      entries.push({ text });
    }
    return entries;
  }

  /**
   * The text, or as much of it as fits.
   * @param {string} text
   * @param {number} width
   */
  fitted(text, width) {
    if (this.context.measureText(text).width <= width) return text;
    let count = text.length;
    while (count > 1 && this.context.measureText(`${text.slice(0, count)}…`).width > width) count--;
    return `${text.slice(0, count)}…`;
  }

  /** All that stands still, once: ground, axes, title, legend, sentence. */
  paintStill() {
    const { context, model, ratio, family } = this;
    const { theme } = model;
    context.fillStyle = theme.page;
    context.fillRect(0, 0, this.canvas.width, this.canvas.height);
    for (const place of this.places) {
      const { view } = place;
      if (view instanceof ReliefView) view.makeMesh();
      view.paintGround();
      this.copy(view.ground, place);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.paintTitle();
    this.paintEntries(this.entries.filter(({ line }) => !line));
    context.font = `${SENTENCE.font} ${family}`;
    context.fillStyle = theme.quiet;
    this.lines.forEach((text, i) => context.fillText(text, EDGE, this.sentenceTop + (i + 0.5) * SENTENCE.height));
    return context.getImageData(0, 0, this.canvas.width, this.canvas.height);
  }

  /**
   * Marks and texts of the legend.
   * @param {Entry[]} entries
   */
  paintEntries(entries) {
    const { context, family } = this;
    const { theme } = this.model;
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.font = `${ENTRY.font} ${family}`;
    for (const { left, middle, text, colour, shape, line } of entries) {
      if (line && colour) {
        context.fillStyle = colour;
        context.fillRect(left, middle - 1.5, ENTRY.mark - 6, 3);
      } else if (shape && colour) drawHead(context, shape, left + 6, middle, 6, colour, theme.casing);
      context.fillStyle = theme.ink;
      context.fillText(text, left + (colour ? ENTRY.mark : 0), middle);
    }
  }

  /** Title at the left, and the formula after it where there is room. */
  paintTitle() {
    const { context, model, family } = this;
    const { surface, theme, title: own, state } = model;
    const formula = surface.formula ? `f(${surface.letters.join(", ")}) = ${plainFormula(surface.formula)}` : "";
    context.textAlign = "left";
    context.textBaseline = "alphabetic";
    context.font = `${NOTE} ${family}`;
    const end = this.width - EDGE - context.measureText(this.stepText(state.steps)).width - EDGE;
    context.font = `${TITLE.font} ${family}`;
    const title = this.fitted(own || formula, end - EDGE);
    context.fillStyle = theme.ink;
    context.fillText(title, EDGE, TITLE.height - 12);
    const left = EDGE + context.measureText(title).width + EDGE;
    context.font = `${NOTE} ${family}`;
    context.fillStyle = theme.quiet;
    if (own && left + context.measureText(formula).width <= end) context.fillText(formula, left, TITLE.height - 12);
  }

  /** @param {number} at */
  stepText(at) {
    return this.say("step_of", { k: Math.floor(at + 1e-9), n: this.model.state.steps });
  }

  /**
   * @param {Sheet} sheet
   * @param {ViewPlace} place
   */
  copy(sheet, { left, top, width, height }) {
    const { context, ratio } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(sheet.canvas, Math.round(left * ratio), Math.round(top * ratio),
      Math.round(width * ratio), Math.round(height * ratio));
  }

  /**
   * Set the moment of the views.
   * @param {number} step
   */
  at(step) {
    this.model.state = { ...this.model.state, at: step, playing: false };
  }

  /**
   * Draw the moment after so many steps.
   * @param {number} step
   */
  draw(step) {
    const { context, model, ratio } = this;
    this.at(step);
    context.putImageData(this.still, 0, 0);
    for (const place of this.places) {
      place.view.paint();
      place.view.finish();
      this.copy(place.view.over, place);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    // The key has its room in every frame, and is there where arrows are.
    if (model.arrows()) this.paintEntries(this.entries.filter(({ line }) => line));
    context.textAlign = "right";
    context.textBaseline = "alphabetic";
    context.font = `${NOTE} ${this.family}`;
    context.fillStyle = model.theme.quiet;
    context.fillText(this.stepText(step), this.width - EDGE, TITLE.height - 12);
  }
}
