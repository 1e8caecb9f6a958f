"""A SymPy expression as straight-line Python, one operation a line, in one fixed order.

The text runs on floats (through ``math``), on NumPy arrays, and on anything else whose operators
and functions are given: all of them do the same operations in the same order.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import sympy

from surfaces import formula
from surfaces.arithmetic import MATH, NUMPY
from surfaces.derivative import Derivative
from surfaces.errors import FormulaError, shown
from surfaces.functions import X, Y, power
from surfaces.latex import latex

Floats = np.ndarray[Any, np.dtype[np.float64]]


def _float64(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: np.float64(function(*args))


class Trace:
    """Value, gradient, Hessian and LaTeX of one formula, each derived when first asked for.

    Parameters
    ----------
    text : str
        A formula that `surfaces.formula.parse` reads.
    """

    def __init__(self, text: str) -> None:
        self.expr = formula.parse(text)

    @cached_property
    def latex(self) -> str:
        return latex(self.expr)

    @cached_property
    def _derivatives(self) -> tuple[Derivative, Derivative]:
        return Derivative(X), Derivative(Y)

    @cached_property
    def first_derivatives(self) -> list[Any]:
        return [derive(self.expr) for derive in self._derivatives]

    @cached_property
    def second_derivatives(self) -> list[Any]:
        (by_x, by_y), (df_dx, df_dy) = self._derivatives, self.first_derivatives
        return [by_x(df_dx), by_y(df_dx), by_y(df_dy)]

    @cached_property
    def _value_numpy(self) -> Callable[..., Any]:
        return bind(source([self.expr]), NUMPY)

    @cached_property
    def _slope_numpy(self) -> Callable[..., Any]:
        return bind(self.slope_source, NUMPY)

    @cached_property
    def _curvature_numpy(self) -> Callable[..., Any]:
        return bind(source(self.second_derivatives), NUMPY)

    @cached_property
    def slope_source(self) -> str:
        """Python text of ``f(x, y) -> (value, along_x, along_y)``, for any backend."""
        return source([self.expr, *self.first_derivatives])

    @cached_property
    def _slope_ieee(self) -> Callable[..., Any]:
        # NumPy's float64 divides as IEEE 754 says; what a function of it gives must be one too.
        return bind(self.slope_source, {name: _float64(MATH[name]) for name in MATH})

    def value(self, x: Floats, y: Floats) -> Any:
        """Values at arrays of one shape."""
        with np.errstate(all="ignore"):
            return self._value_numpy(x, y)[0]

    def slopes(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        """Value and both partial derivatives; see `Surface.gradient` for 0/0."""
        with np.errstate(all="ignore"):
            value, *slopes = self._slope_numpy(x, y)
        finite = np.isfinite(value)
        df_dx, df_dy = (np.where(np.isnan(s) & finite, 0.0, s) for s in slopes)
        return value, df_dx, df_dy

    def curvatures(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        """The second derivatives xx, xy, yy."""
        with np.errstate(all="ignore"):
            xx, xy, yy = self._curvature_numpy(x, y)
        return xx, xy, yy

    @cached_property
    def at(self) -> Callable[[float, float], tuple[float, float, float]]:
        """A function from two floats to value and gradient, in Python floats: 20x NumPy's speed."""
        run = bind(self.slope_source, MATH)

        def at(x: float, y: float) -> tuple[float, float, float]:
            try:
                value, df_dx, df_dy = run(x, y)
            except ZeroDivisionError:
                with np.errstate(all="ignore"):
                    value, df_dx, df_dy = map(float, self._slope_ieee(np.float64(x), np.float64(y)))
            if df_dx == df_dx and df_dy == df_dy:
                return value, df_dx, df_dy
            if math.isfinite(value):
                df_dx = df_dx if df_dx == df_dx else 0.0
                df_dy = df_dy if df_dy == df_dy else 0.0
            return value, df_dx, df_dy

        return at


def bind(text: str, functions: Mapping[str, Callable[..., Any]]) -> Callable[..., Any]:
    """Run the text that `source` wrote with these functions and return its ``f``."""
    namespace: dict[str, Any] = {"__builtins__": {}, **functions}
    exec(text, namespace)  # our own text, written from a whitelisted tree
    function: Callable[..., Any] = namespace["f"]
    return function


