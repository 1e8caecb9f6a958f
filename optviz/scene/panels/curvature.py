"""The largest curvature that each run meets, over the steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from optviz.optimizers import GD
from optviz.records.trajectory import Trajectory
from optviz.scene.panels.base import PictureStyle
from optviz.scene.panels.over_steps import StepPanel
from surfaces.surface import Floats

FAR = 2.0  # a limit more than so many times above all curvatures met is not drawn


class Curvature(StepPanel[Trajectory]):
    """The largest second derivative at each point; dashed, where it is near, GD's limit 2/lr."""

    def __init__(self, axes: Axes, runs: Sequence[Trajectory], style: PictureStyle) -> None:
        super().__init__(axes, runs, style)
        met = np.concatenate([path[:, 1] for path in self.paths])
        met = met[np.isfinite(met)]
        low, high = float(met.min(initial=0.0)), float(met.max(initial=0.0))
        limits = [(_limit(run), colour) for run, (colour, _) in zip(runs, style.marks, strict=True)]
        near = [(limit, colour) for limit, colour in limits if 0 < limit.min() < FAR * high]
        high = max(high, *(limit.min() for limit, _ in near), 0.0)
        margin = 0.1 * (high - low) or 1.0
        self.draw_axes("curvature", (low - margin * (low < 0), high + margin), log=False)
        for limit, colour in near:
            axes.plot(limit, linestyle="--", color=colour, linewidth=0.1 * self.point)
            axes.annotate(
                "2/lr", (len(limit) - 1, limit[-1]), (0, 0.5 * self.point), ha="right",
                textcoords="offset points", color=colour, size=0.8 * self.point,
            )  # fmt: skip

    def path(self, run: Trajectory) -> Floats:
        found = run.surface.hessian(run.points)
        known = np.isfinite(found).all(axis=(1, 2))
        largest = np.full(len(found), np.nan)
        largest[known] = np.linalg.eigvalsh(found[known]).max(axis=1)
        return np.column_stack([np.arange(len(largest)), largest])


def _limit(run: Trajectory) -> Floats:
    """The curvature above which steps of plain GD grow in a bowl; 0 of others."""
    if type(run.optimizer) is not GD:
        return np.zeros(1)
    rates = np.array([run.optimizer.rate(t) for t in range(1, len(run) + 2)])
    with np.errstate(divide="ignore"):
        return np.asarray(2 / rates)
