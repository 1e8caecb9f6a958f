/**
 * The surface as a hill-shaded relief, drawn by a small rasteriser with a depth buffer.
 *
 * Light, colours and squeezing of heights are those of optviz/scene/panels/relief.py; box and camera
 * are the page's own. The box reaches from -1 to 1 in x and y and from 0 to BOX_HEIGHT upwards; depth
 * grows towards the eye.
 */

import { levels, shareOf, valuesOnGrid } from "./contour.js";
import { inkOf, LINE_WIDTH, packInk, pixelsOf } from "./ink.js";
import { litInks, paintEdge, paintTriangle, softenOutlines, SUN_DIRECTION } from "./raster.js";

const BOX_HEIGHT = 0.75;
const TRAIL_LIFT = 0.012; // trails float this much above the surface
const DEPTH_SLACK = 0.03; // how far below the drawn surface a point still counts as on it
const VIEW_MARGIN = 1.43; // half of the picture's width, in the box's units

/** Where the camera stands until it is turned, in radians. */
export const RELIEF_VIEW = { azimuth: (-60 * Math.PI) / 180, elevation: (42 * Math.PI) / 180 };

/**
 * @import { PlaneFunction, PlaneWindow, Scale } from "./contour.js"
 * @import { FillColours, PixelImage } from "./ink.js"
 * @import { RasterPoints, RasterTarget } from "./raster.js"
 *
 * @typedef {object} Camera
 * @property {number} azimuth  radians; at 0 the eye looks from +x, at -pi/2 from -y
 * @property {number} elevation  radians above the floor
 * @property {number} width  of the image, in pixels
 * @property {number} height
 *
 * @typedef {object} Mesh
 * @property {number} n  points along each side
 * @property {Float32Array} shares  heights, 0 to 1, NaN where there is none; rows from y0 up
 * @property {Float32Array} lights  how directly the sun meets each point, 0 to 1
 * @property {PlaneWindow} window
 * @property {(value: number) => number} share  a value's height, 0 to 1
 *
 * @typedef {ReturnType<typeof viewOf>} View
 *
 * Where a point is seen, in pixels, and how near; NaN outside the window.
 * @typedef {{px: number, py: number, depth: number}} Place
 */

/**
 * Sample a surface for `paintRelief`; needed anew only when the surface or its window changes.
 *
 * @param {PlaneFunction} f
 * @param {PlaneWindow} window
 * @param {Scale} scale
 * @param {number} [n]
 * @returns {Mesh}
 */
export function makeMesh(f, window, scale, n = 96) {
  const { x0, x1, y0, y1 } = window;
  const xs = Float64Array.from({ length: n }, (_, i) => x0 + (i / (n - 1)) * (x1 - x0));
  const ys = Float64Array.from({ length: n }, (_, i) => y0 + (i / (n - 1)) * (y1 - y0));
  const values = valuesOnGrid(f, xs, ys);
  const edges = levels(values, scale);
  const share = edges.length ? shareOf(edges, scale) : () => NaN;
  const heights = new Float32Array(n * n);
  for (let i = 0; i < n * n; i++) heights[i] = values[i] - values[i] === 0 ? share(values[i]) : NaN;
  return { n, shares: heights, lights: meshLights(heights, n), window, share };
}

/**
 * The cosine between the sun and each point's normal, by the differences to its neighbours.
 * @param {Float32Array} heights
 * @param {number} n
 */
function meshLights(heights, n) {
  const lights = new Float32Array(n * n);
  const [sunX, sunY, sunZ] = SUN_DIRECTION;
  const perUnit = (BOX_HEIGHT * (n - 1)) / 2;
  for (let row = 0, i = 0; row < n; row++) {
    for (let column = 0; column < n; column++, i++) {
      const left = column > 0 ? heights[i - 1] : NaN;
      const right = column < n - 1 ? heights[i + 1] : NaN;
      const below = row > 0 ? heights[i - n] : NaN;
      const above = row < n - 1 ? heights[i + n] : NaN;
      const alongX = perUnit * meshSlope(left, heights[i], right);
      const alongY = perUnit * meshSlope(below, heights[i], above);
      const light = (sunZ - alongX * sunX - alongY * sunY) / Math.hypot(alongX, alongY, 1);
      lights[i] = light > 0 ? light : 0;
    }
  }
  return lights;
}

