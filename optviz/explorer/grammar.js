/**
 * Text -> tree: Python's grammar of expressions, as far as it takes to say what is not a formula.
 *
 * What a formula may not hold becomes a "foreign" node, so that formula.js names it whole.
 */

/** How strongly Python's binary operators bind. */
const BINDING = {
  or: 1, and: 2, "<": 3, ">": 3, "<=": 3, ">=": 3, "==": 3, "!=": 3, "|": 4, "^": 5, "&": 6,
  "<<": 7, ">>": 7, "+": 8, "-": 8, "*": 9, "/": 9, "//": 9, "%": 9, "@": 9,
};
const MAX_BRACKETS = 200; // open at once: Python's own limit

/**
 * @typedef {object} FormulaNode
 * @property {"number"|"name"|"minus"|"binary"|"call"|"foreign"} kind
 * @property {number} start  where its text begins, counted from 0
 * @property {number} end
 * @property {FormulaNode[]} parts  what it is made of
 * @property {string} [text]  of a number or a name
 * @property {string} [op]  of a binary
 * @property {string} [name]  of a call
 * @property {number|null} [constant]  its value if it holds no x or y; set once it is checked
 */

/** One line in Python's words; `column` counts from 1, null where the whole text is meant. */
export class FormulaError extends Error {
  constructor(message, column = null) {
    super(message);
    this.name = "FormulaError";
    this.column = column;
  }
}

/** Text as Python's repr shows it, shortened in the middle. */
export function shownText(text) {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escapes = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", [quote]: `\\${quote}` };
  const inside = [...text].map((c) => escapes[c] ?? (c < " " || c === "\x7f" ? hexEscape(c) : c));
  const shown = `${quote}${inside.join("")}${quote}`.replace(/\s+/g, " ");
  return shown.length <= 60 ? shown : `${shown.slice(0, 30)} ... ${shown.slice(-15)}`;
}

