/**
 * Trails of many steps, whose frames cost pixels and not steps.
 *
 * Each trail is rasterised once, in order, into a log of what each step changed in the pixels. To
 * show another step the log is followed forwards or back from where it stands: a frame of a film
 * costs its new pixels, and a picture is the same whatever way its step was reached. The look is
 * that of `drawTrail`.
 */
import { inkOf } from "./ink.js";
import { CASING_ALPHA, CASING_WIDTH, isDrawable, roundDashes, STILL } from "./trails.js";

const FULL = 255; // of a pixel is covered
const NOTICED = 16; // what covers a pixel by less more than before changes nothing
const LONGEST = 8000; // pixels: a longer step has no dashes
const SLICE = 32; // segments between two looks at the clock

/**
 * A line through places, as `drawTrail` takes it.
 * @typedef {object} TrailLine
 * @property {ArrayLike<number>} places  x, y, x, y, ... in CSS pixels
 * @property {string} colour  "#rrggbb"
 * @property {string | null} casing
 * @property {number} width
 * @property {number} [alpha]
 * @property {number[]} [dashes]  on and off, in CSS pixels; none of a line that is drawn throughout
 *
 * What is shown of one: so many of its places, and what leads on from there.
 * @typedef {{count: number, tail?: ArrayLike<number>}} TrailPart
 *
 * The part of a canvas that is painted, in its own pixels; `ratio` of them are a CSS pixel.
 * @typedef {{left: number, top: number, width: number, height: number, ratio: number}} TrailFrame
 */

/** What was changed in the pixels, in order; each change can be undone. */
class Log {
  constructor() {
    this.length = 0;
    this.pixels = new Uint32Array(256);
    this.before = new Uint16Array(256);
    this.after = new Uint16Array(256);
  }

  /**
   * @param {number} pixel
   * @param {number} before
   * @param {number} after
   */
  push(pixel, before, after) {
    if (this.length === this.pixels.length) {
      this.pixels = lengthened(this.pixels, new Uint32Array(2 * this.length));
      this.before = lengthened(this.before, new Uint16Array(2 * this.length));
      this.after = lengthened(this.after, new Uint16Array(2 * this.length));
    }
    this.pixels[this.length] = pixel;
    this.before[this.length] = before;
    this.after[this.length++] = after;
  }
}

/**
 * A longer array that begins with what a shorter one holds.
 * @template {Uint16Array<ArrayBuffer> | Uint32Array<ArrayBuffer>} T
 * @param {T} shorter
 * @param {T} longer
 */
function lengthened(shorter, longer) {
  longer.set(shorter);
  return longer;
}

/** One trail: how it covers the pixels, colour in the high byte and casing in the low one. */
class Trail {
  /**
   * @param {TrailLine} line
   * @param {TrailFrame} frame
   * @param {(pixel: number) => void} touch  is told which pixels change
   */
  constructor({ places, colour, casing, width, alpha = 1, dashes = [] }, frame, touch) {
    this.places = places;
    this.frame = frame;
    this.touch = touch;
    this.ink = inkOf(colour);
    this.casingInk = casing ? inkOf(casing) : null;
    this.alpha = alpha;
    this.radius = (width * frame.ratio) / 2;
    this.reach = this.radius * (casing ? CASING_WIDTH : 1) + 0.5;
    this.full = casing ? (FULL << 8) | FULL : FULL << 8;
    const { firstRow, lastRow } = this.rows();
    this.firstRow = firstRow;
    this.lastRow = lastRow;
    this.cover = new Uint16Array((lastRow - firstRow + 1) * frame.width);
    this.log = new Log();
    this.shown = 0; // changes of the log that are in the pixels
    this.ends = new Uint32Array(places.length / 2); // changes of the log by the place they lead to
    this.built = 0; // places that are in the log
    this.drawnX = this.drawnY = NaN; // the last place that was drawn
    this.dashes = roundDashes(dashes, width).map((length) => length * frame.ratio);
    /** The line's length up to each place, of one with dashes. */
    this.arcs = new Float64Array(dashes.length ? places.length / 2 : 0);
    this.tail = new Log();
  }

  /** The rows that it may touch. */
  rows() {
    const { places, reach, frame } = this;
    let [low, high] = [Infinity, -Infinity];
    for (let i = 0; i < places.length; i += 2) {
      if (!isDrawable(places[i], places[i + 1])) continue;
      if (places[i + 1] < low) low = places[i + 1];
      if (places[i + 1] > high) high = places[i + 1];
    }
    const rows = [low * frame.ratio - reach, high * frame.ratio + reach].map((row) => row - frame.top);
    const firstRow = Math.max(0, Math.min(Math.floor(rows[0]), frame.height));
    const lastRow = Math.min(frame.height - 1, Math.max(Math.ceil(rows[1]), firstRow - 1));
    return { firstRow, lastRow };
  }

