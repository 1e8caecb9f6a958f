// The range of the cut along x: as optviz/scene/panels/profile.py has it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { profileRange } from "../../optviz/explorer/js/views/profile.js";

const WINDOW = [-2, 2, -3, 3];

/** @type {(...pairs: number[][]) => {points: Float64Array, values: Float64Array}} */
const run = (...pairs) => ({
  points: Float64Array.from(pairs.flatMap(([x, , y = 0]) => [x, y])),
  values: Float64Array.from(pairs.map(([, value]) => value)),
});

test("the cut and all runs inside the window fit, with a margin", () => {
  assert.deepEqual(profileRange([4, 1, 10], [run([0, 5], [1, 0])], WINDOW), [-0.6, 10.6]);
});

test("a run that climbs above the cut or leaves the window leaves the picture", () => {
  const climbs = run([0, 5], [1, 50], [9, -70]);
  assert.deepEqual(profileRange([0, 10], [climbs], WINDOW), [-0.6, 10.6]);
  const falls = run([0, 5], [1, -1e9, 4]); // outside along y alone
  assert.deepEqual(profileRange([0, 10], [falls], WINDOW), [-0.6, 10.6]);
});

test("what a run begins with is seen above the cut", () => {
  assert.deepEqual(profileRange([0, 1], [run([0, 10], [1, 9])], WINDOW), [-0.6, 10.6]);
});

test("a cut with holes, a constant, and one without any value", () => {
  assert.deepEqual(profileRange([NaN, 0, Infinity, 10], [], WINDOW), [-0.6, 10.6]);
  assert.deepEqual(profileRange([3, 3], [run([0, 3])], WINDOW), [2, 4]);
  assert.deepEqual(profileRange([NaN], [], WINDOW), [-1, 1]);
});
