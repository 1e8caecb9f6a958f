/** What an error says, in English; a table of phrases says it in another language. */

export class Phrase {
  /**
   * @param {string} english  with gaps such as `{name}`
   * @param {Record<string, any>} [values]  what fills them: texts, numbers, or phrases
   */
  constructor(english, values = {}) {
    this.english = english;
    this.values = values;
  }

  /**
   * @param {Record<string, string>} table  English -> the other language; what it lacks stays English
   * @returns {string}
   */
  in(table) {
    /** @param {any} value */
    const said = (value) => (value instanceof Phrase ? value.in(table) : wordOf(table, String(value)));
    return wordOf(table, this.english).replace(/\{(\w+)\}/g, (/** @type {string} */ _, /** @type {string} */ name) => said(this.values[name]));
  }

  toString() {
    return this.in({});
  }
}

/**
 * @param {Record<string, string>} table
 * @param {string} text
 */
const wordOf = (table, text) => (Object.hasOwn(table, text) ? table[text] : text);
