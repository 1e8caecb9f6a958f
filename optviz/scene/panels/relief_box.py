"""The axes of a relief: a few ticks at the edges of its box, which follow a turning camera."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.collections import LineCollection
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Affine2D

from optviz.scene.fonts import fonts_of
from optviz.scene.panels.base import PictureStyle
from optviz.scene.panels.contour import level_position
from optviz.scene.panels.height_field import Camera
from optviz.scene.ticks import shown, tick_labels
from surfaces.surface import Floats, Surface

SIZE = 0.62  # of the letters, in points, for each pixel of the picture's text
TICK = 0.06  # length, in the box's units
INSIDE = 0.9  # share of an edge, from its middle: ticks nearer to a corner are left out
LONGEST = 0.45  # share of the panel's width that the name of an axis may take
APART = 0.25  # between two ticks of the value, in the box's units


class Box(Artist):
    """Ticks of x and y along the nearest edges of the floor, and of the value at the left.

    Parameters
    ----------
    axes : Axes
    surface : Surface
    edges : array
        The levels of the contour.
    style : PictureStyle
    height, floor : float
        Where the box ends above and below.
    scale : float
        Pixels in a unit of the box.
    """

    def __init__(
        self, axes: Axes, surface: Surface, edges: Floats, style: PictureStyle, height: float,
        floor: float, scale: float,
    ) -> None:  # fmt: skip
        super().__init__()
        self.height, self.floor, self.gap = height, floor, style.unit / scale
        self.lines = LineCollection(
            [], colors=style.theme.quiet, linewidths=0.04 * style.unit, transform=axes.transData
        )
        names = surface.axis_names(style.spec.language)
        self.names = [_Label(axes, name, style) for name in names]
        count = 4 if scale > 6 * style.unit else 2
        self.ground = [
            [(at, _Label(axes, text, style)) for at, text in _ground_ticks(*ends, count)]
            for ends in surface.domain
        ]
        self.values = [
            (at, _Label(axes, text, style, ha="right"))
            for at, text in _value_ticks(surface, edges, height)
        ]
        ticks = [*self.ground[0], *self.ground[1], *self.values]
        self.labels = [*self.names, *(label for _, label in ticks)]
        figure: Any = axes.figure
        for artist in self.get_children():
            artist.set_figure(figure)
        self.reach = max(map(abs, axes.get_xlim()))
        for name in self.names:
            name.shrink(2 * LONGEST * self.reach * scale)
        self.half_sizes = [label.half_size(scale) for label in self.labels]

    def get_children(self) -> list[Artist]:
        """The lines and labels, as matplotlib asks for them."""
        return [self.lines, *self.labels]

    def place(self, camera: Camera) -> None:
        """Put lines and labels where the camera sees them."""
        lines: list[Any] = []
        for axis in (0, 1):
            side = 1.0 if camera.away[1 - axis] < 0 else -1.0
            outward = np.array([0.0, side, 0.0] if axis == 0 else [side, 0.0, 0.0])
            along = np.array([1.0, 0.0, 0.0] if axis == 0 else [0.0, 1.0, 0.0])
            middle = outward + np.array([0.0, 0.0, self.floor])
            feet = np.array([middle + at * along for at, _ in self.ground[axis]] or [middle])
            begin, end = camera.project(feet), camera.project(feet + TICK * outward)
            towards = camera.project(outward) - camera.project(np.zeros(3))
            towards /= np.linalg.norm(towards)
            lines.extend(np.stack([begin, end], axis=1)[: len(self.ground[axis])])
            for (_, label), tip in zip(self.ground[axis], end, strict=False):
                label.set_position(tip + 0.75 * self.gap * towards)
            tip, edge = camera.project(middle + TICK * outward), camera.project(along)
            away = np.array([-edge[1], edge[0]]) / np.linalg.norm(edge)
            away *= np.sign(away @ towards) or 1.0
            name = self._beside(tip, towards, away, self.half_sizes[axis])
            self.names[axis].set_position(name)
        corners = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]], float)
        left = corners[np.argmin(corners @ camera.right)]
        heights = [self.floor, self.height, *(at for at, _ in self.values)]
        post = camera.project(np.column_stack([np.tile(left, (len(heights), 1)), heights]))
        lines.append(post[:2])
        for (_, label), foot in zip(self.values, post[2:], strict=True):
            lines.append(np.array([foot, foot - [TICK, 0]]))
            label.set_position(foot - [TICK + 0.3 * self.gap, 0])
        self.lines.set_segments(lines)
        self._leave_out()

    def _beside(
        self, tip: Floats, towards: Floats, away: Floats, half: Floats
    ) -> tuple[float, float]:
        """Where a name of that half size stands outside an edge of the floor, near the panel.

        ``away`` is at right angles to the edge.
        """
        place = tip + 1.9 * self.gap * towards
        # On its left a panel has more room than on its right.
        least, most = half[0] - self.reach - 2.5 * self.gap, self.reach + self.gap - half[0]
        short = 1.1 * self.gap + half @ np.abs(away) - away @ (place - tip)
        if short > 0:  # it would lie on the floor: away from it, as far as there is room
            place = place + short * away
            inside = np.clip(place[0], least, most)
            if abs(away[1]) > abs(away[0]) / 4:
                place[1] += away[0] / away[1] * (place[0] - inside)
            place[0] = inside
        return float(place[0]), float(place[1])

    def _leave_out(self) -> None:
        """Hide labels that would overlap those before them."""
        kept: list[tuple[Any, Any]] = []
        for label, half in zip(self.labels, self.half_sizes, strict=True):
            middle = np.array(label.get_position())
            if label.get_horizontalalignment() == "right":
                middle = middle - [half[0], 0]
            free = all((abs(middle - other) >= half + size).any() for other, size in kept)
            label.set_visible(free)
            if free:
                kept.append((middle, half))

    def draw(self, renderer: Any) -> None:
        """Draw lines and labels."""
        for artist in self.get_children():
            artist.draw(renderer)


class _Label(Text):
    """A text that is laid out once for the screen, and then only copied to its places."""

    def __init__(self, axes: Axes, said: str, style: PictureStyle, ha: str = "center") -> None:
        super().__init__(
            0, 0, said, color=style.theme.quiet, fontsize=SIZE * style.unit, ha=ha, va="center",
            transform=axes.transData, parse_math=False,
            fontfamily=fonts_of(said, style.spec.language),
        )  # fmt: skip
        self._stamp: Any = None

    def shrink(self, most: float) -> None:
        """Make it so many pixels long at most."""
        excess = self.get_window_extent().width / most
        self.set_fontsize(float(self.get_fontsize()) / max(excess, 1.0))

    def half_size(self, scale: float) -> Floats:
        """Half its width and height, in the box's units."""
        extent = self.get_window_extent()
        return np.array([extent.width + 2, extent.height + 2]) / 2 / scale

    def draw(self, renderer: Any) -> None:
        """Copy its pixels; a vector file gets its letters."""
        if renderer.option_scale_image() or not self.get_visible():
            super().draw(renderer)
            return
        x, y = self.get_transform().transform(self.get_position())
        if self._stamp is None:
            self._stamp = self._laid_out(renderer, x, y)
        pixels, left, low = self._stamp
        context = renderer.new_gc()
        renderer.draw_image(context, round(x + left), round(y + low), pixels)
        context.restore()

    def _laid_out(self, renderer: Any, x: float, y: float) -> tuple[Any, float, float]:
        """Its pixels from the lowest row up, and where they are beside its place (x, y)."""
        extent = self.get_window_extent(renderer)
        left, low = int(extent.x0) - 1, int(extent.y0) - 1
        wide, tall = int(extent.width) + 4, int(extent.height) + 4
        alone = RendererAgg(wide, tall, renderer.dpi)
        transform = self.get_transform()
        self.set_transform(transform + Affine2D().translate(-left, -low))
        Text.draw(self, alone)
        self.set_transform(transform)
        return np.array(alone.buffer_rgba())[::-1].copy(), left - x, low - y


