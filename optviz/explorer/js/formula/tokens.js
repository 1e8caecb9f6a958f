/**
 * Split the text of a formula into tokens, with one spelling for each name and sign.
 *
 * surfaces/tokens.py does the same; tests/formulas.py holds the cases of both.
 */

import { Phrase } from "./phrase.js";

export const FORMULA_NAMES = ["x", "y", "pi", "e"];
/**
 * Functions, and how many arguments each takes.
 * @type {Record<string, number>}
 */
export const FORMULA_FUNCTIONS = {
  sin: 1, cos: 1, tan: 1, asin: 1, acos: 1, atan: 1, atan2: 2,
  sinh: 1, cosh: 1, tanh: 1, asinh: 1, acosh: 1, atanh: 1,
  exp: 1, log: 1, log2: 1, log10: 1, sqrt: 1, cbrt: 1,
  abs: 1, sign: 1, floor: 1, minimum: 2, maximum: 2, where: 3,
};
/**
 * Further names for functions.
 * @type {Record<string, string>}
 */
const FORMULA_ALIASES = {
  ln: "log", arcsin: "asin", arccos: "acos", arctan: "atan", arctan2: "atan2",
  arcsinh: "asinh", arccosh: "acosh", arctanh: "atanh", arsinh: "asinh",
  arcosh: "acosh", artanh: "atanh", fabs: "abs", absolute: "abs", sgn: "sign",
  signum: "sign", fmin: "minimum", fmax: "maximum", log_2: "log2", log_10: "log10",
  csc: "cosec", power: "pow", ceiling: "ceil", tg: "tan", ctg: "cot", cotg: "cot",
  arctg: "atan", sh: "sinh", ch: "cosh", th: "tanh",
};
/**
 * What further functions stand for; x and y are their arguments.
 * @type {Record<string, string>}
 */
export const FORMULA_SHORTHANDS = {
  sec: "1/cos(x)", cosec: "1/sin(x)", cot: "1/tan(x)", sech: "1/cosh(x)",
  csch: "1/sinh(x)", coth: "1/tanh(x)", pow: "x**y", square: "x**2",
  hypot: "sqrt(x**2 + y**2)", exp2: "2**x", expm1: "exp(x) - 1", log1p: "log(1 + x)",
  ceil: "-floor(-x)", sigmoid: "1/(1 + exp(-x))", relu: "maximum(x, 0)",
  max: "maximum(x, y)", min: "minimum(x, y)",
};
const CALLABLE = [FORMULA_FUNCTIONS, FORMULA_ALIASES, FORMULA_SHORTHANDS].flatMap(Object.keys);
const ALLOWED_IN_FORMULAS = new Phrase(
  "be made of numbers, x, y, pi, e, + - * / ^, brackets and {functions}",
  { functions: Object.keys(FORMULA_FUNCTIONS).join(" ") },
);

/**
 * One character for another; full width is worked out.
 * @type {Record<string, string>}
 */
const PLAIN_SIGNS = Object.fromEntries([
  ..."×·⋅∙∗•".split("").map((sign) => [sign, "*"]), ..."÷∕⁄".split("").map((sign) => [sign, "/"]),
  ..."−–‐‑".split("").map((sign) => [sign, "-"]),
  ["∣", "|"], ["𝑥", "x"], ["𝑦", "y"], ["𝑒", "e"], ["𝜋", "π"],
]);
const BLANK = /[\t\n\r\u00a0\u2000-\u200b\u202f\u2060-\u2063\u3000\ufeff]/;
const SUPERSCRIPT_DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
/** @type {Record<string, string>} */
const SAME_SIGN = { "^": "**", "≤": "<=", "≥": ">=" };
const FORMULA_SIGNS = ["+", "-", "*", "/", "**", "(", ")", "|", ",", "<", "<=", ">", ">="];

