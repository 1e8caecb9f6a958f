/**
 * DOM elements made by one call, and the form controls that several panels use.
 *
 * @import { Range } from "../state/types.js"
 */
import { isWithin } from "../state/refusal.js";

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any>} [props]  "on" holds listeners; "class", "aria-..." and the like are
 *   attributes; the rest are properties
 * @param {...(Node | string)} children  texts stay texts: nothing is parsed as HTML
 * @returns {HTMLElementTagNameMap[T]} the element
 */
export function element(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    } else if (name === "class" || name.includes("-") || name === "role" || name === "for") {
      made.setAttribute(name, value);
    } else Object.assign(made, { [name]: value });
  }
  made.append(...children);
  return made;
}

/**
 * Give a node's properties and attributes values, where they are others: for a value that is written
 * again a browser computes styles and layout anew.
 * @param {Node} node
 * @param {Record<string, any>} props  as in `element`
 */
export function write(node, props) {
  const now = /** @type {any} */ (node);
  for (const [name, value] of Object.entries(props)) {
    if (name.includes("-")) {
      if (now.getAttribute(name) !== value) now.setAttribute(name, value);
    } else if (now[name] !== value) now[name] = value;
  }
}

/**
 * Give an element other children; of those it has, what are alike stay.
 * @param {Element} box
 * @param {Element[]} children
 */
export function renew(box, children) {
  children.forEach((child, i) => {
    const old = box.children[i];
    if (!old) box.append(child);
    else if (!old.isEqualNode(child)) old.replaceWith(child);
  });
  while (box.children.length > children.length) box.lastElementChild?.remove();
}

/**
 * A button with words on it.
 * @param {string} text
 * @param {(event: MouseEvent) => void} press
 * @param {Record<string, any>} [props]
 */
export function button(text, press, props = {}) {
  return element("button", { type: "button", textContent: text, on: { click: press }, ...props });
}

/**
 * A box to tick, its words beside it.
 * @param {(on: boolean) => void} change
 */
export function tickBox(change) {
  const box = element("input", { type: "checkbox", on: { change: () => change(box.checked) } });
  const text = element("span", {});
  return { box, text, row: element("label", { class: "ov-tick" }, box, text) };
}

/**
 * A list to choose from; `fillChooser` says of what.
 * @param {(value: string) => void} change
 */
export function chooser(change) {
  const select = element("select", { on: { change: () => change(select.value) } });
  return select;
}

/**
 * An option of a chooser: its value and its text.
 * @typedef {[string, string]} Option
 *
 * The options of a chooser under their headings, "" for none.
 * @typedef {[string, Option[]][]} Options
 */

/**
 * Give a chooser its options. What is chosen stays.
 * @param {HTMLSelectElement} select
 * @param {Options} groups
 */
export function fillChooser(select, groups) {
  const { value } = select;
  select.replaceChildren(...groups.flatMap(([heading, options]) => {
    const made = options.map(([key, text]) => element("option", { value: key, textContent: text }));
    return heading ? [element("optgroup", { label: heading }, ...made)] : made;
  }));
  select.value = value;
  if (select.selectedIndex < 0) select.selectedIndex = 0;
}

/**
 * A box for any number; what is no number is refused, and the old one stays.
 * @param {(value: number) => void} change
 */
export function numberBox(change) {
  let now = 0;
  const input = element("input", {
    type: "number", step: "any",
    on: {
      change: () => {
        const next = input.value === "" ? NaN : Number(input.value);
        input.setAttribute("aria-invalid", String(!Number.isFinite(next)));
        if (Number.isFinite(next)) change(next);
      },
      blur: () => {
        input.setAttribute("aria-invalid", "false");
        input.value = String(now);
      },
    },
  });
  const show = (/** @type {number} */ value) => {
    now = value;
    if (document.activeElement !== input) write(input, { value: String(value) });
  };
  return { input, show };
}

const SLIDER_MARKS = 1000;

/**
 * A slider with its number beside it; both can be set, and the number may lie beyond the slider.
 * @param {Range} range
 * @param {number} value
 * @param {(value: number) => void} change
 */
