"""The base class of panels on which each run draws its line from its first point on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgba_array
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from optviz.scene.panels.base import LINE, PictureStyle, R, TrailPanel
from optviz.scene.panels.trail import Place, Trail, take_turns
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
        # In pixels of the screen; a vector file has others.
        pixels = Affine2D().scale(1 / DENSITY) + figure.dpi_scale_trans
        self.strokes = PathCollection(
            [], facecolors="none", capstyle="butt", joinstyle="round", transform=pixels,
            zorder=Line2D.zorder,
        )  # fmt: skip
        self.moves(self.strokes)
        # First that of casings, then those of the runs' lines.
        colours = [colour for colour, _ in style.marks]
        self.ink = to_rgba_array([style.theme.casing, *colours])
        self.ink[0, 3] = OPACITY
        self.widths = np.array([CASING, *[LINE] * len(runs)]) * self.point
        self._inked: list[int] = []  # of each path in `strokes`, its row in `ink`
        longest = max(len(run) for run in runs)
        self.edges = np.unique(np.linspace(0, longest, min(SLICES, max(longest, 1)) + 1).round())

    @cached_property
    def lines(self) -> list[Trail]:
        """The lines of the runs, made when first drawn: by then the axes stand in their place."""
        lines = [Trail(self._in_pixels(path)) for path in self.paths]
        box, unit = self.axes.bbox, self.style.unit
        take_turns(lines, self.style.variants, box, unit, np.append(self.edges[:-1], np.inf))
        return lines

    def settled(self, at: float) -> int:
        return max(0, int(np.searchsorted(self.edges, at + 1e-9, side="right")) - 1)

    def layer(self, first: int, last: int) -> Iterator[Artist]:
        end = float(self.edges[last])
        self._draw(first, last, end, self.places_at(end))
        yield self.strokes

    def artists_at(self, at: float, revealed: float = 1.0) -> Iterator[Artist]:
        return self.artists_above(0, at, revealed)

    def artists_above(self, settled: int, at: float, revealed: float = 1.0) -> Iterator[Artist]:
        offsets = self.heads_at(at)
        heads = self._in_pixels(offsets)
        self._draw(settled, len(self.edges) - 1, at, heads)
        if self.strokes.get_paths():
            yield self.strokes
        self.heads.set_offsets(offsets)
        self.heads.set_sizes(self.head_sizes(heads))
        yield self.heads
        if self.edge_marks.show(heads):
            yield self.edge_marks.artist

    @cached_property
    def _stacked(self) -> tuple[Floats, Any]:
        """The paths as one array (longest, runs, 2), and the number of steps of each."""
        lasts = np.array([len(path) - 1 for path in self.paths])
        steps = np.arange(lasts.max() + 1)
        whole = [
            path[np.minimum(steps, last)] for path, last in zip(self.paths, lasts, strict=True)
        ]
        return np.stack(whole, axis=1), lasts

    def heads_at(self, at: float) -> Floats:
        """The heads' places in data coordinates, shape (runs, 2)."""
        paths, lasts = self._stacked
        whole = min(int(at), len(paths) - 1)
        here: Floats = paths[whole].copy()
        if rest := at - whole if whole < len(paths) - 1 else 0.0:
            going = lasts > whole
            here[going] += rest * (paths[whole + 1] - here)[going]
        return here

    def places_at(self, at: float) -> Floats:
        """The heads' places in pixels."""
        return self._in_pixels(self.heads_at(at))

    def _in_pixels(self, points: Floats) -> Floats:
        with np.errstate(all="ignore"):
            return np.asarray(self.axes.transData.transform(points))

    def _draw(self, first: int, last: int, at: float, heads: Floats) -> None:
        """Put the lines of some slices, until a step with the heads' places, into the strokes."""
        join, lines = JOIN * self.style.unit, self.lines
        paths: list[Path] = []
        inked: list[int] = []
        for k in range(first, last):
            begin, end = float(self.edges[k]), min(at, float(self.edges[k + 1]))
            if k and begin >= at:
                break
            ends = (heads if end == at else self.places_at(end)).tolist()
            growing = [i for i, run in enumerate(self.runs) if not begin or begin < len(run)]
            cased = [(0, lines[i].pieces(begin, end, ends[i], lines[i].cased)) for i in growing]
            drawn = [
                (i + 1, lines[i].pieces(begin, end, ends[i], lines[i].seen, join)) for i in growing
            ]
            for row, pieces in cased + drawn:
                if pieces:
                    paths.append(_joined(pieces))
                    inked.append(row)
        self.strokes.set_paths(paths)
        if inked != self._inked:
            self._inked = inked
            made: Any = self.strokes  # whose annotations know nothing of arrays
            made.set_edgecolor(self.ink[inked])
            made.set_linewidth(self.widths[inked])


def _joined(pieces: Sequence[Sequence[Place]]) -> Path:
    """Pieces of a line as one path."""
    places = [place for piece in pieces for place in piece]
    codes = None
    if len(pieces) > 1:
        codes = [Path.LINETO] * len(places)
        begin = 0
        for piece in pieces:
            codes[begin] = Path.MOVETO
            begin += len(piece)
    return Path(places, codes)
