/** What stands above the drivers that run in a browser: the bundle, and what Python wrote. */
declare var optvizExplorer: typeof import("../../../optviz/explorer/js/main.js");
declare var DATA: import("../../../optviz/explorer/js/state/types.js").Data;
declare const RULES: Record<string, import("../../../optviz/explorer/js/engine/descend.js").Rule>;
declare const SCHEDULES: Record<string, import("../../../optviz/explorer/js/engine/descend.js").Schedule>;
declare const SURFACES: Record<string, import("../../../optviz/explorer/js/engine/descend.js").Surface>;
declare const LINES: Record<string, import("../../../optviz/explorer/js/formula/lines.js").RuleLines>;