export function slider(range, value, change) {
  const { low, high, log = false, whole = false } = range;
  const floor = log ? Math.max(low, 1e-12) : low;
  const toMark = (/** @type {number} */ v) => {
    const share = log
      ? Math.log(Math.max(v, floor) / floor) / Math.log(high / floor)
      : (v - floor) / (high - floor);
    return Math.round(SLIDER_MARKS * Math.min(Math.max(share, 0), 1));
  };
  const fromMark = (/** @type {number} */ mark) => {
    const share = mark / SLIDER_MARKS;
    if (share === 0 || share === 1) return share ? high : low;
    const v = log ? floor * (high / floor) ** share : floor + (high - floor) * share;
    return whole ? Math.round(v) : Number(v.toPrecision(3));
  };
  // A box is narrow: 0.000001 would show as 0.00000.
  const written = (/** @type {number} */ v) => (v !== 0 && Math.abs(v) < 1e-4 ? v.toExponential() : String(v));
  let now = NaN;
  const bar = element("input", {
    type: "range", min: 0, max: SLIDER_MARKS, step: 1, on: { input: () => set(fromMark(Number(bar.value))) },
  });
  const box = element("input", {
    type: "number", step: "any",
    on: {
      change: () => set(box.value === "" ? NaN : Number(box.value)),
      blur: () => {
        box.setAttribute("aria-invalid", "false");
        box.value = written(now);
      },
    },
  });
  /** @param {number} next */
  function set(next) {
    const fits = Number.isFinite(next) && isWithin(next, range.allowed) && !(whole && !Number.isInteger(next));
    box.setAttribute("aria-invalid", String(!fits));
    if (!fits) return;
    show(next);
    change(next);
  }
  /** @param {number} next */
  function show(next) {
    if (next === now) return;
    now = next;
    bar.value = String(toMark(next));
    bar.setAttribute("aria-valuetext", String(next));
    if (document.activeElement !== box) box.value = written(next); // nobody's typing is overwritten
  }
  show(value);
  const label = (/** @type {string} */ text) => [bar, box].forEach((input) => input.setAttribute("aria-label", text));
  const key = (/** @type {string} */ text) => [bar, box].forEach((input) => (input.dataset.key = text));
  return { row: element("div", { class: "ov-slider" }, bar, box), show, label, key };
}

const SVG = "http://www.w3.org/2000/svg";

/** A head's shape as a small picture for lists; `paintMark` gives it shape and colour. */
export function markIcon() {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "-1.2 -1.2 2.4 2.4");
  svg.setAttribute("class", "ov-mark");
  svg.setAttribute("aria-hidden", "true");
  return svg;
}

/**
 * @param {SVGSVGElement} svg  of `markIcon`
 * @param {number[][] | undefined} points  of the shape; none for a circle
 * @param {string} colour
 */
export function paintMark(svg, points, colour) {
  const shape = document.createElementNS(SVG, points ? "polygon" : "circle");
  if (points) shape.setAttribute("points", points.map((point) => point.join(",")).join(" "));
  else shape.setAttribute("r", "0.85");
  shape.setAttribute("fill", colour);
  renew(svg, [shape]);
}

/**
 * Signs of buttons as paths in a box from 0 to 16: fonts do not have them everywhere.
 * @type {Record<string, string>}
 */
const SIGNS = {
  rewind: "M3 3h2v10h-2zM14 3v10l-8-5z",
  back: "M12 3v10l-8-5z",
  play: "M4 2.5v11l9-5.5z",
  pause: "M3.5 3h3v10h-3zM9.5 3h3v10h-3z",
  forward: "M3 3v10l6-5zM10 3h2v10h-2z",
  full: "M2 2h5v2h-3v3h-2zM9 2h5v5h-2v-3h-3zM2 9h2v3h3v2h-5zM12 9h2v5h-5v-2h3z",
  zoom_in: "M7 3h2v4h4v2h-4v4h-2v-4h-4v-2h4z",
  zoom_out: "M3 7h10v2h-10z",
  whole: "M2 2h12v12h-12zM4 4v8h8v-8z",
};

/**
 * One of the signs, in the colour of the text.
 * @param {string} name
 */
export function signOf(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "ov-sign");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SIGNS[name]);
  path.setAttribute("fill", "currentColor");
  svg.append(path);
  return svg;
}

/**
 * Hand a blob to the browser's downloads; returns its address, which the caller gives back.
 * @param {Blob} blob
 * @param {string} name
 */
export function download(blob, name) {
  const url = URL.createObjectURL(blob);
  element("a", { href: url, download: name }).click();
  return url;
}
