"""Split the text of a formula into tokens, with one spelling for each name and sign.

optviz/explorer/js/formula/tokens.js does the same; tests/formulas.py holds the cases of both.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from surfaces.errors import ALIKE, FormulaError, nearest, shown

NAMES = ("x", "y", "pi", "e")
FUNCTIONS = {  # and how many arguments each takes
    "sin": 1, "cos": 1, "tan": 1, "asin": 1, "acos": 1, "atan": 1, "atan2": 2,
    "sinh": 1, "cosh": 1, "tanh": 1, "asinh": 1, "acosh": 1, "atanh": 1,
    "exp": 1, "log": 1, "log2": 1, "log10": 1, "sqrt": 1, "cbrt": 1,
    "abs": 1, "sign": 1, "floor": 1, "minimum": 2, "maximum": 2, "where": 3,
}  # fmt: skip
ALIASES = {  # further names for functions
    "ln": "log", "arcsin": "asin", "arccos": "acos", "arctan": "atan", "arctan2": "atan2",
    "arcsinh": "asinh", "arccosh": "acosh", "arctanh": "atanh", "arsinh": "asinh",
    "arcosh": "acosh", "artanh": "atanh", "fabs": "abs", "absolute": "abs", "sgn": "sign",
    "signum": "sign", "fmin": "minimum", "fmax": "maximum", "log_2": "log2", "log_10": "log10",
    "csc": "cosec", "power": "pow", "ceiling": "ceil", "tg": "tan", "ctg": "cot", "cotg": "cot",
    "arctg": "atan", "sh": "sinh", "ch": "cosh", "th": "tanh",
}  # fmt: skip
SHORTHANDS = {  # what further functions stand for; x and y are their arguments
    "sec": "1/cos(x)", "cosec": "1/sin(x)", "cot": "1/tan(x)", "sech": "1/cosh(x)",
    "csch": "1/sinh(x)", "coth": "1/tanh(x)", "pow": "x**y", "square": "x**2",
    "hypot": "sqrt(x**2 + y**2)", "exp2": "2**x", "expm1": "exp(x) - 1", "log1p": "log(1 + x)",
    "ceil": "-floor(-x)", "sigmoid": "1/(1 + exp(-x))", "relu": "maximum(x, 0)",
    "max": "maximum(x, y)", "min": "minimum(x, y)",
}  # fmt: skip
CALLABLE = (*FUNCTIONS, *ALIASES, *SHORTHANDS)
ALLOWED = "numbers, x, y, pi, e, + - * / ^, brackets and " + " ".join(FUNCTIONS)

PLAIN = {  # one character for another
    **dict.fromkeys("×·⋅∙∗•", "*"), **dict.fromkeys("÷∕⁄", "/"), **dict.fromkeys("−–‐‑", "-"),
    "∣": "|", "𝑥": "x", "𝑦": "y", "𝑒": "e", "𝜋": "π",
    **{chr(code + 0xFEE0): chr(code) for code in range(ord("!"), ord("~") + 1)},  # full width
    **dict.fromkeys("\t\n\r\u00a0\u200b\u202f\u3000\ufeff", " "),
    **{chr(code): " " for code in (*range(0x2000, 0x200B), *range(0x2060, 0x2064))},
}  # fmt: skip
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
SAME_SIGN = {"^": "**", "≤": "<=", "≥": ">="}
SIGNS = ("+", "-", "*", "/", "**", "(", ")", "|", ",", "<", "<=", ">", ">=")

_NESTED = "one condition inside another is where(x < 0, where(y < 0, a, b), b)"
_ROUND = "brackets are round"
_ONE = "a formula is one expression"
_REMAINDER = "a remainder is x - n*floor(x/n)"
_COMPARED = "where compares by < <= > >="
_FRACTION = "write fractions as (1/2)"
_VARIABLES = "the variables are x and y"
HINTS = {  # of what is not allowed
    "[": _ROUND, "]": _ROUND, "{": _ROUND, "}": _ROUND, "\\": "a formula is plain text, not LaTeX",
    "%": _REMAINDER, "mod": _REMAINDER, "fmod": _REMAINDER, "rem": _REMAINDER,
    "//": "a whole quotient is floor(x/n)", "=": _ONE, "==": _ONE, ":=": _ONE,
    ";": f"{_ONE}, and arguments stand between commas", "!=": _COMPARED, "≠": _COMPARED,
    "!": "there is no factorial", "&": _NESTED, **dict.fromkeys("½⅓⅔¼¾", _FRACTION),
    **dict.fromkeys("₀₁₂₃₄₅₆₇₈₉", _VARIABLES), "lg": "log10 or log2", "round": "floor(x + 0.5)",
    "root": "a third root is cbrt(x)", "nthroot": "a third root is cbrt(x)",
    "and": _NESTED, "or": _NESTED, "not": _NESTED, "if": "use where(x < 0, a, b)",
    "else": "use where(x < 0, a, b)", "piecewise": "use where(x < 0, a, b)",
    "sum": "write the terms", "prod": "write the factors",
}  # fmt: skip

_DIGITS = r"[0-9](?:_?[0-9])*"
_NUMBER = re.compile(
    r"0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|"
    rf"(?:{_DIGITS}\.?(?:{_DIGITS})?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?"
)
_WORD = re.compile(r"((?:np|numpy|math|torch|jnp)\.(?=[a-z_]))?([a-z_][a-z_0-9]*)", re.A | re.I)
_SUPERSCRIPT = re.compile(r"[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_SIGN = re.compile(r"\*\*|//|[<>=!:]=|.")
_ROOTS = {"√": "sqrt", "∛": "cbrt"}
# What is defined: f(x, y) = or z =
_HEADING = re.compile(r" *([A-Za-z]\w*) *(?:\( *[xX] *(?:, *[yY] *)?\) *)?:?=(?!=)", re.ASCII)


class Token(NamedTuple):
    """A piece of a formula; ``start`` and ``end`` count the characters that were typed from 0."""

    kind: str  # "number", "name", "function", "root", "superscript", "sign" or "end"
    text: str
    start: int
    end: int


def misread(allowed: str, given: str, start: int, hint: str = "") -> FormulaError:
    """One line: ``formula must allowed; not given at column 3 (hint)``."""
    more = f" ({hint})" if hint else ""
    return FormulaError(f"formula must {allowed}; not {given} at column {start + 1}{more}")


def tokens(text: str) -> list[Token]:
    """Split a formula; an unknown character or name is a `FormulaError`."""
    plain = "".join(PLAIN.get(character, character) for character in text)
    found: list[Token] = []
    heading = _HEADING.match(plain)
    at = heading.end() if heading and not _split(heading[1].lower()) else 0
    while at < len(plain) and plain[at] != "#":  # a comment, as in Python
        if plain[at] == " ":
            at += 1
            continue
        found.extend(_next(plain, at, text))
        at = found[-1].end
    end = found[-1].end if found else at
    return [*found, Token("end", "", end, end)]


def _next(plain: str, at: int, typed: str) -> list[Token]:
    """The token at a position; a word may be several."""
    if number := _NUMBER.match(plain, at):
        return [Token("number", _decimal(number[0], at), at, number.end())]
    if word := _WORD.match(plain, at):
        return _named(word[2], word.start(2), at)
    if superscript := _SUPERSCRIPT.match(plain, at):
        exponent = str(int(superscript[0].translate(SUPERSCRIPTS)))
        return [Token("superscript", exponent, at, superscript.end())]
    if plain[at] == "π":
        return [Token("name", "pi", at, at + 1)]
    if plain[at] in _ROOTS:
        return [Token("root", _ROOTS[plain[at]], at, at + 1)]
    sign = _SIGN.match(plain, at)
    given = sign[0] if sign else plain[at]
    text = SAME_SIGN.get(given, given)
    if text not in SIGNS:
        given = typed[at : at + len(given)]
        known = "be made of numbers, names, brackets and + - * / ^"
        raise misread(
            known, shown(given), at, HINTS.get(text, _VARIABLES if given.isalpha() else "")
        )
    return [Token("sign", text, at, at + len(given))]


def _decimal(text: str, at: int) -> str:
    """The decimal text of a number, valid in Python and JavaScript: 16 for 0x10, 0.5 for .5."""
    plain = text.replace("_", "").lower()
    if plain[:2] in ("0x", "0b", "0o"):
        return str(int(plain, 0))
    if re.fullmatch("0+[1-9][0-9]*", plain):
        raise misread("have numbers without leading zeros", shown(text), at)
    whole, point, rest = re.sub("^0+(?=[0-9])", "", plain).partition(".")
    if not point:
        return whole
    return f"{whole or 0}.{rest if rest[:1].isdigit() else '0' + rest}"


def _named(word: str, at: int, start: int) -> list[Token]:
    """A name or function, or several run together as in ``xy`` and ``xsin(y)``."""
    parts = _split(word.lower())
    if not parts:
        raise _unknown(word, at)
    found = []
    for part in parts:
        kind = "name" if part in NAMES else "function"
        found.append(Token(kind, ALIASES.get(part, part), start, at + len(part)))
        start = at = at + len(part)
    return found


def _split(word: str) -> list[str]:
    """The names that a word is made of, the last perhaps a function; none if it can't be split."""
    found = []
    while word not in NAMES and word not in CALLABLE:
        head = next((name for name in NAMES if word.startswith(name)), None)
        if head is None:
            return []
        found.append(head)
        word = word[len(head) :]
    return [*found, word]


def _unknown(word: str, at: int) -> FormulaError:
    lower = word.lower()
    hint = HINTS.get(lower, "")
    if not hint and (len(word) == 1 or re.fullmatch("[a-z]_?[0-9]+", lower)):
        hint = _VARIABLES
    if not hint and (close := nearest(lower, (*NAMES, *CALLABLE), ALIKE)):
        hint = f"did you mean {close!r}?"
    allowed = "be made of known names" if hint else f"be made of {ALLOWED}"
    return misread(allowed, shown(word), at, hint)
