/** Open the explorer, in a page of its own or as a widget in a notebook. */
import { writeHash } from "../state/link.js";
import { Model } from "../state/model.js";
import { element } from "../views/dom.js";
import { writeSpec } from "../state/spec.js";
import { Explorer } from "./explorer.js";

const SAVE_AFTER = 300; // ms of quiet before the address bar has the state

/** Fill a page; its link's hash comes before what Python gave, and may have recorded. */
export function openPage(root, data, given, recorded = null) {
  const language = navigator.language?.startsWith("zh") ? "zh" : "en";
  const model = new Model(data, { language, ...given }, recorded);
  // A frame inside a notebook has no address that anybody could open.
  const linked = globalThis.top === globalThis.self && /^(https?|file):$/.test(location.protocol);
  if (location.hash) model.open(location.hash);
  const explorer = new Explorer(root, model, { linked });
  addEventListener("hashchange", () => model.open(location.hash));
  let saving = 0;
  model.listen(() => {
    if (!linked || model.state.playing) return;
    clearTimeout(saving);
    saving = setTimeout(() => history.replaceState(null, "", `#${writeHash(model.state, data)}`), SAVE_AFTER);
  });
  return explorer;
}

const SHARED_TRAITS = ["steps", "playing", "speed", "noise", "seed", "language"];
const TELL_AFTER = 100; // ms: while it plays a kernel hears ten times a second

/** Fill a cell of a notebook, and let traits and state follow each other. */
export function openWidget({ model: traits, el }, data) {
  const root = element("div", {});
  el.append(root);
  let taking = false;
  let timer = null;
  const stateOf = () => {
    const name = traits.get("surface");
    const known = Object.hasOwn(data.surfaces, name);
    const state = { surface: known ? name : "", formula: known ? "" : name, at: traits.get("frame") };
    if (!known) state.domain = [...traits.get("domain")];
    for (const trait of SHARED_TRAITS) state[trait] = traits.get(trait);
    return { ...state, starts: [[...traits.get("start")]], specs: traits.get("optimizers") };
  };
  const model = new Model(data, stateOf());
  const explorer = new Explorer(root, model, { linked: false });
  const shownSpecs = () => model.state.racers.filter(({ on }) => on).map((racer) => writeSpec(racer, data));
  const tell = () => {
    timer = null;
    const { state } = model;
    const set = (name, value) => {
      if (JSON.stringify(traits.get(name)) !== JSON.stringify(value)) traits.set(name, value);
    };
    set("surface", state.surface || state.formula);
    if (!state.surface) set("domain", state.domain);
    set("optimizers", shownSpecs());
    set("start", state.starts[0]);
    for (const name of SHARED_TRAITS) set(name, state[name]);
    set("frame", state.at);
    traits.save_changes();
  };
  model.listen(() => {
    if (!taking) timer ??= setTimeout(tell, TELL_AFTER);
  });
  const take = (change) => () => {
    taking = true;
    model.attempt(change);
    taking = false;
  };
  const listeners = {
    surface: () => {
      const name = traits.get("surface");
      if (name === (model.state.surface || model.state.formula)) return;
      if (Object.hasOwn(data.surfaces, name)) model.chooseSurface(name);
      else model.useFormula(name, [...traits.get("domain")]);
    },
    frame: () => model.change({ at: traits.get("frame") }),
    start: () => model.moveStart(0, [...traits.get("start")]),
    steps: () => model.setNumbers({ steps: traits.get("steps") }),
    noise: () => model.setNumbers({ noise: traits.get("noise") }),
    seed: () => model.setNumbers({ seed: traits.get("seed") }),
    speed: () => model.look({ speed: traits.get("speed") }),
    playing: () => traits.get("playing") !== model.state.playing && model.setPlaying(traits.get("playing")),
    language: () => model.look({ language: traits.get("language") }),
  };
  for (const [name, change] of Object.entries(listeners)) traits.on(`change:${name}`, take(change));
  return () => {
    clearTimeout(timer);
    for (const name of Object.keys(listeners)) traits.off(`change:${name}`);
    explorer.destroy();
    root.remove();
  };
}
