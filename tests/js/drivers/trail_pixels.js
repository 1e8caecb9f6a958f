/** A trail as a path and as a log of its pixels: how far each pixel of the one is from the other's. */
/* global document */
import { LongTrails } from "../../../optviz/explorer/js/paint/long_trails.js";
import { drawTrail } from "../../../optviz/explorer/js/paint/trails.js";

/**
 * @param {number} times  pixels of a CSS pixel
 * @param {string | null} casing
 * @param {number[]} [dashes]
 * @returns {number[]}  of 255
 */
export function differences(times, casing, dashes = []) {
  const [ratio, width, height] = [times, 300, 200];
  const places = Float64Array.from({ length: 240 }, (_, i) => i % 2
    ? 100 + 80 * Math.sin(i / 9) + 9 * Math.sin(2 * i) : 150 + 120 * Math.cos(i / 31));
  const line = { places, colour: "#1343c7", casing, width: 2, dashes };
  const part = { count: 100, tail: [40, 40] };
  const made = [0, 1].map((long) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [ratio * width, ratio * height];
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    if (long) {
      const { width, height } = canvas;
      const frame = { left: 0, top: 0, width, height, ratio };
      const trails = new LongTrails([line], frame);
      trails.show([part]);
      trails.paint(context);
    } else {
      context.scale(ratio, ratio);
      drawTrail(context, line, part);
    }
    return context.getImageData(0, 0, canvas.width, canvas.height).data;
  });
  // As they are seen, on grey.
  const seen = (/** @type {Uint8ClampedArray} */ [r = 0, g = 0, b = 0, a = 0]) => [r, g, b].map((part) => 128 + (part - 128) * (a / 255));
  /** @type {number[]} */
  const far = [];
  for (let i = 0; i < made[0].length; i += 4) {
    if (made[0][i + 3] + made[1][i + 3] === 0) continue;
    const [p, q] = made.map((data) => seen(data.subarray(i, i + 4)));
    far.push(Math.max(...p.map((part, k) => Math.abs(part - q[k]))));
  }
  return far;
}
