"""The key of a picture of maps: what its colours and shades mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from optviz.scene.basin_colours import (
    DIVERGED_COLOUR,
    HUES,
    undecided_colour,
)
from optviz.scene.legend import BLANK, LINES, arrange
from optviz.scene.panels.base import PictureStyle
from optviz.scene.panels.basins import colours_of
from optviz.words import text_of

MOST_ROWS, MOST = 3, 24  # of the key, and minima in it by name
HATCHES = "", "////", "\\\\\\\\", "xxxx"  # as `optviz.scene.basin_colours.striped`


class _Entry(NamedTuple):
    colours: list[Any]  # of the swatches side by side
    text: str
    hatch: str = ""


class BasinKey:
    """Swatches with words at the foot of the picture, in place of the legend of runs."""

    def __init__(
        self, figure: Figure, runs: Sequence[Any], style: PictureStyle, foot: float = 0.0
    ) -> None:
        self.figure, self.style = figure, style
        self.colours = colours_of(runs, style)
        unit = style.unit
        room = figure.bbox.width - 1.6 * unit
        found = runs[0].first
        most = min(len(found.ends), MOST)
        while True:
            entries = list(self._entries(runs, most))
            texts = [figure.text(0, 0, entry.text, va="center", size=0.62 * unit, parse_math=False)
                     for entry in entries]  # fmt: skip
            widths = [self._width(*pair) for pair in zip(entries, texts, strict=True)]
            rows, _ = arrange(widths, room)
            if len(rows) <= MOST_ROWS or most <= 1:
                break
            for text in texts:
                text.remove()
            most -= 1
        self.height = foot + (LINES * len(rows) + BLANK) * unit
        for number, row in enumerate(rows):
            y = foot + (LINES * (len(rows) - number) - 0.75) * unit
            total = sum(widths[i] for i in row)
            x = max(0.8 * unit, (figure.bbox.width - total + unit) / 2)
            for i in row:
                self._place(entries[i], texts[i], x, y)
                x += widths[i]

    def _entries(self, runs: Sequence[Any], most: int) -> Iterator[_Entry]:
        """The minima, the first so many by name; then the rest."""
        say, found, colours = self.style.say, runs[0].first, self.colours
        maps = [each for run in runs for each in run.maps]
        language = self.style.spec.language
        for i, end in enumerate(found.ends[:most]):
            hatch = HATCHES[i // len(HUES) % len(HATCHES)]
            yield _Entry([colours.colour(i)], text_of(end, language), hatch)
        count = len(found.ends)
        if most < count:
            swatches = [colours.colour(i) for i in range(most, count)[: len(HUES)]]
            text = say("basins_key_more", a=most + 1, b=count)
            yield _Entry(swatches, text, HATCHES[1] * (count > len(HUES)))
        ramp = [colours.colour(0, shade) for shade in range(len(colours.edges) + 1)]
        low, high = colours.edges[0], colours.edges[-1]
        yield _Entry(ramp, say("basins_key_steps", low=low, high=high))
        if any(each.diverged for each in maps):
            yield _Entry([DIVERGED_COLOUR], say("basins_key_diverged"))
        if any(each.undecided for each in maps) or not runs[0].readings:
            yield _Entry([undecided_colour(self.style.theme)], say("basins_key_undecided"))

    def _width(self, entry: _Entry, text: Text) -> float:
        return float(text.get_window_extent().width + (1.6 + len(entry.colours)) * self.style.unit)

    def _place(self, entry: _Entry, text: Text, x: float, y: float) -> None:
        unit, (width, height) = self.style.unit, (self.figure.bbox.width, self.figure.bbox.height)
        for colour in entry.colours:
            swatch = Rectangle(
                (x / width, (y - 0.42 * unit) / height), unit / width, 0.84 * unit / height,
                facecolor=colour, edgecolor="white" if entry.hatch else self.style.theme.quiet,
                linewidth=0 if entry.hatch else 0.03 * unit, hatch=entry.hatch,
                transform=self.figure.transFigure,
            )  # fmt: skip
            self.figure.add_artist(swatch)
            x += unit
        text.set_position(((x + 0.4 * unit) / width, y / height))

    def artists_at(self, at: float) -> Iterator[Artist]:
        """Nothing moves."""
        return iter(())
