/** What ESLint asks of the JavaScript: the recommended rules, and imports that point one way. */
import js from "@eslint/js";
import { importX } from "eslint-plugin-import-x";
import globals from "globals";

const MODULES = "optviz/explorer/js";
/** Each folder imports itself and those before it. */
const FOLDERS = ["engine", "formula", "state", "paint", "views", "controls", "app"];

const zones = FOLDERS.slice(0, -1).map((folder, i) => ({
  target: `${MODULES}/${folder}`,
  from: FOLDERS.slice(i + 1).map((later) => `${MODULES}/${later}`),
  message: `Imports point one way: ${FOLDERS.join(" < ")}.`,
}));

export default [
  { ignores: ["optviz/explorer/bundle.js", ".venv*/", "build/", "dist/"] },
  js.configs.recommended,
  {
    plugins: { "import-x": importX },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-unused-expressions": ["error", { allowShortCircuit: true, allowTernary: true }],
      "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-var": "error",
      "prefer-const": ["error", { destructuring: "all" }],
      "import-x/no-cycle": "error",
      "import-x/no-restricted-paths": ["error", { zones }],
      "import-x/no-unresolved": "error",
      "import-x/named": "error",
      "import-x/no-duplicates": "error",
    },
  },
  { files: [`${MODULES}/**`, "tests/browsers/**"], languageOptions: { globals: globals.browser } },
  { files: ["tests/js/**", "eslint.config.js"], languageOptions: { globals: globals.node } },
  {
    // They run in a browser, below what tests/js/drivers/globals.d.ts declares.
    files: ["tests/js/drivers/engine.js", "tests/js/drivers/lines.js"],
    languageOptions: {
      globals: {
        ...globals.browser, LINES: false, optvizExplorer: false, RULES: false, SCHEDULES: false, SURFACES: false,
      },
    },
  },
];