const NESTED_HINT = "one condition inside another is where(x < 0, where(y < 0, a, b), b)";
const ROUND_HINT = "brackets are round";
const ONE_HINT = "a formula is one expression";
const REMAINDER_HINT = "a remainder is x - n*floor(x/n)";
const COMPARED_HINT = "where compares by < <= > >=";
const FRACTION_HINT = "write fractions as (1/2)";
const VARIABLES_HINT = "the variables are x and y";
/**
 * Of what is not allowed.
 * @type {Record<string, string>}
 */
const FORMULA_HINTS = {
  "[": ROUND_HINT, "]": ROUND_HINT, "{": ROUND_HINT, "}": ROUND_HINT,
  "\\": "a formula is plain text, not LaTeX",
  "%": REMAINDER_HINT, mod: REMAINDER_HINT, fmod: REMAINDER_HINT, rem: REMAINDER_HINT,
  "//": "a whole quotient is floor(x/n)", "=": ONE_HINT, "==": ONE_HINT, ":=": ONE_HINT,
  ";": `${ONE_HINT}, and arguments stand between commas`, "!=": COMPARED_HINT, "≠": COMPARED_HINT,
  "!": "there is no factorial",
  ...Object.fromEntries([..."½⅓⅔¼¾"].map((sign) => [sign, FRACTION_HINT])),
  ...Object.fromEntries([..."₀₁₂₃₄₅₆₇₈₉"].map((sign) => [sign, VARIABLES_HINT])),
  lg: "log10 or log2", round: "floor(x + 0.5)",
  root: "a third root is cbrt(x)", nthroot: "a third root is cbrt(x)",
  "&": NESTED_HINT, and: NESTED_HINT, or: NESTED_HINT, not: NESTED_HINT,
  if: "use where(x < 0, a, b)", else: "use where(x < 0, a, b)",
  piecewise: "use where(x < 0, a, b)", sum: "write the terms", prod: "write the factors",
};

const DIGITS = "[0-9](?:_?[0-9])*";
const NUMBER_TOKEN = new RegExp(
  "0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|" +
    `(?:${DIGITS}\\.?(?:${DIGITS})?|\\.${DIGITS})(?:[eE][+-]?${DIGITS})?`,
  "y",
);
const WORD_TOKEN = /((?:np|numpy|math|torch|jnp)\.(?=[a-z_]))?([a-z_][a-z_0-9]*)/iy;
const SUPERSCRIPT_TOKEN = /([⁺⁻]?)([⁰¹²³⁴⁵⁶⁷⁸⁹]+)/y;
const SIGN_TOKEN = /\*\*|\/\/|[<>=!:]=|[^]/y;
/** @type {Record<string, string>} */
const ROOT_SIGNS = { "√": "sqrt", "∛": "cbrt" };
/** What is defined: f(x, y) = or z = */
const HEADING_TOKEN = / *([A-Za-z]\w*) *(?:\( *[xX] *(?:, *[yY] *)?\) *)?:?=(?!=)/y;

/** One line in Python's words; `column` counts from 1, null where the whole text is meant. */
export class FormulaError extends Error {
  /**
   * @param {Phrase} said
   * @param {number | null} [column]
   */
  constructor(said, column = null) {
    super(String(said));
    this.name = "FormulaError";
    this.said = said;
    this.column = column;
  }
}

/**
 * `formula must allowed; not given at column 3 (hint)`
 * @param {string | Phrase} allowed
 * @param {string | Phrase} given
 * @param {number} start
 * @param {string | Phrase} [hint]
 */
export function misread(allowed, given, start, hint = "") {
  const column = start + 1;
  const frame = "formula must {allowed}; not {given} at column {column}";
  return new FormulaError(new Phrase(hint ? `${frame} ({hint})` : frame, { allowed, given, column, hint }), column);
}

/**
 * Text as Python's repr shows it, shortened in the middle.
 * @param {string} text
 */
