/** Open the explorer, in a page of its own or as a widget in a notebook. */
import { element } from "../views/dom.js";
import { Explorer } from "./explorer.js";
import { writeSpec } from "../state/spec.js";

/** Fill a page; its link's hash comes before what Python gave, and may have recorded. */
export function openPage(root, data, given, onChange, recorded = null) {
  const start = { language: navigator.language?.startsWith("zh") ? "zh" : "en" };
  const explorer = new Explorer(root, data, { ...start, ...given }, onChange, location.hash, recorded);
  addEventListener("hashchange", () => explorer.openLink(location.hash));
  return explorer;
}

const SHARED_TRAITS = ["start", "steps", "playing", "speed", "noise", "seed", "language"];
const TELL_AFTER = 100; // ms: while it plays a kernel hears ten times a second

/** Fill a cell of a notebook, and let traits and state follow each other. */
export function openWidget({ model, el }, data) {
  const root = element("div", {});
  el.append(root);
  let taking = false;
  let timer = null;

  const tell = () => {
    timer = null;
    const { state } = explorer;
    const set = (name, value) => {
      if (JSON.stringify(model.get(name)) !== JSON.stringify(value)) model.set(name, value);
    };
    set("surface", state.surface || state.formula);
    if (!state.surface) set("domain", state.domain);
    set("optimizers", state.racers.filter((_, i) => state.on[i]).map((r) => writeSpec(r, data)));
    for (const name of SHARED_TRAITS) set(name, state[name]);
    set("frame", state.at);
    model.save_changes();
  };
  const onChange = () => {
    if (!taking) timer ??= setTimeout(tell, TELL_AFTER);
  };
  const stateOf = () => {
    const name = model.get("surface");
    const known = name in data.surfaces;
    const state = { surface: known ? name : "", formula: known ? "" : name, at: model.get("frame") };
    if (!known) state.domain = [...model.get("domain")];
    for (const trait of SHARED_TRAITS) state[trait] = model.get(trait);
    state.start = [...state.start];
    return { ...state, specs: model.get("optimizers") };
  };
  const take = (change) => () => {
    taking = true;
    change();
    taking = false;
  };

  const explorer = new Explorer(root, data, stateOf(), onChange);
  const { state } = explorer;
  const listeners = {
    surface: () => {
      const name = model.get("surface");
      if (name === (state.surface || state.formula)) return;
      if (name in data.surfaces) explorer.chooseSurface(name);
      else explorer.useFormula(name, [...model.get("domain")]);
    },
    optimizers: () => {
      const shown = state.racers.filter((_, i) => state.on[i]).map((r) => writeSpec(r, data));
      const specs = model.get("optimizers");
      if (JSON.stringify(specs) === JSON.stringify(shown)) return;
      explorer.takeSpecs(specs);
      explorer.rebuild();
    },
    frame: () => Math.abs(model.get("frame") - state.at) > 1e-9 && explorer.set({ at: model.get("frame") }),
    start: () => explorer.setNumbers({ start: [...model.get("start")] }),
    steps: () => explorer.setNumbers({ steps: model.get("steps") }),
    noise: () => explorer.setNumbers({ noise: model.get("noise") }),
    seed: () => explorer.setNumbers({ seed: model.get("seed") }),
    speed: () => explorer.set({ speed: model.get("speed") }),
    playing: () => model.get("playing") !== state.playing && explorer.setPlaying(model.get("playing")),
    language: () => model.get("language") !== state.language && explorer.setLanguage(model.get("language")),
  };
  for (const [name, change] of Object.entries(listeners)) model.on(`change:${name}`, take(change));
  return () => {
    clearTimeout(timer);
    for (const name of Object.keys(listeners)) model.off(`change:${name}`);
    explorer.destroy();
    root.remove();
  };
}
