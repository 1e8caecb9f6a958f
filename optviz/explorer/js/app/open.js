/**
 * Open the explorer in a page of its own.
 *
 * @import { Data, Given, RecordedGiven } from "../state/types.js"
 */
import { Model } from "../state/model.js";
import { wordIn } from "../state/words.js";
import { write } from "../views/dom.js";
import { Explorer } from "./explorer.js";
import { plainFormula } from "./text.js";

const SAVE_AFTER = 300; // ms of quiet before the address bar has the state

/**
 * Fill a page; its link's hash comes before what Python gave, and may have recorded.
 * @param {HTMLElement} root
 * @param {Data} data
 * @param {Given} given
 * @param {RecordedGiven | null} [recorded]
 */
export function openPage(root, data, given, recorded = null) {
  const language = navigator.language?.startsWith("zh") ? "zh" : "en";
  const model = new Model(data, { language, ...given }, recorded);
  // A frame inside a notebook has no address that anybody could open.
  const linked = globalThis.top === globalThis.self && /^(https?|file):$/.test(location.protocol);
  if (location.hash) model.open(location.hash);
  const explorer = new Explorer(root, model, { linked });
  const entitle = () => {
    const { title, surface, state } = model;
    write(document, { title: `${title || plainFormula(surface.formula ?? "")} · ${wordIn(state.language, "title")}` });
  };
  entitle();
  model.listen((changed) => ["surface", "formula", "lesson", "language"].some((name) => changed.has(name)) && entitle());
  fitFrame(root);
  addEventListener("hashchange", () => model.open(location.hash));
  if (linked) keepInAddress(model);
  return explorer;
}

/**
 * Have the address bar hold the state, so that a reload or a bookmark brings it back.
 * @param {Model} model
 */
function keepInAddress(model) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let saving;
  model.listen(() => {
    if (model.state.playing) return;
    clearTimeout(saving);
    saving = setTimeout(() => {
      try {
        history.replaceState(null, "", `#${model.link}`);
      } catch {
        // A sandbox or too many changes at once: the address stays, "Copy link" has the state.
      }
    }, SAVE_AFTER);
  });
}

/**
 * Make the frame about this page as high as what it shows, if whoever made the frame asks for it.
 * @param {HTMLElement} root
 */
function fitFrame(root) {
  const frame = outerFrame();
  if (!frame || !("fit" in frame.dataset)) return;
  new ResizeObserver(() => (frame.style.height = `${Math.ceil(root.getBoundingClientRect().height)}px`)).observe(root);
}

/**
 * The element that shows this page, if there is one and scripts may touch it.
 * @returns {HTMLElement | null}
 */
function outerFrame() {
  try {
    return /** @type {HTMLElement | null} */ (globalThis.frameElement);
  } catch {
    return null;
  }
}
