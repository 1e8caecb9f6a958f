"""Parse a formula's tokens into a syntax tree, and write a tree as canonical text.

    formula  = [f(x, y) =] sum
    sum      = product {(+ | -) product}
    product  = signed {(* | /) signed | power}      2x, x y, 2(x + 1): a sign may be left out
    signed   = {- | +} power
    power    = atom [superscript | ** signed]
    atom     = number | name | ( sum ) | "|" sum "|" | call | (√ | ∛) atom
    call     = function [superscript | ** number] ( argument {, argument} )

A sign that is left out binds as ``*`` does, so that ``x^2y`` is ``x**2*y``. After a division it is
refused: ``1/2x`` is a half of x to some and the inverse of 2x to others. Names and numbers never
run on: ``x2`` and ``x 2`` are no products.
optviz/explorer/js/formula/grammar.js is the same in JavaScript.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from surfaces.errors import FormulaError, shown
from surfaces.tokens import FUNCTIONS, SHORTHANDS, Token, misread, tokens

MAX_LENGTH = 1000  # characters; the longest of the catalogue has 160
MAX_DEPTH = 24  # functions, signs and operations inside each other; the catalogue needs 8
MAX_NESTING = 4 * (MAX_DEPTH + 1)  # brackets, also needless ones; those of a function count 4

COMPARISONS = ("<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a formula."""

    kind: str  # "number", "name", "minus", "binary", "compare" or "call"
    text: str  # the number, name, operator or function
    parts: tuple[Node, ...]
    start: int  # where it was typed, counted from 0
    end: int


