"""Derivatives of SymPy expressions, each part derived once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy

from surfaces.functions import log, raise_to, where_less


class Derivative:
    """SymPy's ``diff`` by one symbol, except that a long product is halved and halved again.

    The second derivatives of 70 factors are then as long as the formula; ``diff`` writes 70 x 70
    terms and takes ten seconds. Remembers what it has derived.
    """

    def __init__(self, symbol: Any) -> None:
        self.known: dict[Any, Any] = {symbol: sympy.S.One}

    def __call__(self, expr: Any) -> Any:
        if expr not in self.known:
            self.known[expr] = self._derive(expr)
        return self.known[expr]

    def _derive(self, expr: Any) -> Any:
        if not expr.args:
            return sympy.S.Zero
        if expr.is_Add:
            return sympy.Add(*map(self, expr.args))
        if expr.is_Mul:
            return self._product(expr.args)
        if issubclass(expr.func, where_less):
            a, b, *branches = expr.args
            first, second = map(self, branches)
            return first if first == second else expr.func(a, b, first, second)
        if expr.is_Pow:
            base, exponent = expr.args
            if not exponent.is_number and not self(exponent):
                return exponent * raise_to(base, exponent - 1) * self(base)  # 1, not 0/0, for 0**1
            return expr * (self(exponent) * log(base) + self(base) * exponent / base)
        slopes = (expr.fdiff(i) * self(arg) for i, arg in enumerate(expr.args, 1))
        return sympy.Add(*slopes)

    def _product(self, factors: Sequence[Any]) -> Any:
        if len(factors) > 8:  # none of the catalogue's has more
            left, right = factors[: len(factors) // 2], factors[len(factors) // 2 :]
            return self._product(left) * sympy.Mul(*right) + sympy.Mul(*left) * self._product(right)
        return sympy.Add(
            *(sympy.Mul(*factors[:i], self(f), *factors[i + 1 :]) for i, f in enumerate(factors))
        )