/**
 * Rise from a point to the next; beside an edge or a hole, that of the one neighbour there is.
 * @param {number} before
 * @param {number} here
 * @param {number} after
 */
function meshSlope(before, here, after) {
  const slope = (after - before) / 2;
  if (slope === slope) return slope;
  return after - here || here - before || 0;
}

/**
 * Numbers that carry a point of the box to the image: no perspective, as in Python's relief.
 * @param {Camera} camera
 */
function viewOf({ azimuth, elevation, width, height }) {
  const [cosA, sinA] = [Math.cos(azimuth), Math.sin(azimuth)];
  const [cosE, sinE] = [Math.cos(elevation), Math.sin(elevation)];
  const tall = Math.SQRT2 * Math.abs(sinE) + (BOX_HEIGHT / 2) * Math.abs(cosE) + 0.015;
  const scale = Math.min(width / 2 / VIEW_MARGIN, height / 2 / tall);
  return { cosA, sinA, cosE, sinE, scale, midX: width / 2, midY: height / 2 };
}

/**
 * Write pixel column, pixel row and depth of a point of the box.
 * @param {View} view
 * @param {number} x
 * @param {number} y
 * @param {number} z
 * @param {number[]} out
 */
function placeInView(view, x, y, z, out) {
  const { cosA, sinA, cosE, sinE, scale } = view;
  const away = x * cosA + y * sinA; // towards the eye along the floor
  const up = z - BOX_HEIGHT / 2;
  out[0] = view.midX + scale * (y * cosA - x * sinA);
  out[1] = view.midY - scale * (up * cosE - away * sinE);
  out[2] = away * cosE + up * sinE;
}

/**
 * Where a step along the ground leads in the image, but for its scale.
 * @param {Camera} camera
 * @param {number} x
 * @param {number} y
 */
export function groundStep({ azimuth, elevation }, x, y) {
  const [cos, sin] = [Math.cos(azimuth), Math.sin(azimuth)];
  return [y * cos - x * sin, (x * cos + y * sin) * Math.sin(elevation)];
}

/**
 * Where a point (x, y) of value z is seen, in pixels, and how near; NaN outside the window.
 *
 * @param {Camera} camera
 * @param {Mesh} mesh
 * @param {number} x
 * @param {number} y
 * @param {number} z
 * @returns {Place}
 */
export function project(camera, mesh, x, y, z) {
  const out = [0, 0, 0];
  projectInto(viewOf(camera), mesh, x, y, z, out);
  return { px: out[0], py: out[1], depth: out[2] };
}

/**
 * The same for many points, written into `out`: pixel column, pixel row and depth.
 * @param {View} view
 * @param {Mesh} mesh
 * @param {number} x
 * @param {number} y
 * @param {number} z
 * @param {number[]} out
 */
function projectInto(view, { window, share }, x, y, z, out) {
  const { x0, x1, y0, y1 } = window;
  const [across, along] = [((x - x0) / (x1 - x0)) * 2 - 1, ((y - y0) / (y1 - y0)) * 2 - 1];
  if (!(Math.abs(across) <= 1 && Math.abs(along) <= 1)) return void out.fill(NaN);
  placeInView(view, across, along, BOX_HEIGHT * share(z) + TRAIL_LIFT, out);
}

/**
 * Where all points of a run are seen, x, y, x, y, ... in CSS pixels; `shown` without hidden ones.
 *
 * @param {Camera} camera
 * @param {Mesh} mesh
 * @param {Float32Array} zbuffer  of `paintRelief`
 * @param {{points: Float64Array, values: Float64Array}} run
 * @param {number} ratio  image pixels in a CSS pixel
 * @returns {{places: Float64Array, shown: Float64Array}}
 */
export function placeTrail(camera, mesh, zbuffer, { points, values }, ratio) {
  const view = viewOf(camera);
  const out = [0, 0, 0];
  const places = new Float64Array(points.length);
  const shown = new Float64Array(points.length);
  for (let k = 0; k < values.length; k++) {
    projectInto(view, mesh, points[2 * k], points[2 * k + 1], values[k], out);
    const seen = isVisible(out, zbuffer, camera);
    for (const axis of [0, 1]) {
      const place = out[axis] / ratio;
      places[2 * k + axis] = place;
      shown[2 * k + axis] = seen ? place : NaN;
    }
  }
  return { places, shown };
}

