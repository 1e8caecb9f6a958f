"""How large updates are beside the weights that they change, for each layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D

from optviz.scene.panels.base import PictureStyle, until
from optviz.scene.panels.quantity import Quantity
from surfaces.surface import Floats

MOST_NAMED = 6  # layers; of more the first and the last


class UpdateRatio(Quantity):
    """The norm of updates over that of the weights; of a single network for each layer too."""

    name = "ratio"
    wide = True

    def __init__(self, axes: Axes, runs: Sequence[Any], style: PictureStyle) -> None:
        self.alone = len(runs) == 1
        super().__init__(axes, runs, style)
        series = self.series[0]
        names = list(series.layers) if self.alone else []
        self.has_beside = bool(names)
        self.thin = [self.between(series.steps, series.layers[name]) for name in names]
        colours = [_shade(style, i, len(names)) for i in range(len(names))]
        self.layers = LineCollection([], colors=colours, linewidths=0.12 * self.point)
        self.moves(self.layers)
        if names:
            self._draw_key(colours)

    def shown(self, series: Any) -> Floats:
        parts = series.layers.values() if self.alone else ()
        return np.concatenate([series.values, *parts])

    def limits(self, low: float, high: float) -> tuple[float, float]:
        low, high = super().limits(low, high)
        if not self.has_key:
            return low, high
        return low, high * 3 if self.log else low + 1.35 * (high - low)

    @property
    def has_key(self) -> bool:
        """Whether layers are named above the lines."""
        return self.alone and bool(self.series[0].layers)

    def beside(self, at: float) -> Iterator[Artist]:
        if self.has_beside:
            self.layers.set_segments([until(line, at) for line in self.thin])
            yield self.layers

    def _draw_key(self, colours: Sequence[Any]) -> None:
        """A key of the layers in one row above their lines."""
        style, count = self.style, len(colours)
        chosen = range(count) if count <= MOST_NAMED else (0, count - 1)
        wide = 0.12 * self.point
        lines = [
            Line2D(
                [], [], color=style.marks[0][0], linewidth=2 * wide, label=style.say("all_layers")
            )
        ]
        lines += [
            Line2D([], [], color=colours[i], linewidth=wide, label=style.say("layer", i=i + 1))
            for i in chosen
        ]
        box = self.axes.legend(
            handles=lines, loc="upper center", ncols=2 if count < 6 else 3,
            fontsize=0.85 * self.point, labelcolor=style.theme.quiet, handlelength=1.2,
            columnspacing=0.8, facecolor=style.theme.page, edgecolor="none", framealpha=0.0,
            borderpad=0.1, borderaxespad=0.1, labelspacing=0.2,
        )  # fmt: skip
        box.set_zorder(0.5)


def _shade(style: PictureStyle, i: int, count: int) -> Any:
    """The colour of a layer: those of runs in turn, the run's own left out."""
    own = style.marks[0][0]
    others = [colour for colour in style.theme.colours if colour != own]
    return others[i % len(others)]
