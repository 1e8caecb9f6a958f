/** Pieces of presentation MathML, of which formulas and rules are put together. */

// How tightly a piece holds together: what is looser than its place needs gets brackets.
export const MATH_SUM = 1;
export const MATH_PRODUCT = 2;
export const MATH_SCRIPT = 3; // fractions, roots and powers: unclear only as the base of a power
export const MATH_ATOM = 4;

/**
 * Everything that comes from a user's text, or from Python's, passes here.
 * @param {string} name
 * @param {string} text
 */
export function mathTag(name, text) {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<${name}>${escaped}</${name}>`;
}

/** @param {string} markup */
export function mathRow(markup) {
  return `<mrow>${markup}</mrow>`;
}

/**
 * Brackets that grow around fractions only: fonts let them grow at the tail of a y already.
 * @param {string} markup
 */
export function mathBrackets(markup) {
  const grows = markup.includes("<mfrac>") ? "" : ' stretchy="false"';
  return mathRow(`<mo${grows}>(</mo>${markup}<mo${grows}>)</mo>`);
}

/**
 * @param {string} base
 * @param {string} exponent
 */
export function mathScript(base, exponent) {
  return `<msup>${mathRow(base)}${mathRow(exponent)}</msup>`;
}
