/** What the bundle holds: what pages and widgets call, and what rules derived from Python call. */
export * as arithmetic from "./engine/arithmetic.js";
export * from "./engine/descend.js";
export * from "./formula/lines.js";
export { openPage, openWidget } from "./app/open.js";