def read(text: str) -> Node:
    """The tree of a formula.

    Raises
    ------
    FormulaError
        One line with the column, counted from 1.
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"formula must be at most {MAX_LENGTH} characters; not {len(text)}")
    return _Parser(text).whole()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens(text)
        self.at = 0
        self.nesting = 0
        self.bars = 0  # | that are open inside the innermost bracket

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def sees(self, *texts: str) -> bool:
        return self.token.kind == "sign" and self.token.text in texts

    def node(self, kind: str, text: str, parts: Sequence[Node], start: int) -> Node:
        return Node(kind, text, tuple(parts), start, self.tokens[self.at - 1].end)

    def unexpected(self, wanted: str) -> FormulaError:
        """An error: the next token is not what the grammar asks for."""
        kind, text, start, end = self.token
        given = "its end" if kind == "end" else shown(self.text[start:end])
        hint = ""
        if kind == "sign" and text in COMPARISONS:
            hint = "compare in where(x < 0, a, b), once"
        elif text == "," and [t.kind for t in self.tokens[self.at - 1 :][:3:2]] == ["number"] * 2:
            hint = "decimals have a point, as in 0.5"
        return misread(f"go on with {wanted}", given, start, hint)

    def nest(self, levels: int) -> None:
        """Go levels deeper, or back up: reading a formula takes a bounded stack."""
        self.nesting += levels
        if self.nesting > MAX_NESTING:
            start = self.token.start
            raise misread(f"be at most {MAX_NESTING} brackets deep", "deeper", start)

    def whole(self) -> Node:
        if self.token.kind == "end":
            raise FormulaError("formula must be an expression in x and y; not an empty text")
        tree = self.sum()
        if self.token.kind != "end":
            raise self.unexpected("an operator or end")
        return tree

    def sum(self) -> Node:
        start = self.token.start
        left = self.product()
        while self.sees("+", "-"):
            sign = self.take().text
            left = self.node("binary", sign, (left, self.product()), start)
        return left

    def product(self) -> Node:
        start = self.token.start
        left = self.signed()
        sign = "*"
        while True:
            if self.sees("*", "/"):
                sign = self.take().text
                left = self.node("binary", sign, (left, self.signed()), start)
            elif self.token.kind == "number":
                raise self.unexpected("an operator or end")
            elif self.starts_factor():
                if sign == "/":
                    given = shown(self.text[self.token.start : self.token.end])
                    wanted = "say what is divided, as in x/2*y or x/(2*y)"
                    raise misread(wanted, given, self.token.start)
                left = self.node("binary", "*", (left, self.power()), start)
            else:
                return left

    def starts_factor(self) -> bool:
        """Whether a factor without a sign follows; a bar closes an open one if there is one."""
        if self.sees("|"):
            return not self.bars
        return self.sees("(") or self.token.kind in ("name", "function", "root")

    def signed(self) -> Node:
        signs = []
        while self.sees("+", "-"):
            signs.append(self.take())
        node = self.power()
        for sign in reversed(signs):
            if sign.text == "-":
                node = self.node("minus", "-", (node,), sign.start)
        return node

    def power(self) -> Node:
        start = self.token.start
        base = self.atom()
        if self.token.kind == "superscript":
            exponent = self.superscript()
            if self.sees("**"):
                raise self.unexpected("brackets around a power of a power")
        elif self.sees("**"):
            self.take()
            self.nest(1)
            exponent = self.signed()
            self.nest(-1)
        else:
            return base
        return self.node("binary", "**", (base, exponent), start)

    def superscript(self) -> Node:
        _, text, start, _ = self.take()
        number = self.node("number", text.lstrip("-"), (), start)
        return self.node("minus", "-", (number,), start) if text.startswith("-") else number

    def atom(self) -> Node:
        kind, text, start, _ = self.token
        if kind in ("number", "name"):
            self.take()
            return self.node(kind, text, (), start)
        if kind == "function":
            return self.call()
        if kind == "root":
            return self.root()
        if self.sees("("):
            return self.bracketed(")")[0]
        if self.sees("|"):
            return self.node("call", "abs", self.bracketed("|"), start)
        raise self.unexpected("a number, a name or a bracket")

    def bracketed(self, closing: str, function: str = "") -> list[Node]:
        """The content of brackets or bars: one sum, or the arguments of a function."""
        opening = self.take()
        levels = 4 if function else 1
        self.nest(levels)
        bars, self.bars = self.bars, self.bars + 1 if closing == "|" else 0
        parts: list[Node] = []
        while not (function and self.sees(closing)):
            parts.append(self.condition() if function == "where" and not parts else self.sum())
            if not (function and self.sees(",")):
                break
            self.take()
        if self.token.kind == "end":
            raise misread("close every bracket", shown(opening.text), opening.start)
        if not self.sees(closing):
            raise self.unexpected(f"an operator or {closing}")
        self.take()
        self.nest(-levels)
        self.bars = bars
        return parts

    def condition(self) -> Node:
        start = self.token.start
        left = self.sum()
        if not self.sees(*COMPARISONS):
            raise self.unexpected("a comparison, as in where(x < 0, a, b)")
        sign = self.take().text
        return self.node("compare", sign, (left, self.sum()), start)

    def root(self) -> Node:
        """√2 or √(x + 1); √x² is refused, as it may mean a power or a root of one."""
        _, name, start, _ = self.take()
        is_open = not self.sees("(", "|")
        self.nest(1)
        node = self.node("call", name, (self.atom(),), start)
        self.nest(-1)
        if is_open and (self.token.kind == "superscript" or self.sees("**")):
            raise self.unexpected("brackets around what the root is of")
        return node

    def call(self) -> Node:
        """A function of its arguments; sin²(x) and sin^2(x) are powers of sin(x)."""
        _, name, start, _ = self.take()
        exponent = None
        if self.token.kind == "superscript" or self.sees("**"):
            if self.sees("**"):
                self.take()
            if self.token.kind not in ("superscript", "number") or not self.token.text.isdigit():
                raise self.unexpected(f"a whole number or brackets, as in {name}(x)**2")
            exponent = self.superscript()
        if not self.sees("("):
            raise self.unexpected(f"brackets, as in {name}(x)")
        node = self.applied(name, self.bracketed(")", name), start)
        return self.node("binary", "**", (node, exponent), start) if exponent else node

    def applied(self, name: str, arguments: list[Node], start: int) -> Node:
        """A call with its number of arguments, written out if the name is a shorthand."""
        meaning = SHORTHANDS.get(name, "")
        count = FUNCTIONS.get(name) or (2 if "y" in meaning else 1)
        if name in ("max", "min") and len(arguments) > count:
            arguments = [self.applied(name, arguments[:-1], start), arguments[-1]]
        if len(arguments) != count:
            allowed = f"have {name} with {count} argument{'s'[: count - 1]}"
            raise misread(allowed, str(len(arguments)), start)
        if not meaning:
            return self.node("call", name, arguments, start)
        named = dict(zip("xy", arguments, strict=False))
        return _filled(_Parser(meaning).sum(), named, start, self.tokens[self.at - 1].end)


def _filled(node: Node, arguments: dict[str, Node], start: int, end: int) -> Node:
    """A shorthand's tree with the arguments in their places."""
    if node.kind == "name":
        return arguments[node.text]
    parts = tuple(_filled(part, arguments, start, end) for part in node.parts)
    return replace(node, parts=parts, start=start, end=end)


# How tightly a part holds together: what is looser than its place needs gets brackets.
_SUM, _PRODUCT, _SIGNED, _POWER, _ATOM = range(5)
_HOLD = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "**": _POWER}


def written(node: Node) -> str:
    """The canonical text of a tree: Python, read back as the same tree."""
    parts = node.parts
    if node.kind == "call":
        return f"{node.text}({', '.join(map(written, parts))})"
    if node.kind == "compare":
        return f"{written(parts[0])} {node.text} {written(parts[1])}"
    if node.kind == "minus":
        return f"-{_inside(parts[0], _SIGNED)}"
    if node.kind != "binary":
        return node.text
    left, right = parts
    if node.text == "**":
        return f"{_inside(left, _ATOM)}**{_inside(right, _SIGNED)}"
    hold = _HOLD[node.text]
    sign = node.text if hold == _PRODUCT else f" {node.text} "
    # x*(-y) has more brackets than it needs, for readers.
    return f"{_inside(left, hold)}{sign}{_inside(right, _POWER if hold else _PRODUCT)}"


def _inside(node: Node, needed: int) -> str:
    hold = _HOLD[node.text] if node.kind == "binary" else _ATOM
    if node.kind == "minus":
        hold = _SIGNED
    text = written(node)
    return f"({text})" if hold < needed else text
