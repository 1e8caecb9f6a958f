/** Many runs at once: basins, their minima and colours, sweeps, and the queue of questions. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { basinMaps } from "../../optviz/explorer/js/engine/basins.js";
import { minimaOf } from "../../optviz/explorer/js/engine/minima.js";
import { raise, wholePower } from "../../optviz/explorer/js/engine/powers.js";
import { sweepValues } from "../../optviz/explorer/js/engine/sweep.js";
import { parseFormula } from "../../optviz/explorer/js/formula/parse.js";
import { paintBasins, shadeEdges } from "../../optviz/explorer/js/paint/basins.js";
import { Queue } from "../../optviz/explorer/js/state/many_runs.js";

/** Gradient descent as Python writes it. */
const GD = /** @type {any} */ ({
  name: "GD", lr: 0.1, hyper: {}, flags: {}, slots: [], start: () => ({}),
  step: (/** @type {any} */ h, /** @type {any} */ f, /** @type {number} */ t, /** @type {number} */ lr, /** @type {number} */ g) => -lr * g,
});
const WELLS = "x**4 - 2*x**2 + y**2";
/** @type {(text: string, lr: number, window: number[], steps?: number) => any} */
const settingOf = (text, lr, window, steps = 60) => ({
  surface: parseFormula(text).at, rule: GD, hyper: {}, flags: {}, lr, steps, domain: [-2, 2, -2, 2], minima: [], window,
});
const mapsOf = (/** @type {any} */ setting) => [...basinMaps(setting)].flatMap((map) => (map ? [map] : []));
/** @type {(setting: any) => import("../../optviz/explorer/js/engine/basins.js").BasinMap} */
const firstMap = (setting) => {
  for (const map of basinMaps(setting)) if (map) return map;
  throw new Error("no map");
};

test("minima of a formula: those in the window, lowest first, alike ones from left to right", () => {
  const { at } = parseFormula(WELLS);
  assert.deepEqual(minimaOf(at, [], [-2, 2, -2, 2]), [[-1, 0], [1, 0]]);
  assert.deepEqual(minimaOf(at, [], [0.5, 2, -2, 2]), [[1, 0]]);
  const tilted = minimaOf(parseFormula(`${WELLS} - x/10`).at, [], [-2, 2, -2, 2]);
  assert.ok(tilted[0][0] > 1 && tilted[1][0] < -0.9);
  assert.deepEqual(minimaOf(at, [[1, 0, -1]], [-2, 2, -2, 2]), [[1, 0], [-1, 0]]); // the known one is not found again
  for (const text of ["(x - y)**2", "x + y", "-(x**2) - y**2", "x*0"]) {
    assert.deepEqual(minimaOf(parseFormula(text).at, [], [-1, 1, -1, 1]), [], text);
  }
});

test("maps grow finer, as wide as the window is; each half of two wells leads to its own", () => {
  const maps = mapsOf(settingOf(WELLS, 0.02, [-2, 2, -1, 1], 90));
  assert.deepEqual(maps.map(({ width, height }) => [width, height]), [[25, 12], [50, 25], [100, 50], [200, 100]]);
  for (const { width, labels, steps, budget } of maps.slice(1)) {
    labels.forEach((label, at) => assert.equal(label, at % width < width / 2 ? 0 : 1));
    assert.ok(steps.every((step, at) => labels[at] >= 0 && step >= 0 && step < budget));
  }
});

test("runs that are too long for their rate diverge, and those too short are undecided", () => {
  const far = firstMap(settingOf("x**2 + y**2", 1.02, [-2, 2, -2, 2], 400));
  assert.deepEqual(new Set(far.labels), new Set([-2, 0])); // the middle pixel starts at the minimum
  assert.equal(firstMap(settingOf("x**2", 1, [-2, 2, -2, 2], 501)).width, 12); // long runs begin with fewer
  const slow = firstMap(settingOf("x**2 + y**2", 1e-4, [-2, 2, -2, 2], 5));
  assert.equal(slow.labels.filter((label) => label === -1).length, 624);
  assert.ok(slow.steps.every((step, i) => step === (slow.labels[i] === -1 ? 5 : 0)));
});

test("a sweep is the last value with each rate, infinite beyond 2 / curvature", () => {
  const { surface } = settingOf("x**2/2 + y**2", 1, []);
  const rates = [0.1, 0.5, 0.99, 1.1, 3];
  const values = [...sweepValues({ surface, rule: GD, hyper: {}, flags: {}, steps: 4000, start: [1, 1] }, rates)].at(-1);
  assert.ok(values && values.slice(0, 3).every((value) => value < 1e-9) && values.slice(3).every((value) => value === Infinity));
});

test("powers that were taken before are the same", () => {
  fc.assert(fc.property(fc.double({ noNaN: true }), fc.integer({ min: -3, max: 3000 }), (a, b) => {
    const first = raise(a, b);
    [0.9, 0.99, 0.999, 0.5, 0.25].forEach((other) => raise(other, b));
    assert.ok(Object.is(raise(a, b), first) && Object.is(Math.pow(a, b), first));
  }), { numRuns: 500 });
  assert.equal(raise(0.999, 500), wholePower(0.999, 500));
});

test("shades divide the steps of those that have arrived, and the image stands upright", () => {
  const map = { width: 2, height: 2, labels: Int16Array.of(0, 1, -1, -2), steps: Int32Array.of(1, 100, 100, 3), budget: 100, window: [0, 1, 0, 1], minima: [[0, 0], [1, 1]] };
  assert.deepEqual(shadeEdges(map, 5), [3, 7, 16, 40]);
  const hues = [1, 2].map((hue) => [1, 2, 3, 4, 5, 6].map((tone) => `#${hue}0${tone}000`));
  const image = { width: 2, height: 2, data: new Uint8ClampedArray(16) };
  paintBasins(image, map, { hues, diverged: "#000000", undecided: "#ffffff" });
  const colours = [0, 4, 8, 12].map((i) => Buffer.from(image.data.slice(i, i + 3)).toString("hex"));
  assert.deepEqual(colours, ["ffffff", "000000", "101000", "205000"]);
});

test("the newest question is answered, the one before it once if it was begun", () => {
  /** @type {(() => void)[]} */
  const later = [];
  /** @type {string[]} */
  const told = [];
  const answers = function* (/** @type {any} */ { name }) {
    for (let i = 0; i < 3; i++) {
      for (let until = performance.now() + 9; performance.now() < until;); // longer than a slice
      yield /** @type {any} */ ({ name, i });
    }
  };
  const queue = new Queue(answers, (/** @type {any} */ { name, i }) => told.push(name + i), (work) => later.push(work));
  const ask = (/** @type {string} */ name) => queue.ask(/** @type {any} */ ({ name }));
  ask("a");
  ask("b");
  later.shift()?.();
  ask("c");
  ask("d");
  while (later.length) later.shift()?.();
  assert.deepEqual(told, ["b0", "d0", "d1", "d2"]);
  ask("e");
  later.shift()?.();
  queue.ask(null);
  while (later.length) later.shift()?.();
  assert.deepEqual(told.slice(4), ["e0"]);
});
