"""Text -> SymPy expression, by a whitelist over Python's ``ast``; nothing is ever evaluated.

Every constant part is also computed in plain floats while reading, so that no number outside
float64 and no division by zero reaches SymPy, and no tower of powers can hang it.
"""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import sympy

from surfaces import functions
from surfaces.errors import FormulaError, shown

MAX_LENGTH = 1000  # characters; the longest of the catalogue has 160
MAX_DEPTH = 30  # brackets, functions and signs inside each other
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
                    self._check_exponent(b.constant, right.col_offset + 1)
                return self._apply(OPERATORS[type(op)], OPERATORS[type(op)], [a, b], node)
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
    def _check_exponent(exponent: float | None, column: int) -> None:
        if exponent is not None and abs(exponent) > MAX_EXPONENT:
            raise _error(f"exponents from -{MAX_EXPONENT} to {MAX_EXPONENT}", exponent, column)

    def _apply(
        self,
        compute: Callable[..., float],
        build: Callable[..., Any],
        terms: list[Term],
        node: ast.expr,
    ) -> Term:
        """Apply one operation; a constant one must give a finite real number."""
        values = [term.constant for term in terms]
        constant = None
        if None not in values:
            try:
                constant = compute(*values)
            except (ArithmeticError, ValueError):
                constant = math.nan
            if isinstance(constant, complex) or not math.isfinite(constant):
                part = ast.get_source_segment(self.text, node)
                raise _error("parts that are finite real numbers", part, node.col_offset + 1)
        return Term(build(*(term.expr for term in terms)), constant)
