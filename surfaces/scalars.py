"""Find out whether a function of arrays is as well called on single numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin


class _Scalar(NDArrayOperatorsMixin):
    """A number that knows operators and NumPy's element-wise functions, and nothing else."""

    ndim, shape = 0, ()

    def __init__(self, number: float) -> None:
        self.number = number

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        known = all(isinstance(each, (_Scalar, float, int)) for each in inputs)
        # Of a negative number a float's power is complex, an array's is nan.
        whole = ufunc is not np.power or (
            not isinstance(inputs[1], _Scalar) and float(inputs[1]).is_integer()
        )
        if method != "__call__" or options or not known or not whole:
            return NotImplemented
        return _Scalar(ufunc(*(getattr(each, "number", each) for each in inputs)))

    def __array__(self, *asked: Any, **options: Any) -> Any:
        raise TypeError("a number, no array")


def works_on_scalars(function: Callable[..., Any], x: float, y: float) -> bool:
    """Whether a function consists of operators and element-wise functions of its numbers.

    Five calls of it on floats are then faster than one on an array, whatever the machine: NumPy
    begins an operation on floats in a fraction of the time that one on an array takes.
    """
    try:
        with np.errstate(all="ignore"):
            return isinstance(function(_Scalar(x), _Scalar(y)), _Scalar)
    except Exception:  # whatever the user's function raises
        return False
