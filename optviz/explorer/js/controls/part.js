/**
 * The base class of controls: built once; a change of language changes their words alone.
 *
 * @import { Model } from "../state/types.js"
 */
import { wordIn } from "../state/words.js";

export class Part {
  /**
   * @param {Model} model
   * @param {HTMLElement} box
   */
  constructor(model, box) {
    this.model = model;
    this.box = box;
    /** @type {(() => void)[]} what writes each text anew */
    this.texts = [];
  }

  /**
   * @param {string} word
   * @param {Record<string, unknown>} [values]
   */
  say(word, values = {}) {
    return wordIn(this.model.state.language, word, values);
  }

  /**
   * Write a text now, and again when the language is another.
   * @param {() => void} write
   */
  worded(write) {
    this.texts.push(write);
    write();
  }

  /**
   * Give an element a word as its text, or as attributes of it.
   * @template {Element} T
   * @param {T} node
   * @param {string} word
   * @param {...string} attributes
   * @returns {T}
   */
  named(node, word, ...attributes) {
    this.worded(() => {
      if (!attributes.length) node.textContent = this.say(word);
      for (const attribute of attributes) node.setAttribute(attribute, this.say(word));
    });
    return node;
  }

  /** All words in the language that is chosen now. */
  relabel() {
    this.texts.forEach((write) => write());
  }

  /** Show what the model says now. @param {Set<string>} _changed */
  update(_changed) {}
}

/**
 * Build anew what an element holds; what had the focus has it again, or else what stands for it.
 * @param {HTMLElement} box
 * @param {() => void} build
 * @param {() => HTMLElement} instead
 */
export function keepingFocus(box, build, instead) {
  const { activeElement } = document;
  const held = activeElement instanceof HTMLElement && box.contains(activeElement) ? activeElement : null;
  /** @type {(each: HTMLElement) => string} */
  const keyOf = (each) => [each.tagName, each.getAttribute("type"), each.dataset.key].join();
  const key = held && keyOf(held);
  build();
  if (!held || box.contains(held)) return;
  const keyed = [.../** @type {NodeListOf<HTMLElement>} */ (box.querySelectorAll("[data-key]"))];
  keyed.find((each) => keyOf(each) === key)?.focus();
  if (!box.contains(document.activeElement)) instead().focus(); // it is gone, or hidden
}
