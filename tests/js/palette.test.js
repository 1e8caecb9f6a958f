import assert from "node:assert/strict";
import test from "node:test";
import { ColourCounts, fittedPalette, mapperOf } from "../../optviz/explorer/js/app/palette.js";

const pause = async () => {};
const parts = (/** @type {number} */ colour) => [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
/** 4096 colours all over the cube; the first is seen most often. */
const counts = new Map(Array.from({ length: 4096 }, (_, i) => [(i * 2654435761) & 0xffffff, 5000 - i]));
const [frequent] = counts.keys();
const rare = [...counts.keys()][counts.size - 1];

test("the most frequent colours and those that must be exact are in the palette as they are", async () => {
  const palette = await fittedPalette(counts, [rare, 0x123456], 255, pause);
  assert.ok(palette.length <= 255);
  const found = palette.map(String);
  assert.ok(found.includes(String(parts(frequent))));
  assert.ok(found.includes(String(parts(rare))));
  assert.ok(!found.includes(String(parts(0x123456)))); // no picture has it
  assert.ok(!(await fittedPalette(counts, [], 255, pause)).map(String).includes(String(parts(rare))));
});

test("few colours are all kept, and mapped to themselves", async () => {
  const few = new Map([...counts].slice(0, 200));
  const palette = await fittedPalette(few, [], 255, pause);
  const indexOf = mapperOf(palette);
  for (const colour of few.keys()) assert.deepEqual(palette[indexOf((colour | 0xff000000) >>> 0)], parts(colour));
});

test("of later pictures only what changed is counted", () => {
  const seen = new ColourCounts();
  seen.add(Uint32Array.of(0xff000001, 0xff000001, 0xff000002));
  seen.add(Uint32Array.of(0xff000001, 0xff000003, 0xff000002));
  assert.deepEqual([...seen.counts], [[1, 2], [2, 1], [3, 1]]);
});
