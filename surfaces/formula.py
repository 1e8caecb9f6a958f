"""Text -> SymPy expression, by a whitelist over Python's ``ast``; nothing is ever evaluated.

Every constant part is also computed in plain floats while reading, so that no number outside
float64 and no division by zero reaches SymPy; and whatever SymPy makes of a part, by cancelling or
multiplying out, is looked at before it is used again, so that no tower of powers can hang it.
"""

from __future__ import annotations

import ast
import math
import operator
import sys
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import sympy

from surfaces import functions
from surfaces.errors import FormulaError, shown

MAX_LENGTH = 1000  # characters; the longest of the catalogue has 160
MAX_DEPTH = 24  # brackets, functions and signs inside each other; the catalogue needs 8
MAX_NODES = 300  # numbers, names and operations
MAX_EXPONENT = 100  # a constant exponent; the catalogue's largest is 6

FUNCTIONS: dict[str, Callable[..., float]] = {
    "sin": math.sin, "cos": math.cos, "tan": math.tan, "exp": math.exp, "log": math.log,
    "sqrt": math.sqrt, "abs": abs, "tanh": math.tanh, "sinh": math.sinh, "cosh": math.cosh,
    "minimum": min, "maximum": max,
}  # fmt: skip
TWO_ARGUMENTS = ("minimum", "maximum")
OPERATORS: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
ALLOWED = "numbers, x, y, pi, e, + - * / **, brackets and " + " ".join(
    FUNCTIONS
)  # what every message offers


class Term(NamedTuple):
    """A part of the formula: its expression and, if it holds no x or y, its value."""

    expr: Any
    constant: float | None


def parse(text: str) -> Any:
    """Read a formula in ``x`` and ``y``.

    Parameters
    ----------
    text : str
        Python arithmetic: numbers, ``x``, ``y``, ``pi``, ``e``, ``+ - * / **``, unary minus and
        ``sin cos tan exp log sqrt abs tanh sinh cosh minimum maximum``.

    Returns
    -------
    sympy.Expr
        In the symbols ``x`` and ``y``.

    Raises
    ------
    FormulaError
        Anything else: one line, with the column counted from 1.
    """
    if not isinstance(text, str):
        raise FormulaError(f"formula must be text; not {shown(text)}")
    text = text.strip(" ")  # leading blanks are an indentation to Python, nothing to a formula
    tree = _syntax_tree(text)
    expr = _Reader(text).read(tree.body, 0).expr
    if expr.has(sympy.nan, sympy.oo, -sympy.oo, sympy.zoo, sympy.I):
        raise FormulaError(
            f"formula must be a finite real number somewhere; not {shown(text)}, which never is"
        )
    return expr


def _syntax_tree(text: str) -> ast.Expression:
    if not text:
        raise FormulaError("formula must be an expression in x and y; not an empty text")
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"formula must be at most {MAX_LENGTH} characters; not {len(text)}")
    for column, character in enumerate(text, 1):
        if not (character.isascii() and character.isprintable()):
            raise _error("printable ASCII characters", character, column)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # such as the one for "1if"
            return ast.parse(text, mode="eval")
    except SyntaxError as error:
        raise FormulaError(
            f"formula must be one expression such as 'x**2 + 3*sin(y)'; not {shown(text)}: "
            f"reading stopped at column {error.offset or 1}"
        ) from None
    except (MemoryError, RecursionError):
        raise FormulaError(f"formula must be at most {MAX_DEPTH} levels deep; not deeper") from None


def _error(allowed: str, given: object, column: int) -> FormulaError:
    return FormulaError(f"formula must be made of {allowed}; not {shown(given)} at column {column}")


