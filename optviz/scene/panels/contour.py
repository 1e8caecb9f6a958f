"""The surface from above, with the trails on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator

from optviz.records.trajectory import Trajectory
from optviz.scene.fonts import fonts_of
from optviz.scene.panels.arrows import KINDS, Arrows
from optviz.scene.panels.base import PictureStyle, part
from optviz.scene.panels.companions import Companions
from optviz.scene.panels.growing_lines import GrowingLines
from optviz.scene.panels.head_names import HeadNames
from surfaces.surface import Floats, Surface

RESOLUTION = 301  # points along each side of the window
LEVELS = 16
ROUNDING = 1e-12  # of the values: a smaller range is rounding, which levels cannot tell apart
NARROWEST = 0.2  # of one side: a window whose sides differ more is not drawn to scale


class Contour(GrowingLines[Trajectory]):
    """Filled level lines, known minima as stars, starts as rings."""

    def __init__(self, axes: Axes, runs: Sequence[Trajectory], style: PictureStyle) -> None:
        self.surface = runs[0].surface
        (x0, x1), (y0, y1) = self.surface.domain
        axes.set(xlim=(x0, x1), ylim=(y0, y1))
        axes.set_aspect("equal" if equal_scales(self.surface) else "auto")
        across, up = self.surface.axis_names(style.spec.language)
        axes.set_xlabel(across, parse_math=False, fontfamily=fonts_of(across, style.spec.language))
        axes.set_ylabel(up, parse_math=False, fontfamily=fonts_of(up, style.spec.language))
        super().__init__(axes, runs, style)
        self._draw_levels()
        self._draw_minima()
        self._draw_start()
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.yaxis.set_major_locator(MaxNLocator(5))
        self.companions = Companions(self, runs)
        self.arrows = self._arrows() if style.takes_apart and len(runs[style.apart]) else None

    def _draw_levels(self) -> None:
        """Bands of the surface's value, and the lines between them."""
        x, y = (np.linspace(low, high, RESOLUTION) for low, high in self.surface.domain)
        values = self.surface(*np.meshgrid(x, y))
        values[~np.isfinite(values)] = np.nan
        edges = levels(self.surface, values)
        # Shares of the range, not values: matplotlib's arithmetic fails beyond 1e250.
        shares, steps = level_position(self.surface, edges, values), np.linspace(0, 1, len(edges))
        theme, count = self.style.theme, len(steps) - 1
        # The lowest and the highest value may be rounded out of the steps.
        steps[[0, -1]] += -1e-9, 1e-9
        self.axes.contourf(x, y, shares, steps, colors=theme.bands(count))
        if count > 1:
            self.axes.contour(
                x, y, shares, steps[1:-1], colors=theme.level_lines(count),
                linewidths=0.08 * self.point, linestyles="solid",
            )  # fmt: skip

    def _draw_minima(self) -> None:
        """A star at each known minimum in the window."""
        (x0, x1), (y0, y1) = self.surface.domain
        inside = [(x, y) for x, y, _ in self.surface.minima if x0 <= x <= x1 and y0 <= y <= y1]
        if inside:
            self.axes.plot(
                *zip(*inside, strict=True), linestyle="none", marker="*",
                markersize=0.85 * self.point, color=self.style.theme.page,
                markeredgecolor=self.style.theme.ink, markeredgewidth=0.06 * self.point,
            )  # fmt: skip

    def _draw_start(self) -> None:
        """A ring where runs begin; several are numbered in the order of the runs, as labels say."""
        starts = list(dict.fromkeys(tuple(run.points[0].tolist()) for run in self.runs))
        self.axes.plot(
            *zip(*starts, strict=True), linestyle="none", marker="o", color="none",
            markersize=1.0 * self.point, markeredgecolor=self.style.theme.ink,
            markeredgewidth=0.09 * self.point,
        )  # fmt: skip
        theme, middle = self.style.theme, np.mean(self.surface.domain, axis=1)
        casing = withStroke(linewidth=0.2 * self.point, foreground=theme.casing)
        self.numbers = []
        for i, (x, y) in enumerate(starts if len(starts) > 1 else []):
            side = 1 if x < middle[0] else -1  # towards the middle, so that none is cut off
            number = self.axes.annotate(
                str(i + 1), (x, y), (0.7 * self.point * side, 0), textcoords="offset points",
                ha="left" if side > 0 else "right", va="center", color=theme.ink,
                size=0.8 * self.point, path_effects=[casing],
            )  # fmt: skip
            self.numbers.append(number)

    def _arrows(self) -> Arrows:
        """The arrows of the steps that are taken apart."""
        # In inches: a vector file has other pixels than the screen.
        axes, figure = self.axes, self.axes.figure
        assert figure is not None
        self.dpi = figure.dpi
        sides = np.array([axes.bbox.width, axes.bbox.height])
        # Where the scales differ, arrows point as the trails run.
        window = np.ptp(self.surface.domain, axis=1)
        stretch = np.ones(2) if equal_scales(self.surface) else sides / window
        reach = 0.2 * sides.min() / self.dpi
        return Arrows(
            axes, self.runs[self.style.apart], self.style, reach, figure.dpi_scale_trans, stretch
        )

    def artists_above(self, settled: int, at: float, revealed: float = 1.0) -> Iterator[Artist]:
        """The trails, and where a step is taken apart its arrows at that head."""
        yield from super().artists_above(settled, at, revealed)
        yield from self.companions.artists_at(at, self.heads_at(at))
        if self.head_names is not None:
            self.head_names.move_to(at)
            yield self.head_names
        apart = self.style.apart
        if self.arrows is not None and at < len(self.runs[apart]):
            k = int(at + 1e-9)
            kinds = KINDS if revealed >= 1 else KINDS[:1]
            head = self.axes.transData.transform(part(self.paths[apart], at)[-1])
            yield from self.arrows.point(k, head / self.dpi, kinds)

    @cached_property
    def head_names(self) -> HeadNames | None:
        """The names at the heads, made when first drawn; None where they are off or lack room."""
        numbers = [np.array(text.get_window_extent().extents) for text in self.numbers]
        return HeadNames.where_asked(self, self.places_at, self.lines, numbers)

    @classmethod
    def wanted_aspect(cls, runs: Sequence[Trajectory]) -> float:
        (x0, x1), (y0, y1) = runs[0].surface.domain
        return (x1 - x0) / (y1 - y0) if equal_scales(runs[0].surface) else 1.0

    def path(self, trajectory: Trajectory) -> Floats:
        return trajectory.points


