/** What one optimizer reaches with each of many learning rates. */
import { ManyRuns } from "./many_runs.js";

/**
 * @import { Rate } from "./descend.js"
 * @import { RunsSetting } from "./many_runs.js"
 */

/**
 * The last value of the run with each rate, infinite where it diverges; null between two runs.
 * @param {Omit<RunsSetting, "lr"> & {start: ArrayLike<number>}} setting
 * @param {Rate[]} rates
 * @returns {Generator<Float64Array | null, void>}
 */
export function* sweepValues(setting, rates) {
  const { start, steps, surface } = setting;
  const values = new Float64Array(rates.length).fill(Infinity);
  const out = new Float64Array(3);
  for (const [i, lr] of rates.entries()) {
    const runs = new ManyRuns({ ...setting, lr });
    if (runs.run(start[0], start[1]) > steps) {
      surface(runs.points[2 * steps], runs.points[2 * steps + 1], out);
      if (Number.isFinite(out[0])) values[i] = out[0];
    }
    yield null;
  }
  yield values;
}