class _Reader:
    """Walk the tree once, counting; sizes are bounded before SymPy sees anything."""

    def __init__(self, text: str) -> None:
        self.names = {
            "x": Term(functions.X, None),
            "y": Term(functions.Y, None),
            "pi": Term(sympy.pi, math.pi),
            "e": Term(sympy.E, math.e),
        }
        self.text = text
        self.nodes = 0
        self.bounded: set[Any] = set()

    def read(self, node: ast.expr, depth: int) -> Term:
        self.nodes += 1
        column = node.col_offset + 1
        if depth > MAX_DEPTH:
            raise FormulaError(
                f"formula must be at most {MAX_DEPTH} levels deep; not deeper, at column {column}"
            )
        if self.nodes > MAX_NODES:
            raise FormulaError(
                f"formula must have at most {MAX_NODES} parts; not more, at column {column}"
            )
        match node:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return self._constant(value, column)
            case ast.Name(id=name) if name in self.names:
                return self.names[name]
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                term = self.read(operand, depth + 1)
                return Term(-term.expr, None if term.constant is None else -term.constant)
            case ast.BinOp(op=op, left=left, right=right) if type(op) in OPERATORS:
                # A long sum is a chain to the left: deep as a tree, flat to the reader.
                flat = depth if type(left) is ast.BinOp else depth + 1
                a, b = self.read(left, flat), self.read(right, depth + 1)
                if isinstance(op, ast.Pow):
                    b = _exact(b)
                    self._check_exponent(a.expr, b, right.col_offset + 1)
                build = functions.raise_to if isinstance(op, ast.Pow) else OPERATORS[type(op)]
                return self._apply(OPERATORS[type(op)], build, [a, b], node)
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
                count = 2 if name in TWO_ARGUMENTS else 1
                if len(args) != count:
                    raise _error(
                        f"{name} with {count} argument{'s'[: count - 1]}", len(args), column
                    )
                terms = [self.read(arg, depth + 1) for arg in args]
                return self._apply(FUNCTIONS[name], functions.BY_NAME[name], terms, node)
            case ast.BinOp(op=ast.BitXor()):
                raise _error("powers written **", "^", node.left.end_col_offset + 1)  # type: ignore[operator]
        raise _error(ALLOWED, ast.get_source_segment(self.text, node), column)

    def _constant(self, value: float, column: int) -> Term:
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if not math.isfinite(number):
            raise _error("numbers below 1.8e308", "a larger one", column)
        return Term(sympy.sympify(value), number)

    @staticmethod
    def _check_exponent(base: Any, exponent: Term, column: int) -> None:
        """A whole number to the power of ``x - x + 9**9`` SymPy would compute, digit for digit."""
        given: Any = exponent.constant
        if given is None and base is not sympy.E:
            given = _large_number(exponent.expr)
        if given is not None and abs(given) > MAX_EXPONENT:
            raise _error(f"exponents from -{MAX_EXPONENT} to {MAX_EXPONENT}", given, column)

    def _apply(
        self,
        compute: Callable[..., float],
        build: Callable[..., Any],
        terms: list[Term],
        node: ast.expr,
    ) -> Term:
        """Apply one operation; a constant one must give a finite real number."""
        values = [term.constant for term in terms]
        part, column = ast.get_source_segment(self.text, node), node.col_offset + 1
        constant = None
        if None not in values:
            try:
                constant = compute(*values)
            except (ArithmeticError, ValueError):
                constant = math.nan
            if isinstance(constant, complex) or not math.isfinite(constant):
                raise _error("parts that are finite real numbers", part, column)
        expr = build(*(term.expr for term in terms))
        if not self._is_bounded(expr):
            raise _error(
                f"parts with numbers below 1.8e308 and exponents up to {MAX_EXPONENT}", part, column
            )
        return Term(expr, constant)

    def _is_bounded(self, expr: Any) -> bool:
        """Whether its numbers fit float64 and its exponents the limit; each part is seen once."""
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


def _exact(exponent: Term) -> Term:
    """2.0 as 2 and 0.5 as 1/2: products and roots, which SymPy's decimals are not."""
    if exponent.expr.is_Float and (2 * float(exponent.expr)).is_integer():
        return Term(sympy.Rational(float(exponent.expr)), exponent.constant)
    return exponent
