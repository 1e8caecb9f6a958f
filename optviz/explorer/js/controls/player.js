/**
 * Play, pause, single steps back and forward, speed, and the slider of steps.
 *
 * @import { Model } from "../state/types.js"
 */
import { SPEEDS } from "../state/schema.js";
import { button, chooser, element, fillChooser, signOf, write } from "../views/dom.js";
import { Part } from "./part.js";

const WHOLE_RUN = 6; // seconds at speed 1
const STILL_STEP = 400; // ms a step where motion is unwelcome

export class Player extends Part {
  /** @param {Model} model */
  constructor(model) {
    super(model, element("div", { class: "ov-player", role: "group" }));
    this.named(this.box, "player", "aria-label");
    this.last = 0;
    this.shownSign = "";
    const signed = (/** @type {string} */ word, /** @type {() => void} */ press) => {
      const made = this.named(button("", press), word, "aria-label", "title");
      made.append(signOf(word));
      return made;
    };
    this.play = button("", () => {
      this.last = 0;
      model.setPlaying(!model.state.playing);
    }, { class: "ov-play" });
    this.scrub = this.named(element("input", {
      type: "range", min: 0, step: 1, class: "ov-scrub",
      on: { input: () => model.goTo(Number(this.scrub.value)) },
    }), "scrub", "aria-label");
    this.count = new Text();
    this.speed = this.named(chooser((speed) => model.look({ speed: Number(speed) })), "speed", "aria-label");
    this.worded(() => fillChooser(this.speed, [["", SPEEDS.map((speed) => [String(speed), `${speed}×`])]]));
    this.box.append(
      signed("rewind", () => model.goTo(0)), signed("back", () => model.stepBy(-1)), this.play,
      signed("forward", () => model.stepBy(1)), this.scrub, element("span", { class: "ov-count" }, this.count), this.speed,
    );
  }

  relabel() {
    super.relabel();
    this.shownSign = "";
    this.update();
  }

  update() {
    const { state } = this.model;
    const text = this.say("step_of", { k: Math.floor(state.at + 1e-9), n: state.steps });
    write(this.scrub, { max: String(state.steps), value: String(state.at), "aria-valuetext": text });
    write(this.count, { data: `${Math.floor(state.at + 1e-9)} / ${state.steps}` });
    const sign = state.playing ? "pause" : "play";
    if (sign !== this.shownSign) {
      this.shownSign = sign;
      this.play.replaceChildren(signOf(sign));
      write(this.play, { title: this.say(sign), "aria-label": this.say(sign) });
    }
    const speed = String(state.speed);
    if (![...this.speed.options].some(({ value }) => value === speed)) {
      this.speed.append(element("option", { value: speed, textContent: `${speed}×` }));
    }
    write(this.speed, { value: speed });
  }

  /**
   * Move on by the time since the last call; whole steps where motion is unwelcome.
   * @param {number} now  in ms
   */
  tick(now) {
    const { steps, speed } = this.model.state;
    const passed = this.last ? Math.min(now - this.last, 100) : 0;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (still && this.last && now - this.last < STILL_STEP) return;
    this.last = now;
    this.model.advance(still ? 1 : (passed / 1000) * (steps / WHOLE_RUN) * speed);
  }
}
