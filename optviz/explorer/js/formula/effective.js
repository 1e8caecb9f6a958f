// The lines of a rule that do something with these settings: as optviz/translate/effective.py has it.

/**
 * @import { LineTree, RuleText } from "./lines.js"
 * @typedef {{target: string, tree: LineTree, line: number}} EffectiveLine
 * @typedef {[string, LineTree, LineTree, ...LineTree[]]} Choice  the parts of a where
 */

/** What a value depends on, at most. */
const OF_SETTINGS = 0, OF_STEP = 1, OF_COORDINATE = 2;

/**
 * As in arithmetic.js any number but 0, nan too, counts as true.
 * @param {number | boolean} value
 */
export const lineHolds = (value) => value !== false && value !== 0;

/**
 * The lines of one step that do something, neutral operations left out, and the names they show.
 * @param {RuleText} text
 * @param {Record<string, any>} values
 * @returns {{names: Record<string, string>, lines: EffectiveLine[]}}
 */
export function effectiveLines(text, values) {
  const all = text.lines.flatMap(([target, tree, there], line) =>
    there === false ? [] : { target, tree, line });
  const step = /** @type {string} */ (all.at(-1)?.target);
  /** @type {Map<string, string>} */
  const last = new Map(); // by the key of a slot's old value: that of the one it keeps
  for (const { target } of all) if (target in text.slots) last.set(text.slots[target], target);
  const lasting = lastingKeys(all, step, last, new LineReducer(text, values, OF_SETTINGS));
  const reducer = new LineReducer(text, values, OF_STEP);
  const left = [];
  for (const { target, tree: given, line } of all) {
    const tree = reducer.reduce(given);
    const before = text.slots[target];
    let known = isKnown(tree);
    if (target === step) known = tree === target;
    else if (known && last.get(before) === target) known = tree === before || !lasting.has(before);
    if (known) reducer.known.set(target, tree);
    else left.push({ target, tree, line });
  }
  const needed = new Set([step, ...[...last.values()].filter((key) => lasting.has(key))]);
  const lines = left.reverse().filter(({ target, tree }) => {
    if (!needed.has(target)) return false;
    keysOf(tree).forEach((key) => needed.add(key));
    return true;
  }).reverse();
  return { names: renumbered(text.names, all, lines), lines };
}

/**
 * What the step depends on, or a later one by way of the slots.
 * @param {EffectiveLine[]} all
 * @param {string} step
 * @param {Map<string, string>} last
 * @param {LineReducer} reducer
 * @returns {Set<string>}
 */
function lastingKeys(all, step, last, reducer) {
  const reads = all.map(({ target, tree: given }) => {
    const tree = reducer.reduce(given);
    if (isKnown(tree) && !(target in reducer.text.slots)) reducer.known.set(target, tree);
    return { target, keys: keysOf(tree) };
  }).reverse();
  const needed = new Set([step]);
  for (let size = 0; size !== needed.size;) {
    size = needed.size;
    for (const { target, keys } of reads) {
      if (needed.has(target)) keys.forEach((key) => needed.add(key));
    }
    for (const key of [...needed]) if (last.has(key)) {
      needed.add(/** @type {string} */ (last.get(key)));
    }
  }
  return needed;
}

/**
 * Names with as many primes as they have values that are shown.
 * @param {Record<string, string>} names
 * @param {EffectiveLine[]} all
 * @param {EffectiveLine[]} lines
 */
function renumbered(names, all, lines) {
  /** @type {Record<string, string[]>} */
  const free = {};
  const shown = { ...names };
  /** @type {(key: string) => string} */
  const nameOf = (key) => key.replace(/\$+$/, "");
  for (const { target } of all) {
    const known = (free[nameOf(target)] ??= []);
    if (!known.includes(names[target])) known.push(names[target]); // a step that is called so is said twice
  }
  for (const { target } of lines) {
    shown[target] = free[nameOf(target)].shift() ?? names[target];
  }
  return shown;
}

/**
 * @param {LineTree} tree
 * @returns {string[]}
 */
function keysOf(tree) {
  if (typeof tree === "string") return [tree];
  return typeof tree === "number" ? [] : tree.slice(1).flatMap(keysOf);
}

/**
 * Whether later lines may say what a line gives: a name, 0 or 1.
 * @param {LineTree} tree
 */
function isKnown(tree) {
  return typeof tree === "string" || tree === 0 || tree === 1;
}

