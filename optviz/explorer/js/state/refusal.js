/** A value that cannot be taken, in words of either language. */
import { phrasesIn, readable, wordIn } from "./words.js";

export class Refusal extends Error {
  /**
   * @param {string} word  of the catalogue
   * @param {Record<string, any>} [values]  what its text names
   */
  constructor(word, values = {}) {
    super(wordIn("en", word, values));
    this.word = word;
    this.values = values;
  }
}

/**
 * What an error says, in the reader's language.
 * @param {any} error
 * @param {string} language
 * @returns {string}
 */
export function reasonOf(error, language) {
  if (error.word) return wordIn(language, error.word, error.values);
  return error.said ? error.said.in(phrasesIn(language)) : error.message;
}

/**
 * A text that somebody gave, short enough to be repeated.
 * @param {unknown} given
 */
export function shownGiven(given) {
  const text = typeof given === "number" ? readable(given) : String(given);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/**
 * Whether a number lies in an interval such as "[0, 1)".
 * @param {number} number
 * @param {string} [interval]
 */
export function isWithin(number, interval = "(-inf, inf)") {
  const [low, high] = interval.slice(1, -1).split(",").map((end) => Number(end.replace("inf", "Infinity")));
  const above = interval.startsWith("[") ? number >= low : number > low;
  return above && (interval.endsWith("]") ? number <= high : number < high);
}

/**
 * A finite number in an interval.
 * @param {string} name
 * @param {any} value
 * @param {string} [interval]
 * @param {boolean} [whole]
 * @returns {number}
 * @throws {Refusal}
 */
export function checkedNumber(name, value, interval = "(-inf, inf)", whole = false) {
  if (Number.isFinite(value) && isWithin(value, interval) && !(whole && !Number.isInteger(value))) return value;
  const word = whole ? "must_whole" : "must_number";
  throw new Refusal(word, { name, interval: interval.replaceAll("inf", "∞"), given: shownGiven(value) });
}

/**
 * A list of so many finite numbers.
 * @param {string} name
 * @param {any} value
 * @param {number} count
 * @returns {number[]}
 * @throws {Refusal}
 */
export function checkedNumbers(name, value, count) {
  if (Array.isArray(value) && value.length === count && value.every(Number.isFinite)) return value;
  throw new Refusal("must_numbers", { name, count, given: shownGiven(value) });
}

/**
 * Numbers between commas.
 * @param {string} name
 * @param {string} text
 * @param {number} count
 * @throws {Refusal}
 */
export function numbersIn(name, text, count) {
  const numbers = text.split(",").map((part) => (part.trim() ? Number(part) : NaN));
  if (numbers.length === count && numbers.every(Number.isFinite)) return numbers;
  throw new Refusal("must_numbers", { name, count, given: shownGiven(text) });
}

/**
 * A key of a table.
 * @param {string} name
 * @param {object} table
 * @param {string} key
 * @throws {Refusal}
 */
export function keyOf(name, table, key) {
  if (Object.hasOwn(table, key)) return key;
  throw new Refusal("must_known", { name, given: shownGiven(key) });
}