  /**
   * Rasterise up to so many places, if there is time.
   * @param {number} count
   * @param {number} deadline
   * @returns {boolean} whether it is done
   */
  build(count, deadline) {
    const { places } = this;
    if (this.built >= count) return true;
    this.follow(this.log.length);
    const from = this.built;
    for (let k = from; k < count; k++) {
      if (k > from && k % SLICE === 0 && performance.now() > deadline) return false;
      const i = 2 * k;
      if (k > 0) this.segment(places[i - 2], places[i - 1], places[i], places[i + 1], this.log, true, k - 1);
      this.shown = this.ends[k] = this.log.length;
      this.built = k + 1;
    }
    return true;
  }

  /**
   * Show so many places, of those that are built, and the tail behind them.
   * @param {TrailPart} part
   */
  show({ count, tail }) {
    this.dropTail();
    const last = Math.min(count, this.built) - 1;
    this.follow(last >= 0 ? this.ends[last] : 0);
    let [x, y] = [this.places[2 * last], this.places[2 * last + 1]];
    if (!tail || last < count - 1) return;
    for (let i = 0; i < tail.length; i += 2) {
      this.segment(x, y, tail[i], tail[i + 1], this.tail, false, last);
      [x, y] = [tail[i], tail[i + 1]];
    }
  }

  dropTail() {
    const { pixels, before } = this.tail;
    for (let i = this.tail.length - 1; i >= 0; i--) this.put(pixels[i], before[i]);
    this.tail.length = 0;
  }

  /**
   * Go forwards or back in the log.
   * @param {number} end
   */
  follow(end) {
    const { pixels, before, after } = this.log;
    for (; this.shown < end; this.shown++) this.put(pixels[this.shown], after[this.shown]);
    while (this.shown > end) this.put(pixels[--this.shown], before[this.shown]);
  }

  /**
   * @param {number} pixel
   * @param {number} cover
   */
  put(pixel, cover) {
    this.cover[pixel - this.firstRow * this.frame.width] = cover;
    this.touch(pixel);
  }

  /**
   * Write into a log what a segment with round ends covers more than is covered already.
   * @param {number} fromX
   * @param {number} fromY
   * @param {number} toX
   * @param {number} toY
   * @param {Log} log
   * @param {boolean} once  whether a step too short to be seen is left out
   * @param {number} k  the place before it
   */
  segment(fromX, fromY, toX, toY, log, once, k) {
    if (once && this.arcs.length) this.arcs[k + 1] = this.arcs[k];
    if (!isDrawable(fromX, fromY) || !isDrawable(toX, toY)) return;
    const { ratio, left, top } = this.frame;
    const [x0, y0] = [fromX * ratio - left, fromY * ratio - top];
    const [x1, y1] = [toX * ratio - left, toY * ratio - top];
    if (once) {
      /** @type {(x: number, y: number) => boolean} */
      const near = (x, y) => Math.abs(x - this.drawnX) < STILL && Math.abs(y - this.drawnY) < STILL;
      if (near(x0, y0) && near(x1, y1)) return;
      [this.drawnX, this.drawnY] = [x1, y1];
    }
    const length = Math.hypot(x1 - x0, y1 - y0);
    if (!this.dashes.length || length > LONGEST) return this.rasterise(x0, y0, x1 - x0, y1 - y0, log, true);
    if (once) this.arcs[k + 1] += length;
    if (this.casingInk) this.rasterise(x0, y0, x1 - x0, y1 - y0, log, false);
    for (const [begin, end] of this.dashesIn(this.arcs[k], length)) {
      const [from, part] = [begin / length || 0, (end - begin) / length || 0];
      this.rasterise(x0 + from * (x1 - x0), y0 + from * (y1 - y0), part * (x1 - x0), part * (y1 - y0), log, true);
    }
    return undefined;
  }

  /**
   * The dashes in a stretch of the line: where each begins and ends in it.
   * @param {number} arc  the length before it
   * @param {number} length
   */
  dashesIn(arc, length) {
    const { dashes, radius } = this;
    const whole = dashes.reduce((sum, each) => sum + each, 0);
    /** @type {[number, number][]} */
    const found = [];
    let at = radius - ((arc % whole) + whole); // so that the stretch begins at 0
    for (let i = 0; at < length; at += dashes[i++ % dashes.length]) {
      const end = at + dashes[i % dashes.length];
      if (i % 2 === 0 && end >= 0) found.push([Math.max(at, 0), Math.min(end, length)]);
    }
    return found;
  }

