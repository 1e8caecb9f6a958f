/**
 * Pictures and films to save: how far a film is, and what was made.
 *
 * @import { Model } from "../state/types.js"
 *
 * @typedef {{blob: Blob, name: string}} Made
 * @typedef {"gif" | "video"} FilmKind
 * @typedef {{kind: FilmKind, onProgress: (share: number) => void, signal: AbortSignal}} Wanted
 *
 * What makes them.
 * @typedef {{picture: () => Promise<Made>, film: (about: Wanted) => Promise<Made | null>}} Capture
 */
import { reasonOf } from "../state/refusal.js";
import { button, download, element } from "../views/dom.js";
import { Part } from "./part.js";

export class Save extends Part {
  /**
   * @param {Model} model
   * @param {Capture} capture
   */
  constructor(model, capture) {
    super(model, element("section", { class: "ov-panel ov-save" }));
    this.capture = capture;
    /** @type {AbortController | null} of the film that is being made */
    this.making = null;
    /** @type {FilmKind[]} */
    const kinds = ["gif", "video"];
    this.films = kinds.map((kind) => {
      const made = this.named(button("", () => this.saveFilm(kind, made)), kind);
      return made;
    });
    const line = element("div", { class: "ov-line", role: "group" },
      this.named(button("", () => this.savePicture()), "png"), ...this.films);
    this.named(line, "save", "aria-label");
    this.bar = this.named(element("progress", { max: 1 }), "filming", "aria-label");
    this.cancel = this.named(button("", () => this.making?.abort()), "cancel");
    this.running = element("div", { class: "ov-line", hidden: true }, this.bar, this.cancel);
    this.message = element("p", { class: "ov-told", role: "status" });
    this.made = element("div", { hidden: true });
    this.box.append(line, this.running, this.message, this.made);
  }

  async savePicture() {
    this.hand(await this.capture.picture());
  }

  /**
   * Make a film, one at a time.
   * @param {FilmKind} kind
   * @param {HTMLElement} pressed  its button, which has the focus again at the end
   */
  async saveFilm(kind, pressed) {
    const making = new AbortController();
    this.making = making;
    this.show();
    this.cancel.focus();
    this.message.textContent = this.say("filming");
    this.made.hidden = true;
    /** @type {Made | null} */
    let made = null;
    let said = "";
    try {
      made = await this.capture.film({ kind, signal: making.signal, onProgress: (share) => (this.bar.value = share) });
      if (!made) said = this.say("no_video");
    } catch (error) {
      if (!making.signal.aborted) said = reasonOf(error, this.model.state.language);
    }
    const focused = document.activeElement === this.cancel;
    this.making = null;
    this.show();
    if (focused) pressed.focus();
    this.message.textContent = said;
    if (made) this.hand(made);
  }

  /** Whether a film is being made. */
  show() {
    this.films.forEach((film) => (film.disabled = this.making !== null));
    this.bar.value = 0;
    this.running.hidden = this.making === null;
  }

  /**
   * Give a file to the browser, and show it: where downloads are blocked it can be saved from here.
   * @param {Made} made
   */
  hand({ blob, name }) {
    if (this.url) URL.revokeObjectURL(this.url);
    this.url = download(blob, name);
    this.message.textContent = this.say("saved", { name });
    const shown = blob.type.startsWith("video")
      ? element("video", { src: this.url, controls: true, muted: true })
      : element("img", { src: this.url, alt: name });
    const size = `${(blob.size / 1e6).toFixed(blob.size < 1e7 ? 2 : 0)} MB`;
    this.made.replaceChildren(shown, element("a", { href: this.url, download: name }, `${name} (${size})`));
    this.made.hidden = false;
  }
}
