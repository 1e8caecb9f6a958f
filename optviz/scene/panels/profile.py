"""The cut of the surface along x, with each optimizer as a ball on the curve."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from optviz.records.trajectory import Trajectory
from optviz.scene.panels.base import PictureStyle, TrailPanel, part
from optviz.scene.ticks import shown
from surfaces.surface import Floats


class Profile(TrailPanel[Trajectory]):
    """f along x at the start's y; each optimizer is a ball on it, at its own x.

    Made for formulas in x alone. A run that moves in y leaves the drawn cut: its ball then shows
    where it is along x, not its value.
    """

    def __init__(self, axes: Axes, runs: Sequence[Trajectory], style: PictureStyle) -> None:
        self.y = float(runs[0].points[0, 1])
        self.surface = runs[0].surface
        super().__init__(axes, runs, style)
        (x0, x1), (y0, y1) = self.surface.domain
        x = np.linspace(x0, x1, 600)
        curve = self.surface(x, self.y)
        finite = np.append(curve[np.isfinite(curve)], runs[0].values[0])
        margin = 0.06 * float(np.ptp(finite)) or 1.0
        low, high = float(finite.min()) - margin, float(finite.max()) + margin
        at = shown(self.y, 0.005 * (y1 - y0), digits=3)
        along = self.surface.letters["x"]
        axes.set(xlim=(x0, x1), ylim=(low, high), xlabel=along, ylabel=f"f({along}, {at})")
        axes.fill_between(x, curve, low, color=style.theme.low, alpha=0.6, linewidth=0)
        axes.plot(x, curve, color=style.theme.quiet, linewidth=0.12 * self.point)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.spines[["top", "right"]].set_visible(False)
        self.heads.set_sizes([(1.0 * self.point) ** 2])

    def path(self, trajectory: Trajectory) -> Floats:
        x = trajectory.points[:, 0]
        return np.column_stack([x, self.surface(x, self.y)])

    def artists_at(self, at: float, known: float = 1.0) -> Iterator[Artist]:
        # The trail would only retrace the curve: the balls alone move.
        x = np.array([part(path, at)[-1, 0] for path in self.paths])
        self.heads.set_offsets(np.column_stack([x, self.surface(x, self.y)]))
        yield self.heads