/**
 * Whether nothing that `paintRelief` drew stands before a point that `project` gave.
 * @param {Place} place
 * @param {Float32Array} zbuffer
 * @param {Camera} camera
 */
export function visible({ px, py, depth }, zbuffer, camera) {
  return isVisible([px, py, depth], zbuffer, camera);
}

/**
 * @param {number[]} place  of `projectInto`
 * @param {Float32Array} zbuffer
 * @param {Camera} camera
 */
function isVisible([px, py, depth], zbuffer, { width, height }) {
  const [column, row] = [Math.floor(px), Math.floor(py)];
  if (!(column >= 0 && column < width && row >= 0 && row < height)) return false;
  return depth >= zbuffer[row * width + column] - DEPTH_SLACK;
}

/**
 * Paint the surface as the camera sees it, on the page's colour.
 *
 * @param {PixelImage} image
 * @param {Mesh} mesh
 * @param {Camera} camera  whose width and height are the image's
 * @param {FillColours} colours
 * @param {Float32Array} zbuffer  as long as the image has pixels; filled with what `visible` asks
 * @param {number} [ratio]  image pixels in a CSS pixel
 */
export function paintRelief(image, mesh, camera, colours, zbuffer, ratio = 1) {
  const { width, height } = image;
  const pixels = pixelsOf(image);
  pixels.fill(packInk(inkOf(colours.page)));
  zbuffer.fill(-Infinity);
  const inks = litInks(colours);
  const target = { width, height, pixels, zbuffer, inks, lineWidth: LINE_WIDTH * ratio };
  const view = viewOf(camera);
  const points = placedMesh(mesh, view);
  const { n, shares } = mesh;
  for (let row = 0; row < n - 1; row++) {
    for (let column = 0; column < n - 1; column++) {
      const a = row * n + column;
      const b = a + 1;
      const c = a + n;
      const d = c + 1;
      const first = shares[a] - shares[d];
      const second = shares[b] - shares[c];
      if (Number.isNaN(first + second)) continue; // a corner has no height
      // Fold the cell along its flatter diagonal: ridges then have no teeth.
      if (Math.abs(first) < Math.abs(second)) {
        paintTriangle(target, points, a, b, d);
        paintTriangle(target, points, a, d, c);
      } else {
        paintTriangle(target, points, a, b, c);
        paintTriangle(target, points, b, d, c);
      }
    }
  }
  softenOutlines(target);
  paintFrame(target, mesh, view, packInk(inkOf(colours.level)));
}

/**
 * Draw the edges of the floor and the posts of its corners up to the surface.
 * @param {RasterTarget} target
 * @param {Mesh} mesh
 * @param {View} view
 * @param {number} ink
 */
function paintFrame(target, { n, shares }, view, ink) {
  /** @type {(x: number, y: number, z: number) => number[]} */
  const seen = (x, y, z) => {
    const place = [0, 0, 0];
    placeInView(view, x, y, z, place);
    return place;
  };
  const corners = [[-1, -1, 0], [1, -1, n - 1], [1, 1, n * n - 1], [-1, 1, n * n - n]];
  corners.forEach(([x, y, i], k) => {
    const foot = seen(x, y, 0);
    const [nextX, nextY] = corners[(k + 1) % 4];
    paintEdge(target, foot, seen(nextX, nextY, 0), ink);
    if (shares[i] > 0) paintEdge(target, foot, seen(x, y, BOX_HEIGHT * shares[i]), ink);
  });
}

/**
 * Pixel places, depths, heights and lights of all points of the mesh.
 * @param {Mesh} mesh
 * @param {View} view
 * @returns {RasterPoints}
 */
function placedMesh({ n, shares, lights }, view) {
  const [px, py, depth] = [0, 1, 2].map(() => new Float64Array(n * n));
  const out = [0, 0, 0];
  for (let row = 0, i = 0; row < n; row++) {
    for (let column = 0; column < n; column++, i++) {
      const x = (column / (n - 1)) * 2 - 1;
      const y = (row / (n - 1)) * 2 - 1;
      placeInView(view, x, y, BOX_HEIGHT * shares[i], out);
      px[i] = out[0];
      py[i] = out[1];
      depth[i] = out[2];
    }
  }
  return { px, py, depth, shares, lights };
}
