"""The functions a rule may use besides ``+ - * / // % **``; one text runs on every kind of number.

Floats and NumPy arrays are known here. Other kinds register themselves: torch in `torch_bridge`,
SymPy in `notation`, traced numbers in `tracer`.
"""

from __future__ import annotations

import builtins
import math
from functools import singledispatch
from typing import Any

import numpy as np

from surfaces.errors import InputError


class Numpy:
    """The functions for floats and NumPy arrays."""

    sqrt = staticmethod(np.sqrt)
    cos = staticmethod(np.cos)
    exp = staticmethod(np.exp)
    log = staticmethod(np.log)
    tanh = staticmethod(np.tanh)
    abs = staticmethod(np.abs)
    floor = staticmethod(np.floor)
    sign = staticmethod(np.sign)
    minimum = staticmethod(np.minimum)
    maximum = staticmethod(np.maximum)
    where = staticmethod(np.where)
    zeros_like = staticmethod(np.zeros_like)

    @staticmethod
    def norm(a: Any) -> Any:
        return np.sqrt(np.add.reduce(a * a, axis=-1, keepdims=True))

    @staticmethod
    def dot(a: Any, b: Any) -> Any:
        return np.add.reduce(np.asarray(a * b), axis=-1, keepdims=True)

    @staticmethod
    def mean(a: Any) -> Any:
        return np.add.reduce(a, axis=-1, keepdims=True) / float(a.shape[-1])


class Python:
    """The functions for plain numbers."""

    sqrt = staticmethod(math.sqrt)
    cos = staticmethod(math.cos)
    log = staticmethod(math.log)
    tanh = staticmethod(math.tanh)
    abs = staticmethod(builtins.abs)

    @staticmethod
    def exp(a: float) -> float:
        try:
            return math.exp(a)
        except OverflowError:
            return math.inf  # as on arrays and tensors

    @staticmethod
    def floor(a: float) -> float:
        return float(math.floor(a))

    @staticmethod
    def sign(a: float) -> float:
        return float((a > 0) - (a < 0)) if a == a else a

    @staticmethod
    def minimum(a: float, b: float) -> float:
        return a if a < b or a != a else b

    @staticmethod
    def maximum(a: float, b: float) -> float:
        return a if a > b or a != a else b

    @staticmethod
    def where(condition: bool, a: Any, b: Any) -> Any:
        return a if condition else b

    @staticmethod
    def pow(a: float, b: float) -> float:
        """``a**b`` as a recorded rule computes it: exponents 2 and 1/2 exact, never complex."""
        return a * a if b == 2 else math.sqrt(a) if b == 0.5 else math.pow(a, b)


class UnsupportedError(InputError):
    """What no rule may do, so that it means the same in every engine, or nothing in any."""


@singledispatch
def backend(value: Any) -> Any:
    """The implementation of the functions for this type; `backend.register` adds a type."""
    raise TypeError(
        "a rule must be given numbers, NumPy arrays, or tensors after import optviz.torch_bridge; "
        f"not {type(value).__name__}"
    )


@backend.register(int)
@backend.register(float)
def _(value: float) -> Any:
    return Python


@backend.register(np.ndarray)
@backend.register(np.generic)
def _(value: Any) -> Any:
    return Numpy


def _of(*values: Any) -> Any:
    """The functions for the first value that is not a plain number."""
    for value in values:
        if type(value) not in (float, int, bool):
            return backend(value)
    return Python


def norm(a: Any) -> Any:
    """Euclidean length of a vector, the last axis, which stays with length 1.

    For `Optimizer.transform`, which sees whole vectors; a rule sees one coordinate at a time.
    """
    return _reduced(a).norm(a)


def dot(a: Any, b: Any) -> Any:
    """Scalar product of two vectors, likewise."""
    return _reduced(a, b).dot(a, b)


def mean(a: Any) -> Any:
    """Mean of a vector's members, likewise."""
    return _reduced(a).mean(a)


REDUCTIONS = ("norm", "dot", "mean")  # from vectors to numbers


def _reduced(*values: Any) -> Any:
    functions = _of(*values)
    if not hasattr(functions, "norm"):
        raise UnsupportedError(
            f"{', '.join(REDUCTIONS)} must stand in transform(grad, params), which sees vectors; "
            "not in a rule, which sees one coordinate at a time"
        )
    return functions


def sqrt(a: Any) -> Any:
    """Square root."""
    return _of(a).sqrt(a)


def cos(a: Any) -> Any:
    """Cosine."""
    return _of(a).cos(a)


def exp(a: Any) -> Any:
    """e to that power."""
    return _of(a).exp(a)


def log(a: Any) -> Any:
    """Natural logarithm."""
    return _of(a).log(a)


def tanh(a: Any) -> Any:
    """Hyperbolic tangent."""
    return _of(a).tanh(a)


def abs(a: Any) -> Any:
    """Absolute value; Python's own ``abs`` is the same."""
    return _of(a).abs(a)


def floor(a: Any) -> Any:
    """Largest whole number that is not above."""
    return _of(a).floor(a)


def sign(a: Any) -> Any:
    """-1, 0 or 1."""
    return _of(a).sign(a)


def minimum(a: Any, b: Any) -> Any:
    """The smaller, element by element; nan wins."""
    return _of(a, b).minimum(a, b)


def maximum(a: Any, b: Any) -> Any:
    """The larger, element by element; nan wins."""
    return _of(a, b).maximum(a, b)


def where(condition: Any, a: Any, b: Any) -> Any:
    """``a`` where the condition holds, else ``b``; both are computed, so keep both finite."""
    return _of(condition).where(condition, a, b)
