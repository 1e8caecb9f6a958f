// Trails drawn from the log of their pixels, against a rasteriser that looks at every segment anew.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LongTrails } from "../../optviz/explorer/js/paint/long_trails.js";
import { thinned } from "../../optviz/explorer/js/paint/trail_layer.js";

/** @import { TrailFrame, TrailLine, TrailPart } from "../../optviz/explorer/js/paint/long_trails.js" */

const INK = [200, 30, 60];
const CASING = [255, 255, 255];
/** @type {(ink: number[]) => string} */
const hex = (ink) => `#${ink.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
const FRAME = { left: 10, top: 6, width: 120, height: 90, ratio: 1 };
const NOTICED = 16 / 255; // what a pixel may lack of what covers it
const ROUNDED = 1 / 128; // of a cover in 255ths, a colour and an opacity

/**
 * A walk that is always the same, of which a part lies outside the frame.
 * @param {number} count
 * @param {number} [seed]
 */
function walk(count, seed = 1) {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return state / 0x7fffffff - 0.5;
  };
  const places = [60, 50];
  for (let k = 1; k < count; k++) {
    places.push(places[2 * k - 2] + 30 * next(), places[2 * k - 1] + 24 * next());
  }
  return Float64Array.from(places);
}

/**
 * @param {number} px
 * @param {number} py
 * @param {number[]} ends  of the line: x0, y0, x1, y1
 */
function distance(px, py, [x0, y0, x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const squared = dx * dx + dy * dy;
  const share = squared ? Math.min(Math.max(((px - x0) * dx + (py - y0) * dy) / squared, 0), 1) : 0;
  return Math.hypot(px - x0 - share * dx, py - y0 - share * dy);
}

/**
 * How far each pixel's middle is from the line through places, in pixels of the frame.
 * @param {Float64Array} places
 * @param {TrailFrame} frame
 */
function distances(places, { left, top, width, height, ratio }) {
  return Float64Array.from({ length: width * height }, (_, pixel) => {
    const [px, py] = [left + (pixel % width) + 0.5, top + Math.floor(pixel / width) + 0.5];
    let least = Infinity;
    for (let i = 2; i < places.length; i += 2) {
      const ends = [places[i - 2], places[i - 1], places[i], places[i + 1]].map((part) => part * ratio);
      if (ends.every(Number.isFinite)) least = Math.min(least, distance(px, py, ends));
    }
    return least;
  });
}

/** @type {(share: number) => number} */
const clamped = (share) => Math.min(Math.max(share, 0), 1);

/**
 * The opacity that a cased line gives each pixel.
 * @param {Float64Array} places
 * @param {number} width
 * @param {number[] | null} casing
 * @param {number} alpha
 * @param {TrailFrame} frame
 */
function opacities(places, width, casing, alpha, frame) {
  return distances(places, frame).map((far) => {
    const line = alpha * clamped((width * frame.ratio) / 2 + 0.5 - far);
    const ground = casing ? 0.75 * alpha * clamped((1.9 * width * frame.ratio) / 2 + 0.5 - far) : 0;
    return 1 - (1 - line) * (1 - ground);
  });
}

/** @param {LongTrails} trails */
function painted(trails) {
  return Float64Array.from({ length: trails.data.length / 4 }, (_, i) => trails.data[4 * i + 3] / 255);
}

/** @type {[string, number, number[] | null, number][]} */
const looks = [["cased", 1, CASING, 1], ["dense", 2, CASING, 1], ["faint", 1, null, 0.3]];
for (const [name, ratio, casing, alpha] of looks) {
  test(`a ${name} trail covers what lies near to it`, () => {
    const places = walk(60);
    const frame = { left: 10 * ratio, top: 6 * ratio, width: 120 * ratio, height: 90 * ratio, ratio };
    const line = { places, colour: hex(INK), casing: casing && hex(casing), width: 2, alpha };
    const trails = new LongTrails([line], frame);
    for (const count of [1, 2, 17, 60]) {
      trails.show([{ count }]);
      const wanted = opacities(places.slice(0, 2 * count), 2, casing, alpha, frame);
      painted(trails).forEach((opacity, i) => {
        assert.ok(opacity <= wanted[i] + ROUNDED, `${opacity} is more than ${wanted[i]}`);
        assert.ok(opacity >= wanted[i] - NOTICED - ROUNDED, `${opacity} is less than ${wanted[i]}`);
      });
    }
    assert.ok(painted(trails).some((opacity) => Math.abs(opacity - alpha) < 1 / 255));
  });
}

test("a step's picture is the same whatever way it was reached", () => {
  const lines = [1, 2, 3].map((seed) =>
    ({ places: walk(200, seed), colour: hex(INK), casing: hex(CASING), width: 2 }));
  /** @type {(k: number) => TrailPart[]} */
  const partsAt = (k) => lines.map(({ places }) => {
    const [x, y] = [places[2 * k], places[2 * k + 1]];
    return { count: k, tail: [(x + places[2 * k - 2]) / 2, (y + places[2 * k - 1]) / 2] };
  });
  /** @type {(k: number) => Buffer} */
  const jumped = (k) => {
    const trails = new LongTrails(lines, FRAME);
    trails.show(partsAt(k));
    return Buffer.from(trails.data);
  };
  const played = new LongTrails(lines, FRAME);
  for (let k = 1; k <= 120; k++) played.show(partsAt(k));
  assert.deepEqual(Buffer.from(played.data), jumped(120));
  const scrubbed = new LongTrails(lines, FRAME);
  for (const k of [150, 3, 199, 40, 90]) {
    scrubbed.show(partsAt(k));
    assert.deepEqual(Buffer.from(scrubbed.data), jumped(k), `step ${k}`);
  }
  scrubbed.show(lines.map(() => ({ count: 0 })));
  assert.ok(scrubbed.data.every((part, i) => i % 4 < 3 || part === 0), "nothing is left at no step");
});

test("what a step covers stays covered", () => {
  const trails = new LongTrails([{ places: walk(150), colour: hex(INK), casing: hex(CASING), width: 2 }], FRAME);
  let before = painted(trails);
  for (let count = 1; count <= 150; count += 7) {
    trails.show([{ count }]);
    const now = painted(trails);
    assert.ok(now.every((opacity, i) => opacity >= before[i]));
    before = now;
  }
});

test("a trail that there is no time for is complete after some calls", () => {
  const lines = [{ places: walk(5000), colour: hex(INK), casing: hex(CASING), width: 2 }];
  const whole = new LongTrails(lines, FRAME);
  assert.equal(whole.show([{ count: 5000 }]), true);
  const hasty = new LongTrails(lines, FRAME);
  let calls = 1;
  while (!hasty.show([{ count: 5000 }], 0)) calls++;
  assert.ok(calls > 10);
  assert.deepEqual(Buffer.from(hasty.data), Buffer.from(whole.data));
});

test("a place that is not finite breaks a trail, and so does one far away", () => {
  for (const gap of [[NaN, NaN], [3e5, 40], [40, -Infinity]]) {
    const places = Float64Array.of(20, 20, 60, 20, ...gap, 20, 70, 60, 70);
    const trails = new LongTrails([{ places, colour: hex(INK), casing: null, width: 2 }], FRAME);
    trails.show([{ count: 5 }]);
    const rows = [...painted(trails)].flatMap((opacity, i) => (opacity > 0 ? [6 + Math.floor(i / 120)] : []));
    assert.deepEqual([...new Set(rows)], [18, 19, 20, 21, 69, 70].filter((row) => rows.includes(row)));
    assert.ok(rows.includes(20) && rows.includes(70));
  }
});

test("the trail on top hides those below", () => {
  const places = Float64Array.of(20, 50.5, 110, 50.5);
  /** @type {(ink: number[]) => TrailLine} */
  const line = (ink) => ({ places, colour: hex(ink), casing: hex(CASING), width: 3 });
  const trails = new LongTrails([line([0, 0, 0]), line(INK)], FRAME);
  trails.show([{ count: 2 }, { count: 2 }]);
  const middle = 4 * ((50 - 6) * 120 + 50);
  assert.deepEqual([...trails.data.slice(middle, middle + 4)], [...INK, 255]);
});

test("the log grows with the pixels, not with the steps", () => {
  /** @type {(count: number) => Float64Array} */
  const round = (count) => Float64Array.from({ length: 2 * count }, (_, i) =>
    50 + 30 * (i % 2 ? Math.sin(i >> 1) : Math.cos(i >> 1)));
  /** @type {(count: number) => number} */
  const changes = (count) => {
    const trails = new LongTrails([{ places: round(count), colour: hex(INK), casing: hex(CASING), width: 2 }], FRAME);
    trails.show([{ count }]);
    return trails.trails[0].log.length;
  };
  // Ten times the steps on the same pixels write the same log, but for their edges.
  assert.ok(changes(20000) < 1.1 * changes(2000));
});

test("a thinned trail leads on from where the log ends, by few places", () => {
  const line = { places: walk(20000), colour: "#000000", casing: null, width: 2 };
  const { places } = thinned(line, 500, 20000);
  assert.ok(places.length <= 2 * 301);
  assert.deepEqual(places.slice(0, 2), [...line.places.slice(998, 1000)]);
});
