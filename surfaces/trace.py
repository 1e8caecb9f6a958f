"""Derive a formula with SymPy, and write value, gradient and Hessian onto tapes."""

from __future__ import annotations

import math
import sys
from functools import cached_property
from typing import Any

import sympy

from surfaces import formula
from surfaces.arithmetic import MATH
from surfaces.derivative import Derivative
from surfaces.errors import FormulaError, shown
from surfaces.functions import X, Y, power
from surfaces.kernel import TapeKernel
from surfaces.tape import Argument, Tape, TapeWriter


class Trace(TapeKernel):
    """Tapes of one formula, each derived by SymPy when first asked for.

    Parameters
    ----------
    text : str
        A formula that `surfaces.formula.parse` reads.
    """

    def __init__(self, text: str) -> None:
        self.expr = formula.parse(text)

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
    def value_tape(self) -> Tape:
        return lower([self.expr])

    @cached_property
    def gradient_tape(self) -> Tape:
        return lower([self.expr, *self.first_derivatives])

    @cached_property
    def hessian_tape(self) -> Tape:
        return lower(self.second_derivatives)


def lower(expressions: list[Any]) -> Tape:
    """A tape of ``x`` and ``y`` that returns the expressions, equal parts computed once."""
    lowering = _Lowering()
    return lowering.tape.tape([lowering.write(expr) for expr in expressions])


class _Lowering:
    """Writes expressions onto a tape; remembers what it has written."""

    def __init__(self) -> None:
        self.tape = TapeWriter()
        self.known: dict[Any, Argument] = {X: self.tape.input("x"), Y: self.tape.input("y")}
        self.constant: dict[Any, bool] = {}

    def is_constant(self, expr: Any) -> bool:
        """Whether an expression holds no symbol; ``free_symbols`` visits shared parts again."""
        if expr not in self.constant:
            self.constant[expr] = not expr.is_Symbol and all(map(self.is_constant, expr.args))
        return self.constant[expr]

    def write(self, expr: Any) -> Argument:
        if expr not in self.known:
            self.known[expr] = self._write(expr)
        return self.known[expr]

    def _write(self, expr: Any) -> Argument:
        if self.is_constant(expr):
            return _constant(expr)
        if expr.is_Add:
            return self._sum(expr)
        if expr.is_Mul:
            return self._product(expr)
        if expr.is_Pow or expr.func is power:
            return self._power(expr)
        return self.tape.write(expr.func.__name__, *map(self.write, expr.args))

    def _sum(self, expr: Any) -> Argument:
        # The constant last: a sum then never starts with it, and reads as people write it.
        terms = sorted(expr.args, key=self.is_constant)
        terms.sort(key=lambda t: t.could_extract_minus_sign() and not self.is_constant(t))
        total = self.write(terms[0])
        for term in terms[1:]:
            if term.could_extract_minus_sign():
                total = self.tape.write("sub", total, self.write(-term))
            else:
                total = self.tape.write("add", total, self.write(term))
        return total

    def _product(self, expr: Any) -> Argument:
        above: list[Argument] = []
        below: list[Argument] = []
        for factor in expr.args:
            if factor.is_Pow and factor.exp.is_number and factor.exp.is_negative:
                below.append(self.write(factor.base**-factor.exp))
            elif factor.is_Rational and factor.p == 1 and factor.q < sys.float_info.max:
                below.append(float(factor.q))
            else:
                above.append(self.write(factor))
        product = self._chain(above) if above else 1.0
        return self.tape.write("div", product, self._chain(below)) if below else product

    def _chain(self, factors: list[Argument]) -> Argument:
        product = factors[0]
        for factor in factors[1:]:
            product = self.tape.write("mul", product, factor)
        return product

    def _power(self, expr: Any) -> Argument:
        """Small whole powers are products and a half is a root: exact on every engine."""
        base, exponent = expr.args
        if exponent.is_number and exponent.is_negative:
            return self.tape.write("div", 1.0, self.write(expr.func(base, -exponent)))
        if exponent == 2:
            factor = self.write(base)
            return self.tape.write("mul", factor, factor)
        if exponent == 3:
            return self.tape.write("mul", self.write(base**2), self.write(base))
        if exponent == 4:
            factor = self.write(base**2)
            return self.tape.write("mul", factor, factor)
        if exponent == sympy.Rational(1, 2):
            return self.tape.write("sqrt", self.write(base))
        return self.tape.write("pow", self.write(base), self.write(exponent))


def _constant(expr: Any) -> float:
    """A constant part as one number."""
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
    return number


def _folded(expr: Any) -> float:
    """A constant in plain floats, by the very functions that the tape would call."""
    if not expr.args:
        return float(expr)
    values = [_folded(arg) for arg in expr.args]
    if expr.is_Add:
        return sum(values)
    if expr.is_Mul:
        return math.prod(values)
    name = "pow" if expr.is_Pow or expr.func is power else expr.func.__name__
    return float(MATH[name](*values))
