/*!
 * gifenc 1.0.3, https://github.com/mattdesl/gifenc
 *
 * The MIT License (MIT)
 * Copyright (c) 2017 Matt DesLauriers
 *
 * Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
 * associated documentation files (the "Software"), to deal in the Software without restriction,
 * including without limitation the rights to use, copy, modify, merge, publish, distribute,
 * sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
 * furnished to do so, subject to the following conditions:
 *
 * The above copyright notice and this permission notice shall be included in all copies or
 * substantial portions of the Software.
 *
 * THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
 * NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
 * NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
 * DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT
 * OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
 */
import { GIFEncoder } from "gifenc/src/index.js";
import { mapperOf } from "./palette.js";

export const TRANSPARENT = 255; // the index that leaves a pixel as it was
const TO_PLACE = 9; // bytes of a frame before the place of its rectangle

/** A GIF of one palette: in each frame the smallest rectangle that holds what changed. */
export class GifWriter {
  /**
   * @param {number} width
   * @param {number} height
   * @param {number[][]} palette  at most 255 colours
   */
  constructor(width, height, palette) {
    this.width = width;
    this.height = height;
    const black = Array(TRANSPARENT + 1 - palette.length).fill([0, 0, 0]);
    this.palette = [...palette, ...black];
    this.indexOf = mapperOf(palette);
    this.gif = GIFEncoder();
    /** @type {Uint32Array | null} */
    this.before = null;
    this.shown = new Uint8Array(width * height);
  }

  /** @param {Uint32Array} pixels  @param {number} ticks  how long it is shown, in 1/100 s */
  add(pixels, ticks) {
    const { width, height, before, shown, gif, indexOf } = this;
    const delay = 10 * ticks;
    if (!before) {
      for (let i = 0; i < shown.length; i++) shown[i] = indexOf(pixels[i]);
      gif.writeFrame(shown, width, height, { palette: this.palette, delay, repeat: 0, dispose: 1 });
    } else {
      const box = { x0: width, y0: height, x1: -1, y1: -1 };
      const changes = new Uint8Array(width * height).fill(TRANSPARENT);
      for (let i = 0; i < shown.length; i++) {
        if (before[i] === pixels[i]) continue;
        const index = indexOf(pixels[i]);
        if (index === shown[i]) continue;
        changes[i] = shown[i] = index;
        const [x, y] = [i % width, Math.floor(i / width)];
        box.x0 = Math.min(box.x0, x);
        box.x1 = Math.max(box.x1, x);
        box.y0 = Math.min(box.y0, y);
        box.y1 = y;
      }
      this.addChanges(changes, box.x1 < 0 ? { x0: 0, y0: 0, x1: 0, y1: 0 } : box, delay);
    }
    this.before = pixels;
  }

  /**
   * @param {Uint8Array} changes  an index for each pixel
   * @param {{x0: number, y0: number, x1: number, y1: number}} box  that holds all of them
   * @param {number} delay  in ms
   */
  addChanges(changes, { x0, y0, x1, y1 }, delay) {
    const { gif, width } = this;
    const [wide, high] = [x1 - x0 + 1, y1 - y0 + 1];
    const inside = new Uint8Array(wide * high);
    for (let y = 0; y < high; y++) {
      const from = (y0 + y) * width + x0;
      inside.set(changes.subarray(from, from + wide), y * wide);
    }
    const begin = gif.bytesView().length;
    gif.writeFrame(inside, wide, high, { delay, transparent: true, transparentIndex: TRANSPARENT, dispose: 1 });
    // The encoder places every frame at the corner.
    gif.bytesView().set([x0 & 255, x0 >> 8, y0 & 255, y0 >> 8], begin + TO_PLACE);
  }

  finish() {
    this.gif.finish();
    return new Blob([this.gif.bytes()], { type: "image/gif" });
  }
}
