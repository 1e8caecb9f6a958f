/** Numbers of formulas and labels in few digits. */

const FEW = 4; // significant digits of a formula's number, unless a few more are all it has
const TYPED = 9; // so many a person may have typed
const PLAIN = 6; // digits of a number that is written without a power of ten

/**
 * A number in so many digits as Python's "g" writes it: with an exponent below 1e-4, and where the
 * digits do not reach the point.
 * @param {number} value
 * @param {number} digits
 */
export function general(value, digits) {
  const rounded = Number(value.toPrecision(digits));
  const power = rounded.toExponential();
  const size = Number(power.split("e")[1]);
  return size < -4 || size >= digits ? power : String(rounded);
}

/**
 * A formula's number to be read, not to be computed with: `number_text` of surfaces/latex.py.
 * @param {string} text
 */
export function numberText(text) {
  const value = Number(text);
  const rounded = Number(value.toPrecision(FEW));
  const typed = rounded !== value && Number(value.toPrecision(TYPED)) === value;
  return typed ? general(value, TYPED) : general(rounded, PLAIN);
}
