"""The edge of stability from everywhere: how curved it is where gradient descent comes to rest.

Zhu et al. (2023), "Understanding edge-of-stability training dynamics with a minimalist example":
on (1 - x^2 y^2)^2 / 2 a run that begins where the curvature is too large for its rate ends just
below 2 / lr.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from optviz.descent.loop import checked_steps
from optviz.ensemble.basin_map import Drawable
from optviz.ensemble.basins import BasinTask, around, checked_size
from optviz.ensemble.tiles import computed
from optviz.ensemble.watch import Below
from optviz.optimizers import GD
from optviz.records.basin_map import DIVERGED, UNDECIDED
from optviz.records.end_curvature import SHARES, EndCurvatureRecord
from surfaces import examples
from surfaces.errors import must
from surfaces.window import Domain, checked_domain

SURFACE = examples.squared_neurons
WINDOW = (0.0, 4.0), (0.0, 4.0)
REST = 1e-12  # a run whose value stays at or below has come to rest: the lowest value is 0


def end_curvature(
    lr: float = 0.05,
    resolution: int = 400,
    steps: int = 3000,
    *,
    window: Domain | None = None,
    kernel: str = "auto",
    threads: int | None = None,
    progress: bool = False,
) -> EndCurvatureMap:
    """Descend from every pixel, and find how curved the surface is where each run comes to rest.

    Parameters
    ----------
    lr : float
        The rate of gradient descent; theory lets it rest where the curvature is below 2 / lr.
    resolution, steps, window, kernel, threads, progress
        As in `basins`.

    Returns
    -------
    EndCurvatureMap
        Its ``largest`` is the largest curvature of all ends, as a share of 2 / lr.
    """
    if not (isinstance(lr, (int, float)) and lr > 0):
        raise must("lr", "a number above 0", lr)
    found = WINDOW if window is None else checked_domain(window)
    task = EndCurvatureTask(
        SURFACE, GD(lr=float(lr)), checked_size(resolution, found), checked_steps(steps), found,
        np.zeros((0, 2)), (1.0, 1.0), around(WINDOW, found), kernel, threads,
    )  # fmt: skip
    points, labels, counts, curvature = computed(task, progress=progress)
    return EndCurvatureMap(
        SURFACE, task.optimizer, found, task.steps, task.minima, task.reach, points, labels,
        counts, level=REST, curvature=curvature, limit=2 / lr,
    )  # fmt: skip


class EndCurvatureTask(BasinTask):
    """The task of such a map."""

    def layers(self) -> list[tuple[tuple[int, ...], Any]]:
        return [*super().layers(), ((), np.float64)]

    def rows(self, first: int, last: int) -> tuple[Any, ...]:
        starts, _ = self.runs(first, last)
        ends, noted = self._run(starts, Below(REST), {})
        rests = (noted["since"] <= self.steps) & np.isfinite(ends).all(axis=1)
        label = np.where(rests, 0, UNDECIDED)
        points, labels, steps = self.shaped(last - first, starts, {}, ends, label, noted["since"])
        curvature = np.full(len(ends), np.nan)
        rests &= labels.ravel() != DIVERGED
        hessian = self.surface.hessian(ends[rests])
        curvature[rests] = np.linalg.eigvalsh(hessian)[:, -1]
        limit = 2 / self.optimizer.rate(1)
        part = np.searchsorted(np.multiply(SHARES, limit), curvature[rests])
        labels[rests.reshape(labels.shape)] = part
        return points, labels, steps, curvature.reshape(labels.shape)


@dataclass(frozen=True, eq=False, repr=False)
class EndCurvatureMap(Drawable, EndCurvatureRecord):
    __doc__ = EndCurvatureRecord.__doc__
