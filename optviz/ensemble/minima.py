"""The minima of a surface in a window: those that are known, and those that are found."""

from __future__ import annotations

from typing import Any

import numpy as np

from surfaces.surface import Floats, Surface
from surfaces.window import Domain

GRID = 241  # points a side on which valleys are looked for
POLISH = 40  # Newton steps at most
SAME = 1e-3  # of the window: two nearer than this are one
ALIKE = 1e-9  # of the range of the values: what differs less is equally low, whatever is rounded


def minima_of(surface: Surface, window: Domain) -> Floats:
    """Isolated minima (m, 2), lowest first: the surface's known ones, then what is found.

    Where a value on a grid is lower than its eight neighbours Newton's method goes to the bottom;
    a bottom counts where the Hessian is positive definite. Valleys that are lines have none.
    """
    (x0, x1), (y0, y1) = window
    span = np.array([x1 - x0, y1 - y0])
    known = np.array([m[:2] for m in surface.minima], float).reshape(-1, 2)
    found = [*known]
    points, value = _samples(surface, window)
    for point in _polished(surface, _pits(points, value), span / (GRID - 1)):
        inside = ((point >= [x0, y0]) & (point <= [x1, y1])).all()
        if inside and all((np.abs(point - other) > SAME * span).any() for other in found):
            found.append(point)
    places = np.array(found).reshape(-1, 2)
    if not len(places):
        return places
    height, grain = surface.value(places), ALIKE * np.ptp(value[np.isfinite(value)])
    if grain > 0:
        height = np.round(height / grain)
    return places[np.argsort(height, kind="stable")]


def _samples(surface: Surface, window: Domain) -> tuple[Floats, Floats]:
    """The points of a grid (h, w, 2), and the values there; infinite ones where there is none."""
    x, y = (np.linspace(*ends, GRID) for ends in window)
    points = np.stack(np.meshgrid(x, y), axis=-1)
    return points, np.where(np.isfinite(value := surface.value(points)), value, np.inf)


def _pits(points: Floats, value: Floats) -> Floats:
    """The points of a grid whose values are the lowest of all around them."""
    around = np.pad(value, 1, constant_values=np.inf)
    lowest = np.full_like(value, np.inf)
    for i in range(3):
        for j in range(3):
            if (i, j) != (1, 1):
                lowest = np.minimum(lowest, around[i : i + GRID, j : j + GRID])
    found: Floats = points[(value <= lowest) & np.isfinite(value)]
    return found


def _polished(surface: Surface, points: Floats, reach: Floats) -> Floats:
    """Where Newton's method leads from ``points``, as far as that is a minimum near by."""
    at = points.copy()
    for _ in range(POLISH):
        slope, curvature = surface.gradient(at), surface.hessian(at)
        with np.errstate(all="ignore"):
            usable: Any = np.isfinite(curvature).all(axis=(1, 2))
            usable &= np.isfinite(slope).all(axis=1)
            usable &= np.abs(np.linalg.det(np.where(usable[:, None, None], curvature, 0.0))) > 0
        if not usable.any():
            break
        step = np.zeros_like(at)
        step[usable] = np.linalg.solve(curvature[usable], slope[usable][..., None])[..., 0]
        at = at - np.clip(step, -reach, reach)
        if (np.abs(step) <= 1e-14 * (1 + np.abs(at))).all():
            break
    curvature, slope = surface.hessian(at), surface.gradient(at)
    good: Any = np.isfinite(curvature).all(axis=(1, 2))
    good &= (np.abs(at - points) <= 3 * reach).all(axis=1)
    least, most = np.linalg.eigvalsh(np.where(good[:, None, None], curvature, 0.0)).T
    good &= least > 1e-6 * np.abs(most)
    # At the bottom of a pit that is as steep as this one the slope is nothing.
    good &= np.abs(slope).max(axis=1) <= 1e-6 * np.abs(most) * reach.max() + 1e-12
    bottoms: Floats = at[good]
    return bottoms
