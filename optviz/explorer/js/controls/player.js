/** Play, pause, single steps back and forward, speed, and the slider of steps. */
import { button, chooser, element, signOf } from "../views/dom.js";
import { wordIn } from "../state/words.js";

const SPEEDS = [0.1, 0.2, 0.5, 1, 2, 5, 10];
const WHOLE_RUN = 6; // seconds at speed 1

export class Player {
  constructor(app) {
    this.app = app;
    this.box = element("div", { class: "ov-player", role: "group" });
    this.last = 0;
  }

  build() {
    const { app } = this;
    const say = (word) => wordIn(app.state.language, word);
    const named = (word, press) => {
      const made = button("", press, { "aria-label": say(word), title: say(word) });
      made.append(signOf(word));
      return made;
    };
    this.play = named("play", () => app.setPlaying(!app.state.playing));
    this.shownSign = "play";
    this.scrub = element("input", {
      type: "range", min: 0, step: 1, class: "ov-scrub", "aria-label": say("scrub"),
      on: { input: () => app.goTo(Number(this.scrub.value)) },
    });
    this.count = element("span", { class: "ov-count" });
    const speeds = SPEEDS.map((speed) => [String(speed), `${speed}×`]);
    this.speed = chooser(say("speed"), [["", speeds]], String(app.state.speed), (speed) => {
      app.set({ speed: Number(speed) });
    });
    this.box.replaceChildren(
      named("rewind", () => app.goTo(0)), named("back", () => app.stepBy(-1)), this.play,
      named("forward", () => app.stepBy(1)),
      this.scrub, this.count, this.speed,
    );
    this.update();
  }

  update() {
    const { state } = this.app;
    const say = (word, values) => wordIn(state.language, word, values);
    const k = Math.floor(state.at + 1e-9);
    this.scrub.max = String(state.steps);
    this.scrub.value = String(state.at);
    this.scrub.setAttribute("aria-valuetext", say("step_of", { k, n: state.steps }));
    this.count.textContent = say("step_of", { k, n: state.steps });
    const sign = state.playing ? "pause" : "play";
    if (sign !== this.shownSign) {
      this.shownSign = sign;
      this.play.replaceChildren(signOf(sign));
      this.play.title = say(sign);
      this.play.setAttribute("aria-label", say(sign));
    }
    if (Number(this.speed.value) !== state.speed) this.speed.value = String(state.speed);
  }

  /** Move on by the time since the last call; whole steps where motion is unwelcome. */
  tick(now) {
    const { state } = this.app;
    const passed = this.last ? Math.min(now - this.last, 100) : 0;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (still && now - this.last < 400 && this.last) return;
    this.last = now;
    const by = still ? 1 : (passed / 1000) * (state.steps / WHOLE_RUN) * state.speed;
    const at = Math.min(state.at + by, state.steps);
    this.app.set({ at, playing: at < state.steps });
  }
}
