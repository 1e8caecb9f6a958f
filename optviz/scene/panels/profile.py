"""Cuts of the surface along x, with each optimizer as a ball on its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator

from optviz.records.trajectory import Trajectory
from optviz.scene.fonts import fonts_of
from optviz.scene.panels.base import PictureStyle, TrailPanel, part
from optviz.scene.ticks import shown
from surfaces.surface import Floats

POINTS = 600  # of a cut


class Profile(TrailPanel[Trajectory]):
    """Each optimizer is a ball that rolls at its own height, the value.

    The filled curve is f along x at the start's y. A run that moves in y leaves this cut: the
    thin curve under its ball is f along x at the run's present y.
    """

    def __init__(self, axes: Axes, runs: Sequence[Trajectory], style: PictureStyle) -> None:
        self.surface = runs[0].surface
        super().__init__(axes, runs, style)
        (x0, x1), (y0, y1) = window = self.surface.domain
        start = float(runs[0].points[0, 1])
        self.x = np.linspace(x0, x1, POINTS)
        curve = self.surface(self.x, start)
        low, high = np.array(window).T
        stays = [((run.points >= low) & (run.points <= high)).all(axis=1) for run in runs]
        inside = [run.values[some] for run, some in zip(runs, stays, strict=True)]
        reached = np.concatenate([curve, runs[0].values[:1], *inside])
        # Above the cut only what a run began with: one that climbs leaves the picture.
        roof = np.nanmax(np.where(np.isfinite(curve), curve, runs[0].values[0]))
        finite = reached[np.isfinite(reached) & (reached <= max(roof, runs[0].values[0]))]
        margin = 0.06 * float(np.ptp(finite)) or 1.0
        ends = float(finite.min()) - margin, float(finite.max()) + margin
        # In a formula of x alone no run leaves the start's cut.
        self.leaves = any((run.points[:, 1] != start).any() for run in runs)
        at = shown(start, 0.005 * (y1 - y0), digits=3)
        letters = self.surface.letters
        label = style.say("own_cut", **letters) if self.leaves else f"f({letters['x']}, {at})"
        axes.set(xlim=(x0, x1), ylim=ends, ylabel=label)
        across = self.surface.axis_names(style.spec.language)[0]
        axes.set_xlabel(across, parse_math=False, fontfamily=fonts_of(across, style.spec.language))
        axes.fill_between(
            self.x, curve, ends[0], color=style.theme.fill(0.35), alpha=0.35, linewidth=0
        )
        axes.plot(self.x, curve, color=style.theme.quiet, linewidth=0.12 * self.point)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.spines[["top", "right"]].set_visible(False)
        self.heads.set_sizes([(1.0 * self.point) ** 2])
        self.cuts = LineCollection(
            [], colors=[colour for colour, _ in style.marks], linewidths=0.1 * self.point, alpha=0.6
        )
        self.moves(self.cuts)

    def path(self, trajectory: Trajectory) -> Floats:
        return trajectory.points

    def artists_at(self, at: float, revealed: float = 1.0) -> Iterator[Artist]:
        x, y = np.array([part(path, at)[-1] for path in self.paths]).T
        if self.leaves:
            values = self.surface(self.x, y[:, None])
            self.cuts.set_segments([np.column_stack([self.x, cut]) for cut in values])
            yield self.cuts
        balls = np.column_stack([x, self.surface(x, y)])
        self.heads.set_offsets(balls)
        yield self.heads
        if self.edge_marks.show(self.axes.transData.transform(balls)):
            yield self.edge_marks.artist
