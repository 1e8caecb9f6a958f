"""A path of points that another program found, as the fields of a trajectory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

import surfaces
from optviz.records.labels import checked_label
from optviz.records.optimizer_record import solver
from surfaces.errors import must
from surfaces.surface import Surface
from surfaces.window import FARTHEST


def fields_of(surface: Surface | str, points: Any, label: Any) -> dict[str, Any]:
    """The fields of a trajectory along points; see `Trajectory.of_points`."""
    if not isinstance(surface, Surface):
        surface = surfaces.get(surface)
    try:
        if hasattr(points, "detach"):  # torch's: NumPy warns of how such arrays are made
            points = points.detach().cpu().numpy()
        elif isinstance(points, Iterable) and not hasattr(points, "columns"):  # of a table: rows
            points = [p.detach().cpu().numpy() if hasattr(p, "detach") else p for p in points]
        places = np.array(points, float)
    except (TypeError, ValueError):  # no numbers, or rows of several lengths
        raise must("points", "an array (n, 2) of numbers", points) from None
    if places.ndim != 2 or places.shape[1] != 2 or not len(places):
        raise must("points", "an array (n, 2), from the start on", f"shape {places.shape}")
    name = surface.name
    with np.errstate(all="ignore"):
        values, gradients = surface.value_and_gradient(places)
    known = np.isfinite(np.column_stack([places, values, gradients])).all(axis=1)
    known &= (np.abs(places) <= FARTHEST).all(axis=1)
    if not known.all():
        k = int(np.argmin(known))
        given = f"point {k}, ({places[k, 0]:g}, {places[k, 1]:g})"
        raise must("points", f"where {name} and its slope are finite", given)
    return {
        "surface": surface.reaching((float(places[0, 0]), float(places[0, 1]))),
        "optimizer": solver(checked_label(label)),
        "points": places,
        "values": values,
        "gradients": gradients,
        "steps_taken": np.diff(places, axis=0),
    }
