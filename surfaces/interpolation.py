"""Cubic convolution over samples on a grid: a kernel for `Surface`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from surfaces.errors import InputError, must
from surfaces.kernel import Floats


class Grid:
    """A function known at the points of a grid, smooth between them and nan outside.

    Cubic convolution (Keys 1981, equation 15).

    Parameters
    ----------
    x : array_like, shape (w,)
        Evenly spaced, rising; at least 4.
    y : array_like, shape (h,)
        Likewise.
    z : array_like, shape (h, w)
        ``z[i, j]`` is the value at ``(x[j], y[i])``; one that is not finite counts as nan.

    Raises
    ------
    InputError
        Shapes that do not fit, or spacing that is not even.
    """

    latex = r"\mathrm{samples}(x, y)"

    def __init__(self, x: ArrayLike, y: ArrayLike, z: ArrayLike) -> None:
        self.x, self.y = _axis("x", x), _axis("y", y)
        values = numbers("z", z)
        if values.shape != (self.y.size, self.x.size):
            allowed = f"an array of shape {(self.y.size, self.x.size)}"
            raise must("z", allowed, f"shape {values.shape}")
        self.x0, self.y0 = float(self.x[0]), float(self.y[0])
        self.dx = float(self.x[-1] - self.x[0]) / (self.x.size - 1)
        self.dy = float(self.y[-1] - self.y[0]) / (self.y.size - 1)
        self.height, self.width = values.shape
        self.padded = _padded(np.where(np.isfinite(values), values, np.nan))

    def to_dict(self) -> dict[str, Any]:
        """The samples as plain lists, None for nan: ``Grid(**record)`` is an equal grid."""
        rows = self.padded[1:-1, 1:-1].tolist()
        z = [[None if math.isnan(value) else value for value in row] for row in rows]
        return {"x": self.x.tolist(), "y": self.y.tolist(), "z": z}

    def range(self) -> float:
        """The difference of the highest and the lowest sample; nan where all are nan."""
        values = self.padded[1:-1, 1:-1]
        return float(np.ptp(values[np.isfinite(values)])) if np.isfinite(values).any() else np.nan

    def _sums(self, x: Floats, y: Floats, *orders: tuple[int, int]) -> list[Any]:
        """The derivatives of the given orders in x and y; nan outside."""
        u, v = (x - self.x0) / self.dx, (y - self.y0) / self.dy
        outside = ~((u >= 0) & (u <= self.width - 1) & (v >= 0) & (v <= self.height - 1))
        u, v = np.where(outside, 0.0, u), np.where(outside, 0.0, v)
        column = np.minimum(u.astype(int), self.width - 2)
        row = np.minimum(v.astype(int), self.height - 2)
        samples = [[self.padded[row + i, column + j] for j in range(4)] for i in range(4)]
        with np.errstate(all="ignore"):
            sums = patch(samples, u - column, v - row, *orders)
        return [
            np.where(outside, np.nan, total / (self.dx**df_dx * self.dy**df_dy))
            for total, (df_dx, df_dy) in zip(sums, orders, strict=True)
        ]

    def value(self, x: Floats, y: Floats) -> Any:
        """Values at arrays of one shape."""
        return self._sums(x, y, (0, 0))[0]

    def value_and_gradient(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        """Value and both partial derivatives."""
        value, df_dx, df_dy = self._sums(x, y, *FIRST_ORDER)
        return value, df_dx, df_dy

    def hessian(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        """The second derivatives xx, xy, yy."""
        xx, xy, yy = self._sums(x, y, *SECOND_ORDER)
        return xx, xy, yy

    def covers(self, x: float, y: float) -> bool:
        """Whether a point lies on the grid, and not where that has no value."""
        return not math.isnan(self.at(x, y)[0])

    @property
    def at(self) -> Callable[[float, float], tuple[float, float, float]]:
        """The same at two floats, by the same operations."""
        x0, y0, dx, dy = self.x0, self.y0, self.dx, self.dy
        width, height, padded = self.width, self.height, self.padded.tolist()

        def at(x: float, y: float) -> tuple[float, float, float]:
            u, v = (x - x0) / dx, (y - y0) / dy
            if not (0 <= u <= width - 1 and 0 <= v <= height - 1):
                return math.nan, math.nan, math.nan
            column, row = min(int(u), width - 2), min(int(v), height - 2)
            samples = [line[column : column + 4] for line in padded[row : row + 4]]
            value, df_dx, df_dy = patch(samples, u - column, v - row, *FIRST_ORDER)
            return value, df_dx / dx, df_dy / dy

        return at


def _padded(values: Floats) -> Floats:
    """Values with a border of one more sample, where the cubic through the last three goes on."""
    padded = np.pad(values, 1)
    with np.errstate(all="ignore"):
        padded[1:-1, 0] = 3 * values[:, 0] - 3 * values[:, 1] + values[:, 2]
        padded[1:-1, -1] = 3 * values[:, -1] - 3 * values[:, -2] + values[:, -3]
        padded[0] = 3 * padded[1] - 3 * padded[2] + padded[3]
        padded[-1] = 3 * padded[-2] - 3 * padded[-3] + padded[-4]
    return padded


# Orders of differentiation by x and y: the value and both partial derivatives.
FIRST_ORDER = (0, 0), (1, 0), (0, 1)
SECOND_ORDER = (2, 0), (1, 1), (0, 2)


def patch(samples: Any, u: Any, v: Any, *orders: tuple[int, int]) -> list[Any]:
    """The bicubic through the inner 2 x 2 of 4 x 4 samples, or its derivatives of these orders.

    ``u`` and ``v`` in [0, 1] are the position between them; ``samples[i][j]`` belongs to row ``i``.
    Plain arithmetic in one order: floats, arrays and recorded operations give the same bits.
    """
    rows = {
        order: [_weighted(weights, row) for row in samples]
        for order, weights in {order: _weights(u, order) for order, _ in orders}.items()
    }
    return [_weighted(_weights(v, df_dy), rows[df_dx]) for df_dx, df_dy in orders]


def _weighted(weights: Any, samples: Any) -> Any:
    (a, b, c, d), (before, at, after, beyond) = weights, samples
    return a * before + b * at + c * after + d * beyond


def _weights(s: Any, order: int) -> tuple[Any, Any, Any, Any]:
    """Weights of the four samples around a position ``s``, or their derivatives."""
    if order == 0:
        return (
            ((2 - s) * s - 1) * s / 2,
            ((3 * s - 5) * s * s + 2) / 2,
            ((4 - 3 * s) * s + 1) * s / 2,
            (s - 1) * s * s / 2,
        )
    if order == 1:
        return (
            ((4 - 3 * s) * s - 1) / 2,
            (9 * s - 10) * s / 2,
            ((8 - 9 * s) * s + 1) / 2,
            (3 * s - 2) * s / 2,
        )
    return 2 - 3 * s, 9 * s - 5, 4 - 9 * s, 3 * s - 1


def _axis(name: str, values: ArrayLike) -> Floats:
    axis = finite(name, values)
    if axis.ndim != 1 or axis.size < 4:
        raise must(name, "a list of at least 4 numbers", f"shape {axis.shape}")
    if not is_even(axis):
        raise must(name, "rising in even steps", axis.tolist())
    return axis


def is_even(axis: Floats) -> bool:
    """Whether numbers rise in even steps, rounding aside."""
    steps = np.diff(axis)
    rounding = 4 * np.finfo(float).eps * np.abs(axis).max()
    return bool(steps[0] > 0 and np.allclose(steps, steps[0], rtol=1e-6, atol=rounding))


def numbers(name: str, values: ArrayLike) -> Floats:
    """An array of floats, or an `InputError` about ``name``."""
    try:
        given = np.asarray(values)
        array = np.array(given, float)
    except (TypeError, ValueError, OverflowError):
        raise must(name, "numbers", values) from None
    if given.dtype.kind in "mM":
        raise InputError(
            f"{name} must be numbers; not dates: give, for example, the days since the first, "
            f"({name} - {name}[0]) / numpy.timedelta64(1, 'D')"
        )
    return array


def finite(name: str, values: ArrayLike) -> Floats:
    """An array of finite floats, or an `InputError` about ``name``."""
    array = numbers(name, values)
    if not np.isfinite(array).all():
        raise InputError(f"{name} must be finite numbers; not nan or inf")
    return array
