"""Surfaces of values on a grid, such as a plane through a network's loss."""

from __future__ import annotations

from typing import Any

from numpy.typing import ArrayLike

from surfaces.interpolation import Grid, finite
from surfaces.surface import Surface


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
    xs, ys, values = (finite(name, v) for name, v in (("x", x), ("y", y), ("z", z)))
    grid = Grid(xs, ys, values)
    window = ((xs[0], xs[-1]), (ys[0], ys[-1]))
    (x0, x1), (y0, y1) = window
    declared: dict[str, Any] = {
        "name": "samples",
        "domain": window,
        "start": (x0 + 0.1 * (x1 - x0), y1 - 0.1 * (y1 - y0)),
    }
    return Surface(**(declared | details), kernel=grid)
