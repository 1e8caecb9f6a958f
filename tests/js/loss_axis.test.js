/** The zero of the loss axis: it counts from what its name says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { lossAxis } from "../../optviz/explorer/js/paint/loss_axis.js";

/** Runs that stand still and have these values. */
const runsOf = (/** @type {number[][]} */ curves) => /** @type {any} */ (curves.map((values) =>
  ({ values: Float64Array.from(values), points: new Float64Array(2 * values.length), status: "finished" })));

const HIGH = () => 99; // the surface about the runs, where it is higher
/** @type {[string, number[][], number[][], () => number, {zero: number, word: string}][]} */
const CASES = [
  ["the known minimum", [[9, 4, 1.5]], [[0, 0, 1]], HIGH, { zero: 1, word: "above" }],
  ["what is lower than the known minimum", [[9, 4, 1.5], [9, 0.5]], [[0, 0, 1]], HIGH, { zero: 0.5, word: "above_seen" }],
  ["0, which the values come near", [[9, 4, 0.01]], [], HIGH, { zero: 0, word: "value" }],
  ["the lowest value seen", [[9, 4, 1.5]], [], HIGH, { zero: 1.5, word: "above_seen" }],
  ["the lowest value seen, below 0", [[9, 4, -2]], [], HIGH, { zero: -2, word: "above_seen" }],
  ["the lowest value of the window", [[9, 4, 3]], [], () => 2, { zero: 2, word: "above_seen" }],
];
for (const [name, curves, minima, value, expected] of CASES) {
  test(`it is ${name}`, () => {
    const { zero, word } = lossAxis(runsOf(curves), { scale: "log", domain: [-1, 1, -1, 1], minima }, value);
    assert.deepEqual({ zero, word }, expected);
  });
}

test("a run that flies off leaves the picture: the others are to be seen", () => {
  const [staying, flying] = runsOf([[9, 4, 1], [9, 1e6, 1e12]]);
  flying.points.set([0, 0, 50, 0, 1e4, 0]);
  const axis = lossAxis([staying, flying], { scale: "linear", domain: [-1, 1, -1, 1], minima: [] }, HIGH);
  assert.deepEqual([axis.low, axis.high].map((end) => Number(end.toFixed(6))), [0.8, 9.2]);
});
