/** The trails of a view: drawn as paths while they are short, and else from the log of their pixels. */
import { LongTrails } from "./long_trails.js";
import { drawTrail } from "./trails.js";

export const LONG = 3000; // places of all trails together, from which a path costs more than a log
const SLICE = 6; // ms a frame for what the log lacks
const PREVIEW_PLACES = 300; // of a trail that the log lacks still
const PREVIEW_STEP = 3; // CSS pixels between two of them, at least

/** @import { TrailFrame, TrailLine, TrailPart } from "./long_trails.js" */

export class TrailLayer {
  constructor() {
    /** @type {TrailLine[]} */
    this.lines = [];
    /** @type {LongTrails | null} */
    this.long = null;
    this.done = true;
  }

  /**
   * Take other trails, or another place for them.
   * @param {TrailLine[]} lines
   * @param {TrailFrame} frame  what is painted is lost in it
   */
  set(lines, frame) {
    this.lines = lines;
    const places = lines.reduce((sum, line) => sum + line.places.length / 2, 0);
    this.long = places >= LONG ? new LongTrails(lines, frame) : null;
    this.done = true;
  }

  /**
   * Draw a part of each trail on a canvas that is empty there. Of long trails the first frames show
   * a thinned path where there was no time for more.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {TrailPart[]} parts
   * @param {boolean} [whole]  whether it shall take the time it needs
   * @returns {boolean} whether all is as it shall be
   */
  paint(context, parts, whole = false) {
    const { long } = this;
    if (!long) {
      this.lines.forEach((line, i) => drawTrail(context, line, parts[i]));
      return true;
    }
    this.done = long.show(parts, whole ? Infinity : SLICE);
    long.paint(context);
    this.lines.forEach((line, i) => {
      const { built } = long.trails[i];
      if (built < parts[i].count) drawTrail(context, thinned(line, built, parts[i].count), parts[i]);
    });
    return this.done;
  }
}

/**
 * A trail from a place on, by so few places that a path of them is drawn at once.
 * @param {TrailLine} line
 * @param {number} from
 * @param {number} count
 */
export function thinned(line, from, count) {
  const stride = Math.ceil((count - from) / PREVIEW_PLACES);
  /** @type {number[]} */
  const places = [];
  let [x, y] = [NaN, NaN];
  for (let k = Math.max(from - 1, 0); k < count; k += stride) {
    const [px, py] = [line.places[2 * k], line.places[2 * k + 1]];
    if (Math.abs(px - x) < PREVIEW_STEP && Math.abs(py - y) < PREVIEW_STEP) continue;
    places.push(px, py);
    [x, y] = [px, py];
  }
  return { ...line, places };
}
