"""The base class of panels on which each run draws its line from its first point on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba_array

from optviz.scene.panels.base import LINE, PictureStyle, R, TrailPanel
from optviz.scene.panels.edge_marks import EdgeMarks
from optviz.scene.panels.trail import Trail, take_turns
from optviz.scene.style import DENSITY
from surfaces.surface import Floats

SLICES = 48  # of the longest run's steps; a slice is drawn over those before it
CASING, OPACITY = 0.30, 0.75  # a casing's width in heights of the text
JOIN = 0.25  # heights of the text by which a slice's lines begin in the one before


class GrowingLines(TrailPanel[R]):
    """Lines that grow with the steps, in slices of time: what has been drawn is not drawn again.

    In each slice casings come first, then lines, in the order of the runs.
    """

    def __init__(self, axes: Axes, runs: Sequence[R], style: PictureStyle) -> None:
        super().__init__(axes, runs, style)
        figure = axes.figure
        assert figure is not None
        # In inches, as a vector file has other pixels than the screen.
        self.strokes = LineCollection(
            [], capstyle="butt", joinstyle="round", transform=figure.dpi_scale_trans
        )
        self.moves(self.strokes)
        # First that of casings, then those of the runs' lines.
        colours = [colour for colour, _ in style.marks]
        self.ink = to_rgba_array([style.theme.casing, *colours])
        self.ink[0, 3] = OPACITY
        self.widths = np.array([CASING, *[LINE] * len(runs)]) * self.point
        longest = max(len(run) for run in runs)
        self.edges = np.unique(np.linspace(0, longest, min(SLICES, max(longest, 1)) + 1).round())

    @cached_property
    def lines(self) -> list[Trail]:
        """The lines of the runs, made when first drawn: by then the axes stand in their place."""
        with np.errstate(all="ignore"):
            lines = [Trail(self.axes.transData.transform(path)) for path in self.paths]
        box, unit = self.axes.bbox, self.style.unit
        take_turns(lines, self.style.variants, box, unit, np.append(self.edges[:-1], np.inf))
        return lines

    @cached_property
    def edge_marks(self) -> EdgeMarks:
        """The marks of runs that are outside, made when first drawn."""
        colours = [colour for colour, _ in self.style.marks]
        casing = self.style.theme.casing
        marks = EdgeMarks(self.axes, colours, casing, self.style.unit)
        self.moves(marks.artist)
        marks.artist.set_clip_on(False)  # a mark in a corner is whole
        return marks

    def settled(self, at: float) -> int:
        return max(0, int(np.searchsorted(self.edges, at + 1e-9, side="right")) - 1)

    def layer(self, first: int, last: int) -> Iterator[Artist]:
        end = float(self.edges[last])
        self._draw(first, last, end, self.places_at(end))
        yield self.strokes

    def artists_at(self, at: float, revealed: float = 1.0) -> Iterator[Artist]:
        return self.artists_above(0, at, revealed)

    def artists_above(self, settled: int, at: float, revealed: float = 1.0) -> Iterator[Artist]:
        heads = self.places_at(at)
        self._draw(settled, len(self.edges) - 1, at, heads)
        yield self.strokes
        self.heads.set_offsets(self.heads_at(at))
        self.heads.set_sizes(self.head_sizes(heads))
        yield self.heads
        if self.edge_marks.show(heads):
            yield self.edge_marks.artist

    def heads_at(self, at: float) -> Floats:
        """The heads' places in data coordinates, shape (runs, 2)."""
        whole = int(at)
        rest = at - whole
        found = []
        for path in self.paths:
            here = path[min(whole, len(path) - 1)]
            if rest > 0 and whole + 1 < len(path):
                here = here + rest * (path[whole + 1] - here)
            found.append(here)
        return np.array(found)

    def places_at(self, at: float) -> Floats:
        """The heads' places in pixels."""
        with np.errstate(all="ignore"):
            return np.asarray(self.axes.transData.transform(self.heads_at(at)))

    def _draw(self, first: int, last: int, at: float, heads: Floats) -> None:
        """Put the lines of some slices, until a step with the heads' places, into the strokes."""
        join = JOIN * self.style.unit
        strokes: list[Floats] = []
        kinds: list[int] = []  # of each stroke, its row in `ink`
        for k in range(first, last):
            begin, end = self.edges[k], min(at, self.edges[k + 1])
            if k and begin >= at:
                break
            ends = heads if end == at else self.places_at(end)
            growing = [i for i, run in enumerate(self.runs) if not begin or begin < len(run)]
            for i in growing:
                pieces = self.lines[i].pieces(begin, end, ends[i], self.lines[i].cased)
                strokes += pieces
                kinds += [0] * len(pieces)
            for i in growing:
                pieces = self.lines[i].pieces(begin, end, ends[i], self.lines[i].seen, join)
                strokes += pieces
                kinds += [i + 1] * len(pieces)
        self.strokes.set_segments([stroke / DENSITY for stroke in strokes])
        made: Any = self.strokes  # whose annotations know nothing of arrays
        made.set_color(self.ink[kinds])
        made.set_linewidth(self.widths[kinds])
