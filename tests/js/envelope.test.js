// Curves of many steps by few places.
import assert from "node:assert/strict";
import { test } from "node:test";
import { countUpTo, envelope } from "../../optviz/explorer/js/paint/envelope.js";

const noisy = Float64Array.from({ length: 9973 }, (_, k) => Math.sin(k * k) / (1 + k / 900) + Math.cos(k / 700));

/**
 * The steps of each column of pixels.
 * @param {Iterable<number>} steps
 * @param {number} perStep
 * @returns {Map<number, number[]>}
 */
function columns(steps, perStep) {
  const found = new Map();
  for (const step of steps) {
    const column = Math.floor(step * perStep);
    found.set(column, [...(found.get(column) ?? []), step]);
  }
  return found;
}

for (const perStep of [0.035, 0.2, 0.9]) {
  test(`every column reaches as far as all of its steps, at ${perStep} columns a step`, () => {
    const kept = columns(envelope(noisy, perStep), perStep);
    const all = columns(noisy.keys(), perStep);
    assert.deepEqual([...kept.keys()], [...all.keys()]);
    for (const [column, steps] of all) {
      const few = kept.get(column) ?? [];
      assert.ok(few.length <= 4);
      assert.deepEqual([few[0], few.at(-1)], [steps[0], steps.at(-1)]);
      /** @type {(some: number[]) => number[]} */
      const reach = (some) => [Math.min(...some.map((k) => noisy[k])), Math.max(...some.map((k) => noisy[k]))];
      assert.deepEqual(reach(few), reach(steps));
      assert.deepEqual(few, [...few].sort((a, b) => a - b));
    }
  });
}

test("a curve of fewer steps than columns keeps all of them", () => {
  assert.deepEqual([...envelope(noisy.slice(0, 50), 7)], [...noisy.slice(0, 50).keys()]);
  assert.deepEqual([...envelope([], 1)], []);
  assert.deepEqual([...envelope([3], 0.01)], [0]);
});

test("the places kept up to a step are counted", () => {
  const steps = Uint32Array.of(0, 2, 3, 9);
  assert.deepEqual([-1, 0, 1, 2, 3, 8, 9, 99].map((step) => countUpTo(steps, step)), [0, 1, 1, 2, 3, 3, 4, 4]);
});
