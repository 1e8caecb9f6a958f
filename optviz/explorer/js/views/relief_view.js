/** The view of the relief: its camera can be dragged, hidden parts of trails are faint. */
import { makeMesh, paintRelief, placeTrail, project, RELIEF_VIEW, visible } from "../paint/relief.js";
import { drawHead, momentOf } from "../paint/trails.js";
import { View } from "./view.js";

/** An elevation from which the surface is seen from above. */
const lifted = (elevation) => Math.min(Math.max(elevation, 0.15), 1.5);

export class ReliefView extends View {
  constructor(app, parent) {
    super(app, parent, { name: "solid", word: "relief_label", keys: true });
    this.box.addEventListener("pointerdown", (event) => {
      this.box.setPointerCapture?.(event.pointerId);
      this.held = [event.clientX, event.clientY];
    });
    this.box.addEventListener("pointermove", (event) => {
      if (!this.held) return;
      this.turn((event.clientX - this.held[0]) * -0.01, (event.clientY - this.held[1]) * 0.008);
      this.held = [event.clientX, event.clientY];
    });
    for (const end of ["pointerup", "pointercancel"]) {
      this.box.addEventListener(end, () => (this.held = null));
    }
    this.box.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: [0.1, 0], ArrowRight: [-0.1, 0], ArrowUp: [0, 0.08], ArrowDown: [0, -0.08] };
      if (!by[event.key]) return;
      this.turn(...by[event.key]);
      event.preventDefault();
    });
  }

  turn(azimuth, elevation) {
    const { view } = this;
    this.app.look({ camera: [view.azimuth + azimuth, lifted(view.elevation + elevation)] });
  }

  get view() {
    const [azimuth, elevation] = this.app.state.camera ?? [RELIEF_VIEW.azimuth, RELIEF_VIEW.elevation];
    return { ...RELIEF_VIEW, azimuth, elevation: lifted(elevation) };
  }

  makeMesh() {
    const { app } = this;
    const [x0, x1, y0, y1] = app.window;
    this.mesh = makeMesh(app.value, { x0, x1, y0, y1 }, app.scale);
  }

  paintGround() {
    const { canvas, context, ratio } = this.ground;
    const { width, height } = canvas;
    if (this.image?.width !== width || this.image?.height !== height) {
      this.image = new ImageData(width, height);
      this.depths = new Float32Array(width * height);
    }
    this.camera = { ...this.view, width, height };
    paintRelief(this.image, this.mesh, this.camera, this.app.theme, this.depths, ratio);
    context.putImageData(this.image, 0, 0);
    this.placeRuns();
  }

  /** Where every point of every run is seen: when runs or camera are others. Hidden parts are faint. */
  placeRuns() {
    const { running, theme } = this.app;
    const { ratio } = this.ground;
    const lines = running.flatMap(({ run, colour }) => {
      const { places, shown } = placeTrail(this.camera, this.mesh, this.depths, run, ratio);
      return [
        { places, colour, casing: null, width: 1.4, alpha: 0.3 },
        { places: shown, colour, casing: theme.casing, width: 2 },
      ];
    });
    this.trails.set(lines, this.frameOf(false));
  }

  place(x, y, value) {
    const point = project(this.camera, this.mesh, x, y, value);
    const seen = visible(point, this.depths, this.camera);
    const { ratio } = this.ground;
    return { px: point.px / ratio, py: point.py / ratio, seen };
  }

  paint() {
    const { app, moment } = this;
    const { theme, state } = app;
    const context = this.over.clear();
    const heads = app.running.map(({ run, colour, shape }) => {
      const [count, x, y] = momentOf(run, state.at, moment);
      return { ...this.place(x, y, app.value(x, y)), count, colour, shape };
    });
    this.paintTrails(context, heads.flatMap(({ count, px, py, seen }) =>
      [{ count, tail: [px, py] }, { count, tail: seen ? [px, py] : [] }]));
    for (const { px, py, seen, colour, shape } of heads) {
      context.globalAlpha = seen ? 1 : 0.35;
      drawHead(context, shape, px, py, 6, colour, theme.casing);
    }
    context.globalAlpha = 1;
  }
}
