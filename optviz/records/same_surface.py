"""Whether descents went over one surface, so that one picture can show them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from surfaces.errors import InputError, shown
from surfaces.surface import Surface

if TYPE_CHECKING:
    from optviz.records.trajectory import Trajectory


def check_same_surface(runs: Sequence[Trajectory]) -> None:
    """Refuse runs on different surfaces."""
    first = runs[0].surface
    for run in runs:
        if not _is_on(run, first):
            # Surfaces of the user's own often have one name.
            alike = run.surface.name == first.name
            given = " and ".join(shown(s) if alike else s.name for s in (first, run.surface))
            raise InputError(f"trajectories must be runs on one surface; not {given}")


def _is_on(run: Trajectory, surface: Surface) -> bool:
    """Whether a run went over this function, in whatever window.

    A function without a formula may have come out of a pickle, as another object: then the values
    along the run tell.
    """
    own = run.surface
    if own is surface or (own.formula is not None and own.formula == surface.formula):
        return True
    near = 1e-9 * float(np.nanmax(np.abs(run.values), initial=0.0))
    return np.allclose(surface.value(run.points), run.values, 1e-6, near, equal_nan=True)
