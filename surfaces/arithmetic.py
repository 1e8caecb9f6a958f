"""The functions that a surface's tape may call, for floats and for NumPy arrays."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np


def _ieee(fast: Callable[..., float], exact: Callable[..., Any]) -> Callable[..., float]:
    """Make a function of ``math`` return inf or nan, as in IEEE 754, where it would raise."""

    def function(*args: float) -> float:
        try:
            return fast(*args)
        except (OverflowError, ValueError):
            with np.errstate(all="ignore"):
                return float(exact(*args))

    return function


def _power(a: float, b: float) -> float:
    """``math.pow``, but 2 is a product and 1/2 a root, as engines of JavaScript have it."""
    return a * a if b == 2 else math.sqrt(a) if b == 0.5 else math.pow(a, b)


def _cbrt(u: float) -> float:
    """Cube root by a power and a Newton step: libraries' cube roots differ in the last bit."""
    if u == 0 or not math.isfinite(u):
        return u
    root = math.pow(abs(u), 1 / 3)
    return math.copysign(root - (root - abs(u) / (root * root)) / 3, u)


NUMPY: dict[str, Callable[..., Any]] = {
    "sin": np.sin, "cos": np.cos, "tan": np.tan, "asin": np.arcsin, "acos": np.arccos,
    "atan": np.arctan, "atan2": np.arctan2, "exp": np.exp, "log": np.log, "log2": np.log2,
    "log10": np.log10, "sqrt": np.sqrt, "cbrt": np.cbrt, "tanh": np.tanh, "sinh": np.sinh,
    "cosh": np.cosh, "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh,
    "pow": np.power, "absolute": np.abs, "sign": np.sign, "floor": np.floor,
    "minimum": np.minimum, "maximum": np.maximum,
    "where_less": lambda a, b, u, v: np.where(a < b, u, v),
    "where_less_equal": lambda a, b, u, v: np.where(a <= b, u, v),
}  # fmt: skip
MATH: dict[str, Callable[..., Any]] = {
    name: _ieee(getattr(math, name), function)
    for name, function in NUMPY.items()
    if hasattr(math, name)
} | {
    "pow": _ieee(_power, np.power),
    "cbrt": _cbrt,
    "absolute": abs,
    "constant": float,
    "sign": lambda u: 1.0 if u > 0 else -1.0 if u < 0 else 0.0 if u == u else u,
    "floor": lambda u: u // 1.0 if math.isfinite(u) else u,
    "minimum": lambda a, b: a if a < b or a != a else b,
    "maximum": lambda a, b: a if a > b or a != a else b,
    "where_less": lambda a, b, u, v: u if a < b else v,
    "where_less_equal": lambda a, b, u, v: u if a <= b else v,
}


def _each(function: Callable[..., float], arguments: int) -> Callable[..., Any]:
    """A function of floats, called on each element of arrays."""
    broadcast = np.frompyfunc(function, arguments, 1)
    return lambda *args: np.asarray(broadcast(*args), float)


# NumPy's roots and choices are those of IEEE 754; its other functions have other last bits.
_SAME = {
    "sqrt", "absolute", "sign", "floor", "minimum", "maximum", "where_less", "where_less_equal",
}  # fmt: skip
EXACT: dict[str, Callable[..., Any]] = {  # for arrays, with the bits of `MATH`
    name: function if name in _SAME else _each(MATH[name], 2 if name in ("pow", "atan2") else 1)
    for name, function in NUMPY.items()
}
