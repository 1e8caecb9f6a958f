/** Ticks at round numbers, with labels that differ and name them; as optviz/scene/ticks.py has it. */

const TICK_DIGITS = 4; // significant ones, which suffice on most axes
const LONGEST_LABEL = 7; // where that is not enough an offset is taken out
const TICK_ERROR = 0.01; // of the distance to the next tick

/**
 * Ticks at round numbers between two ends, about so many.
 * @param {number} low
 * @param {number} high
 * @param {number} count
 */
export function roundTicks(low, high, count) {
  const raw = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const steps = [1, 2, 2.5, 5, 10].map((m) => m * power);
  const step = /** @type {number} */ (steps.find((s) => s >= raw));
  const ticks = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) {
    ticks.push(Number((k * step).toPrecision(15)));
  }
  return ticks;
}

/**
 * Powers of ten between two ends, at most so many; where that are too few, 2 and 5 times them too.
 * @param {number} low
 * @param {number} high  as exponents
 * @param {number} most
 * @returns {number[]}  exponents
 */
export function decades(low, high, most) {
  for (let step = Math.max(1, Math.ceil((high - low) / most)); step > 0; step--) {
    const found = [];
    for (let k = Math.ceil(low / step) * step + 0; k <= high; k += step) found.push(k);
    if (found.length > 1) return found;
  }
  const between = [];
  for (let k = Math.floor(low); k <= high; k++) between.push(k, k + Math.log10(2), k + Math.log10(5));
  return between.filter((tick) => tick >= low && tick <= high);
}

/**
 * Labels of ticks, and what must be added to them, mostly 0.
 * @param {number[]} ticks
 * @returns {{labels: string[], offset: number}}
 */
export function tickLabels(ticks) {
  const step = Math.min(...ticks.slice(1).map((tick, i) => tick - ticks[i]));
  if (!(step > 0 && step < Infinity)) return { labels: inDigits(ticks, 0).labels, offset: 0 };
  const { labels, digits } = inDigits(ticks, TICK_ERROR * step);
  let best = { labels, offset: 0 };
  if (digits === TICK_DIGITS || longest(labels) <= LONGEST_LABEL) return best;
  let least = Infinity;
  for (const offset of roundNumbersNear(ticks, step)) {
    const rest = inDigits(ticks.map((tick) => tick - offset), TICK_ERROR * step).labels;
    const cost = 2 * longest(rest) + compact(offset).length;
    if (cost < least && new Set(rest).size === ticks.length) {
      least = cost;
      best = { labels: rest, offset };
    }
  }
  return best;
}

/**
 * The name of an axis whose labels lack an offset: x − 1e6.
 * @param {string} name
 * @param {number} offset
 */
export function nameWithout(name, offset) {
  if (!offset) return name;
  return `${name} ${offset < 0 ? "+" : "−"} ${compact(Math.abs(offset))}`;
}

/**
 * All in one number of digits: four, or what is shortest and within an error of them.
 * @param {number[]} numbers
 * @param {number} error
 * @returns {{labels: string[], digits: number}}
 */
function inDigits(numbers, error) {
  /** @type {{labels: string[], digits: number} | null} */
  let best = null;
  for (let digits = TICK_DIGITS; digits <= 17; digits++) {
    const rounded = numbers.map((number) => Number(number.toPrecision(digits)));
    const exact = rounded.every((value, i) => Math.abs(value - numbers[i]) <= error);
    if (!exact && digits < 17) continue;
    const labels = rounded.map(compact);
    if (!best || longest(labels) < longest(best.labels)) best = { labels, digits };
    if (digits === TICK_DIGITS) break;
  }
  return /** @type {{labels: string[], digits: number}} */ (best);
}

/**
 * The shorter of 12000 and 1.2e4, with a real minus sign.
 * @param {number} number
 */
function compact(number) {
  const plain = String(number);
  const power = number.toExponential().replace("e+", "e");
  return (plain.length > 5 && power.length < plain.length ? power : plain).replaceAll("-", "−");
}

/** @param {string[]} labels */
function longest(labels) {
  return Math.max(0, ...labels.map((label) => label.length));
}

/**
 * From the finest to the coarsest: of equally short ones the labels then stay near 0.
 * @param {number[]} ticks
 * @param {number} step
 */
function* roundNumbersNear(ticks, step) {
  const middle = (ticks[0] + ticks[ticks.length - 1]) / 2;
  const first = Math.floor(Math.log10(Math.max(...ticks.map(Math.abs))));
  for (let power = Math.floor(Math.log10(step)); power <= first; power++) {
    const count = middle / 10 ** power;
    for (const whole of [Math.floor(count), Math.round(count)]) yield Number(`${whole}e${power}`);
  }
}