def _ground_ticks(low: float, high: float, count: int) -> list[tuple[float, str]]:
    """Round numbers, as places from -1 to 1, with their labels."""
    numbers = [float(n) for n in MaxNLocator(count).tick_values(low, high) if low <= n <= high]
    labels, offset = tick_labels(numbers)
    if offset:  # far from 0: there is no room to write what was taken out
        labels = [shown(number, 0.01 * (high - low)) for number in numbers]
    places = [2 * (number - low) / (high - low) - 1 for number in numbers]
    pairs = zip(places, labels, strict=True)
    return [(place, label) for place, label in pairs if abs(place) <= INSIDE]


def _value_ticks(surface: Surface, edges: Floats, height: float) -> Sequence[tuple[float, str]]:
    """Values, as heights, with their labels: round ones, or powers of ten above the lowest."""
    low, high = float(edges[0]), float(edges[-1])
    if not np.isfinite(high - low):
        return []
    if surface.scale == "linear" or len(edges) == 2:
        found = [float(n) for n in MaxNLocator(3).tick_values(low, high) if low <= n <= high]
    else:
        found = [low + 10.0**power for power in np.floor(np.log10(high - low)) - np.arange(8)]
    ticks: list[tuple[float, str]] = []
    for number in sorted(found, reverse=True):
        value = float(f"{number:.2g}")
        at = height * float(level_position(surface, edges, np.array(value)))
        if not ticks or ticks[-1][0] - at >= APART:
            ticks.append((at, shown(value, 0.0)))
    return ticks
