/** Links, commands and Python to copy. */
import { commandOf, pythonOf } from "../state/command.js";
import { writeHash } from "../state/link.js";
import { reasonOf } from "../state/refusal.js";
import { button, element } from "../views/dom.js";
import { Part } from "./part.js";

export class Share extends Part {
  /**
   * @param {import("../state/model.js").Model} model
   * @param {boolean} linked  whether the page has an address of its own
   */
  constructor(model, linked) {
    super(model, element("section", { class: "ov-panel ov-share" }));
    this.message = element("p", { class: "ov-told", role: "status" });
    this.text = element("textarea", { class: "ov-copied", readOnly: true, rows: 3, hidden: true });
    this.named(this.text, "copy_text", "aria-label");
    /** @type {[string, () => string][]} */
    const copies = [["command", () => commandOf(model)], ["python", () => pythonOf(model)]];
    if (linked) copies.unshift(["link", () => `${location.href.split("#")[0]}#${writeHash(model.state, model.data)}`]);
    const line = element("div", { class: "ov-line", role: "group" },
      ...copies.map(([word, text]) => this.named(button("", () => this.copy(text)), word)));
    this.named(line, "share", "aria-label");
    this.box.append(line, this.message, this.text, this.named(element("p", { class: "ov-help" }), "help"));
  }

  /** "Copied" only if it was; else the text stands there, selected. */
  async copy(write) {
    let text;
    this.text.hidden = true;
    try {
      text = write();
    } catch (error) {
      return void (this.message.textContent = reasonOf(error, this.model.state.language));
    }
    try {
      await navigator.clipboard.writeText(text);
      this.message.textContent = this.say("copied", { text });
    } catch {
      this.message.textContent = this.say("copy_by_hand");
      this.text.hidden = false;
      this.text.value = text;
      this.text.focus();
      this.text.select();
    }
  }
}
