"""A surface known only on a grid, such as a plane through a network's loss."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from surfaces.errors import InputError, must
from surfaces.surface import Floats, Surface


def from_samples(x: ArrayLike, y: ArrayLike, z: ArrayLike, **details: Any) -> Surface:
    """Make a surface of values on a grid, smooth between them.

    Parameters
    ----------
    x : array_like, shape (w,)
        Evenly spaced, rising; at least 4.
    y : array_like, shape (h,)
        Likewise.
    z : array_like, shape (h, w)
        ``z[i, j]`` is the value at ``(x[j], y[i])``.
    **details
        Fields of `Surface`: ``name``, ``start``, ``scale``, ``minima``, ... The window is the grid,
        the start a tenth of it from the upper left corner, unless given.

    Raises
    ------
    InputError
        Shapes that do not fit, spacing that is not even, or values that are not finite.

    Notes
    -----
    Cubic convolution (Keys 1981, equation 15): it passes through every sample and has a continuous
    gradient; the Hessian jumps at the samples. Outside the grid the surface is nan.
    """
    xs, ys, values = (_numbers(name, v) for name, v in (("x", x), ("y", y), ("z", z)))
    for name, axis in (("x", xs), ("y", ys)):
        if axis.ndim != 1 or axis.size < 4:
            raise must(name, "a list of at least 4 numbers", f"shape {axis.shape}")
        steps = np.diff(axis)
        if not (steps[0] > 0 and np.allclose(steps, steps[0], rtol=1e-6, atol=0)):
            raise must(name, "rising in even steps", axis.tolist())
    if values.shape != (ys.size, xs.size):
        raise must("z", f"an array of shape {(ys.size, xs.size)}", f"shape {values.shape}")
    window = ((xs[0], xs[-1]), (ys[0], ys[-1]))
    (x0, x1), (y0, y1) = window
    declared: dict[str, Any] = {
        "name": "samples",
        "domain": window,
        "start": (x0 + 0.1 * (x1 - x0), y1 - 0.1 * (y1 - y0)),
    }
    return Surface(**(declared | details), kernel=Grid(xs, ys, values))


class Grid:
    """Cubic convolution over samples: a kernel for `Surface`."""

    latex = r"\mathrm{samples}(x, y)"

    def __init__(self, x: Floats, y: Floats, values: Floats) -> None:
        self.x0, self.y0 = float(x[0]), float(y[0])
        self.dx = float(x[-1] - x[0]) / (x.size - 1)
        self.dy = float(y[-1] - y[0]) / (y.size - 1)
        self.height, self.width = values.shape
        # Keys's border: the cubic through the last three samples goes on by one.
        padded = np.pad(values, 1)
        padded[1:-1, 0] = 3 * values[:, 0] - 3 * values[:, 1] + values[:, 2]
        padded[1:-1, -1] = 3 * values[:, -1] - 3 * values[:, -2] + values[:, -3]
        padded[0] = 3 * padded[1] - 3 * padded[2] + padded[3]
        padded[-1] = 3 * padded[-2] - 3 * padded[-3] + padded[-4]
        self.padded = padded

    def _sums(self, x: Floats, y: Floats, *orders: tuple[int, int]) -> list[Any]:
        """The derivatives of the given orders in x and y; nan outside."""
        u, v = (x - self.x0) / self.dx, (y - self.y0) / self.dy
        outside = ~((u >= 0) & (u <= self.width - 1) & (v >= 0) & (v <= self.height - 1))
        u, v = np.where(outside, 0.0, u), np.where(outside, 0.0, v)
        column = np.minimum(u.astype(int), self.width - 2)
        row = np.minimum(v.astype(int), self.height - 2)
        samples = [[self.padded[row + i, column + j] for j in range(4)] for i in range(4)]
        sums = patch(samples, u - column, v - row, *orders)
        return [
            np.where(outside, np.nan, total / (self.dx**df_dx * self.dy**df_dy))
            for total, (df_dx, df_dy) in zip(sums, orders, strict=True)
        ]

    def value(self, x: Floats, y: Floats) -> Any:
        """Values at arrays of one shape."""
        return self._sums(x, y, (0, 0))[0]

    def slopes(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        """Value and both partial derivatives."""
        value, df_dx, df_dy = self._sums(x, y, *SLOPES)
        return value, df_dx, df_dy

    def curvatures(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        """The second derivatives xx, xy, yy."""
        xx, xy, yy = self._sums(x, y, (2, 0), (1, 1), (0, 2))
        return xx, xy, yy

    def covers(self, x: float, y: float) -> bool:
        """Whether a point lies on the grid."""
        u, v = (x - self.x0) / self.dx, (y - self.y0) / self.dy
        return bool(0 <= u <= self.width - 1 and 0 <= v <= self.height - 1)

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
            value, df_dx, df_dy = patch(samples, u - column, v - row, *SLOPES)
            return value, df_dx / dx, df_dy / dy

        return at


SLOPES = (0, 0), (1, 0), (0, 1)


def patch(samples: Any, u: Any, v: Any, *orders: tuple[int, int]) -> list[Any]:
    """The bicubic through the inner 2 x 2 of 4 x 4 samples, or its derivatives of these orders.

    ``u`` and ``v`` in [0, 1] are the place between them, ``samples[i][j]`` belongs to row ``i``.
    Plain arithmetic in one order: floats, arrays and what records it give the same bits.
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
    """Weights of the four samples around a place ``s``, or their derivatives."""
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


def _numbers(name: str, values: ArrayLike) -> Floats:
    try:
        array = np.asarray(values, float)
    except (TypeError, ValueError):
        raise must(name, "numbers", values) from None
    if not np.isfinite(array).all():
        raise InputError(f"{name} must be finite numbers; not nan or inf")
    return array
