import assert from "node:assert/strict";
import test from "node:test";
import { arranged, plainFormula, wrapped } from "../../optviz/explorer/js/app/text.js";

const measure = (/** @type {string} */ text) => [...text].reduce((sum, sign) => sum + (sign > "\u2fff" ? 2 : 1), 0);

test("lines hold the whole sentence, none too wide, in as few as fit and of about one length", () => {
  const sentence = "99 % of the way down to the lowest value, and staying there: AdaGrad (step 5), GD (18)";
  for (const width of [20, 30, 45, 60, 90]) {
    const lines = wrapped(sentence, width, measure);
    assert.equal(lines.join(" "), sentence);
    assert.ok(lines.every((line) => measure(line) <= width));
    assert.ok(lines.length >= sentence.length / width);
  }
  const [first, second] = wrapped(sentence, 80, measure);
  assert.ok(Math.abs(measure(first) - measure(second)) < 20);
});

test("no Chinese line begins with a closing sign or ends with an opening one", () => {
  const sentence = "下降到总落差（起点到最低值）的 99 % 并保持：AdaGrad（第 6 步）、Momentum（68）、Adam（359）。";
  for (let width = 12; width < 80; width++) {
    const lines = wrapped(sentence, width, measure);
    assert.equal(lines.join("").replaceAll(" ", ""), sentence.replaceAll(" ", ""));
    assert.ok(lines.every((line) => !/^[，。；：、）]/.test(line) && !/（$/.test(line)), lines.join("\n"));
  }
});

test("entries of a legend do not overlap, and stand in columns where that needs no more rows", () => {
  const room = 100;
  for (const widths of [[30, 30, 30, 30], [90, 20, 20, 20, 20], [120], [], [50, 50, 50], [10, 60, 10, 60, 10]]) {
    const places = arranged(widths, room);
    assert.equal(places.length, widths.length);
    places.forEach(({ x, row }, i) => {
      assert.ok(x === 0 || x + widths[i] <= room);
      const next = places[i + 1];
      if (next?.row === row) assert.ok(next.x >= x + widths[i]);
    });
  }
  assert.deepEqual(arranged([30, 20, 30, 25], room).map(({ x }) => x), [0, 30, 60, 0]);
});

test("formulas in signs that a line of text can have", () => {
  assert.equal(plainFormula("(x**2 + y - 11)**2"), "(x² + y − 11)²");
  assert.equal(plainFormula("2*x*y + 3*sin(pi*x)"), "2x·y + 3sin(π·x)");
  assert.equal(plainFormula("x**0.5 + x**12 + 1e-3*x"), "x^0.5 + x¹² + 1e−3x");
  assert.equal(plainFormula("x**-2 + sqrt(2)*y"), "x⁻² + √2·y");
  assert.equal(plainFormula("sin(sqrt(abs(x/2 + y)))*sqrt(pi)"), "sin(√(|x/2 + y|))·√π");
});
