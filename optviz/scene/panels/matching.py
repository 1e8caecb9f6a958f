"""The views of two networks that are matched: the loss between them, and its barrier."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from optviz.records.matched_networks import MatchedNetworks, straight
from optviz.scene.panels.base import LINE, Panel, PictureStyle
from optviz.scene.panels.over_steps import GRID, StepPanel
from optviz.scene.panels.training_curves import DASHES
from surfaces.surface import Floats

SHADE = 0.2  # how opaque the barrier is


class LineLoss(Panel[MatchedNetworks]):
    """The loss on the straight line from the first network to the second.

    Dashed as the networks were trained; shaded what rises above the line between the ends.
    """

    record_kind = "matching"
    room = 0.42

    def __init__(self, axes: Axes, runs: Sequence[MatchedNetworks], style: PictureStyle) -> None:
        super().__init__(axes, runs, style)
        self.run, theme = runs[0], style.theme
        colour = style.marks[0][0]
        high = float(np.nanmax(self.run.losses[np.isfinite(self.run.losses)]))
        axes.set(xlim=(0, 1), ylim=(0, 1.2 * high or 1.0), xlabel=style.say("from_one_to_other"),
                 ylabel=style.say("mean_of_loss"), xticks=[0, 0.25, 0.5, 0.75, 1])  # fmt: skip
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.grid(color=theme.quiet, alpha=GRID, linewidth=0.05 * self.point)
        axes.spines[["top", "right"]].set_visible(False)
        axes.plot(self.run.t, self.run.losses[0], color=theme.quiet, linestyle=DASHES,
                  linewidth=0.7 * LINE * self.point)  # fmt: skip
        top = int(np.argmax(self.run.losses[0]))
        axes.annotate(
            style.say("as_trained"), (self.run.t[top], self.run.losses[0, top]),
            (0, 0.4 * self.point), textcoords="offset points", ha="center", va="bottom",
            color=theme.quiet, size=0.9 * self.point,
        )  # fmt: skip
        (self.line,) = axes.plot([], [], color=colour, linewidth=LINE * self.point)
        (self.straight,) = axes.plot([], [], color=theme.quiet, linewidth=0.06 * self.point)
        self.ends = axes.scatter([0, 1], [0, 0], s=(0.5 * self.point) ** 2, color=colour,
                                 zorder=3, clip_on=False)  # fmt: skip
        self.barrier = axes.fill_between([0, 1], [0, 0], color=colour, alpha=SHADE, linewidth=0)
        for artist in (self.barrier, self.straight, self.line, self.ends):
            self.moves(artist)

    def state(self, at: float, revealed: float) -> int:
        """The latest stage."""
        return self.run.stage(at)

    def artists_at(self, at: float, revealed: float = 1.0) -> Iterator[Artist]:
        run = self.run
        loss = run.losses[run.stage(at)]
        between = straight(run.t, loss)
        self.line.set_data(run.t, loss)
        self.straight.set_data(run.t, between)
        self.ends.set_offsets([[0, loss[0]], [1, loss[-1]]])
        self.barrier.set_data(run.t, between, np.maximum(loss, between))
        yield self.barrier
        yield self.straight
        yield self.line
        yield self.ends


class Barrier(StepPanel[MatchedNetworks]):
    """The barrier over the number of units that were put into their place."""

    record_kind = "matching"
    room = 0.35

    def __init__(self, axes: Axes, runs: Sequence[MatchedNetworks], style: PictureStyle) -> None:
        super().__init__(axes, runs, style)
        high = float(np.nanmax(runs[0].barriers))
        self.draw_axes("barrier", (0.0, 1.15 * high or 1.0), log=False)
        axes.set_xlabel(style.say("units_placed"))

    def path(self, run: MatchedNetworks) -> Floats:
        return run_by_unit(run)


def run_by_unit(run: MatchedNetworks) -> Floats:
    """The barrier after each unit (n + 1, 2), straight between stages."""
    at = np.arange(len(run) + 1)
    return np.column_stack([at, np.interp(at, run.counts, run.barriers)])
