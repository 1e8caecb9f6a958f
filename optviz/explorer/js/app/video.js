/**
 * Canvases as a video: encoded frame by frame, or where that is missing, recorded as it plays.
 *
 * What takes a frame of a canvas when it is asked to.
 * @typedef {{requestFrame: () => void}} Asked
 */
import { mp4Of } from "./mp4.js";

// H.264, which every player and slide program knows, up to full HD and beyond; else VP9.
const CODECS = ["avc1.640028", "avc1.640033", "avc1.4d0033", "avc1.420033", "vp09.00.51.08"];
const RECORDED = ["video/mp4;codecs=avc1.640028", "video/mp4", "video/webm;codecs=vp9", "video/webm"];
const BITS = 0.12; // of a pixel in a frame
const KEY_EVERY = 40; // frames: players seek to these
const MOST_WAITING = 4; // frames that an encoder may lag behind

/**
 * A writer of videos; null where the browser has none.
 * @param {HTMLCanvasElement} canvas  what `add` takes a frame of
 * @param {number} fps
 * @returns {Promise<{add: () => Promise<void>, finish: () => Promise<Blob>, close: () => void} | null>}
 */
export async function openVideo(canvas, fps) {
  const { width, height } = canvas;
  const bitrate = Math.round(BITS * width * height * fps);
  // Asked first: in WebKitGTK 2.50 the encoder crashes the page if nothing has loaded its codecs.
  const type = "captureStream" in canvas && RECORDED.find((each) => globalThis.MediaRecorder?.isTypeSupported(each));
  for (const codec of globalThis.VideoEncoder ? CODECS : []) {
    const config = { codec, width, height, bitrate, framerate: fps };
    const { supported } = await VideoEncoder.isConfigSupported(config);
    if (supported) return new Encoder(canvas, config);
  }
  return type ? new Recorder(canvas, { type, bitrate, fps }) : null;
}

class Encoder {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {VideoEncoderConfig & {framerate: number}} config
   */
  constructor(canvas, config) {
    this.canvas = canvas;
    this.config = config;
    this.count = 0; // frames so far
    /** @type {DOMException | null} */
    this.failed = null;
    /** @type {VideoDecoderConfig | undefined} */
    this.decoder = undefined;
    /** @type {import("./mp4.js").Chunk[]} */
    this.chunks = [];
    this.encoder = new VideoEncoder({
      output: (chunk, about) => {
        this.decoder ??= about?.decoderConfig;
        const bytes = new Uint8Array(chunk.byteLength);
        chunk.copyTo(bytes);
        this.chunks.push({ bytes, timestamp: chunk.timestamp, isKey: chunk.type === "key" });
      },
      error: (error) => (this.failed = error),
    });
    this.encoder.configure(config);
  }

  async add() {
    const { canvas, encoder, count, config: { framerate } } = this;
    while (encoder.encodeQueueSize > MOST_WAITING && !this.failed) {
      await new Promise((done) => setTimeout(done, 5));
    }
    if (this.failed) throw this.failed;
    const frame = new VideoFrame(canvas, { timestamp: Math.round((count * 1e6) / framerate), duration: Math.round(1e6 / framerate) });
    encoder.encode(frame, { keyFrame: count % KEY_EVERY === 0 });
    frame.close();
    this.count++;
  }

  async finish() {
    await this.encoder.flush();
    const { chunks, decoder, config: { width, height, framerate: fps } } = this;
    if (!decoder) throw new Error("the encoder does not say how to decode what it made");
    return new Blob(mp4Of(chunks, decoder, { width, height, fps }), { type: "video/mp4" });
  }

  close() {
    if (this.encoder.state !== "closed") this.encoder.close();
  }
}

/** The browser's recorder, which goes by the clock: each frame is held for its time. */
class Recorder {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{type: string, bitrate: number, fps: number}} about
   */
  constructor(canvas, { type, bitrate, fps }) {
    this.wait = 1000 / fps;
    // Of older Firefox it is the stream that takes a frame.
    this.stream = /** @type {MediaStream & Asked} */ (canvas.captureStream(0));
    this.recorder = new MediaRecorder(this.stream, { mimeType: type, videoBitsPerSecond: bitrate });
    /** @type {Blob[]} */
    this.parts = [];
    this.recorder.addEventListener("dataavailable", ({ data }) => this.parts.push(data));
    this.ended = new Promise((done) => this.recorder.addEventListener("stop", done));
    this.recorder.start();
    this.next = performance.now();
  }

  async add() {
    const [track] = this.stream.getVideoTracks();
    ("requestFrame" in track ? /** @type {Asked} */ (track) : this.stream).requestFrame();
    // A frame that took longer than its time makes the film longer; none is lost.
    this.next = Math.max(this.next + this.wait, performance.now());
    await new Promise((done) => setTimeout(done, this.next - performance.now()));
  }

  async finish() {
    this.close();
    await this.ended;
    return new Blob(this.parts, { type: this.recorder.mimeType.split(";")[0] });
  }

  close() {
    if (this.recorder.state !== "inactive") this.recorder.stop();
    this.stream.getTracks().forEach((track) => track.stop());
  }
}