  /**
   * The pixels about a segment from a place, all in pixels of the frame.
   * @param {number} x0
   * @param {number} y0
   * @param {number} dx
   * @param {number} dy
   * @param {Log} log
   * @param {boolean} inked  whether the line is drawn, or its casing alone
   */
  rasterise(x0, y0, dx, dy, log, inked) {
    const { cover, full, radius, reach, touch } = this;
    const { width } = this.frame;
    const cased = this.casingInk !== null;
    const length = Math.sqrt(dx * dx + dy * dy);
    const [alongX, alongY] = length > 0 ? [dx / length, dy / length] : [1, 0];
    const lean = Math.abs(reach / alongY); // half of what a row cuts out of the band
    const [low, high] = [Math.min(x0, x0 + dx) - reach, Math.max(x0, x0 + dx) + reach];
    const lastRow = Math.min(this.lastRow, Math.floor(Math.max(y0, y0 + dy) + reach));
    for (let row = Math.max(this.firstRow, Math.floor(Math.min(y0, y0 + dy) - reach)); row <= lastRow; row++) {
      const down = row + 0.5 - y0;
      const middle = alongY === 0 ? x0 : x0 + (down * alongX) / alongY;
      const first = Math.max(0, Math.floor(Math.max(low, middle - lean)));
      const last = Math.min(width - 1, Math.floor(Math.min(high, middle + lean)));
      let place = (row - this.firstRow) * width + first;
      for (let column = first; column <= last; column++, place++) {
        const before = cover[place];
        if (before === full) continue;
        const right = column + 0.5 - x0;
        const along = right * alongX + down * alongY;
        const off = right * alongY - down * alongX;
        const past = along < 0 ? along : along > length ? along - length : 0;
        const distance = past === 0 ? Math.abs(off) : Math.sqrt(past * past + off * off);
        if (distance >= reach) continue;
        const line = inked ? grown(before >> 8, radius + 0.5 - distance) : before >> 8;
        const after = (line << 8) | (cased ? grown(before & FULL, reach - distance) : 0);
        if (after === before) continue;
        cover[place] = after;
        const pixel = place + this.firstRow * width;
        log.push(pixel, before, after);
        touch(pixel);
      }
    }
  }
}

/**
 * The larger of two covers, the second a share; one that nobody would see is left out.
 * @param {number} before
 * @param {number} share
 */
function grown(before, share) {
  if (share >= 1) return FULL;
  const cover = FULL * share;
  return cover >= before + NOTICED ? Math.round(cover) : before;
}

/** Many trails over each other, the later ones above. */
export class LongTrails {
  /** @param {TrailLine[]} lines @param {TrailFrame} frame */
  constructor(lines, frame) {
    this.frame = frame;
    const { width, height } = frame;
    this.data = new Uint8ClampedArray(4 * width * height);
    this.touched = new Uint32Array(width * height);
    this.touchedCount = 0;
    this.isTouched = new Uint8Array(width * height);
    const touch = (/** @type {number} */ pixel) => {
      if (this.isTouched[pixel]) return;
      this.isTouched[pixel] = 1;
      this.touched[this.touchedCount++] = pixel;
    };
    this.trails = lines.map((line) => new Trail(line, frame, touch));
  }

  /**
   * Show a part of each trail; what there is no time for is shown by later calls.
   * @param {TrailPart[]} parts
   * @param {number} milliseconds  there are for trails that were not shown before
   * @returns {boolean} whether all of it is shown
   */
  show(parts, milliseconds = Infinity) {
    const deadline = performance.now() + milliseconds;
    let done = true;
    this.trails.forEach((trail, i) => {
      trail.dropTail();
      done = trail.build(parts[i].count, deadline) && done;
      trail.show(parts[i]);
    });
    this.compose();
    return done;
  }

  /** Mix the colours of the pixels that have changed. */
  compose() {
    const { data, touched, isTouched, trails, frame } = this;
    for (let i = 0; i < this.touchedCount; i++) {
      const pixel = touched[i];
      isTouched[pixel] = 0;
      let red = 0;
      let green = 0;
      let blue = 0;
      let alpha = 0;
      // From the top down, as far as one can see.
      for (let k = 2 * trails.length - 1; k >= 0 && alpha < 0.998; k--) {
        const trail = trails[k >> 1];
        const ink = k & 1 ? trail.ink : trail.casingInk;
        const place = pixel - trail.firstRow * frame.width;
        if (ink === null || place < 0 || place >= trail.cover.length) continue;
        const cover = k & 1 ? trail.alpha * (trail.cover[place] >> 8) : CASING_ALPHA * trail.alpha * (trail.cover[place] & FULL);
        const more = ((1 - alpha) * cover) / FULL;
        red += more * ink[0];
        green += more * ink[1];
        blue += more * ink[2];
        alpha += more;
      }
      data[4 * pixel] = red / alpha;
      data[4 * pixel + 1] = green / alpha;
      data[4 * pixel + 2] = blue / alpha;
      data[4 * pixel + 3] = FULL * alpha;
    }
    this.touchedCount = 0;
  }

  /**
   * Put the picture in its place; what was there is gone.
   * @param {CanvasRenderingContext2D} context
   */
  paint(context) {
    const { left, top, width, height } = this.frame;
    context.putImageData(new ImageData(this.data, width, height), left, top);
  }
}
