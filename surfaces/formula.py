"""Turn a formula's syntax tree into a SymPy expression, without evaluating any text.

Every constant part is also computed in plain floats while reading, so that no number outside
float64 and no division by zero reaches SymPy; and whatever SymPy makes of a part, by cancelling or
multiplying out, is checked before it is used again, so that no tower of powers can hang it.
"""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Callable
from typing import Any, NamedTuple

import sympy

from surfaces import functions, grammar
from surfaces.arithmetic import MATH
from surfaces.errors import OF_FUNCTION, FormulaError, shown
from surfaces.grammar import MAX_DEPTH, MAX_LENGTH, Node
from surfaces.tokens import misread

MAX_NODES = 300  # numbers, names and operations
MAX_EXPONENT = 100  # a constant exponent; the catalogue's largest is 6

_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip
BUILD = {**_OPERATORS, "**": functions.raise_to, **functions.BY_NAME}
COMPUTE: dict[str, Callable[..., float]] = {**_OPERATORS, "**": MATH["pow"], "abs": abs, **MATH}
COMPARISONS = {  # the function, and whether its operands change places
    "<": ("where_less", False), "<=": ("where_less_equal", False),
    ">": ("where_less", True), ">=": ("where_less_equal", True),
}  # fmt: skip


class Term(NamedTuple):
    """A part of the formula: its expression and, if it holds no x or y, its value."""

    expr: Any
    constant: float | None


NAMES = {
    "x": Term(functions.X, None),
    "y": Term(functions.Y, None),
    "pi": Term(sympy.pi, math.pi),
    "e": Term(sympy.E, math.e),
}


def parse(text: str) -> Any:
    """Read a formula in ``x`` and ``y``.

    Parameters
    ----------
    text : str
        Numbers, ``x``, ``y``, ``pi``, ``e``, ``+ - * / **``, brackets and ``sin cos tan asin acos
        atan atan2 sinh cosh tanh asinh acosh atanh exp log log2 log10 sqrt cbrt abs sign floor
        minimum maximum``, and ``where(x < 0, a, b)`` with ``< <= > >=``. Also read are other names
        of these (``ln``, ``arctan``, ``max``, ``np.sin``), functions made of them (``sec``,
        ``pow``, ``sigmoid``, ...), ``^``, products whose sign is left out (``2x``, ``xy``,
        ``2(x + 1)``), ``|x|``, capital letters and typographers' signs (``x² − 2·π``);
        `surfaces.grammar` has the rules. `canonical` says what was understood.

    Returns
    -------
    sympy.Expr
        In the symbols ``x`` and ``y``.

    Raises
    ------
    FormulaError
        Anything else: one line, with the column counted from 1.

    Notes
    -----
    Of ``where`` only the branch that is chosen counts, for values and derivatives alike. The
    derivative of a jump (of ``sign``, ``floor``, ``where``) counts as 0.
    """
    if not isinstance(text, str):
        raise _no_text(text)
    expr = _Reader(text).read(grammar.read(text), 0).expr
    if expr.has(sympy.nan, sympy.oo, -sympy.oo, sympy.zoo, sympy.I):
        raise FormulaError(
            f"formula must be a finite real number somewhere; not {shown(text)}, which never is"
        )
    return expr


def canonical(formula: Any) -> str:
    """The canonical text of a formula, in plain Python.

    Parameters
    ----------
    formula : str or sympy.Expr
        As `parse` reads it; or SymPy's, in symbols called x and y.

    Raises
    ------
    FormulaError
        It is neither, or its text is no formula.
    """
    if isinstance(formula, sympy.Expr):
        exact = {
            number: sympy.Symbol(f"({float(number)!r})") for number in formula.atoms(sympy.Float)
        }
        formula = str(formula.xreplace(exact))
    parse(formula)
    text = grammar.written(grammar.read(formula))
    if len(text) > MAX_LENGTH:
        allowed = f"at most {MAX_LENGTH} characters when every sign is written"
        raise FormulaError(f"formula must be {allowed}; not {len(text)}")
    return text


def _no_text(given: Any) -> FormulaError:
    allowed = f"text; {OF_FUNCTION}" if callable(given) else "text"
    return FormulaError(f"formula must be {allowed}; not {shown(given)}")