def source(expressions: list[Any]) -> str:
    """Write ``def f(x, y)`` that returns the expressions, equal parts computed once."""
    writer = _Writer()
    results = [writer.write(expr) for expr in expressions]
    body = [*writer.lines, f"return {', '.join(results)},"]
    return "def f(x, y):\n" + "".join(f"    {line}\n" for line in body)


class _Writer:
    """Turns expressions into lines ``t7 = t3*t5``; remembers what it has written."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.known: dict[Any, str] = {}
        self.constant: dict[Any, bool] = {}

    def is_constant(self, expr: Any) -> bool:
        """Whether it holds no symbol; SymPy's ``free_symbols`` walks shared parts anew."""
        if expr not in self.constant:
            self.constant[expr] = not expr.is_Symbol and all(map(self.is_constant, expr.args))
        return self.constant[expr]

    def write(self, expr: Any) -> str:
        if expr not in self.known:
            self.known[expr] = self._write(expr)
        return self.known[expr]

    def line(self, text: str) -> str:
        self.lines.append(f"t{len(self.lines)} = {text}")
        return f"t{len(self.lines) - 1}"

    def _write(self, expr: Any) -> str:
        if expr.is_Symbol:
            return str(expr)
        if self.is_constant(expr):
            return self._constant(expr)
        if expr.is_Add:
            return self._sum(expr)
        if expr.is_Mul:
            return self._product(expr)
        if expr.is_Pow or expr.func is power:
            return self._power(expr)
        arguments = ", ".join(self.write(arg) for arg in expr.args)
        return self.line(f"{expr.func.__name__}({arguments})")

    @staticmethod
    def _constant(expr: Any) -> str:
        try:
            number = _folded(expr)
        except (OverflowError, TypeError):  # a huge whole number, or a complex one: log(-2)
            number = math.nan
        # SymPy multiplies decimals beyond float64: (x/1e200)**2 would be 0*x**2.
        if not math.isfinite(number) or (expr.is_Float and expr and not number):
            raise FormulaError(
                "formula and its derivatives must have constants that are real numbers of float64; "
                f"not {shown(str(expr))}"
            )
        return repr(number) if number >= 0 else f"({number!r})"

    def _sum(self, expr: Any) -> str:
        # The constant last: a sum then never starts with it, and reads as people write it.
        terms = sorted(expr.args, key=self.is_constant)
        terms.sort(key=lambda t: t.could_extract_minus_sign() and not self.is_constant(t))
        text = self.write(terms[0])
        for term in terms[1:]:
            if term.could_extract_minus_sign():
                text = self.line(f"{text} - {self.write(-term)}")
            else:
                text = self.line(f"{text} + {self.write(term)}")
        return text

    def _product(self, expr: Any) -> str:
        above, below = [], []
        for factor in expr.args:
            if factor.is_Pow and factor.exp.is_number and factor.exp.is_negative:
                below.append(self.write(factor.base**-factor.exp))
            elif factor.is_Rational and factor.p == 1 and factor.q < sys.float_info.max:
                below.append(repr(float(factor.q)))
            else:
                above.append(self.write(factor))
        text = self._chain(above) if above else "1.0"
        return self.line(f"{text}/{self._chain(below)}") if below else text

    def _chain(self, factors: list[str]) -> str:
        text = factors[0]
        for factor in factors[1:]:
            text = self.line(f"{text}*{factor}")
        return text

    def _power(self, expr: Any) -> str:
        """Small whole powers are products and a half is a root: exact on every engine."""
        base, exponent = expr.args
        if exponent.is_number and exponent.is_negative:
            return self.line(f"1.0/{self.write(expr.func(base, -exponent))}")
        if exponent == 2:
            text = self.write(base)
            return self.line(f"{text}*{text}")
        if exponent == 3:
            return self.line(f"{self.write(base**2)}*{self.write(base)}")
        if exponent == 4:
            text = self.write(base**2)
            return self.line(f"{text}*{text}")
        if exponent == sympy.Rational(1, 2):
            return self.line(f"sqrt({self.write(base)})")
        return self.line(f"pow({self.write(base)}, {self.write(exponent)})")


def _folded(expr: Any) -> float:
    """A constant in plain floats, by the very functions that the text would call."""
    if not expr.args:
        return float(expr)
    values = [_folded(arg) for arg in expr.args]
    if expr.is_Add:
        return sum(values)
    if expr.is_Mul:
        return math.prod(values)
    name = "pow" if expr.is_Pow or expr.func is power else expr.func.__name__
    return float(MATH[name](*values))
