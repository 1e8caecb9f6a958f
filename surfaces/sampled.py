"""Surfaces of values on a grid, such as a plane through a network's loss, or a height map."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from surfaces.errors import InputError, must
from surfaces.interpolation import Grid, finite, is_even, numbers
from surfaces.kernel import Floats
from surfaces.placing import placed, usual_start
from surfaces.surface import Surface, checked_details


def from_samples(x: ArrayLike, y: ArrayLike, z: ArrayLike, **details: Any) -> Surface:
    """Make a surface of values on a grid, smooth between them.

    Parameters
    ----------
    x : array_like, shape (w,)
        Evenly spaced, rising or falling; at least 4.
    y : array_like, shape (h,)
        Likewise; falling in a raster whose rows go from north to south.
    z : array_like, shape (h, w)
        ``z[i, j]`` is the value at ``(x[j], y[i])``; nan (or masked) where there is none.
    **details
        Fields of `Surface`: ``name``, ``start``, ``scale``, ``minima``, ``axes``, ... The window is
        the grid, the start a tenth of it from the upper left corner, or the nearest point to that
        where the surface has a value, unless given.

    Raises
    ------
    InputError
        Shapes that do not fit, spacing that is not even, or values that are not numbers; the
        message says what to do.

    Notes
    -----
    All three may also have the shape of ``z``, as ``numpy.meshgrid`` makes them in either indexing,
    or be columns of a table that has each point of a grid once, in any order.

    Cubic convolution (Keys 1981, equation 15): it passes through every sample and has a continuous
    gradient; the Hessian jumps at the samples. Outside the grid, and in a cell one of whose sixteen
    samples is nan, the surface is nan.
    """
    checked_details(from_samples, details)
    xs, ys, values = _rising(*_as_grid(finite("x", x), finite("y", y), _heights(z)))
    surface = Surface(**{
        "name": "samples",
        "domain": (window := ((xs[0], xs[-1]), (ys[0], ys[-1]))),
        "start": usual_start(window),
        **details,
        "kernel": Grid(xs, ys, values),
    })  # fmt: skip
    if "start" in details:
        return surface
    start, notes = placed(surface, None, "z")
    return replace(surface, start=start, notes=(*surface.notes, *notes))


def _heights(z: ArrayLike) -> Floats:
    """The values; nan where they are masked."""
    values = numbers("z", np.ma.filled(np.ma.asarray(z, float), np.nan) if np.ma.isMA(z) else z)
    if np.isinf(values).any():
        raise InputError("z must be finite numbers, or nan where there is no value; not inf")
    return values


def _as_grid(x: Floats, y: Floats, z: Floats) -> tuple[Floats, Floats, Floats]:
    """Axes (w,) and (h,) and values (h, w), of axes or of the coordinates of each value."""
    if x.shape == y.shape == z.shape and z.ndim in (1, 2):
        if z.ndim == 2:
            for across, up, values in ((x, y, z), (x.T, y.T, z.T)):
                if (across == across[:1]).all() and (up == up[:, :1]).all():
                    return across[0], up[:, 0], values
        order = np.lexsort((x.ravel(), y.ravel()))
        across, up = np.unique(x), np.unique(y)
        meshes = (part.ravel() for part in np.meshgrid(across, up))
        if across.size * up.size == z.size and all(
            np.array_equal(part.ravel()[order], mesh)
            for part, mesh in zip((x, y), meshes, strict=True)
        ):
            return across, up, z.ravel()[order].reshape(up.size, across.size)
        raise InputError(
            "x and y must be the points of a grid, each once, such as numpy.meshgrid's; not "
            "scattered ones: bring them onto a grid, for example by scipy.interpolate.griddata"
        )
    if x.ndim == y.ndim == 1 and z.shape == (x.size, y.size) != (y.size, x.size):
        error = must("z", f"an array of shape {(y.size, x.size)}", f"shape {z.shape}")
        raise InputError(f"{error}: give z.T")
    return x, y, z


def _rising(x: Floats, y: Floats, z: Floats) -> tuple[Floats, Floats, Floats]:
    """The same grid with both axes rising; refuses one whose steps are uneven, with the remedy."""
    if x.ndim == 1 and x.size > 1 and x[0] > x[-1]:
        x, z = x[::-1], z[..., ::-1]
    if y.ndim == 1 and y.size > 1 and y[0] > y[-1]:
        y, z = y[::-1], z[::-1]
    for name, axis in (("x", x), ("y", y)):
        if axis.ndim == 1 and axis.size >= 4 and not is_even(axis):
            raise InputError(f"{must(name, 'in even steps', axis.tolist())}: {_remedy(name, axis)}")
    return x, y, z


def _remedy(name: str, axis: Floats) -> str:
    if axis[0] > 0 and is_even(np.log10(axis)):
        return f"its logarithm is, so give numpy.log10({name})"
    return "resample, for example by scipy.interpolate.RegularGridInterpolator"
