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

    @staticmethod
    def stack(columns: Any, like: Any) -> Any:
        """Columns, or numbers for whole columns, as the last axis of one array."""
        shape = like.shape[:-1]
        return np.stack([np.broadcast_to(column, shape) for column in columns], axis=-1)


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
    """Euclidean length of a vector, or of a matrix as one; see `REDUCTIONS`."""
    return _reduced(a).norm(a)


def dot(a: Any, b: Any) -> Any:
    """Scalar product of two vectors, or the sum over two matrices' products, likewise."""
    return _reduced(a, b).dot(a, b)


def mean(a: Any) -> Any:
    """Mean of all members, likewise."""
    return _reduced(a).mean(a)


# From vectors to numbers. `Optimizer.transform` and rules that are not element-wise see whole
# vectors; any other rule sees one coordinate at a time. Of arrays and tensors in a `transform` the
# vector is the last axis, which stays with length 1.
REDUCTIONS = ("norm", "dot", "mean")


def _reduced(*values: Any) -> Any:
    functions = _of(*values)
    if not hasattr(functions, "norm"):
        raise UnsupportedError(
            f"{', '.join(REDUCTIONS)} must stand in transform(grad, params) or in a rule with "
            "elementwise = False, which see vectors; not where one coordinate is seen at a time"
        )
    return functions


# Of a rule with elementwise = False alone.
MATRIX_FUNCTIONS = ("total", "largest", "row_mean", "column_mean", "transpose", "matmul",
                    "identity", "diagonal", "column", "column_stack", "solve", "eigh",
                    "orthonormal", "machine_epsilon")  # fmt: skip


def _on_matrices(*values: Any) -> Any:
    functions = _of(*values)
    if not hasattr(functions, "matmul"):
        raise UnsupportedError(
            f"{', '.join(MATRIX_FUNCTIONS)} must stand in a rule with elementwise = False, which "
            "sees matrices; not where one coordinate or one vector is seen at a time"
        )
    return functions


def total(a: Any) -> Any:
    """Sum of all members of a matrix."""
    return _on_matrices(a).total(a)


def largest(a: Any) -> Any:
    """Largest absolute value of all members of a matrix."""
    return _on_matrices(a).largest(a)


def row_mean(a: Any) -> Any:
    """Mean of each row, as a column."""
    return _on_matrices(a).row_mean(a)


def column_mean(a: Any) -> Any:
    """Mean of each column, as a row."""
    return _on_matrices(a).column_mean(a)


def transpose(a: Any) -> Any:
    """Rows as columns."""
    return _on_matrices(a).transpose(a)


def matmul(a: Any, b: Any) -> Any:
    """Matrix product."""
    return _on_matrices(a, b).matmul(a, b)


def identity(a: Any) -> Any:
    """The unit matrix with as many rows as ``a`` has."""
    return _on_matrices(a).identity(a)


def diagonal(a: Any) -> Any:
    """The diagonal of a matrix, as a column."""
    return _on_matrices(a).diagonal(a)


def column(a: Any, i: int) -> Any:
    """Column ``i`` of a matrix, counted from 0."""
    return _on_matrices(a).column(a, i)


def column_stack(*columns: Any) -> Any:
    """The matrix with these columns."""
    return _on_matrices(*columns).column_stack(*columns)


def solve(a: Any, b: Any) -> Any:
    """The ``x`` of ``a x = b``; ``a`` has as many rows as columns."""
    return _on_matrices(a, b).solve(a, b)


def eigh(a: Any) -> Any:
    """Eigenvalues of a symmetric matrix in rising order, as a column, and vectors as columns."""
    return _on_matrices(a).eigh(a)


def orthonormal(a: Any) -> Any:
    """Gram and Schmidt's orthonormal columns: Q of the QR decomposition, with R's diagonal > 0."""
    return _on_matrices(a).orthonormal(a)


def machine_epsilon(a: Any) -> float:
    """The distance from 1 to the next number of a matrix's type: 2.2e-16 of Python's floats."""
    epsilon: float = _on_matrices(a).machine_epsilon(a)
    return epsilon


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
