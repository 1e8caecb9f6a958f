/** What Python wrote as JavaScript, once more as literals alone, for TypeScript to compare with a type. */

/**
 * Of each name that a module exports: its literal. Any function stands for a function.
 * @param {string} path
 */
export async function literalsOf(path) {
  const module = await import(path);
  return Object.fromEntries(Object.entries(module).map(([name, value]) => [name, literalOf(value)]));
}

/**
 * @param {any} value
 * @returns {string}
 */
function literalOf(value) {
  if (typeof value === "function") return "/** @type {any} */ (() => 0)";
  if (Array.isArray(value)) return `[${value.map(literalOf).join(", ")}]`;
  if (typeof value !== "object" || value === null) return typeof value === "number" ? String(value) : JSON.stringify(value);
  const entries = Object.entries(value).map(([name, part]) => `${JSON.stringify(name)}: ${literalOf(part)}`);
  return `{ ${entries.join(",\n")} }`;
}
