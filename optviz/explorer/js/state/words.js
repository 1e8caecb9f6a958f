/**
 * The explorer's words: those of optviz/words.json that the page needs, in each language.
 *
 * @import { Texts } from "./types.js"
 */

/** @type {Record<string, Texts>} */
let catalogue = {};

/**
 * Take the words that Python has sent.
 * @param {Record<string, Texts>} words
 */
export function useWords(words) {
  catalogue = words;
}

/**
 * The text of a word, with `{name}` filled in.
 * @param {string} language
 * @param {string} word
 * @param {Record<string, unknown>} [values]
 */
export function wordIn(language, word, values = {}) {
  const text = catalogue[word][language] ?? catalogue[word].en;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/**
 * What errors of formulas say, from English into a language.
 * @param {string} language
 * @returns {Record<string, string>}
 */
export function phrasesIn(language) {
  const phrases = Object.entries(catalogue).filter(([word]) => word.startsWith("formula_"));
  return Object.fromEntries(phrases.map(([, texts]) => [texts.en, texts[language]]));
}

/**
 * A number for reading: four digits, a real minus sign; optviz/words.py writes the same.
 * @param {number} number
 */
export function readable(number) {
  const rounded = Number(number.toPrecision(4));
  const size = Math.abs(rounded);
  const plain = !Number.isFinite(size) || size === 0 || (size >= 1e-4 && size < 1e7);
  const text = plain ? String(rounded) : rounded.toExponential().replace("e+", "e");
  return text.replaceAll("-", "−");
}
