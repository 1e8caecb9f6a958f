/**
 * Lets Python call a driver: each line that is read names a function and its arguments, each line
 * that is written holds what it gave, or what it threw.
 *
 *     node serve.js formula.js
 */
import { createInterface } from "node:readline";

const driver = await import(`./${process.argv[2]}`);

for await (const line of createInterface({ input: process.stdin })) {
  const { name, values } = JSON.parse(line);
  console.log(JSON.stringify(await answer(driver[name], values)));
}

/**
 * @param {(...values: unknown[]) => unknown} call
 * @param {unknown[]} values
 */
async function answer(call, values) {
  try {
    return { result: await call(...values) };
  } catch (error) {
    return { error: String(error) };
  }
}
