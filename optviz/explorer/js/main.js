/** What the bundle holds: what pages and widgets call, and what rules derived from Python call. */
export * as arithmetic from "./engine/arithmetic.js";
export * from "./engine/descend.js";
export * from "./formula/lines.js";
export { openPage } from "./app/open.js";
export { openWidget } from "./app/widget.js";
export { serve, useSource } from "./app/worker.js";
