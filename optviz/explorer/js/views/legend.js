/**
 * Who is who, below the plane: mark and name of each run.
 *
 * @import { Model, Shown } from "../state/types.js"
 */
import { HEAD_SHAPES } from "../paint/trails.js";
import { leftWindow } from "../state/captions.js";
import { basinKey } from "../state/basin_key.js";
import { minimumKey } from "../state/runs.js";
import { wordIn } from "../state/words.js";
import { element, markIcon, paintMark, renew } from "./dom.js";

const MOST_NAMED = 16;

export class Legend {
  /** @param {Model} model */
  constructor(model) {
    this.model = model;
    this.box = element("ul", { class: "ov-legend" });
    /** What is shown. @type {unknown[]} */
    this.shown = [];
  }

  relabel() {
    this.box.setAttribute("aria-label", wordIn(this.model.state.language, "legend"));
  }

  /**
   * That a run diverged, or left the surface or the window for good; or "".
   * @param {Shown["run"]} run
   */
  lostOf(run) {
    const { language } = this.model.state;
    if (run.status !== "finished") return wordIn(language, `short_${run.status}`, { k: run.length + 1 });
    const k = leftWindow(run, this.model.reachedDomain());
    return k === null ? "" : wordIn(language, "short_outside", { k });
  }

  update() {
    const { running, state, map } = this.model;
    const now = [running, state.basins && map, state.selected];
    if (now.every((part, i) => part === this.shown[i])) return;
    this.shown = now;
    const rows = running.slice(0, MOST_NAMED).map(({ name, colour, shape, run }) => {
      const mark = markIcon();
      paintMark(mark, HEAD_SHAPES[shape], colour);
      const lost = this.lostOf(run);
      return element("li", {}, mark, element("span", {}, name, lost && ` (${lost})`));
    });
    if (running.length > MOST_NAMED) {
      rows.push(element("li", {}, wordIn(state.language, "legend_more", { n: running.length - MOST_NAMED })));
    }
    for (const { colour, shape = "*", text } of [...minimumKey(this.model), ...basinKey(this.model)]) {
      const mark = markIcon();
      if (colour) paintMark(mark, HEAD_SHAPES[shape], colour);
      rows.push(element("li", {}, ...(colour ? [mark] : []), element("span", {}, text)));
    }
    renew(this.box, rows);
  }
}
