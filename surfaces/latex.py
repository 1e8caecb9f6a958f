"""A formula as people write it: LaTeX for titles, and text with numbers in few digits.

Both are printed from the formula's own syntax tree, so terms stand as they were written. Numbers
are rounded to be read, not to be computed with.
optviz/explorer/js/formula/mathml.js prints MathML likewise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from surfaces.errors import FormulaError
from surfaces.grammar import Node, read, written

DIGITS = 4  # significant ones of a number, unless a few more are all it has
TYPED = 9  # so many a person may have typed
PLAIN = 6  # digits of a number that is written without a power of ten
LONG = 100  # characters of a condition that is not said twice

Letters = Mapping[str, str]  # what stands for x and y

# How tightly a part holds together: what is looser than its place needs gets brackets.
SUM, PRODUCT, SCRIPT, ATOM = range(4)


def latex(formula: str, letters: Letters | None = None, one_line: bool = False) -> str:
    """A formula as LaTeX.

    Parameters
    ----------
    formula : str
    letters : mapping, optional
        What stands for ``x`` and ``y``.
    one_line : bool
        Write a formula by cases as no table, which matplotlib could not draw.
    """
    return _Printer(letters or {}, one_line).piece(read(formula)).text


def short(formula: str, letters: Letters | None = None) -> str:
    """The canonical text of a formula with rounded numbers; a text that is none as it stands."""
    try:
        return written(_rounded(read(formula), letters or {}))
    except FormulaError:
        return formula


def number_text(text: str) -> str:
    """A number of a formula in few digits: 0.1235, 12345.678, 1.402e+06."""
    value = float(text)
    rounded = float(f"{value:.{DIGITS}g}")
    if rounded != value and float(f"{value:.{TYPED}g}") == value:
        return f"{value:.{TYPED}g}"
    return f"{rounded:.{PLAIN}g}"


def _rounded(node: Node, letters: Letters) -> Node:
    if node.kind == "number":
        return replace(node, text=number_text(node.text))
    if node.kind == "name":
        return replace(node, text=letters.get(node.text, node.text))
    return replace(node, parts=tuple(_rounded(part, letters) for part in node.parts))


class _Piece(NamedTuple):
    """A part as LaTeX, and how tightly it holds together."""

    text: str
    hold: int = ATOM


# Functions whose name is LaTeX's own, or another than Python's.
_NAMES = {
    "minimum": r"\min", "maximum": r"\max", "asin": r"\arcsin", "acos": r"\arccos",
    "atan": r"\arctan", "asinh": r"\operatorname{arsinh}", "acosh": r"\operatorname{arcosh}",
    "atanh": r"\operatorname{artanh}", "log2": r"\log_{2}", "log10": r"\log_{10}",
    **{name: rf"\{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh", "log")},
}  # fmt: skip
_SHAPES = {  # functions that are not written as a name and brackets
    "sqrt": _Piece(r"\sqrt{%s}", SCRIPT), "cbrt": _Piece(r"\sqrt[3]{%s}", SCRIPT),
    "exp": _Piece("e^{%s}", SCRIPT), "abs": _Piece(r"\left|%s\right|"),
    "floor": _Piece(r"\left\lfloor %s\right\rfloor"),
}  # fmt: skip
_COMPARISONS = {"<": "<", ">": ">", "<=": r"\leq", ">=": r"\geq"}
_OPPOSITE = {"<": ">=", ">": "<=", "<=": ">", ">=": "<"}


class _Printer:
    def __init__(self, letters: Letters, one_line: bool) -> None:
        self.letters, self.one_line = letters, one_line

    def piece(self, node: Node) -> _Piece:
        match node.kind, node.text:
            case "number", text:
                return _number(text)
            case "name", text:
                return _Piece(r"\pi" if text == "pi" else self.letters.get(text, text))
            case "minus", _:
                return _Piece(f"-{self.inside(node.parts[0], PRODUCT, after_sign=True)}", SUM)
            case "binary", "+" | "-":
                return self.sum(node)
            case "binary", "*":
                return self.product(*node.parts)
            case "binary", "/":
                return self.fraction(*node.parts)
            case "binary", "**":
                return self.power(*node.parts)
            case "call", "where":
                return self.cases(*node.parts)
        return self.call(node)

    def inside(self, node: Node, needed: int, after_sign: bool = False) -> str:
        """A part in its place: in brackets if it is too loose, or a minus would follow a sign."""
        text, hold = self.piece(node)
        return _brackets(text) if hold < needed or (after_sign and text[0] == "-") else text

    def sum(self, node: Node) -> _Piece:
        left, right = node.parts
        needed = PRODUCT if node.text == "-" else SUM
        last = self.inside(right, needed, after_sign=True)
        return _Piece(f"{self.inside(left, SUM)} {node.text} {last}", SUM)

    def product(self, left: Node, right: Node) -> _Piece:
        first = self.piece(left).text if _is_negative(left) else self.inside(left, PRODUCT)
        last = self.inside(right, PRODUCT, after_sign=True)
        # A dot keeps digits apart; letters and brackets stand side by side.
        times = r" \cdot " if last[0].isdigit() else " "
        return _Piece(f"{first}{times}{last}", PRODUCT)

    def fraction(self, above: Node, below: Node) -> _Piece:
        if above.kind == "minus":  # stands before the whole
            return _Piece(f"-{self.fraction(above.parts[0], below).text}", SUM)
        return _Piece(rf"\frac{{{self.piece(above).text}}}{{{self.piece(below).text}}}", SCRIPT)

    def power(self, base: Node, exponent: Node) -> _Piece:
        raised = f"^{{{self.piece(exponent).text}}}"
        named = base.kind == "call" and base.text not in _SHAPES and len(base.parts) == 1
        if named and exponent.kind == "number" and "_" not in _function(base.text):
            return _Piece(f"{_function(base.text)}{raised}{self.arguments(base)}", SCRIPT)
        return _Piece(self.inside(base, ATOM) + raised, SCRIPT)

    def call(self, node: Node) -> _Piece:
        if node.text in _SHAPES:
            pattern, hold = _SHAPES[node.text]
            return _Piece(pattern % self.piece(node.parts[0]).text, hold)
        return _Piece(_function(node.text) + self.arguments(node))

    def arguments(self, node: Node) -> str:
        return _brackets(", ".join(self.piece(part).text for part in node.parts))

    def cases(self, condition: Node, a: Node, b: Node) -> _Piece:
        """What is chosen, and beside it where; the second is chosen where the first isn't."""
        left, right = (self.piece(side).text for side in condition.parts)
        where, other = (f"{left} {_COMPARISONS[sign]} {right}" for sign in
                        (condition.text, _OPPOSITE[condition.text]))  # fmt: skip
        if len(other) > LONG:  # one inside another would double in length at each level
            other = r"\mathrm{else}"
        rows = [(self.piece(a).text, where), (self.piece(b).text, other)]
        if self.one_line:
            inside = r";\ \ ".join(rf"{value},\ {when}" for value, when in rows)
            return _Piece(rf"\left\{{{{{inside}}}\right\}}", SCRIPT)
        inside = r" \\ ".join(f"{value}, & {when}" for value, when in rows)
        return _Piece(rf"\begin{{cases}} {inside} \end{{cases}}", SCRIPT)


def _is_negative(node: Node) -> bool:
    """Whether a part is a product or a quotient with a minus before it."""
    product = node.kind == "binary" and node.text in ("*", "/")
    return node.kind == "minus" or (product and _is_negative(node.parts[0]))


def _function(name: str) -> str:
    return _NAMES.get(name, rf"\operatorname{{{name}}}")


def _number(text: str) -> _Piece:
    digits, _, power = number_text(text).partition("e")
    if not power:
        return _Piece(digits)
    ten = f"10^{{{int(power)}}}"
    return _Piece(ten, SCRIPT) if digits == "1" else _Piece(rf"{digits} \cdot {ten}", PRODUCT)


def _brackets(text: str) -> str:
    """Brackets as high as what is in them."""
    tall = any(part in text for part in (r"\frac", r"\begin", r"\left"))
    return rf"\left({text}\right)" if tall else f"({text})"
