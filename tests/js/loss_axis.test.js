/** The zero of the loss axis: it counts from what its name says. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { zeroOf } from "../../optviz/explorer/js/views/curves.js";

const MINIMUM = [[0, 0, 1]];
/** @type {[string, number[][], number[][], {zero: number, word: string, decades: number}][]} */
const CASES = [
  ["the known minimum", [[9, 4, 1.5]], MINIMUM, { zero: 1, word: "above", decades: 14 }],
  ["what is lower than the known minimum", [[9, 4, 1.5], [9, 0.5]], MINIMUM,
    { zero: 0.5, word: "above_seen", decades: 4 }],
  ["0, which the values come near", [[9, 4, 0.01]], [], { zero: 0, word: "value", decades: 14 }],
  ["the lowest value seen", [[9, 4, 1.5]], [], { zero: 1.5, word: "above_seen", decades: 4 }],
  ["the lowest value seen, below 0", [[9, 4, -2]], [], { zero: -2, word: "above_seen", decades: 4 }],
];
for (const [name, curves, minima, expected] of CASES) {
  test(`it is ${name}`, () => {
    assert.deepEqual(zeroOf(curves, minima), expected);
  });
}
