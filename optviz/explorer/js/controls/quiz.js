/** Predict, then reveal: where will the selected optimizer be some steps from now? */
import { button, chooser, element } from "../views/dom.js";
import { momentOf } from "../paint/trails.js";
import { readable, wordIn } from "../state/words.js";

const QUIZ_STEPS = [1, 5, 20, 100];

export class Quiz {
  constructor(app) {
    this.app = app;
    this.ahead = 5;
    this.box = element("div", { class: "ov-quiz" });
  }

  build() {
    const { app } = this;
    const say = (word) => wordIn(app.state.language, word);
    const toggle = button(say(app.quiz ? "quiz_off" : "quiz"), () => this.toggle(), {
      "aria-pressed": String(Boolean(app.quiz)),
    });
    const ahead = chooser(say("quiz_steps"), [["", QUIZ_STEPS.map((n) => [String(n), String(n)])]],
      String(this.ahead), (n) => {
        this.ahead = Number(n);
        this.ask();
      });
    this.message = element("p", { class: "ov-told", role: "status" });
    const label = element("label", {}, ahead, ` ${say("quiz_steps")}`);
    this.box.replaceChildren(toggle, ...(app.quiz ? [label, this.message] : []));
    if (app.quiz) this.ask();
  }

  toggle() {
    const { app } = this;
    app.quiz = app.quiz ? null : {};
    app.guess = null;
    if (app.quiz) {
      if (app.state.at >= app.state.steps) app.state.at = 0;
      app.state.at = Math.floor(app.state.at);
      app.state.playing = false;
    }
    this.build();
    app.controls.update(); // the caption would give the answer away
    app.changed("frame");
  }

  get racing() {
    const { app } = this;
    return app.running.find(({ index }) => index === app.state.selected) ?? app.running[0];
  }

  ask() {
    const { app, racing } = this;
    if (!app.quiz || !racing) return;
    const over = app.state.at >= racing.run.length;
    const values = { name: racing.name, n: this.ahead };
    this.message.textContent = wordIn(app.state.language, over ? "quiz_over" : "quiz_next", values);
  }

  /** A place was clicked: show the real one and how far off it was. */
  guessed(point) {
    const { app, racing } = this;
    if (!racing || app.state.at >= racing.run.length) return;
    const at = Math.min(Math.floor(app.state.at) + this.ahead, app.state.steps);
    const [, x, y] = momentOf(racing.run, at, [0, 0, 0]);
    app.guess = { point, real: [x, y] };
    const off = Math.hypot(point[0] - x, point[1] - y);
    const [x0, x1, y0, y1] = app.window;
    const p = Math.round((100 * off) / Math.hypot(x1 - x0, y1 - y0));
    const values = { d: readable(off), p, x: readable(x), y: readable(y) };
    this.message.textContent = wordIn(app.state.language, "quiz_told", values);
    app.set({ at });
  }
}
