/** Save what is on screen as one picture, or the run as a film by the browser's recorder. */

const FILM_SECONDS = 6;
const FILM_RATE = 25; // frames a second

/** The views side by side on one canvas. */
export function stillOf(app, canvas = document.createElement("canvas")) {
  const views = [app.plane, app.curves, app.reliefView].filter(({ box }) => !box.hidden);
  const sheets = views.map(({ ground, over }) => [ground.canvas, over.canvas]);
  const width = sheets.reduce((sum, [ground]) => sum + ground.width, 0);
  const height = Math.max(...sheets.map(([ground]) => ground.height));
  // Videos want even sides.
  [canvas.width, canvas.height] = [width + (width % 2), height + (height % 2)];
  const context = canvas.getContext("2d");
  context.fillStyle = app.theme.page;
  context.fillRect(0, 0, canvas.width, canvas.height);
  let left = 0;
  for (const layers of sheets) {
    for (const layer of layers) context.drawImage(layer, left, 0);
    left += layers[0].width;
  }
  return canvas;
}

/**
 * Play the run once and record it; null where the browser cannot.
 * @param {(seconds: number) => void} onProgress  how many are left
 */
export async function recordFilm(app, onProgress) {
  const kind = ["video/webm;codecs=vp9", "video/webm"].find((type) => globalThis.MediaRecorder?.isTypeSupported(type));
  const canvas = stillOf(app);
  if (!kind || !canvas.captureStream) return null;
  const recorder = new MediaRecorder(canvas.captureStream(FILM_RATE), { mimeType: kind, videoBitsPerSecond: 4e6 });
  const parts = [];
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  const ended = new Promise((done) => recorder.addEventListener("stop", done));
  const before = app.state.at;
  recorder.start();
  const begin = performance.now();
  let share = 0;
  while (share < 1) {
    const passed = (performance.now() - begin) / 1000;
    share = Math.min(passed / FILM_SECONDS, 1);
    app.set({ at: share * app.state.steps, playing: false });
    app.flush();
    stillOf(app, canvas);
    onProgress(Math.ceil(FILM_SECONDS - passed));
    await new Promise((done) => setTimeout(done, 1000 / FILM_RATE));
  }
  recorder.stop();
  await ended;
  app.set({ at: before });
  return new Blob(parts, { type: kind });
}
