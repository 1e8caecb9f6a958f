"""Maps of runs side by side: each pixel a start or a pair of settings, coloured by its end."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.ticker import LogLocator, NullFormatter, NullLocator

from optviz.records.basin_map import BasinRecord
from optviz.records.labels import labels
from optviz.records.map_record import MapRecord
from optviz.scene.basin_colours import BasinColours
from optviz.scene.fonts import fonts_of
from optviz.scene.panels.base import Panel, PictureStyle
from optviz.scene.ticks import settle, shown
from optviz.words import text_of

# Heights of the text: a name, ticks below a map, between maps in a row, and between those whose
# windows differ, so that each needs its own numbers.
NAME, TICKS, BETWEEN, APART = 1.5, 1.9, 1.2, 2.4
FEW = 24  # minima that are numbered


class _Map(NamedTuple):
    axes: Axes
    image: AxesImage
    name: Text
    ends: list[Text]  # of its window, where that moves
    above: list[Artist]


class BasinPanel(Panel[MapRecord]):
    """A map for each run, named above it, all with one scale of shades."""

    record_kind = "basins"

    def __init__(self, axes: Axes, runs: Sequence[MapRecord], style: PictureStyle) -> None:
        super().__init__(axes, runs, style)
        axes.set_axis_off()
        self.colours = colours_of(runs, style)
        windows = [[found.window for found in run.maps] for run in runs]
        self.alike = all(each == windows[0] for each in windows)
        self.between = BETWEEN if self.alike else APART
        self.maps = [
            self._draw(run, box, below, left)
            for run, (box, below, left) in zip(runs, self._boxes(), strict=True)
        ]

    def _boxes(self) -> Iterator[tuple[Any, bool, bool]]:
        """The place of each map in pixels, whole ones, and whether it has labels below and left."""
        unit, outer = self.style.unit, self.axes.bbox
        tall, wide = self.runs[0].first.labels.shape
        aspect, count = wide / tall, len(self.runs)
        best = max(range(1, count + 1), key=lambda columns: self._width(columns, aspect))
        rows = math.ceil(count / best)
        width = self._width(best, aspect)
        height = width / aspect
        total = best * width + (best - 1) * self.between * unit
        left = outer.x0 + (outer.width - total) / 2
        down = rows * (height + NAME * unit) + (rows - 1) * TICKS * unit * 0.4
        top = outer.y1 - (outer.height - down) / 2
        for place in range(count):
            row, column = divmod(place, best)
            x = round(left + column * (width + self.between * unit))
            y = round(top - row * (height + (NAME + 0.4 * TICKS) * unit) - NAME * unit - height)
            yield (x, y, round(width), round(height)), place + best >= count, column == 0

    def _width(self, columns: int, aspect: float) -> float:
        """How wide each map can be in so many columns."""
        unit, outer, rows = self.style.unit, self.axes.bbox, math.ceil(len(self.runs) / columns)
        across = (outer.width - (columns - 1) * self.between * unit) / columns
        up = (outer.height - (rows - 1) * 0.4 * TICKS * unit) / rows - NAME * unit
        return max(min(across, up * aspect), 1.0)

    def _draw(self, run: MapRecord, box: Any, below: bool, left: bool) -> _Map:
        """The axes of a run's map, and what moves in them."""
        unit, theme, outer = self.style.unit, self.style.theme, self.axes.bbox
        x, y, width, height = box
        axes = self.axes.inset_axes(
            ((x - outer.x0) / outer.width, (y - outer.y0) / outer.height, width / outer.width,
             height / outer.height), zorder=1,
        )  # fmt: skip
        place: Any = axes.get_axes_locator()
        axes.apply_aspect(place(axes, None))  # its place, before it is drawn
        image = axes.imshow(
            self.colours.image(*run.moment(len(run))), origin="lower", aspect="auto",
            interpolation="none", extent=(0, 1, 0, 1), transform=axes.transAxes, animated=True,
        )  # fmt: skip
        self._sides(axes, run, below, left)
        name = axes.text(
            0.5, 1 + 0.35 * unit / height, "", transform=axes.transAxes, ha="center", va="bottom",
            color=theme.ink, size=0.9 * self.point, animated=True, parse_math=False,
        )  # fmt: skip
        frame = axes.patch
        frame.set(animated=True, fill=False, edgecolor=theme.quiet, linewidth=0.05 * self.point)
        return _Map(axes, image, name, self._window_texts(axes, run, height, left), [frame])

    def _window_texts(self, axes: Axes, run: MapRecord, height: int, left: bool) -> list[Text]:
        """Texts below and at the left, where the window is another at each moment."""
        if all(found.window == run.first.window for found in run.maps):
            return []
        quiet: Any = {
            "transform": axes.transAxes, "color": self.style.theme.quiet, "animated": True,
            "size": 0.8 * self.point,
        }  # fmt: skip
        away = 0.4 * self.style.unit / height
        below = axes.text(0.5, -away, "", ha="center", va="top", **quiet)
        if self.alike and not left:
            return [below]
        return [below, axes.text(-away, 0.5, "", ha="right", va="center", rotation=90, **quiet)]

    def _sides(self, axes: Axes, run: MapRecord, below: bool, left: bool) -> None:
        """Scales, ticks and names of both sides."""
        unit, first = self.style.unit, run.first
        moves = any(found.window != first.window for found in run.maps)
        for side, (low, high), swept, named in zip(
            (axes.xaxis, axes.yaxis), first.window, first.axes or (None, None), first.names,
            strict=True,
        ):  # fmt: skip
            set_scale = axes.set_xscale if side is axes.xaxis else axes.set_yscale
            set_scale("log" if swept is not None and swept.log else "linear")
            (axes.set_xlim if side is axes.xaxis else axes.set_ylim)(low, high)
            if swept is not None and swept.log:
                side.set_major_locator(LogLocator(subs=(1,) if high > 30 * low else (1, 2, 5)))
                side.set_minor_formatter(NullFormatter())
            side.set_label_text("" if moves else text_of(named, self.style.spec.language))
            if moves:
                side.set_major_locator(NullLocator())
                side.set_minor_locator(NullLocator())
            side.labelpad = 0.1 * unit
        axes.tick_params(length=0.25 * unit, width=0.05 * unit, pad=0.2 * unit)
        axes.tick_params(which="minor", length=0.13 * unit, width=0.04 * unit)
        settle(axes, unit, self.between * unit)
        if not below:
            axes.set_xlabel("")
            axes.tick_params(labelbottom=False)
        if not left:
            axes.set_ylabel("")
            axes.tick_params(labelleft=False)

    def artists_at(self, at: float, revealed: float = 1.0) -> Iterator[Artist]:
        """Each map, what is marked on it, and its name."""
        shown = [run.moment(at) for run in self.runs]
        language = self.style.spec.language
        for drawn, (found, steps), label in zip(
            self.maps, shown, labels([found for found, _ in shown], language), strict=True
        ):
            drawn.axes.set(xlim=found.window[0], ylim=found.window[1])
            drawn.image.set_data(self.colours.image(found, steps))
            yield drawn.image
            yield from drawn.above
            yield from self._marks(drawn.axes, found)
            if drawn.name.get_text() != label:
                self._name(drawn, label)
            yield drawn.name
            yield from self._ends(drawn, found)

    def _ends(self, drawn: _Map, found: BasinRecord) -> Iterator[Artist]:
        """The ends of the window along both sides, where they move."""
        for text, (low, high), name in zip(drawn.ends, found.window, found.names, strict=False):
            near = 0.005 * (high - low)
            numbers = {"low": shown(low, near), "high": shown(high, near)}
            named = text_of(name, self.style.spec.language)
            text.set_text(self.style.say("basins_window", name=named, **numbers))
            yield text

    def _name(self, drawn: _Map, label: str) -> None:
        """Write a name above a map, smaller where it is wider."""
        drawn.name.set(text=label, fontfamily=fonts_of(label, self.style.spec.language))
        size, most = 0.9 * self.point, drawn.axes.bbox.width + 0.8 * self.between * self.style.unit
        drawn.name.set_fontsize(size)
        while drawn.name.get_window_extent().width > most and size > 1:
            size *= 0.95
            drawn.name.set_fontsize(size)

    def _marks(self, axes: Axes, found: BasinRecord) -> Iterator[Artist]:
        """The minima in the window, numbered where they are few; or the limit of stability."""
        if found.limits is not None:
            for colour, width in (("black", 0.34), ("white", 0.16)):
                line = Line2D(*found.limits.T, color=colour, linewidth=width * self.point,
                              solid_capstyle="butt")  # fmt: skip
                self._held(line, axes)
                yield line
        if found.axes is not None:
            return
        low, high = np.array(found.window).T
        casing = withStroke(linewidth=0.22 * self.point, foreground="white")
        many = len(found.minima) > FEW
        for place, minimum in enumerate(found.minima):
            if not ((minimum >= low) & (minimum <= high)).all():
                continue
            mark = Line2D(*minimum[:, None], marker="o", color="white", linestyle="none",
                          markersize=(0.3 if many else 0.95) * self.point, clip_on=False,
                          markeredgecolor="black", markeredgewidth=0.06 * self.point)  # fmt: skip
            self._held(mark, axes)
            yield mark
            if not many:
                x, y = minimum.tolist()
                number = Text(x, y, str(place + 1), color="black", size=0.7 * self.point,
                              horizontalalignment="center", verticalalignment="center_baseline",
                              path_effects=[casing])  # fmt: skip
                self._held(number, axes)
                yield number

    def _held(self, artist: Artist, axes: Axes) -> None:
        """Give an artist the figure, the coordinates and the frame of some axes."""
        artist.set_figure(axes.figure)
        artist.axes = axes
        artist.set_transform(axes.transData)
        artist.set_clip_path(axes.patch)

    def state(self, at: float, revealed: float) -> int:
        """The step, or the map, that is seen."""
        return int(at + 0.5) if self.runs[0].readings else int(at + 1e-9)


def colours_of(runs: Sequence[MapRecord], style: PictureStyle) -> BasinColours:
    """The colours of a picture of maps: one scale for all that it will show."""
    return BasinColours(style.theme, [found for run in runs for found in run.maps])
