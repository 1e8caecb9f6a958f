"""The largest curvature that each run meets, over the steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from optviz.optimizers import GD, Momentum
from optviz.records.trajectory import Trajectory
from optviz.scene.panels.base import PictureStyle
from optviz.scene.panels.over_steps import StepPanel
from optviz.words import readable
from surfaces.surface import Floats

FAR = 2.0  # a limit more than so many times above all curvatures met is not drawn


class Curvature(StepPanel[Trajectory]):
    """The largest second derivative at each point; dashed, if near, what the rate allows: 2/lr."""

    def __init__(self, axes: Axes, runs: Sequence[Trajectory], style: PictureStyle) -> None:
        super().__init__(axes, runs, style)
        met = np.concatenate([path[:, 1] for path in self.paths])
        met = met[np.isfinite(met)]
        low, high = float(met.min(initial=0.0)), float(met.max(initial=0.0))
        limits = [
            (_limit(run), run, colour) for run, (colour, _) in zip(runs, style.marks, strict=True)
        ]
        near = [each for each in limits if 0 < each[0].min() < FAR * high]
        high = max(high, *(limit.min() for limit, _, _ in near), 0.0)
        margin = 0.1 * (high - low) or 1.0
        self.draw_axes("curvature", (low - margin * (low < 0), high + margin), log=False)
        for limit, run, colour in near:
            axes.plot(limit, linestyle="--", color=colour, linewidth=0.1 * self.point)
            axes.annotate(
                f"{readable(_product(run))}/lr", (len(limit) - 1, limit[-1]), (0, 0.5 * self.point),
                ha="right", textcoords="offset points", color=colour, size=0.8 * self.point,
            )  # fmt: skip

    def path(self, run: Trajectory) -> Floats:
        found = run.surface.hessian(run.points)
        known = np.isfinite(found).all(axis=(1, 2))
        largest = np.full(len(found), np.nan)
        largest[known] = np.linalg.eigvalsh(found[known]).max(axis=1)
        return np.column_stack([np.arange(len(largest)), largest])


def _product(run: Trajectory) -> float:
    """What rate times curvature may be: of rules that do not divide the curvature; 0 of others."""
    known = isinstance(run.optimizer, (GD, Momentum))
    return (run.optimizer.stability_limit() or 0.0) if known else 0.0


def _limit(run: Trajectory) -> Floats:
    """The curvature at which each rate reaches it."""
    rates = np.array([run.optimizer.rate(t) for t in range(1, len(run) + 2)])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(_product(run) / rates)
