/**
 * Optimizers as text, the same as on Python's command line: adam:lr=0.1,betas=0.9/0.99.
 *
 * @import { Data, RuleEntry } from "./types.js"
 *
 * A rate: a number, or a schedule by its name, of a rate.
 * @typedef {number | {schedule: string, hyper: Record<string, number>, lr: RateText}} RateText
 *
 * @typedef {Pick<Data, "rules" | "schedules">} Rules
 *
 * @typedef {object} Racer
 * @property {string} rule
 * @property {RateText} lr
 * @property {Record<string, number>} hyper
 * @property {Record<string, boolean>} flags
 * @property {boolean} on  whether it runs
 * @property {boolean} tuned  whether its rate is the tuned one, which follows the surface
 * @property {boolean} due  whether that is still to be found
 * @property {boolean | null} fits  of a tuned one: whether a rate keeps to the limits
 * @property {number | null} record  which recorded run it shows
 */
import { checkedNumber, keyOf, Refusal, shownGiven } from "./refusal.js";

const RATE = "[0, inf)";

/**
 * @param {string} text
 * @param {Rules} data
 * @returns {Racer} with every hyper-parameter, defaults where the text names none
 * @throws {Refusal}
 */
export function parseSpec(text, { rules, schedules }) {
  const whole = flattened(text.trim());
  const about = { on: true, tuned: false, due: false, fits: null, record: null };
  if (Object.hasOwn(rules, whole) && rules[whole].fixed) {
    return { ...about, rule: whole, lr: rules[whole].lr, hyper: {}, flags: {} };
  }
  const [name, rest = ""] = splitOnce(whole, ":");
  const key = keyOf("optimizer", rules, name.trim().toLowerCase());
  const rule = rules[key];
  const racer = { ...about, rule: key, lr: rule.lr, hyper: { ...rule.hyper }, flags: { ...rule.flags }, tuned: true, due: true };
  for (const setting of splitOutside(rest, ",")) takeSetting(racer, rule, schedules, setting);
  return racer;
}

/**
 * clip(adam:lr=0.1,norm=1) as clip(adam):lr=0.1,norm=1, the name that rules are known by before it.
 * @param {string} text
 */
