/** Whole powers against exact ones, in whole numbers of any length. */
import assert from "node:assert/strict";
import test from "node:test";

import { raise, wholePower } from "../../optviz/explorer/js/engine/powers.js";

/** A double as m * 2 ** e, with whole m and e. @param {number} a @returns {[bigint, number]} */
function parts(a) {
  let e = 0;
  for (; !Number.isInteger(a); e--) a *= 2;
  return [BigInt(a), e];
}

/** a ** n, rounded once. @param {number} a @param {number} n */
function exact(a, n) {
  const [m, e] = parts(a);
  const whole = m ** BigInt(n);
  const cut = Math.max(whole.toString(2).length - 80, 0);
  const kept = whole >> BigInt(cut);
  const sticky = kept << BigInt(cut) === whole ? kept : kept | 1n; // no tie where something was cut
  const exponent = cut + e * n;
  const half = Math.trunc(exponent / 2);
  return Number(sticky) * 2 ** half * 2 ** (exponent - half);
}

test("whole powers are the exact ones, rounded once", () => {
  assert.equal(exact(3, 5), 243);
  assert.equal(exact(0.5, 10), 2 ** -10);
  let tried = 0;
  for (let i = 1; i <= 100; i++) {
    const decay = 1 - i / 309;
    for (const n of [3, 4, 5, 6, 7, 64, 99, 500, 1000]) {
      for (const a of [decay, -decay, 1 + i / 175]) {
        const expected = exact(a, n);
        if (Math.abs(expected) < 1e-260 || Math.abs(expected) > 1e260) continue;
        assert.equal(wholePower(a, n), expected, `${a} ** ${n}`);
        tried++;
      }
    }
  }
  assert.ok(tried > 2000);
});

test("where pairs have no room the engine's own power stands", () => {
  for (const [a, n] of [[1e200, 3], [1e-200, 3], [0, 5], [-Infinity, 3], [NaN, 4], [5e-324, 7], [10, 308]]) {
    assert.ok(Object.is(wholePower(a, n), Math.pow(a, n)), `${a} ** ${n}`);
  }
});

test("other exponents are the engine's", () => {
  for (const b of [-3, 0, 0.5, 1, 2, 2.5, 1001, NaN]) assert.ok(Object.is(raise(1.7, b), Math.pow(1.7, b)), String(b));
});
