"""The learning rate over the steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

from optviz.scene.panel import Look, TrailPanel
from optviz.scene.words import say
from optviz.trajectory import Trajectory
from surfaces.surface import Floats


class Rate(TrailPanel):
    """What a schedule does; rates that differ by more than a hundred stand on a log axis."""

    def __init__(self, axes: Axes, trajectories: Sequence[Trajectory], look: Look) -> None:
        super().__init__(axes, trajectories, look)
        rates = np.concatenate([path[:, 1] for path in self.paths])
        low, high = float(rates.min()), float(rates.max())
        log = low > 0 and high > 100 * low
        limits = (low / 1.5, high * 1.5) if log else (0.0, 1.1 * high or 1.0)
        axes.set(
            xlim=(0, 1.02 * max(len(t) for t in trajectories)),
            ylim=limits,
            yscale="log" if log else "linear",
            xlabel=say("step", look.language),
            ylabel=say("rate", look.language),
        )
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        axes.yaxis.set_major_locator(LogLocator(numticks=6) if log else MaxNLocator(5))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.grid(color=look.theme.quiet, alpha=0.18, linewidth=0.05 * self.point)
        axes.spines[["top", "right"]].set_visible(False)

    def path(self, trajectory: Trajectory) -> Floats:
        # Point k is left with the rate of step k + 1; a run that never stepped has its first.
        rates = [trajectory.optimizer.rate(t) for t in range(1, len(trajectory) + 2)]
        return np.column_stack([np.arange(len(rates)), rates])