function flattened(text) {
  const wrappers = /^(?:\w+\()+/.exec(text)?.[0];
  if (!wrappers) return text;
  const brackets = ")".repeat(wrappers.split("(").length - 1);
  if (!text.endsWith(brackets)) return text;
  const [name, rest = ""] = splitOnce(text.slice(wrappers.length, -brackets.length), ":");
  return `${wrappers}${name}${brackets}:${rest}`;
}

/**
 * A spec as links and Python write it: "-" before it, and it does not run; "~", and its rate is the
 * tuned one, which follows the surface; "!", and no rate kept to the limits.
 * @param {string} text
 * @param {Rules} data
 * @returns {Racer}
 */
export function parseRacer(text, data) {
  const marks = /** @type {RegExpExecArray} */ (/^[-~!]*/.exec(text))[0];
  const racer = parseSpec(text.slice(marks.length), data);
  const tuned = racer.tuned || marks.includes("~");
  return { ...racer, on: !marks.includes("-"), tuned, fits: tuned && marks.includes("!") ? false : racer.fits };
}

/**
 * What `parseRacer` reads back.
 * @param {Racer} racer
 * @param {Data} data
 */
export function writeRacer(racer, data) {
  const marks = [[!racer.on, "-"], [racer.tuned, "~"], [racer.tuned && racer.fits === false, "!"]];
  return marks.map(([has, mark]) => (has ? mark : "")).join("") + writeSpec(racer, data);
}

/**
 * A racer as the widget's traits say it: a tuned rate is left out, and found by either side.
 * @param {Racer} racer
 * @param {Data} data
 */
export function writeTrait(racer, data) {
  const found = racer.tuned && typeof racer.lr === "number";
  return (racer.on ? "" : "-") + writeSpec(racer, data, !found);
}

/**
 * @param {Racer} racer
 * @param {RuleEntry} rule
 * @param {Data["schedules"]} schedules
 * @param {string} setting
 */
function takeSetting(racer, rule, schedules, setting) {
  const [key, value] = splitOnce(setting, "=").map((part) => part.trim());
  if (value === undefined) throw new Refusal("must_setting", { given: shownGiven(setting) });
  /** @type {(name: string, text: string) => number} */
  const number = (name, text) => checkedNumber(name, numberOf(text), rule.ranges[name]?.allowed);
  const members = Object.keys(racer.hyper).filter((name) => name.replace(/_\d+$/, "") === key && name !== key);
  if (key === "lr") Object.assign(racer, { lr: parseRate(value, schedules), tuned: false, due: false });
  else if (Object.hasOwn(racer.flags, key)) racer.flags[key] = parseFlag(key, value);
  else if (Object.hasOwn(racer.hyper, key)) racer.hyper[key] = number(key, value);
  else if (members.length) {
    const parts = value.split("/");
    if (parts.length !== members.length) {
      throw new Refusal("must_numbers", { name: key, count: members.length, given: shownGiven(value) });
    }
    members.forEach((name, i) => (racer.hyper[name] = number(name, parts[i])));
  } else throw new Refusal("must_setting_of", { name: rule.name, given: shownGiven(key) });
}

/**
 * The text that `parseSpec` and Python read back; lr always, the rest where it is no default.
 * @param {Racer} racer
 * @param {Rules} data
 * @returns {string}
 */
export function writeSpec(racer, { rules, schedules }, withRate = true) {
  const rule = rules[racer.rule];
  if (rule.fixed) return racer.rule; // a run that was recorded: its whole spec is its name
  const settings = withRate ? [`lr=${writeRate(racer.lr, schedules)}`] : [];
  /** @type {Record<string, string[]>} */
  const tuples = {};
  for (const [key, value] of Object.entries(racer.hyper)) {
    const member = /^(.*)_(\d+)$/.exec(key);
    if (member && `${member[1]}_0` in rule.hyper) (tuples[member[1]] ??= []).push(key);
    else if (value !== rule.hyper[key]) settings.push(`${key}=${value}`);
  }
  for (const [name, keys] of Object.entries(tuples)) {
    if (keys.some((key) => racer.hyper[key] !== rule.hyper[key])) {
      settings.push(`${name}=${keys.map((key) => racer.hyper[key]).join("/")}`);
    }
  }
  for (const [key, value] of Object.entries(racer.flags)) {
    if (value !== rule.flags[key]) settings.push(`${key}=${value}`);
  }
  return settings.length ? `${racer.rule}:${settings.join(",")}` : racer.rule;
}

/**
 * The number that a rate begins with, whatever schedules are about it.
 * @param {RateText} lr
 * @returns {number}
 */
export function baseRate(lr) {
  return typeof lr === "number" ? lr : baseRate(lr.lr);
}

/**
 * The same schedules about another number.
 * @param {RateText} lr
 * @param {number} rate
 * @returns {RateText}
 */
export function withBaseRate(lr, rate) {
  return typeof lr === "number" ? rate : { ...lr, lr: withBaseRate(lr.lr, rate) };
}

/**
 * @param {RateText} lr
 * @param {Data["schedules"]} schedules
 * @returns {string}
 */
function writeRate(lr, schedules) {
  if (typeof lr === "number") return String(lr);
  const names = Object.keys(schedules[lr.schedule].hyper);
  const numbers = names.map((name) => lr.hyper[name] ?? schedules[lr.schedule].hyper[name]);
  return `${lr.schedule}(${[writeRate(lr.lr, schedules), ...numbers].join(",")})`;
}

/**
 * @param {string} text
 * @param {Data["schedules"]} schedules
 * @returns {RateText}
 */
function parseRate(text, schedules) {
  const call = /^(\w+)\((.*)\)$/.exec(text);
  if (!call) return checkedNumber("lr", numberOf(text), RATE);
  const name = keyOf("schedule", schedules, call[1].toLowerCase());
  const { hyper: usual, ranges, lr: first } = schedules[name];
  const [inner, ...numbers] = splitOutside(call[2], ",");
  const hyper = { ...usual };
  const names = Object.keys(hyper);
  if (numbers.length > names.length) {
    throw new Refusal("must_numbers", { name, count: names.length + 1, given: shownGiven(text) });
  }
  numbers.forEach((number, i) => {
    hyper[names[i]] = checkedNumber(names[i], numberOf(number), ranges[names[i]]?.allowed);
  });
  const lr = inner === undefined ? first : parseRate(inner.trim(), schedules);
  return { schedule: name, hyper, lr };
}

/** @param {string} text */
const numberOf = (text) => (text.trim() ? Number(text) : NaN);

/**
 * @param {string} name
 * @param {string} text
 */
function parseFlag(name, text) {
  const flag = ["false", "true"].indexOf(text.toLowerCase());
  if (flag < 0) throw new Refusal("must_flag", { name, given: shownGiven(text) });
  return flag === 1;
}

/**
 * @param {string} text
 * @param {string} mark
 */
function splitOnce(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/**
 * Parts between marks that stand in no brackets.
 * @param {string} text
 * @param {string} mark
 */
function splitOutside(text, mark) {
  /** @type {string[]} */
  const parts = [];
  let [depth, from] = [0, 0];
  for (let i = 0; i <= text.length; i++) {
    if (text[i] === "(") depth++;
    if (text[i] === ")") depth--;
    if (i === text.length || (text[i] === mark && depth === 0)) {
      if (text.slice(from, i).trim()) parts.push(text.slice(from, i));
      from = i + 1;
    }
  }
  return parts;
}
