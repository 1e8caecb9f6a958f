/** What stands above engine.js and lines.js: the bundle, and what Python wrote. */
declare const optvizExplorer: typeof import("../../../optviz/explorer/js/engine/descend.js")
  & typeof import("../../../optviz/explorer/js/formula/lines.js");
declare const RULES: Record<string, import("../../../optviz/explorer/js/engine/descend.js").Rule>;
declare const SCHEDULES: Record<string, import("../../../optviz/explorer/js/engine/descend.js").Schedule>;
declare const SURFACES: Record<string, import("../../../optviz/explorer/js/engine/descend.js").Surface>;
declare const LINES: Record<string, import("../../../optviz/explorer/js/formula/lines.js").RuleLines>;