def equal_scales(surface: Surface) -> bool:
    """Whether x and y have one scale; they have not in a window too narrow for that."""
    (x0, x1), (y0, y1) = surface.domain
    return NARROWEST <= (x1 - x0) / (y1 - y0) <= 1 / NARROWEST


def levels(surface: Surface, values: Floats) -> Floats:
    """Edges of the bands, spaced evenly in value or, where the surface says so, in its logarithm.

    Logarithmic levels are those of ``value - lowest`` plus 1 % of its median, which keeps the
    bottom of the valley from filling with lines.
    """
    finite = values[np.isfinite(values)]
    if not finite.size:  # the surface is finite between the points only, if anywhere
        return np.array([0.0, 1.0])
    low, high = float(finite.min()), float(finite.max())
    # So that no difference overflows, nor a division by the smallest numbers.
    unit = max(abs(low), abs(high), float(np.finfo(float).tiny))
    if high / unit - low / unit <= ROUNDING:  # a constant formula
        return np.array([low, low + max(1.0, 0.01 * unit)])
    low, high, finite = low / unit, high / unit, finite / unit
    if surface.scale == "linear":
        return np.linspace(low, high, LEVELS + 1) * unit
    # Where more than half of the window is at its lowest value, the median is 0: take the range.
    shift = 0.01 * (float(np.median(finite - low)) or high - low)
    return (np.geomspace(shift, high - low + shift, LEVELS + 1) + low - shift) * unit


def level_position(surface: Surface, edges: Floats, values: Floats) -> Floats:
    """Values as positions from 0 to 1 between the lowest and the highest level."""
    unit = max(np.abs(edges).max(), np.finfo(float).tiny)  # so that no difference overflows
    edges, values = edges / unit, values / unit
    low, high = edges[0], edges[-1]
    inside = np.clip(values, low, high)
    if surface.scale == "linear" or len(edges) == 2:
        return np.asarray((inside - low) / (high - low))
    ratio = (edges[2] - edges[1]) / (edges[1] - low)
    shift = (edges[1] - low) / (ratio - 1)
    return np.asarray(np.log1p((inside - low) / shift) / np.log1p((high - low) / shift))
