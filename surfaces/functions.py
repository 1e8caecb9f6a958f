"""The functions a formula may use, as SymPy sees them.

``abs``, ``minimum`` and ``maximum`` are our own: SymPy's carry complex parts, DiracDeltas and slow
comparisons into derivatives. Ours have the derivative that a descent needs: the sign, and 0 for the
derivative of a jump.
"""

from __future__ import annotations

from typing import Any

import sympy

X, Y = sympy.symbols("x y")


class sign(sympy.Function):  # noqa: N801 - printed under this name
    """-1, 0 or 1; its derivative counts as 0 everywhere."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Any:
        return sympy.S.Zero


class absolute(sympy.Function):  # noqa: N801
    """|u|, with derivative sign(u)."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Any:
        return sign(self.args[0])

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = rf"\left|{printer._print(self.args[0])}\right|"
        return text if exp is None else f"{text}^{{{exp}}}"


class maximum(sympy.Function):  # noqa: N801
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


class minimum(maximum):  # noqa: N801
    """The smaller of two; where they are equal the derivative is the mean of both."""

    larger = -1


BY_NAME: dict[str, Any] = {
    "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "exp": sympy.exp, "log": sympy.log,
    "sqrt": sympy.sqrt, "tanh": sympy.tanh, "sinh": sympy.sinh, "cosh": sympy.cosh,
    "abs": absolute, "minimum": minimum, "maximum": maximum,
}  # fmt: skip