/** Leaves neutral operations out; conditions are decided that depend on no more than a scope. */
class LineReducer {
  /**
   * @param {RuleText} text
   * @param {Record<string, any>} values
   * @param {number} decided
   */
  constructor(text, values, decided) {
    this.text = text;
    this.values = values;
    this.decided = decided;
    /** @type {Map<string, LineTree>} */
    this.known = new Map();
    this.copies = new Map(text.copies.flatMap(([key, of, there]) =>
      there === false ? [] : [[key, of]]));
  }

  /** @param {string} key */
  scope(key) {
    if (this.text.settings.includes(key)) return OF_SETTINGS;
    return this.text.shared.includes(key) ? OF_STEP : OF_COORDINATE;
  }

  /**
   * @param {LineTree} tree
   * @returns {LineTree}
   */
  reduce(tree) {
    if (typeof tree === "string") {
      let key = tree;
      while (this.copies.has(key)) key = /** @type {string} */ (this.copies.get(key));
      return this.known.get(key) ?? key;
    }
    if (typeof tree === "number") return tree;
    const [name, ...given] = tree;
    if (name === "where") return this.choice(/** @type {Choice} */ (given));
    const parts = given.map((part) => this.reduce(part));
    const constant = this.value([name, ...parts], OF_SETTINGS);
    if (constant === 0 || constant === 1) return constant ? 1 : 0;
    if (name === "maximum" || name === "minimum") return this.chosen(name, parts);
    if (name === "^" && this.value(parts[0], OF_SETTINGS) === 0) {
      return /** @type {number} */ (this.value(parts[1], OF_STEP)) > 0 ? 0 : [name, ...parts];
    }
    return withoutNeutral(name, parts, parts.map((part) => this.value(part, OF_SETTINGS)));
  }

  /**
   * @param {Choice} parts
   * @returns {LineTree}
   */
  choice([condition, yes, no, ...reads]) {
    if (this.scope(condition) <= this.decided) {
      return this.reduce(lineHolds(this.values[condition]) ? yes : no);
    }
    const [a, b, ...rest] = [yes, no, ...reads].map((part) => this.reduce(part));
    return JSON.stringify(a) === JSON.stringify(b) ? a : ["where", condition, a, b, ...rest];
  }

  /**
   * @param {string} name
   * @param {LineTree[]} parts
   * @returns {LineTree}
   */
  chosen(name, parts) {
    const [first, second] = parts.map((part) => this.value(part, this.decided));
    if (first === undefined || second === undefined) return [name, ...parts];
    return parts[(first >= second) === (name === "maximum") ? 0 : 1];
  }

  /**
   * The value of what depends on no more than a scope and is made with + - * / ^.
   * @param {LineTree} tree
   * @param {number} scope
   * @returns {number | undefined}
   */
  value(tree, scope) {
    if (typeof tree === "number") return tree;
    if (typeof tree === "string") {
      const value = this.scope(tree) <= scope ? this.values[tree] : undefined;
      return typeof value === "number" ? value : undefined;
    }
    const parts = tree.slice(1).map((part) => this.value(part, scope));
    if (parts.includes(undefined)) return undefined;
    const value = LINE_ARITHMETIC[tree[0]]?.(.../** @type {number[]} */ (parts));
    return Number.isFinite(value) ? value : undefined;
  }
}

/** @type {Record<string, (...parts: number[]) => number | undefined>} */
const LINE_ARITHMETIC = {
  "+": (a, b) => a + b, "-": (a, b) => (b === undefined ? -a : a - b), "*": (a, b) => a * b,
  "/": (a, b) => a / b, "^": (a, b) => (a >= 0 ? a ** b : undefined),
};

/**
 * An operation whose parts have these values, undefined for those that the settings don't give.
 * @param {string} name
 * @param {LineTree[]} parts
 * @param {(number | undefined)[]} values
 * @returns {LineTree}
 */
function withoutNeutral(name, parts, [first, second]) {
  const [a, b] = parts;
  /** @param {string[]} names */
  const is = (...names) => names.includes(name);
  if ((first === 0 && is("*", "/")) || (second === 0 && is("*"))) return 0;
  if ((first === 0 && is("+")) || (first === 1 && is("*"))) return b;
  if (first === 0 && is("-") && b !== undefined) return ["-", b];
  if ((second === 0 && is("+", "-")) || (second === 1 && is("*", "/", "^"))) return a;
  if (second === 0 && is("^")) return 1;
  if (is("sqrt", "abs") && (first === 0 || first === 1)) return first;
  return [name, ...parts];
}
