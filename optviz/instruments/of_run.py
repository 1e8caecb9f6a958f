"""The series of an instrument along any recorded run."""

from __future__ import annotations

from typing import Any

from optviz.instruments import on_surface
from optviz.records.series import Series
from optviz.records.trajectory import Trajectory
from surfaces.errors import InputError


def series_of(run: Any, name: str) -> Series:
    """Measured now on a surface; of a network, whose data are not at hand, as it was measured.

    Raises
    ------
    InputError
        A network that was not measured with this instrument.
    """
    if isinstance(run, Trajectory):
        return on_surface.measured(run, name)
    found: Series | None = getattr(run, "instruments", {}).get(name)
    if found is None:
        raise InputError(
            f"view {name!r} must have runs that were measured with it, as optviz mnist instruments"
            " and optviz.landscape.measure do"
        )
    return found
