/**
 * Predict, then reveal: where will the selected optimizer be some steps from now?
 *
 * @import { Model, QuizState } from "../state/types.js"
 */
import { readable } from "../state/words.js";
import { button, chooser, element, fillChooser, write } from "../views/dom.js";
import { Part } from "./part.js";

const QUIZ_STEPS = [1, 5, 20, 100];

export class Quiz extends Part {
  /** @param {Model} model */
  constructor(model) {
    super(model, element("section", { class: "ov-panel ov-quiz" }));
    this.toggle = button("", () => (model.state.quiz ? model.endQuiz() : model.startQuiz()));
    this.ahead = this.named(chooser((n) => model.askAhead(Number(n))), "quiz_steps", "aria-label");
    fillChooser(this.ahead, [["", QUIZ_STEPS.map((n) => [String(n), String(n)])]]);
    this.line = element("label", {}, this.ahead, " ", this.named(element("span", {}), "quiz_steps"));
    this.message = element("p", { class: "ov-told", role: "status" });
    this.box.append(this.toggle, this.line, this.message);
  }

  relabel() {
    super.relabel();
    this.update();
  }

  update() {
    const { quiz } = this.model.state;
    write(this.toggle, { textContent: this.say(quiz ? "quiz_off" : "quiz"), "aria-pressed": String(Boolean(quiz)) });
    for (const part of [this.line, this.message]) write(part, { hidden: !quiz });
    if (!quiz) return;
    write(this.ahead, { value: String(quiz.ahead) });
    write(this.message, { textContent: this.text(quiz) });
  }

  /** @param {QuizState} quiz */
  text({ ahead, guess, real }) {
    const shown = this.model.selectedRun;
    if (!shown) return this.say("quiz_nobody");
    if (!guess || !real) {
      const over = this.model.state.at >= shown.run.length;
      return this.say(over ? "quiz_over" : "quiz_next", { name: shown.name, n: ahead });
    }
    const [x0, x1, y0, y1] = this.model.window;
    const off = Math.hypot(guess[0] - real[0], guess[1] - real[1]);
    const p = Math.round((100 * off) / Math.hypot(x1 - x0, y1 - y0));
    return this.say("quiz_told", { d: readable(off), p, x: readable(real[0]), y: readable(real[1]) });
  }
}
