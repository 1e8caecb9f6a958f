/**
 * Save what is on screen as one picture, or the whole run as a film made frame by frame.
 *
 * @import { FilmKind, Made } from "../controls/save.js"
 * @import { Model } from "../state/types.js"
 *
 * In CSS pixels, and the pixels of each.
 * @typedef {{width?: number, ratio?: number}} PictureAbout
 *
 * `onProgress` hears from 0 to 1 how much is done.
 * @typedef {{kind: FilmKind, width?: number, onProgress?: (share: number) => void, signal?: AbortSignal}} FilmAbout
 *
 * Says how much is done, and lets the page answer its reader.
 * @typedef {(share: number) => Promise<void>} Next
 */
import { packInk, inkOf, pixelsOf } from "../paint/ink.js";
import { Picture } from "./compose.js";
import { GifWriter, TRANSPARENT } from "./gif.js";
import { ColourCounts, fittedPalette } from "./palette.js";
import { openVideo } from "./video.js";

// As optviz.export.clock.Clock and optviz/export/gif.py have them.
const FPS = 20;
const SECONDS = 6;
const HOLD = 1.5; // seconds that the last frame stays
const SAMPLES = 7; // frames to which the palette is fitted
const SHARP = 2; // pixels of a CSS pixel, at least, in a picture that is shown large

/**
 * The moment on screen as a PNG.
 * @param {Model} model
 * @param {HTMLElement} root  of the page
 * @param {PictureAbout} [about]
 * @returns {Promise<Made>}
 */
export async function pictureOf(model, root, { width, ratio = Math.max(SHARP, Math.ceil(devicePixelRatio)) } = {}) {
  const picture = new Picture(model, root, { width, ratio });
  try {
    picture.draw(model.state.at);
    const blob = await pngOf(picture.canvas);
    return { blob, name: nameOf(picture.model, "png") };
  } finally {
    picture.remove();
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {Promise<Blob>}
 */
function pngOf(canvas) {
  return new Promise((done, fail) => {
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("this canvas cannot be saved"))), "image/png");
  });
}

/**
 * The run from its start to its end as a film; null where the browser makes no video.
 * @param {Model} model
 * @param {HTMLElement} root  of the page
 * @param {FilmAbout} about
 * @returns {Promise<Made | null>}
 * @throws {DOMException} an AbortError, if the signal says so
 */
export async function filmOf(model, root, { kind, width, onProgress = () => {}, signal }) {
  const picture = new Picture(model, root, { width, ratio: kind === "gif" ? 1 : SHARP });
  try {
    /** @type {Next} */
    const next = async (share) => {
      onProgress(share);
      await pause();
      signal?.throwIfAborted();
    };
    const blob = await (kind === "gif" ? gifOf(picture, next) : videoOf(picture, next));
    return blob && { blob, name: nameOf(picture.model, blob.type.split("/")[1]) };
  } finally {
    picture.remove();
  }
}

/**
 * A name for a file of what is on screen, such as "himmelblau.gif".
 * @param {Model} model
 * @param {string} suffix
 */
function nameOf({ state }, suffix) {
  const stem = (state.surface || "formula").replace(/[^\p{L}\p{N}_-]+/gu, "-").slice(0, 60);
  return `${stem}.${suffix}`;
}

const FRAMES = FPS * SECONDS;
/** @type {(frame: number, picture: Picture) => number} */
const stepOf = (frame, { model }) => (frame / (FRAMES - 1)) * model.state.steps;

/**
 * @param {Picture} picture
 * @param {Next} next
 */
async function gifOf(picture, next) {
  const { canvas, context, model } = picture;
  const drawn = (/** @type {number} */ frame) => {
    picture.draw(stepOf(frame, picture));
    return pixelsOf(context.getImageData(0, 0, canvas.width, canvas.height));
  };
  const counts = new ColourCounts();
  for (let i = 0; i < SAMPLES; i++) {
    counts.add(drawn(Math.round((i * (FRAMES - 1)) / (SAMPLES - 1))));
    await next(0);
  }
  const { page, ink, quiet, lines } = model.theme;
  const exact = [page, ink, quiet, ...lines, ...model.running.map(({ colour }) => colour)];
  const codes = exact.map((colour) => packInk(inkOf(colour)) & 0xffffff);
  const palette = await fittedPalette(counts.counts, codes, TRANSPARENT, () => next(0));
  const writer = new GifWriter(canvas.width, canvas.height, palette);
  const endOf = (/** @type {number} */ frame) => Math.round((100 * SECONDS * frame) / FRAMES); // in 1/100 s
  for (let i = 0; i < FRAMES; i++) {
    const held = i === FRAMES - 1 ? 100 * HOLD : 0;
    writer.add(drawn(i), endOf(i + 1) - endOf(i) + held);
    await next((i + 1) / FRAMES);
  }
  return writer.finish();
}

/**
 * @param {Picture} picture
 * @param {Next} next
 */
async function videoOf(picture, next) {
  const writer = await openVideo(picture.canvas, FPS);
  if (!writer) return null;
  try {
    const count = FRAMES + FPS * HOLD;
    for (let i = 0; i < count; i++) {
      if (i < FRAMES) picture.draw(stepOf(i, picture));
      await writer.add();
      await next((i + 1) / count);
    }
    return await writer.finish();
  } finally {
    writer.close();
  }
}

/** Let the page answer its reader. Timers would be slowed down where the page is not in front. */
async function pause() {
  const { port1, port2 } = new MessageChannel();
  const arrived = new Promise((done) => (port1.onmessage = done));
  port2.postMessage(null);
  await arrived;
  port1.close();
}
