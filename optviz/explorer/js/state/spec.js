/**
 * Optimizers as text, the same as on Python's command line: adam:lr=0.1,betas=0.9/0.99.
 *
 * @typedef {{rule: string, lr: any, hyper: Record<string, number>, flags: Record<string, boolean>,
 *   fits?: boolean}}
 *   Racer  `lr` is a number, or {schedule, hyper, lr} by the schedule's name; once it was tuned,
 *   `fits` tells whether a rate keeps to the limits
 */

/** @returns {Racer} with every hyper-parameter, defaults where the text names none */
export function parseSpec(text, { rules, schedules }) {
  const whole = text.trim();
  if (rules[whole]?.fixed) return { rule: whole, lr: rules[whole].lr, hyper: {}, flags: {} };
  const [name, rest = ""] = splitOnce(whole, ":");
  const rule = rules[name.trim().toLowerCase()];
  if (!rule) throw new RangeError(`optimizer must be a known name; not '${name.slice(0, 40)}'`);
  const racer = {
    rule: name.trim().toLowerCase(), lr: rule.lr, hyper: { ...rule.hyper }, flags: { ...rule.flags },
  };
  for (const setting of splitOutside(rest, ",")) {
    const [key, value] = splitOnce(setting, "=").map((part) => part?.trim());
    if (value === undefined) throw new RangeError(`setting must be name=value; not '${setting}'`);
    if (key === "lr") racer.lr = parseRate(value, schedules);
    else if (key in racer.flags) racer.flags[key] = parseFlag(key, value);
    else if (key in racer.hyper) racer.hyper[key] = parseNumber(key, value);
    else if (`${key}_0` in racer.hyper) {
      value.split("/").forEach((part, i) => {
        if (!(`${key}_${i}` in racer.hyper)) throw new RangeError(`${key} has too many numbers`);
        racer.hyper[`${key}_${i}`] = parseNumber(key, part);
      });
    } else throw new RangeError(`setting must be one of ${name}'s; not '${key.slice(0, 40)}'`);
  }
  return racer;
}

/** The text that `parseSpec` and Python read back; lr always, the rest where it is no default. */
export function writeSpec(racer, { rules, schedules }) {
  const rule = rules[racer.rule];
  if (rule.fixed) return racer.rule; // a run that was recorded: its whole spec is its name
  const settings = [`lr=${writeRate(racer.lr, schedules)}`];
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
  return `${racer.rule}:${settings.join(",")}`;
}

function writeRate(lr, schedules) {
  if (typeof lr === "number") return String(lr);
  const names = Object.keys(schedules[lr.schedule].hyper);
  const numbers = names.map((name) => lr.hyper[name] ?? schedules[lr.schedule].hyper[name]);
  return `${lr.schedule}(${[writeRate(lr.lr, schedules), ...numbers].join(",")})`;
}

function parseRate(text, schedules) {
  const call = /^(\w+)\((.*)\)$/.exec(text);
  if (!call) return parseNumber("lr", text);
  const name = call[1].toLowerCase();
  if (!schedules[name]) throw new RangeError(`schedule must be a known name; not '${call[1]}'`);
  const [inner, ...numbers] = splitOutside(call[2], ",");
  const hyper = { ...schedules[name].hyper };
  const names = Object.keys(hyper);
  if (numbers.length > names.length) throw new RangeError(`${name} has too many numbers`);
  numbers.forEach((number, i) => (hyper[names[i]] = parseNumber(names[i], number)));
  const lr = inner === undefined ? schedules[name].lr : parseRate(inner.trim(), schedules);
  return { schedule: name, hyper, lr };
}

function parseNumber(name, text) {
  const number = Number(text);
  if (!text.trim() || !Number.isFinite(number)) {
    throw new RangeError(`${name} must be a number; not '${text.slice(0, 40)}'`);
  }
  return number;
}

function parseFlag(name, text) {
  const flag = { true: true, false: false }[text.toLowerCase()];
  if (flag === undefined) throw new RangeError(`${name} must be true or false; not '${text}'`);
  return flag;
}

function splitOnce(text, mark) {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** Parts between marks that stand in no brackets. */
function splitOutside(text, mark) {
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
