"""The functions a formula may use, as SymPy functions with their derivatives.

``abs``, ``minimum`` and ``maximum`` are our own: SymPy's carry complex parts, DiracDeltas and slow
comparisons into derivatives. Ours have the derivative that a descent needs: the sign, and 0 for the
derivative of a jump. Most others are our own because SymPy's can hang: it turns
``exp(9**9*log(9))`` into a whole number of 370 million digits, and asks a ``tanh``, or the root of
a power, about its argument twice, so that a few nested ones take for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy

X, Y = sympy.symbols("x y")


class unevaluated(sympy.Function):
    """A function that SymPy leaves as it is, also at numbers: evaluating them can take minutes."""

    is_number = False


class constant(unevaluated):
    """A constant as it was written, such as sin(sqrt(2)), which SymPy must not simplify."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Any:
        return sympy.S.Zero

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = printer._print(self.args[0])
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"


class piecewise_constant(unevaluated):
    """Constant between jumps; the derivative counts as 0 at the jumps too."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Any:
        return sympy.S.Zero


class sign(piecewise_constant):
    """-1, 0 or 1."""

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return _applied(r"\operatorname{sign}", self, printer, exp)


class floor(piecewise_constant):
    """The greatest integer not above u."""

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = rf"\left\lfloor{{{printer._print(self.args[0])}}}\right\rfloor"
        return text if exp is None else f"{text}^{{{exp}}}"


class absolute(unevaluated):
    """|u|, with derivative sign(u)."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Any:
        return sign(self.args[0])

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = rf"\left|{printer._print(self.args[0])}\right|"
        return text if exp is None else f"{text}^{{{exp}}}"


class maximum(unevaluated):
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


def elementary(name: str, latex: str, derivative: Callable[[Any], Any]) -> Any:
    """A function of one argument."""

    def fdiff(self: Any, argindex: int = 1) -> Any:
        return derivative(self.args[0])

    def _latex(self: Any, printer: Any, exp: str | None = None) -> str:
        return _applied(latex, self, printer, exp)

    members = {"nargs": 1, "fdiff": fdiff, "_latex": _latex, "__module__": __name__}
    return type(name, (unevaluated,), members)


log = elementary("log", r"\log", lambda u: 1 / u)
log2 = elementary("log2", r"\log_{2}", lambda u: 1 / (u * log(sympy.Integer(2))))
log10 = elementary("log10", r"\log_{10}", lambda u: 1 / (u * log(sympy.Integer(10))))
sinh: Any = elementary("sinh", r"\sinh", lambda u: cosh(u))
cosh: Any = elementary("cosh", r"\cosh", lambda u: sinh(u))
tanh: Any = elementary("tanh", r"\tanh", lambda u: 1 - tanh(u) ** 2)
asin = elementary("asin", r"\arcsin", lambda u: 1 / sqrt(1 - u**2))
acos = elementary("acos", r"\arccos", lambda u: -1 / sqrt(1 - u**2))
atan = elementary("atan", r"\arctan", lambda u: 1 / (1 + u**2))
asinh = elementary("asinh", r"\operatorname{arsinh}", lambda u: 1 / sqrt(1 + u**2))
acosh = elementary("acosh", r"\operatorname{arcosh}", lambda u: 1 / sqrt(u**2 - 1))
atanh = elementary("atanh", r"\operatorname{artanh}", lambda u: 1 / (1 - u**2))


class cbrt(unevaluated):
    """The cube root, also of negative numbers."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> Any:
        return 1 / (3 * self**2)

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = rf"\sqrt[3]{{{printer._print(self.args[0])}}}"
        return text if exp is None else f"{text}^{{{exp}}}"


class atan2(unevaluated):
    """The angle of the point (v, u), from -pi to pi."""

    nargs = 2

    def fdiff(self, argindex: int = 1) -> Any:
        u, v = self.args
        return (v if argindex == 1 else -u) / (u**2 + v**2)

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        return _applied(r"\operatorname{atan2}", self, printer, exp)


class where_less(unevaluated):
    """u where a < b, v elsewhere; `surfaces.derivative` differentiates the branches."""

    nargs = 4
    compared = "<", r"\geq"

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        a, b, u, v = map(printer._print, self.args)
        chosen, other = self.compared
        if printer._settings.get("one_line"):
            cases = rf"{u},\ {a} {chosen} {b};\ \ {v},\ {a} {other} {b}"
            text = rf"\left\{{{{{cases}}}\right\}}"
        else:
            rows = rf"{u}, & {a} {chosen} {b} \\ {v}, & {a} {other} {b}"
            text = rf"\begin{{cases}} {rows} \end{{cases}}"
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"


class where_less_equal(where_less):
    """u where a <= b, v elsewhere."""

    compared = r"\leq", ">"


class power(unevaluated):
    """base**exponent that SymPy leaves as it is."""

    nargs = 2

    def fdiff(self, argindex: int = 1) -> Any:
        base, exponent = self.args
        return exponent * raise_to(base, exponent - 1) if argindex == 1 else self * log(base)

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        text = printer._print(sympy.Pow(*self.args, evaluate=False))
        return text if exp is None else rf"\left({text}\right)^{{{exp}}}"


def raise_to(base: Any, exponent: Any) -> Any:
    """base**exponent as SymPy's power where that is quick, else as `power`.

    Slow are roots and symbolic powers of powers and products, and exponents that SymPy would split.
    """
    core = base.as_coeff_Mul()[1]
    is_plain = exponent.is_Atom and not (core.is_Pow or core.is_Mul or core.func is sympy.exp)
    if exponent.is_Integer or is_plain or base is sympy.E:
        return base**exponent
    return power(base, exponent)


def sqrt(u: Any) -> Any:
    """The root as a power, which is written as a root again."""
    return raise_to(u, sympy.Rational(1, 2))


def _applied(name: str, function: Any, printer: Any, exp: str | None) -> str:
    inside = ", ".join(map(printer._print, function.args))
    power_of = "" if exp is None else f"^{{{exp}}}"
    return rf"{name}{power_of}{{\left({inside} \right)}}"


BY_NAME: dict[str, Any] = {
    "sin": sympy.sin, "cos": sympy.cos, "tan": sympy.tan, "exp": sympy.exp, "sqrt": sqrt,
    "abs": absolute, "minimum": minimum, "maximum": maximum, "atan2": atan2,
    **{function.__name__: function for function in (
        log, log2, log10, tanh, sinh, cosh, asin, acos, atan, asinh, acosh, atanh, cbrt,
        sign, floor, where_less, where_less_equal,
    )},
}  # fmt: skip
