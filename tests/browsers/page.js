/**
 * What the checks need inside the page. It is put before the page's own script, so that it hears of
 * everything that goes wrong there.
 */
window.complaints = [];
for (const name of ["error", "unhandledrejection", "securitypolicyviolation"]) {
  addEventListener(name, ({ message, reason, violatedDirective }) =>
    window.complaints.push(String(message ?? reason ?? violatedDirective)));
}
const { error: complain } = console;
console.error = (...said) => {
  window.complaints.push(said.join(" "));
  complain(...said);
};

const CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex]";
const nameOf = (element) => element.getAttribute("aria-label") ?? element.textContent.trim();
const frame = () => new Promise((done) => requestAnimationFrame(done));

/** When a frame was painted: a message that is sent in it arrives afterwards. */
async function painted() {
  await frame();
  const { port1, port2 } = new MessageChannel();
  const arrived = new Promise((done) => (port1.onmessage = done));
  port2.postMessage(0);
  await arrived;
}

/** Numbers as text, to the last bit, and back. */
const packed = (floats) => new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength).toBase64();
const unpacked = (text) => new Float64Array(Uint8Array.fromBase64(text).buffer);

window.checks = {
  /** A visible element by its name, or by how that begins: "Start…". */
  named(name) {
    const begins = name.endsWith("…") ? name.slice(0, -1) : null;
    return [...document.querySelectorAll(`${CONTROLS}, [aria-label]`)].find((each) =>
      (begins ? nameOf(each).startsWith(begins) : nameOf(each) === name) && each.checkVisibility());
  },

  /** The middle of an element, scrolled into view. */
  async place(name) {
    const found = window.checks.named(name);
    if (!found) throw new Error(`nothing is named ${name}`);
    found.scrollIntoView({ block: "center", behavior: "instant" });
    await painted();
    const { left, top, width, height } = found.getBoundingClientRect();
    return [left + width / 2, top + height / 2];
  },

  /** What stands in the lines of status. */
  told: () => [...document.querySelectorAll("[role=status]")].map((each) => each.textContent).join(" "),

  /** Remember what has had the focus from now on. @returns how many controls there are */
  startWalk() {
    window.walked = [];
    addEventListener("focusin", ({ target }) => window.walked.push(target));
    window.reachable = [...document.querySelectorAll(CONTROLS)]
      .filter((each) => each.tabIndex >= 0 && !each.disabled && each.checkVisibility());
    document.activeElement.blur();
    return window.reachable.length;
  },
  missed: () => window.reachable.filter((each) => !window.walked.includes(each)).map(nameOf),

  /** Everything that a link holds, and what follows from it. */
  state: () => JSON.stringify({
    ...window.optviz.model.state,
    // Whether a rate is still to be tuned, or was found to fit, is not part of a link.
    racers: window.optviz.model.state.racers.map((racer) => ({ ...racer, due: null, fits: null })),
    shown: window.optviz.model.window,
    ends: window.optviz.model.running.map(({ run }) => Array.from(run.points.slice(-2))),
  }),

  /** Follow a link in the open page, from elsewhere. */
  async follow(hash) {
    for (const next of ["#lesson=washboard", hash]) {
      const opened = new Promise((done) => addEventListener("hashchange", done, { once: true }));
      location.hash = next;
      await opened;
    }
  },

  /** Open each link: of each run its path's bytes, its length and its end. */
  paths: (links) => links.map((link) => {
    window.optviz.model.open(link);
    return window.optviz.model.running.map(({ run: { points, length, status } }) =>
      ({ points: packed(points.slice(0, 2 * (length + 1))), length, status }));
  }),

  /** The rates that are tuned here. */
  rates: (surfaces, steps) => surfaces.map((name) => {
    window.optviz.model.open(`#s=${name}&n=${steps}`);
    return window.optviz.model.state.racers.map(({ lr }) => lr);
  }),

  /** Whether the browser can make a video. */
  async makesVideo() {
    const types = ["video/mp4", "video/webm"];
    // WebKitGTK 2.50 crashes if the encoder is asked first.
    if (types.some((type) => globalThis.MediaRecorder?.isTypeSupported(type))) return true;
    for (const codec of globalThis.VideoEncoder ? ["avc1.640028", "vp09.00.51.08"] : []) {
      const { supported } = await VideoEncoder.isConfigSupported({ codec, width: 1280, height: 720 });
      if (supported) return true;
    }
    return false;
  },

  /** A function of Math of many numbers. */
  applied(name, ...texts) {
    const [first, second] = texts.map(unpacked);
    return packed(first.map((x, i) => Math[name](x, second?.[i])));
  },

  /** Milliseconds of each frame of play. */
  async play(count) {
    const { model } = window.optviz;
    model.goTo(0);
    model.setPlaying(true);
    await painted();
    const times = [];
    for (let began = performance.now(); times.length < count; began = performance.now()) {
      await painted();
      times.push(performance.now() - began);
    }
    model.setPlaying(false);
    return times;
  },

  /** Milliseconds from each move of a start until it is painted. */
  async drag(count) {
    const { model } = window.optviz;
    const [[x, y]] = model.state.starts;
    const times = [];
    while (times.length < count) {
      const began = performance.now();
      model.moveStart(0, [x + 0.3 * Math.cos(times.length), y + 0.3 * Math.sin(times.length)]);
      await painted();
      times.push(performance.now() - began);
    }
    return times;
  },
};
