"""The steps that a strip of stills shows: between two of them the runs go equally far."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from optviz.records.record import Record
from surfaces.errors import must


def moments(runs: Sequence[Record], n: int) -> list[int]:
    """Choose ``n`` whole steps, from the start to the end of the longest run.

    Parameters
    ----------
    runs : sequence of Trajectory, or of TrainingRecord
        Each counts alike: what share of its own way it has gone.
    n : int

    Raises
    ------
    InputError
        There are fewer steps than that.
    """
    steps = max(map(len, runs))
    if n > steps + 1:
        raise must("strip", f"at most {steps + 1} stills of {steps} steps", n)
    # A run that is lost has gone nearly all its way in its last steps.
    staying = [run for run in runs if run.notice is None] or runs
    ways = [np.pad(run.travelled, (0, steps - len(run)), mode="edge") for run in staying]
    shares = np.mean(ways, axis=0)
    found = np.searchsorted(shares, np.linspace(0, shares[-1], n) * (1 - 1e-12))
    found[0], found[-1] = 0, steps
    first = np.arange(n)
    found = np.maximum.accumulate(found - first) + first  # no step twice,
    last = steps - first[::-1]
    return [int(step) for step in np.minimum(found, last)]  # none beyond the end
