/** Windows of the plane: four numbers x0, x1, y0, y1. */

/**
 * A window, wide enough to show points: `Surface.reaching`.
 * @param {number[]} domain
 * @param {number[][]} points
 * @returns {[number, number, number, number]}
 */
export function reaching(domain, points) {
  const [x0 = 0, x1 = 0, y0 = 0, y1 = 0] = domain;
  const [xs, ys] = [points.map(([x = 0]) => x), points.map(([, y = 0]) => y)];
  const needed = /** @type {const} */ ([Math.min(x0, ...xs), Math.max(x1, ...xs), Math.min(y0, ...ys), Math.max(y1, ...ys)]);
  const times = Math.max((needed[1] - needed[0]) / (x1 - x0), (needed[3] - needed[2]) / (y1 - y0));
  if (times <= 1) return [x0, x1, y0, y1];
  const grow = 1.1 * times;
  const [cx, cy] = [(needed[0] + needed[1]) / 2, (needed[2] + needed[3]) / 2];
  const [wx, wy] = [((x1 - x0) * grow) / 2, ((y1 - y0) * grow) / 2];
  return [cx - wx, cx + wx, cy - wy, cy + wy];
}

/**
 * Whether a point lies in a window.
 * @param {number} x
 * @param {number} y
 * @param {number[]} window
 */
export function isInside(x, y, [x0 = 0, x1 = 0, y0 = 0, y1 = 0]) {
  return x >= x0 && x <= x1 && y >= y0 && y <= y1;
}
