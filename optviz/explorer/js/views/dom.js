/** DOM elements made by one call, and the form controls that several panels use. */

/**
 * @param {string} tag
 * @param {Record<string, any>} [props]  "on" holds listeners; "class", "aria-..." and the like are
 *   attributes; the rest are properties
 * @param {...(Node | string)} children  texts stay texts: nothing is parsed as HTML
 * @returns {any} the element
 */
export function element(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) made.addEventListener(event, listener);
    } else if (name === "class" || name.includes("-") || name === "role" || name === "for") {
      made.setAttribute(name, value);
    } else made[name] = value;
  }
  made.append(...children);
  return made;
}

/** A button with words on it. */
export function button(text, press, props = {}) {
  return element("button", { type: "button", textContent: text, on: { click: press }, ...props });
}

/** A box to tick, its words beside it. */
export function tickBox(text, checked, change) {
  const box = element("input", {
    type: "checkbox", checked, on: { change: () => change(box.checked) },
  });
  return element("label", { class: "ov-tick" }, box, text);
}

/** A list to choose from; `groups` is [[heading or "", [[value, text], ...]], ...]. */
export function chooser(label, groups, value, change) {
  const select = element("select", { "aria-label": label, on: { change: () => change(select.value) } });
  for (const [heading, options] of groups) {
    const parent = heading ? element("optgroup", { label: heading }) : select;
    for (const [key, text] of options) {
      parent.append(element("option", { value: key, textContent: text }));
    }
    if (heading) select.append(parent);
  }
  select.value = value;
  return select;
}

const SLIDER_MARKS = 1000;

/**
 * A slider with its number beside it; both can be set, and the number may lie beyond the slider.
 * @param {{low: number, high: number, log?: boolean, whole?: boolean, allowed?: string}} range
 *   `allowed` is an interval as in mathematics, such as "[0, 1)"
 */
export function slider(label, range, value, change) {
  const { low, high, log = false, whole = false } = range;
  const floor = log ? Math.max(low, 1e-12) : low;
  const toMark = (v) => {
    const share = log
      ? Math.log(Math.max(v, floor) / floor) / Math.log(high / floor)
      : (v - floor) / (high - floor);
    return Math.round(SLIDER_MARKS * Math.min(Math.max(share, 0), 1));
  };
  const fromMark = (mark) => {
    const share = mark / SLIDER_MARKS;
    if (share === 0 || share === 1) return share ? high : low;
    const v = log ? floor * (high / floor) ** share : floor + (high - floor) * share;
    return whole ? Math.round(v) : Number(v.toPrecision(3));
  };
  // A box is narrow: 0.000001 would show as 0.00000.
  const written = (v) => (v !== 0 && Math.abs(v) < 1e-4 ? v.toExponential() : String(v));
  const bar = element("input", {
    type: "range", min: 0, max: SLIDER_MARKS, step: 1, value: toMark(value), "aria-label": label,
    "aria-valuetext": String(value),
    on: { input: () => set(fromMark(Number(bar.value)), false) },
  });
  const box = element("input", {
    type: "number", step: "any", value: written(value), "aria-label": label,
    on: {
      change: () => set(Number(box.value), true),
      blur: () => {
        box.setAttribute("aria-invalid", "false");
        show(now);
      },
    },
  });
  let now = value;
  function set(next, typed) {
    const fits = Number.isFinite(next) && isWithin(next, range.allowed) && !(typed && box.value === "");
    box.setAttribute("aria-invalid", String(!fits));
    if (!fits) return;
    show(whole ? Math.round(next) : next);
    change(whole ? Math.round(next) : next);
  }
  function show(next) {
    now = next;
    bar.value = String(toMark(next));
    bar.setAttribute("aria-valuetext", String(next));
    if (document.activeElement !== box) box.value = written(next); // nobody's typing is overwritten
  }
  const row = element("div", { class: "ov-slider" }, bar, box);
  return { row, show };
}

/** Whether a number lies in an interval such as "[0, 1)". */
export function isWithin(number, interval = "(-inf, inf)") {
  const [low, high] = interval.slice(1, -1).split(",").map((end) => Number(end.replace("inf", "Infinity")));
  const above = interval.startsWith("[") ? number >= low : number > low;
  return above && (interval.endsWith("]") ? number <= high : number < high);
}

const SVG = "http://www.w3.org/2000/svg";

/** A head's shape as a small picture for lists. */
export function markIcon(points, colour) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "-1.2 -1.2 2.4 2.4");
  svg.setAttribute("class", "ov-mark");
  svg.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(SVG, points ? "polygon" : "circle");
  if (points) shape.setAttribute("points", points.map((point) => point.join(",")).join(" "));
  else shape.setAttribute("r", "0.85");
  shape.setAttribute("fill", colour);
  svg.append(shape);
  return svg;
}

/** Signs of buttons as paths in a box from 0 to 16: fonts do not have them everywhere. */
const SIGNS = {
  rewind: "M3 3h2v10h-2zM14 3v10l-8-5z",
  back: "M12 3v10l-8-5z",
  play: "M4 2.5v11l9-5.5z",
  pause: "M3.5 3h3v10h-3zM9.5 3h3v10h-3z",
  forward: "M3 3v10l6-5zM10 3h2v10h-2z",
  settings: "M2 3h12v2h-12zM2 7h12v2h-12zM2 11h12v2h-12z",
};

/** One of the signs, in the colour of the text. */
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

/** Hand a blob to the browser's downloads. */
export function download(blob, name) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
