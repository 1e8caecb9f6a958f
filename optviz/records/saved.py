"""Files of several trajectories, read back."""

from __future__ import annotations

from pathlib import Path

from optviz.records import trajectory_files
from optviz.records.trajectory import Trajectory
from optviz.records.trajectory_record import fields_of
from surfaces.surface import Surface


def load_all(path: str | Path, surface: Surface | None = None) -> list[Trajectory]:
    """Read back all trajectories of a ``.json`` or ``.npz`` file, as `save_all` wrote them.

    Parameters
    ----------
    path : str or Path
    surface : Surface, optional
        As in `Trajectory.load`.

    Raises
    ------
    InputError
        As `Trajectory.load` does.

    Examples
    --------
    >>> path = save_all(race("beale", labels=["a", "b", "c", "d", "e"]), "runs.json")
    >>> [run.label for run in load_all(path)]
    ['a', 'b', 'c', 'd', 'e']
    """
    return trajectory_files.read_all(
        Path(path), lambda record: Trajectory(**fields_of(record, surface=surface))
    )