class _Reader:
    """Converts a syntax tree into a SymPy expression; sizes are checked before SymPy sees them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.nodes = 0
        self.bounded: set[Any] = set()
        self.varying: dict[Any, bool] = {}

    def read(self, node: Node, depth: int) -> Term:
        self.nodes += 1
        if depth > MAX_DEPTH:
            raise misread(f"be at most {MAX_DEPTH} levels deep", "deeper", node.start)
        if self.nodes > MAX_NODES:
            raise misread(f"have at most {MAX_NODES} parts", "more", node.start)
        match node.kind:
            case "number":
                return self._number(node)
            case "name":
                return NAMES[node.text]
            case "minus":
                term = self.read(node.parts[0], depth + 1)
                return Term(-term.expr, None if term.constant is None else -term.constant)
            case "binary":
                return self._operation(node, depth)
            case "call" if node.text == "where":
                return self._choice(node, depth)
        terms = [self.read(part, depth + 1) for part in node.parts]
        return self._apply(node.text, terms, node)

    def _number(self, node: Node) -> Term:
        value = float(node.text)
        if not math.isfinite(value):
            raise misread("be made of numbers below 1.8e308", "a larger one", node.start)
        return Term(sympy.sympify(int(node.text) if node.text.isdigit() else value), value)

    def _operation(self, node: Node, depth: int) -> Term:
        left, right = node.parts
        # A long sum is a chain to the left: deep as a tree, flat to the reader.
        a = self.read(left, depth if left.kind == "binary" else depth + 1)
        b = self.read(right, depth + 1)
        if node.text == "**":
            b = _exact(b)
            self._check_exponent(a.expr, b, right)
        return self._apply(node.text, [a, b], node)

    def _choice(self, node: Node, depth: int) -> Term:
        condition, *branches = node.parts
        name, swapped = COMPARISONS[condition.text]
        sides = [self.read(part, depth + 1) for part in condition.parts]
        terms = [self.read(part, depth + 1) for part in branches]
        return self._apply(name, [*sides[:: -1 if swapped else 1], *terms], node)

    @staticmethod
    def _check_exponent(base: Any, exponent: Term, node: Node) -> None:
        """Refuse large exponents: SymPy would compute ``2**(x - x + 9**9)`` in all its digits."""
        given: Any = exponent.constant
        if given is None and base is not sympy.E:
            given = _large_number(exponent.expr)
        if given is not None and abs(given) > MAX_EXPONENT:
            allowed = f"be made of exponents from -{MAX_EXPONENT} to {MAX_EXPONENT}"
            raise misread(allowed, shown(given), node.start)

    def _apply(self, name: str, terms: list[Term], node: Node) -> Term:
        """Apply one operation; a constant one must give a finite real number."""
        values = [term.constant for term in terms]
        part = shown(self.text[node.start : node.end])
        constant = None
        if None not in values:
            try:
                constant = COMPUTE[name](*values)
            except ZeroDivisionError:
                constant = math.nan
            if not math.isfinite(constant):
                raise misread("be made of parts that are finite real numbers", part, node.start)
        expr = BUILD[name](*(term.expr for term in terms))
        if name not in _OPERATORS and not self._varies(expr) and any(map(_is_involved, terms)):
            expr = functions.constant(expr)
        if not self._is_bounded(expr):
            allowed = f"numbers below 1.8e308 and exponents up to {MAX_EXPONENT}"
            raise misread(f"be made of parts with {allowed}", part, node.start)
        return Term(expr, constant)

    def _varies(self, expr: Any) -> bool:
        """Whether an expression depends on x or y after cancelling; each part is visited once."""
        if expr not in self.varying:
            self.varying[expr] = expr.is_Symbol or any(map(self._varies, expr.args))
        return self.varying[expr]

    def _is_bounded(self, expr: Any) -> bool:
        """Whether numbers fit float64 and exponents the limit; each part is visited once."""
        parts = [expr]
        while parts:
            part = parts.pop()
            if part in self.bounded:
                continue
            if part.is_Rational and max(abs(part.p), part.q) > sys.float_info.max:
                return False
            if part.is_Pow and _large_number(part.exp) is not None:
                return False
            self.bounded.add(part)
            parts.extend(part.args)
        return True


def _large_number(exponent: Any) -> Any:
    """A number in an exponent that is beyond the limit, or None."""
    numbers = exponent.atoms(sympy.Number)
    return next((number for number in numbers if abs(number) > MAX_EXPONENT), None)


def _is_involved(term: Term) -> bool:
    """Whether a constant is more than rationals, pi and e: SymPy evaluates it again and again."""
    return bool(term.expr.has(sympy.Function, sympy.Pow))


def _exact(exponent: Term) -> Term:
    """2.0 as 2 and 0.5 as 1/2: products and roots, which SymPy's decimals are not."""
    if exponent.expr.is_Float and (2 * float(exponent.expr)).is_integer():
        return Term(sympy.Rational(float(exponent.expr)), exponent.constant)
    return exponent
