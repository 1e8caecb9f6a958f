"""The functions a formula may use, as SymPy sees them.

``abs``, ``minimum`` and ``maximum`` are our own: SymPy's carry complex parts, DiracDeltas and slow
comparisons into derivatives. Ours have the derivative that a descent needs: the sign, and 0 for the
derivative of a jump. ``log``, ``sinh``, ``cosh`` and ``tanh`` are our own because SymPy's can hang:
it turns ``exp(9**9*log(9))`` into a whole number of 370 million digits, and asks a ``tanh``, or
the root of a power, about its argument twice, so that a few inside each other take for ever.
"""

from __future__ import annotations

from typing import Any

import sympy

X, Y = sympy.symbols("x y")


class sign(sympy.Function):
    """-1, 0 or 1; its derivative counts as 0 everywhere."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Any:
        return sympy.S.Zero


class absolute(sympy.Function):
    """|u|, with derivative sign(u)."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Any:
        return sign(self.args[0])

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = rf"\left|{printer._print(self.args[0])}\right|"
        return text if exp is None else f"{text}^{{{exp}}}"


class maximum(sympy.Function):
    """The larger of two; where they are equal the derivative is the mean of both."""

    nargs = 2
    larger = 1

    def fdiff(self, argindex: int = 1) -> Any:
        a, b = self.args
        towards = sign(a - b) * (self.larger if argindex == 1 else -self.larger)
        return (1 + towards) / 2

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        name = r"\max" if self.larger == 1 else r"\min"
        inside = ", ".join(printer._print(arg) for arg in self.args)
        text = rf"{name}\left({inside}\right)"
        return text if exp is None else f"{text}^{{{exp}}}"


class minimum(maximum):
    """The smaller of two; where they are equal the derivative is the mean of both."""

    larger = -1


class log(sympy.Function):
    """The natural logarithm."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Any:
        return 1 / self.args[0]


class sinh(sympy.Function):
    """Hyperbolic sine."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Any:
        return cosh(self.args[0])


class cosh(sympy.Function):
    """Hyperbolic cosine."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Any:
        return sinh(self.args[0])


class tanh(sympy.Function):
    """Hyperbolic tangent."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Any:
        return 1 - self**2


class power(sympy.Function):
    """base**exponent that SymPy leaves alone."""

    nargs = 2

    def fdiff(self, argindex: int = 1) -> Any:
        base, exponent = self.args
        return exponent * raise_to(base, exponent - 1) if argindex == 1 else self * log(base)

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = printer._print(sympy.Pow(*self.args, evaluate=False))
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"


def raise_to(base: Any, exponent: Any) -> Any:
    """base**exponent, by SymPy except for roots and unknown powers of powers and products."""
    core = base.as_coeff_Mul()[1]
    if exponent.is_Integer or not (core.is_Pow or core.is_Mul or core.func is sympy.exp):
        return base**exponent
    return power(base, exponent)


def sqrt(u: Any) -> Any:
    """The root as a power, which is written as a root again."""
    return raise_to(u, sympy.Rational(1, 2))


BY_NAME: dict[str, Any] = {
    "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "exp": sympy.exp, "sqrt": sqrt,
    "log": log, "tanh": tanh, "sinh": sinh, "cosh": cosh,
    "abs": absolute, "minimum": minimum, "maximum": maximum,
}  # fmt: skip
