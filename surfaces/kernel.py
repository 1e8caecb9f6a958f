"""Kernels compute the values and derivatives of a surface: the protocol, and that of formulas."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from surfaces.arithmetic import EXACT, MATH, NUMPY
from surfaces.errors import must
from surfaces.python import bind, source
from surfaces.tape import Tape

Floats = np.ndarray[Any, np.dtype[np.float64]]


class Kernel(Protocol):
    """The functions that a `Surface` needs: of a formula, samples or a torch function.

    One that is no formula's has ``latex``, a name for titles. A kernel may also have
    ``covers(x, y)``, if it is known on a part of the plane only;
    ``at_each(x, y)``, if ``value_and_gradient`` has other last bits than ``at``; and ``to_dict()``,
    if it is made of samples: ``{"x": [...], "y": [...], "z": [[...], ...]}``.
    """

    def value(self, x: Floats, y: Floats) -> Any: ...
    def value_and_gradient(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]: ...
    def hessian(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]: ...
    @property
    def at(self) -> Callable[[float, float], tuple[float, float, float]]: ...


def spoken(name: str) -> str:
    """A function's name as LaTeX, for titles."""
    words = r"\ ".join(name.replace("_", " ").split())
    return rf"\mathrm{{{words}}}(x, y)"


def at_floats(
    value_and_gradient: Callable[[Floats, Floats], tuple[Any, Any, Any]],
) -> Callable[[float, float], tuple[float, float, float]]:
    """``at(x, y)`` of a kernel that knows arrays only."""

    def at(x: float, y: float) -> tuple[float, float, float]:
        value, df_dx, df_dy = map(float, value_and_gradient(np.array(x), np.array(y)))
        return value, df_dx, df_dy

    return at


class TapeKernel(ABC):
    """Runs a formula's tapes on floats and on arrays.

    A subclass gives the tapes, whose inputs are ``x`` and ``y``. Each is printed as Python when it
    is first run.
    """

    @property
    @abstractmethod
    def value_tape(self) -> Tape:
        """Returns the value."""

    @property
    @abstractmethod
    def gradient_tape(self) -> Tape:
        """Returns the value and both partial derivatives."""

    @property
    @abstractmethod
    def hessian_tape(self) -> Tape:
        """Returns the second derivatives xx, xy, yy."""

    @cached_property
    def _value(self) -> Callable[..., Any]:
        return bind(source(self.value_tape), NUMPY)

    @cached_property
    def _value_and_gradient(self) -> Callable[..., Any]:
        return bind(source(self.gradient_tape), NUMPY)

    @cached_property
    def _at_each(self) -> Callable[..., Any]:
        return bind(source(self.gradient_tape), EXACT)

    @cached_property
    def _hessian(self) -> Callable[..., Any]:
        return bind(source(self.hessian_tape), NUMPY)

    @cached_property
    def _ieee(self) -> Callable[..., Any]:
        # NumPy's float64 divides as IEEE 754 says; what a function of it gives must be one too.
        return bind(source(self.gradient_tape), {name: _float64(MATH[name]) for name in MATH})

    def value(self, x: Floats, y: Floats) -> Any:
        """Values at arrays of one shape."""
        with np.errstate(all="ignore"):
            return self._value(x, y)[0]

    def value_and_gradient(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        """Value and both partial derivatives; see `Surface.gradient` for 0/0."""
        return self._slopes(self._value_and_gradient, x, y)

    def at_each(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        """The same with the bits of `at`, slower where there are many points."""
        return self._slopes(self._at_each, x, y)

    @staticmethod
    def _slopes(run: Callable[..., Any], x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        with np.errstate(all="ignore"):
            value, *partials = run(x, y)
        finite = np.isfinite(value)
        df_dx, df_dy = (np.where(np.isnan(part) & finite, 0.0, part) for part in partials)
        return value, df_dx, df_dy

    def hessian(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        """The second derivatives xx, xy, yy."""
        with np.errstate(all="ignore"):
            xx, xy, yy = self._hessian(x, y)
        return xx, xy, yy

    @cached_property
    def _hessian_at_each(self) -> Callable[..., Any]:
        return bind(source(self.hessian_tape), EXACT)

    def hessian_at_each(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        """The same with the bits of `hessian_at`, slower where there are many points."""
        with np.errstate(all="ignore"):
            xx, xy, yy = self._hessian_at_each(x, y)
        return xx, xy, yy

    @cached_property
    def hessian_at(self) -> Callable[[float, float], tuple[float, float, float]]:
        """A function from two floats to the second derivatives, in Python floats."""
        run = bind(source(self.hessian_tape), MATH)
        on_arrays = at_floats(self.hessian_at_each)

        def at(x: float, y: float) -> tuple[float, float, float]:
            try:
                xx, xy, yy = run(x, y)
            except ZeroDivisionError:
                return on_arrays(x, y)
            return xx, xy, yy

        return at

    @cached_property
    def at(self) -> Callable[[float, float], tuple[float, float, float]]:
        """A function from two floats to value and gradient, in Python floats: 20x NumPy's speed."""
        run = bind(source(self.gradient_tape), MATH)

        def at(x: float, y: float) -> tuple[float, float, float]:
            try:
                value, df_dx, df_dy = run(x, y)
            except ZeroDivisionError:
                with np.errstate(all="ignore"):
                    value, df_dx, df_dy = map(float, self._ieee(np.float64(x), np.float64(y)))
            if df_dx == df_dx and df_dy == df_dy:
                return value, df_dx, df_dy
            if math.isfinite(value):
                df_dx = df_dx if df_dx == df_dx else 0.0
                df_dy = df_dy if df_dy == df_dy else 0.0
            return value, df_dx, df_dy

        return at


def _float64(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args: np.float64(function(*args))


def coordinates(points: ArrayLike) -> tuple[Floats, Floats]:
    """Split points (..., 2) into x and y, each (...)."""
    array = np.asarray(points, float)
    if array.ndim == 0 or array.shape[-1] != 2:
        raise must("points", "an array whose last axis has length 2", f"shape {array.shape}")
    return array[..., 0], array[..., 1]


def shaped(result: Any, like: Floats) -> Floats:
    """A constant result (the slope of a plane) still has one number for each point."""
    shaped = np.array(result, float)
    return shaped if shaped.shape == like.shape else np.array(np.broadcast_to(shaped, like.shape))
