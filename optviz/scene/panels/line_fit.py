"""The data points of a line fit, and the line of each optimizer at a step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator

from optviz.records.trajectory import Trajectory
from optviz.scene.fonts import fonts_of
from optviz.scene.panels.base import Panel, PictureStyle, part
from surfaces.errors import InputError


class Data(Panel[Trajectory]):
    """Data as dots; the line of a moment is ``weight * x + bias`` of its point.

    Raises
    ------
    InputError
        The surface was not made by `surfaces.fit_line`.
    """

    def __init__(self, axes: Axes, runs: Sequence[Trajectory], style: PictureStyle) -> None:
        super().__init__(axes, runs, style)
        self.surface = runs[0].surface
        if self.surface.data is None:
            raise InputError(
                "view 'data' must have a surface made by surfaces.fit_line; "
                f"not {self.surface.name!r}"
            )
        x, y = self.surface.data
        margin_x, margin_y = 0.08 * np.ptp(x), 0.25 * (np.ptp(y) or 1.0)
        self.ends = np.array([x.min() - margin_x, x.max() + margin_x])
        axes.set(xlim=tuple(self.ends), ylim=(y.min() - margin_y, y.max() + margin_y))
        across, up = self.surface.axis_names(style.spec.language, data=True)
        axes.set_xlabel(across, parse_math=False, fontfamily=fonts_of(across, style.spec.language))
        axes.set_ylabel(up, parse_math=False, fontfamily=fonts_of(up, style.spec.language))
        axes.plot(
            x, y, linestyle="none", marker="o", markersize=0.5 * self.point,
            color=style.theme.quiet,
        )  # fmt: skip
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.spines[["top", "right"]].set_visible(False)
        self.lines = LineCollection(
            [], colors=[colour for colour, _ in style.marks], linewidths=0.16 * self.point
        )
        self.moves(self.lines)

    def artists_at(self, at: float, revealed: float = 1.0) -> Iterator[Artist]:
        lines = []
        for trajectory in self.runs:
            weight, bias = part(trajectory.points, at)[-1]
            lines.append(np.column_stack([self.ends, weight * self.ends + bias]))
        self.lines.set_segments(lines)
        yield self.lines
