/** Tick labels, by the rules of optviz/scene/ticks.py. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decades, nameWithout, roundTicks, tickLabels } from "../../optviz/explorer/js/paint/ticks.js";

/** @param {string} label */
const numberOf = (label) => Number(label.replace("−", "-"));

/** @param {number} most */
const within = (most) => fc.double({ min: -most, max: most, noNaN: true });
const ends = fc.oneof(within(1e12), within(1e-3), fc.integer({ min: -(10 ** 7), max: 10 ** 7 }));
const spans = within(9).map((power) => 10 ** power);

test("labels differ and name their ticks", () => {
  fc.assert(
    fc.property(ends, spans, (low, span) => {
      fc.pre(Math.abs(low) < 1e12 * span);
      const ticks = roundTicks(low, low + span, 5);
      const { labels, offset } = tickLabels(ticks);
      assert.equal(new Set(labels).size, ticks.length);
      const step = Math.min(...ticks.slice(1).map((tick, i) => tick - ticks[i]));
      ticks.forEach((tick, i) => {
        const error = Math.abs(numberOf(labels[i]) + offset - tick);
        assert.ok(error <= 4e-16 * Math.abs(tick) + 0.02 * step, `${labels[i]} for ${tick}`);
      });
    }),
    { seed: 1, numRuns: 300, examples: [[1e9, 50], [999999, 2], [-78000, 50], [-500000, 1e6]] },
  );
});

/** @type {[number, number, string[], string][]} */
const SHORT = [
  [-5, 5, ["−5", "−2.5", "0", "2.5", "5"], "x"],
  [0, 3e7, ["0", "1e7", "2e7", "3e7"], "x"],
  [1e9, 1e9 + 40, ["0", "10", "20", "30", "40"], "x − 1e9"],
  [999999, 1000001, ["−1", "−0.5", "0", "0.5", "1"], "x − 1e6"],
  [-1e9 - 20, -1e9 + 20, ["−20", "−10", "0", "10", "20"], "x + 1e9"],
];
for (const [low, high, expected, name] of SHORT) {
  test(`labels are short from ${low} to ${high}`, () => {
    const { labels, offset } = tickLabels(roundTicks(low, high, 4));
    assert.deepEqual(labels, expected);
    assert.equal(nameWithout("x", offset), name);
  });
}

test("powers of ten are spaced evenly, and as many as there is room for", () => {
  fc.assert(fc.property(fc.integer({ min: -300, max: 290 }), fc.integer({ min: 2, max: 18 }), fc.integer({ min: 3, max: 9 }), (low, span, most) => {
    const found = decades(low, low + span, most);
    const [first = NaN, second = NaN] = found;
    assert.ok(found.length >= 2 && found.length <= most + 1);
    found.forEach((tick, i) => assert.equal(tick, first + i * (second - first)));
    assert.ok(found.every((tick) => Number.isInteger(tick) && tick >= low && tick <= low + span));
  }));
});

test("within one decade 2 and 5 times a power of ten are named", () => {
  const numbers = decades(Math.log10(1.5), Math.log10(30), 8).map((tick) => Number((10 ** tick).toPrecision(6)));
  assert.deepEqual(numbers, [2, 5, 10, 20]);
});
