/**
 * Links, commands and Python to copy.
 *
 * @import { Model } from "../state/types.js"
 */
import { losesMinima } from "../state/command.js";
import { reasonOf } from "../state/refusal.js";
import { button, element } from "../views/dom.js";
import { Part } from "./part.js";

export class Share extends Part {
  /**
   * @param {Model} model
   * @param {boolean} linked  whether the page has an address of its own
   */
  constructor(model, linked) {
    super(model, element("section", { class: "ov-panel ov-share" }));
    this.message = element("p", { class: "ov-told", role: "status" });
    this.text = element("textarea", { class: "ov-copied", readOnly: true, rows: 3, hidden: true });
    this.named(this.text, "copy_text", "aria-label");
    /** @type {[string, () => string][]} */
    const copies = [["command", () => model.command], ["python", () => model.python]];
    if (linked) copies.unshift(["link", () => `${location.href.split("#")[0]}#${model.link}`]);
    const line = element("div", { class: "ov-line", role: "group" },
      ...copies.map(([word, write]) => this.named(button("", () => this.copy(write, word)), word)));
    this.named(line, "share", "aria-label");
    this.box.append(line, this.message, this.text, this.named(element("p", { class: "ov-help" }), "help"));
  }

  /**
   * "Copied" only if it was; else the text stands there, selected.
   * @param {() => string} write
   * @param {string} word  of its button
   */
  async copy(write, word) {
    let text;
    this.text.hidden = true;
    try {
      text = write();
    } catch (error) {
      return void (this.message.textContent = reasonOf(error, this.model.state.language));
    }
    const more = word === "command" && losesMinima(this.model) ? `\n${this.say("loses_minima")}` : "";
    try {
      await navigator.clipboard.writeText(text);
      this.message.textContent = this.say("copied", { text }) + more;
    } catch {
      this.message.textContent = this.say("copy_by_hand") + more;
      this.text.hidden = false;
      this.text.value = text;
      this.text.focus();
      this.text.select();
    }
  }
}
