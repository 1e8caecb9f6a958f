/**
 * Labels of racers by the rule of optviz/records/labels.py: the optimizer, each setting that is not
 * its default, and each in which it differs from another racer of its rule. A rate is named only if
 * it differs: the list of racers shows every rate beside the label.
 *
 * @import { Data, Racer, RuleEntry } from "./types.js"
 *
 * A racer, or a run of it.
 * @typedef {Racer & {start?: number[] | null}} Labelled
 */
import { general } from "../formula/digits.js";
import { writeSpec } from "./spec.js";
import { wordIn } from "./words.js";

const LABEL_DIGITS = [4, 6, 9, 17]; // of a number; the fewest that keep different numbers apart

/**
 * The label of each racer, or of each run: a racer with its `start`.
 *
 * @param {Labelled[]} racers
 * @param {Data} data
 * @param {string} language
 * @returns {string[]}
 */
export function labelsOf(racers, data, language) {
  return labelled(racers, data, language, {});
}

/**
 * The labels with every rate, for pictures that have no list beside them.
 * @param {Labelled[]} racers
 * @param {Data} data
 * @param {string} language
 */
export function fullLabelsOf(racers, data, language) {
  return labelled(racers, data, language, { rates: true });
}

/**
 * The shortest labels that tell racers apart: where all are of one rule, only what differs.
 * @param {Labelled[]} racers
 * @param {Data} data
 * @param {string} language
 */
export function shortLabelsOf(racers, data, language) {
  return labelled(racers, data, language, { short: true });
}

/**
 * @param {Labelled[]} racers
 * @param {Data} data
 * @param {string} language
 * @param {{short?: boolean, rates?: boolean}} about  `rates`: whether each is named
 */
function labelled(racers, data, language, about) {
  const { short = false } = about;
  const given = racers.map((racer) => givenLabel(racer, data));
  const alone = short && new Set(racers.map(({ rule }) => rule)).size === 1 && !given.some(Boolean);
  const texts = racers.map((racer, i) => {
    if (given[i]) {
      const alike = racers.filter((_, j) => given[j] === given[i]);
      return [given[i], ...startOf(racer, alike, language)].join(wordIn(language, "label_comma"));
    }
    const rule = data.rules[racer.rule];
    const family = racers.filter((other) => other.rule === racer.rule);
    const settings = rule.fixed ? [] : partsOf(racer, family, rule, data, language, about);
    const parts = [...settings, ...startOf(racer, racers, language)];
    const name = alone && parts.length ? "" : rule.name;
    const comma = wordIn(language, "label_comma");
    // The name of what cannot run here ends in its settings.
    const text = [name, parts.join(comma)].filter(Boolean).join(rule.fixed ? comma : " ");
    return short ? text.replace(`${name} ${name.toLowerCase()}=`, `${name} `) : text;
  });
  return texts.map((text, i) => {
    const alike = texts.flatMap((other, j) => (other === text ? [j] : []));
    return alike.length > 1 ? `${text} (${alike.indexOf(i) + 1})` : text;
  });
}

/**
 * The label that the user gave a recorded racer, for as long as its settings are those recorded.
 * @param {Racer} racer
 * @param {Data} data
 */
function givenLabel(racer, data) {
  const { label, spec } = data.recorded?.[racer.record ?? -1] ?? {};
  return label && spec === writeSpec(racer, data) ? label : null;
}

/**
 * The number of the start of a run, which its ring has, if not all start there.
 * @param {Labelled} racer
 * @param {Labelled[]} all
 * @param {string} language
 */
function startOf({ start }, all, language) {
  const starts = [...new Set(all.flatMap((each) => (each.start ? [String(each.start)] : [])))];
  if (!start || starts.length < 2) return [];
  return [wordIn(language, "label_start", { i: starts.indexOf(String(start)) + 1 })];
}

/**
 * @param {Racer} racer
 * @param {Racer[]} family  of its rule
 * @param {RuleEntry} rule
 * @param {Data} data
 * @param {string} language
 * @param {{short?: boolean, rates?: boolean}} about
 */
function partsOf(racer, family, rule, data, language, { short = false, rates = false }) {
  const usual = settingsOf({ lr: null, hyper: rule.hyper, flags: rule.flags });
  const all = family.map(settingsOf);
  return Object.entries(settingsOf(racer)).flatMap(([name, value]) => {
    const values = all.map((settings) => settings[name]);
    /** @param {unknown} other */
    const same = (other) => JSON.stringify(other) === JSON.stringify(value);
    const plain = !(name === "lr" || rule.said?.includes(name)) && same(usual[name]);
    const differs = !values.every(same) && !(plain && typeof value === "boolean");
    const unusual = !plain && (name === "lr" ? rates : !short);
    if (!unusual && !differs) return [];
    return [settingIn(name, value, digitsFor(values), data, language)];
  });
}

/**
 * Settings by Python's names: members of a tuple, betas_0 and betas_1, together.
 * @param {{lr: any, hyper: Record<string, number>, flags: Record<string, boolean>}} racer
 */
function settingsOf({ lr, hyper, flags }) {
  /** @type {Record<string, any>} */
  const settings = { lr };
  for (const [key, value] of Object.entries(hyper)) {
    const member = /^(.*)_(\d+)$/.exec(key);
    if (member && `${member[1]}_0` in hyper) (settings[member[1]] ??= []).push(value);
    else settings[key] = value;
  }
  return { ...settings, ...flags };
}

/**
 * @param {string} name
 * @param {any} value
 * @param {number} digits
 * @param {Data} data
 * @param {string} language
 * @returns {string}
 */
function settingIn(name, value, digits, data, language) {
  if (value?.schedule) {
    const clauses = [];
    for (; value.schedule; value = value.lr) {
      const hyper = { ...data.schedules[value.schedule].hyper, ...value.hyper };
      const texts = Object.entries(hyper).map(([key, number]) => [key, numberIn(number, digits)]);
      clauses.unshift(wordIn(language, `label_${value.schedule}`, Object.fromEntries(texts)));
    }
    return [`lr=${numberIn(value, digits)}`, ...clauses].join(wordIn(language, "label_comma"));
  }
  const own = name === "lr" || !(`label_${name}` in data.words);
  const word = own ? name.replaceAll("_", " ") : wordIn(language, `label_${name}`);
  if (typeof value === "boolean") {
    return value ? word : wordIn(language, "label_without", { what: word });
  }
  return `${word}=${numberIn(value, digits)}`;
}

/**
 * @param {any} value  a number, numbers, or a rate
 * @param {number} digits
 * @returns {string}
 */
function numberIn(value, digits) {
  if (Array.isArray(value)) return value.map((member) => numberIn(member, digits)).join("/");
  return general(value, digits).replace("e+", "e").replaceAll("-", "−");
}

/**
 * @param {unknown[]} values
 * @returns {number}
 */
function digitsFor(values) {
  /** @param {number} digits */
  const texts = (digits) => new Set(values.map((value) => JSON.stringify(value, (_, member) =>
    typeof member === "number" ? numberIn(member, digits) : member)));
  const different = new Set(values.map((value) => JSON.stringify(value))).size;
  return LABEL_DIGITS.find((digits) => texts(digits).size >= different)
    ?? /** @type {number} */ (LABEL_DIGITS.at(-1));
}
