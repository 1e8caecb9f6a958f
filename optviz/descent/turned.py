"""Runs with the axes turned: who takes the same path, and who does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from optviz.descent.loop import descend
from optviz.records.descents import in_one_window
from optviz.records.trajectory import Trajectory
from surfaces.turning import TurnedKernel, turned

DEGREES = 45.0


def with_turned(runs: Sequence[Trajectory], degrees: float = DEGREES) -> list[Trajectory]:
    """The runs, each with the same race again on the turned surface, for the view "turned".

    Under noise each coordinate has the same noise there, so that paths differ by it too.

    Parameters
    ----------
    runs : sequence of Trajectory
    degrees : float
        Anticlockwise about the middle of the window.
    """
    found = []
    for run in in_one_window(runs):  # of one middle
        surface = turned(run.surface, degrees)
        start = TurnedKernel(run.surface, degrees).there(*run.points[0].tolist())
        again = descend(
            surface, run.optimizer, start, max(len(run), 1), noise=run.noise, seed=run.seed,
            label=run.given_label,
        )  # fmt: skip
        found.append(replace(run, turned=again))
    return found
