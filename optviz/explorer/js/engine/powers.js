/**
 * Powers as C rounds them, and so Python. V8's are C's; for whole exponents WebKit and Firefox
 * multiply instead, and 0.999 to the 500th, as Adam asks, is hundreds of last bits off.
 */

const MOST = 1000; // the largest exponent for which they do so
const SPLIT = 2 ** 27 + 1;

/** Whether this engine does. */
const MULTIPLIES = Math.pow(1.14, 3) !== 1.4815439999999995;

// Powers that were taken, four of each whole exponent: of many runs each asks for those of the same few
// bases at every step.
const [KEPT, WAYS] = [2048, 4];
const bases = new Float64Array(KEPT * WAYS);
const powers = new Float64Array(KEPT * WAYS);
let turn = 0;

/** @type {(a: number, b: number) => number} */
export function raise(a, b) {
  if (!(a > 0 && b > 0 && b < KEPT && (b | 0) === b)) return raised(a, b);
  const first = WAYS * b;
  for (let i = first; i < first + WAYS; i++) if (bases[i] === a) return powers[i];
  turn = (turn + 1) % WAYS;
  bases[first + turn] = a;
  return (powers[first + turn] = raised(a, b));
}

/** @type {(a: number, b: number) => number} */
function raised(a, b) {
  return MULTIPLIES && b > 2 && b <= MOST && Number.isInteger(b) ? wholePower(a, b) : Math.pow(a, b);
}

/**
 * By squaring, in pairs of doubles whose sum has twice the digits: T. J. Dekker, "A floating-point
 * technique for extending the available precision", 1971.
 * @param {number} a
 * @param {number} n  a whole number above 0
 * @returns {number}
 */
export function wholePower(a, n) {
  let [result, more] = [1, 0];
  let [square, rest] = [a, 0];
  for (let left = n; ; left = Math.floor(left / 2)) {
    if (left % 2) {
      const product = result * square;
      more = lost(result, square, product) + (result * rest + more * square);
      result = product;
    }
    if (left < 2) break;
    const product = square * square;
    rest = lost(square, square, product) + 2 * square * rest;
    square = product;
  }
  const rounded = result + more;
  const size = Math.abs(rounded);
  return size > 1e-270 && size < 1e270 ? rounded : Math.pow(a, n); // beyond, pairs have no room
}

/** What a product loses when it is rounded. @type {(a: number, b: number, product: number) => number} */
function lost(a, b, product) {
  const [a1, b1] = [upper(a), upper(b)];
  const [a2, b2] = [a - a1, b - b1];
  return a1 * b1 - product + a1 * b2 + a2 * b1 + a2 * b2;
}

/** The upper half of a number's digits. @param {number} a */
function upper(a) {
  const scaled = SPLIT * a;
  return scaled - (scaled - a);
}