export function shownText(text) {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  /** @type {Record<string, string>} */
  const escapes = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", [quote]: `\\${quote}` };
  const inside = [...text].map((c) => escapes[c] ?? (/[\p{C}\p{Z}]/u.test(c) ? unseen(c) : c));
  const shown = [...`${quote}${inside.join("")}${quote}`.replace(/\s+/g, " ")];
  if (shown.length <= 60) return shown.join("");
  return `${shown.slice(0, 30).join("")} ... ${shown.slice(-15).join("")}`;
}

/** @param {string} character */
function unseen(character) {
  if (character === " ") return " ";
  const code = /** @type {number} */ (character.codePointAt(0)).toString(16);
  if (code.length <= 2) return `\\x${code.padStart(2, "0")}`;
  return code.length <= 4 ? `\\u${code.padStart(4, "0")}` : `\\U${code.padStart(8, "0")}`;
}

/**
 * @typedef {object} FormulaToken
 * @property {"number"|"name"|"function"|"root"|"superscript"|"sign"|"end"} kind
 * @property {string} text
 * @property {number} start  where it was typed, in characters counted from 0
 * @property {number} end
 */

/**
 * Split a formula; a character or a name that none can hold is a FormulaError.
 * @param {string[]} typed  its characters
 * @returns {FormulaToken[]}
 */
export function formulaTokens(typed) {
  const plain = typed.map(plainSign).join("");
  const found = [];
  const heading = matchAt(HEADING_TOKEN, plain, 0);
  let at = heading && !splitWord(heading[1].toLowerCase()).length ? heading[0].length : 0;
  while (at < plain.length && plain[at] !== "#") { // a comment, as in Python
    if (plain[at] === " ") {
      at += 1;
      continue;
    }
    found.push(...nextTokens(plain, at, typed));
    at = found[found.length - 1].end;
  }
  const end = found.length ? found[found.length - 1].end : at;
  return [...found, { kind: "end", text: "", start: end, end }];
}

/**
 * Each character as one unit of JavaScript's, so that positions are Python's.
 * @param {string} character
 */
function plainSign(character) {
  const code = /** @type {number} */ (character.codePointAt(0));
  if (BLANK.test(character)) return " ";
  if (code > 0xff00 && code < 0xff5f) return String.fromCharCode(code - 0xfee0);
  return PLAIN_SIGNS[character] ?? (code > 0xffff ? "\ufffd" : character);
}

/**
 * @param {RegExp} pattern
 * @param {string} text
 * @param {number} at
 */
