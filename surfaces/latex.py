"""A formula as LaTeX for a title: numbers are rounded to be read, not to be computed with."""

from __future__ import annotations

from typing import Any

import sympy
from sympy.printing.latex import LatexPrinter
from sympy.printing.precedence import PRECEDENCE

DIGITS = 6  # significant ones of a number, unless a few more are all it has


def latex(expr: sympy.Expr, one_line: bool = False) -> str:
    """SymPy's LaTeX, but with 1e12 as a power of ten and 0.123456789012 as 0.123457.

    With ``one_line`` a formula by cases is no table, which matplotlib could not draw.
    """
    return str(_Printer({"one_line": one_line}).doprint(expr))


class _Printer(LatexPrinter):
    """SymPy's printer with numbers in few digits."""

    _default_settings = LatexPrinter._default_settings | {"one_line": False}

    def _print_Float(self, number: Any) -> str:  # noqa: N802 (SymPy calls it so)
        value = float(number)
        short, typed = (f"{value:.{digits}g}" for digits in (DIGITS, DIGITS + 3))
        exact = float(short) != value and float(typed) == value
        digits, _, power = (typed if exact else short).partition("e")
        if not power:
            return digits
        ten = f"10^{{{int(power)}}}"
        sign = digits.removesuffix("1")
        return f"{sign}{ten}" if sign in ("", "-") else rf"{digits} \cdot {ten}"

    def _print_Integer(self, number: Any) -> str:  # noqa: N802 (SymPy calls it so)
        return self._print_Float(number) if abs(int(number)) >= 10**DIGITS else str(number)

    def parenthesize(self, item: Any, level: int, *args: Any, **settings: Any) -> str:
        text = str(super().parenthesize(item, level, *args, **settings))
        # A power of ten that is raised again would have two exponents.
        if item.is_Number and level >= PRECEDENCE["Pow"] and "^" in text and text[-1] != ")":
            return rf"\left({text}\right)"
        return text
