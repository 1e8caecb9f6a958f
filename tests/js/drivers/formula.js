/** What formulas are to JavaScript, for Python's tests. */
import { toMathML } from "../../../optviz/explorer/js/formula/mathml.js";
import { parseFormula } from "../../../optviz/explorer/js/formula/parse.js";
import { FormulaError } from "../../../optviz/explorer/js/formula/tokens.js";
import { ownSurface } from "../../../optviz/explorer/js/formula/user_formula.js";
import { textOf } from "./bytes.js";

/**
 * Of each text: value, value again, df/dx and df/dy at each point, and what was understood; or the
 * error.
 * @param {string[]} texts
 * @param {[number, number][]} points
 */
export function read(texts, points) {
  return texts.map((text) => {
    try {
      const { value, at, canonical } = parseFormula(text);
      const rows = new Float64Array(4 * points.length);
      points.forEach(([x, y], i) => {
        rows[4 * i] = value(x, y);
        at(x, y, rows.subarray(4 * i + 1));
      });
      return { rows: textOf(rows), canonical };
    } catch (error) {
      if (!(error instanceof FormulaError)) throw error;
      return { error: error.message, column: error.column, name: error.name };
    }
  });
}

/** @param {string[]} texts */
export function draw(texts) {
  return texts.map((text) => toMathML(text));
}

/**
 * @param {string} text
 * @param {number[]} domain
 */
export function start(text, domain) {
  return ownSurface(text, domain).start;
}