function matchAt(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/**
 * The token at a position; a word may be several.
 * @param {string} plain
 * @param {number} at
 * @param {string[]} typed
 * @returns {FormulaToken[]}
 */
function nextTokens(plain, at, typed) {
  /** @type {(kind: FormulaToken["kind"], text: string, length: number) => FormulaToken[]} */
  const token = (kind, text, length) => [{ kind, text, start: at, end: at + length }];
  const number = matchAt(NUMBER_TOKEN, plain, at);
  if (number) return token("number", decimal(number[0], at), number[0].length);
  const word = matchAt(WORD_TOKEN, plain, at);
  if (word) return namedTokens(word[2], at + word[0].length - word[2].length, at);
  const superscript = matchAt(SUPERSCRIPT_TOKEN, plain, at);
  if (superscript) {
    const digits = [...superscript[2]].map((digit) => SUPERSCRIPT_DIGITS.indexOf(digit)).join("");
    const whole = digits.replace(/^0+(?=[0-9])/, "");
    const minus = superscript[1] === "⁻" && whole !== "0" ? "-" : "";
    return token("superscript", minus + whole, superscript[0].length);
  }
  if (plain[at] === "π") return token("name", "pi", 1);
  if (Object.hasOwn(ROOT_SIGNS, plain[at])) return token("root", ROOT_SIGNS[plain[at]], 1);
  const [given] = /** @type {RegExpExecArray} */ (matchAt(SIGN_TOKEN, plain, at));
  const text = SAME_SIGN[given] ?? given;
  if (FORMULA_SIGNS.includes(text)) return token("sign", text, given.length);
  const known = "be made of numbers, names, brackets and + - * / ^";
  const shown = typed.slice(at, at + given.length).join("");
  const hint = FORMULA_HINTS[text] ?? (/^\p{L}+$/u.test(shown) ? VARIABLES_HINT : "");
  throw misread(known, shownText(shown), at, hint);
}

/**
 * A number as Python and JavaScript both write it: 16 for 0x10, 0.5 for .5, 1000 for 1_000.
 * @param {string} text
 * @param {number} at
 */
function decimal(text, at) {
  const plain = text.replaceAll("_", "").toLowerCase();
  if (/^0[xbo]/.test(plain)) return String(BigInt(plain));
  if (/^0+[1-9][0-9]*$/.test(plain)) {
    throw misread("have numbers without leading zeros", shownText(text), at);
  }
  const [whole, rest] = plain.replace(/^0+(?=[0-9])/, "").split(".");
  if (rest === undefined) return whole;
  return `${whole || 0}.${/^[0-9]/.test(rest) ? rest : `0${rest}`}`;
}

/**
 * A name or function, or several run together as in xy and xsin(y).
 * @param {string} word
 * @param {number} at
 * @param {number} start
 * @returns {FormulaToken[]}
 */
function namedTokens(word, at, start) {
  const parts = splitWord(word.toLowerCase());
  if (!parts.length) throw unknownName(word, at);
  let end = at;
  return parts.map((part, i) => {
    const begin = i ? end : start;
    end += part.length;
    const kind = FORMULA_NAMES.includes(part) ? "name" : "function";
    return { kind, text: FORMULA_ALIASES[part] ?? part, start: begin, end };
  });
}

/**
 * The names that a word is made of, the last perhaps a function; none if it can't be split.
 * @param {string} word
 * @returns {string[]}
 */
function splitWord(word) {
  const found = [];
  let rest = word;
  while (!FORMULA_NAMES.includes(rest) && !CALLABLE.includes(rest)) {
    const head = FORMULA_NAMES.find((name) => rest.startsWith(name));
    if (!head) return [];
    found.push(head);
    rest = rest.slice(head.length);
  }
  return [...found, rest];
}

/**
 * @param {string} word
 * @param {number} at
 */
function unknownName(word, at) {
  const lower = word.toLowerCase();
  let hint = Object.hasOwn(FORMULA_HINTS, lower) ? FORMULA_HINTS[lower] : "";
  if (!hint && (word.length === 1 || /^[a-z]_?[0-9]+$/.test(lower))) {
    hint = VARIABLES_HINT;
  }
  const close = nearestName(lower, [...FORMULA_NAMES, ...CALLABLE]);
  if (hint) return misread("be made of known names", shownText(word), at, hint);
  if (!close) return misread(ALLOWED_IN_FORMULAS, shownText(word), at);
  return misread("be made of known names", shownText(word), at, new Phrase("did you mean '{close}'?", { close }));
}

/**
 * The name that a misspelt one is most like, or null: difflib.get_close_matches of Python.
 * @param {string} given
 * @param {string[]} names
 */
function nearestName(given, names) {
  let nearest = null;
  let best = 0.6;
  for (const name of names) {
    const ratio = (2 * sharedLetters(name, given)) / (name.length + given.length);
    if (ratio > best || (ratio === best && (nearest === null || name > nearest))) {
      [best, nearest] = [ratio, name];
    }
  }
  return nearest;
}

/**
 * How many letters two words share: those of the longest common part, and so on beside it.
 * @param {string} a
 * @param {string} b
 * @returns {number}
 */
function sharedLetters(a, b) {
  let [size, i, j] = [0, 0, 0];
  for (let m = 0; m < a.length; m++) {
    for (let n = 0; n < b.length; n++) {
      let k = 0;
      while (m + k < a.length && a[m + k] === b[n + k]) k += 1;
      if (k > size) [size, i, j] = [k, m, n];
    }
  }
  if (!size) return 0;
  return size + sharedLetters(a.slice(0, i), b.slice(0, j)) +
    sharedLetters(a.slice(i + size), b.slice(j + size));
}