function hexEscape(character) {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

const DIGITS = "\\d(?:_?\\d)*";
const NUMBER_TOKEN = new RegExp(
  "0[xX](?:_?[\\da-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|" +
    `(?:${DIGITS}\\.?(?:${DIGITS})?|\\.${DIGITS})(?:[eE][+-]?${DIGITS})?`,
  "y",
);
/** @type {[string, RegExp][]} */
const OTHER_TOKENS = [
  ["name", /[A-Za-z_]\w*/y],
  ["text", /"[^"]*"|'[^']*'/y],
  ["sign", /\*\*|\/\/|<<|>>|[<>=!]=|[-+*/%@&|^~<>()[\]{},.:=]/y],
];
const PYTHON_KEYWORDS = new Set(["or", "and"]);

/** @returns {FormulaNode} the tree of an expression, or a FormulaError is thrown */
export function formulaTree(text) {
  return new FormulaParser(text).whole();
}

class FormulaParser {
  constructor(text) {
    this.text = text;
    this.open = []; // positions of the brackets not yet closed
    this.last = { kind: "end", text: "", start: 0, end: 0 };
    this.token = this.scan(0);
  }

  stopped(start) {
    return new FormulaError(
      `formula must be one expression such as 'x**2 + 3*sin(y)'; not ${shownText(this.text)}: ` +
        `reading stopped at column ${start + 1}`,
      start + 1,
    );
  }

  /** The token at or after a position. A comment ends the text, as in Python. */
  scan(position) {
    let start = position;
    while (this.text[start] === " ") start += 1;
    if (start >= this.text.length || this.text[start] === "#") {
      const where = this.open.length ? this.open[this.open.length - 1] : start;
      return { kind: "end", text: "", start: where, end: where };
    }
    NUMBER_TOKEN.lastIndex = start;
    const number = NUMBER_TOKEN.exec(this.text);
    if (number) return this.scanNumber(number[0], start);
    for (const [kind, pattern] of OTHER_TOKENS) {
      pattern.lastIndex = start;
      const found = pattern.exec(this.text);
      if (found) return { kind, text: found[0], start, end: start + found[0].length };
    }
    throw this.stopped(start);
  }

  scanNumber(text, start) {
    const end = start + text.length;
    if (this.text[end] === "j" || this.text[end] === "J") {
      return { kind: "text", text: `${text}j`, start, end: end + 1 };
    }
    if (/\w/.test(this.text[end] ?? "")) throw this.stopped(end - 1); // 2x
    if (/^0[\d_]*[1-9][\d_]*$/.test(text)) throw this.stopped(start); // 012
    return { kind: "number", text, start, end };
  }

  next() {
    this.last = this.token;
    if ("([{".includes(this.last.text) && this.last.text) {
      if (this.open.push(this.last.start) > MAX_BRACKETS) throw this.stopped(this.last.start);
    } else if (")]}".includes(this.last.text) && this.last.text) {
      this.open.pop();
    }
    this.token = this.scan(this.last.end);
    return this.last;
  }

  expect(text) {
    const { kind, text: found, start } = this.token;
    if (kind !== "sign" || found !== text) throw this.stopped(start);
    return this.next();
  }

  node(kind, start, parts, more = {}) {
    return { kind, start, end: this.last.end, parts, ...more };
  }

  whole() {
    const tree = this.list();
    if (this.token.kind !== "end" || this.open.length) throw this.stopped(this.token.start);
    return tree;
  }

  /** One expression, or several with commas, which is a tuple to Python. */
  list() {
    const start = this.token.start;
    const first = this.binary(1);
    if (this.token.text !== ",") return first;
    while (this.token.text === ",") {
      this.next();
      if (/^[)\]}]?$/.test(this.token.text)) break;
      this.binary(1);
    }
    return this.node("foreign", start, [], { isTuple: true });
  }

  binary(weakest) {
    const start = this.token.start; // with the bracket that may stand before the left part
    let left = this.unary();
    while (this.token.kind !== "text" && BINDING[this.token.text] >= weakest) {
      const op = this.next().text;
      const right = this.binary(BINDING[op] + 1);
      left = this.node("binary", start, [left, right], { op });
    }
    return left;
  }

  unary() {
    const { text, start } = this.token;
    if (text !== "-" && text !== "+" && text !== "~") return this.power();
    this.next();
    const of = this.unary();
    return this.node(text === "-" ? "minus" : "foreign", start, [of]);
  }

  power() {
    const start = this.token.start;
    let base = this.atom();
    for (;;) {
      const { text } = this.token;
      if (text === "(") base = this.call(base, start);
      else if (text === "[") base = this.bracketed("[", "]", start);
      else if (text === ".") {
        this.next();
        if (this.next().kind !== "name") throw this.stopped(this.last.start);
        base = this.node("foreign", start, []);
      } else break;
    }
    if (this.token.text !== "**") return base;
    this.next();
    const exponent = this.unary();
    return this.node("binary", start, [base, exponent], { op: "**" });
  }

  atom() {
    const { kind, text, start } = this.token;
    if (kind === "number" || (kind === "name" && !PYTHON_KEYWORDS.has(text))) {
      this.next();
      return this.node(kind, start, [], { text });
    }
    if (kind === "text") {
      this.next();
      return this.node("foreign", start, []);
    }
    if (text === "[") return this.bracketed("[", "]", start);
    if (text === "{") return this.bracketed("{", "}", start);
    if (text !== "(") throw this.stopped(start);
    this.next();
    if (this.token.text === ")") {
      this.next();
      return this.node("foreign", start, []);
    }
    const inside = this.list();
    this.expect(")");
    return inside.isTuple ? this.node("foreign", start, []) : inside;
  }

  bracketed(opening, closing, start) {
    this.expect(opening);
    if (this.token.text !== closing) this.list();
    this.expect(closing);
    return this.node("foreign", start, []);
  }

  call(callee, start) {
    this.expect("(");
    const parts = [];
    let isPlain = callee.kind === "name";
    while (this.token.text !== ")") {
      if (this.token.text === "**") {
        isPlain = false;
        this.next();
      }
      parts.push(this.argument());
      if (this.token.text === "=") {
        isPlain = false;
        this.next();
        this.binary(1);
      }
      if (this.token.text !== ")") this.expect(",");
    }
    this.expect(")");
    return this.node(isPlain ? "call" : "foreign", start, parts, { name: callee.text });
  }

  argument() {
    const { text, start } = this.token;
    if (text !== "*") return this.binary(1);
    this.next();
    this.binary(1);
    return this.node("foreign", start, []);
  }
}
