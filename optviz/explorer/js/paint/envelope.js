/** Curves of many steps by few places: what lies in one column of pixels is drawn over each other. */

/**
 * The steps that a curve needs: in each column the first, the lowest, the highest and the last.
 *
 * @param {ArrayLike<number>} heights  one for each step
 * @param {number} perStep  columns from one step to the next
 * @returns {Uint32Array} steps in rising order
 */
export function envelope(heights, perStep) {
  const kept = new Uint32Array(heights.length);
  let count = 0;
  for (let first = 0; first < heights.length;) {
    const column = Math.floor(first * perStep);
    let [low, high, last] = [first, first, first];
    for (; last + 1 < heights.length && Math.floor((last + 1) * perStep) === column; last++) {
      if (heights[last + 1] < heights[low]) low = last + 1;
      if (heights[last + 1] > heights[high]) high = last + 1;
    }
    for (const step of [first, Math.min(low, high), Math.max(low, high), last]) {
      if (count === 0 || step > kept[count - 1]) kept[count++] = step;
    }
    first = last + 1;
  }
  return kept.slice(0, count);
}

/**
 * How many of the steps, in rising order, are at most this one.
 * @param {ArrayLike<number>} steps
 * @param {number} step
 */
export function countUpTo(steps, step) {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle] <= step) low = middle + 1;
    else high = middle;
  }
  return low;
}
