/** Text on a canvas: lines of a width, rows of a legend, a formula in plain signs. */

// A word, or a Chinese sign, with the signs that may not end a line before it or begin one after it.
const PIECE = /[（“《]*(?:[^ \u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+|[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])[，。；：、）”》]* */gu;

/**
 * As few lines as hold a sentence, of about one length.
 * @param {string} sentence
 * @param {number} width  the most that a line may take
 * @param {(text: string) => number} measure
 */
export function wrapped(sentence, width, measure) {
  const pieces = sentence.match(PIECE) ?? [];
  const filled = (/** @type {number} */ most) => {
    const lines = [""];
    for (const piece of pieces) {
      const line = lines.at(-1);
      if (line && measure((line + piece).trimEnd()) > most) lines.push(piece);
      else lines[lines.length - 1] = line + piece;
    }
    return lines.map((line) => line.trimEnd());
  };
  const fewest = filled(width).length;
  const share = [0.5, 0.6, 0.7, 0.8, 0.9].find((each) => filled(each * width).length === fewest) ?? 1;
  return filled(share * width);
}

/**
 * Where entries of a legend stand: columns of one width where they fit into as few rows, else one
 * after another.
 * @param {number[]} widths
 * @param {number} room
 * @returns {{row: number, x: number}[]}
 */
export function arranged(widths, room) {
  const widest = Math.min(Math.max(...widths, 1), room);
  const columns = Math.max(1, Math.floor(room / widest));
  const places = [];
  let [x, row] = [0, 0];
  for (const wide of widths) {
    if (x && x + wide > room) [x, row] = [0, row + 1];
    places.push({ x, row });
    x += wide;
  }
  if (Math.ceil(widths.length / columns) > row + 1) return places;
  return widths.map((_, i) => ({ x: (i % columns) * widest, row: Math.floor(i / columns) }));
}

/** @type {Record<string, string>} */
const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/**
 * A formula as Python writes it, in signs that a line of text can have.
 * @param {string} formula
 */
export function plainFormula(formula) {
  return withSigns(formula)
    .replace(/\*\*(-?\d+)(?![\d.])/g, (_, power) => power.replace(/./g, (/** @type {string} */ sign) => RAISED[sign]))
    .replaceAll("**", "^")
    .replace(/(?<!√[\d.]*)(\d)\*(?=[a-z(])/g, "$1")
    .replaceAll("*", "·")
    .replaceAll("-", "−")
    .replace(/\bpi\b/g, "π");
}

/**
 * A formula with √ and bars in place of sqrt and abs.
 * @param {string} formula
 * @returns {string}
 */
function withSigns(formula) {
  const call = /\b(sqrt|abs)\(/.exec(formula);
  if (!call) return formula;
  const begin = call.index + call[0].length;
  let end = begin;
  for (let open = 1; end < formula.length; end++) {
    if (formula[end] === "(") open++;
    else if (formula[end] === ")" && !--open) break;
  }
  const inner = withSigns(formula.slice(begin, end));
  const root = /^(\w+|\d+\.\d+)$/.test(inner) ? `√${inner}` : `√(${inner})`;
  return formula.slice(0, call.index) + (call[1] === "abs" ? `|${inner}|` : root) + withSigns(formula.slice(end + 1));
}
