/** Formulas beside what Python's tests compare: grids, starts, and how they are shown. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { toMathML } from "../../optviz/explorer/js/formula/mathml.js";
import { parseFormula } from "../../optviz/explorer/js/formula/parse.js";
import { ownSurface } from "../../optviz/explorer/js/formula/user_formula.js";

const GRIDS = ["3", "x", "y", "sin(x)", "exp(y)*2", "x*y+cos(y)/(2+sin(x))", "y**2-x"];
for (const text of GRIDS) {
  test(`a grid of ${text} holds the values of its points`, () => {
    const xs = Float64Array.from({ length: 600 }, (_, i) => i / 77 - 3);
    const ys = Float64Array.of(-1, 0.25, 2);
    const { value } = parseFormula(text);
    const grid = value.grid(xs, ys, new Float64Array(xs.length * ys.length));
    const points = Float64Array.from(grid, (_, i) => value(xs[i % 600], ys[Math.floor(i / 600)]));
    assert.deepEqual(grid, points);
  });
}

test("where nothing is finite there is no start", () => {
  assert.throws(
    () => ownSurface("log(x - 7)", [-5, 5, -5, 5]),
    { name: "FormulaError", message: /finite somewhere in the domain \(\(-5, 5\)/ },
  );
  assert.deepEqual(ownSurface("log(x - 7)", [-5, 5, -5, 5], [9, 1]).start, [9, 1]);
});

/** No more brackets than needed. */
const SHOWN = {
  "(x + 1) + (y*2)": "x+1+y·2",
  "x - (y - 1)": "x−(y−1)",
  "2*x*(y + 1)": "2x(y+1)",
  "-(x*y)": "−xy",
  "x*(-y)": "x(−y)",
  "sin(x)**2": "sin2(x)",
  "(x + 1)**2": "(x+1)2",
  "1e-3*x": "0.001x",
  "1e-5*x": "10−5x",
  "3.25e12*x": "3.25·1012x",
  "0.020499999999999987*x**2": "0.0205x2",
  "1402222.2222222222*x + 123456.789": "1.402·106x+123456.789",
  "100_0*x": "1000x",
  "abs(x - 1)": "|x−1|",
  "maximum(x, 2*pi)": "max(x,2π)",
  "exp(-x)/(x + 1)": "e−xx+1",
  "2*where(x < 0, -x, x**2)": "2{−x,x<0x2,x≥0",
  "where(x >= y, 1, 2) + log10(x)": "{1,x≥y2,x<y+log10(x)",
  "floor(x)**2*cbrt(y)": "⌊x⌋2y3",
  "asinh(x)**2 + acos(y/3)": "arsinh2(x)+arccos(y3)",
};
for (const [text, expected] of Object.entries(SHOWN)) {
  test(`${text} is shown with few brackets`, () => {
    const seen = toMathML(text).replaceAll(/<[^>]*>/g, "").replaceAll("&lt;", "<").replaceAll("&gt;", ">");
    assert.equal(seen.replaceAll(/[\u2061\u2062]/g, ""), expected);
  });
}

test("coordinates have the names that they are given", () => {
  const seen = toMathML("x*sin(y)**2 + pi*x", ["w", "b"]).replaceAll(/<[^>]*>|[\u2061\u2062]/g, "");
  assert.equal(seen, "wsin2(b)+πw");
});

test("MathML is only made of what was read", () => {
  assert.throws(() => toMathML("<img src=x onerror=alert(1)>"), { name: "FormulaError" });
});
