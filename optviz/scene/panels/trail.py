"""The line of one run: thinned to what can be seen, and cut into dashes where lines coincide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from surfaces.surface import Floats

THIN = 0.25  # pixels: a point nearer to the last one drawn is left out
SAMPLE = 0.5  # pixels between the places at which lines are compared
SHORTEST = 8.0  # pixels: lines that meet on less cross each other
LONGEST = 20_000.0  # pixels: a longer line fills the panel, and is drawn as it is

# On and off in heights of the text, for the second, third, ... optimizer of a class.
PATTERNS: tuple[tuple[float, ...], ...] = ((), (0.9, 0.5), (0.3, 0.4), (1.3, 0.4, 0.3, 0.4))
TURN = 0.55  # the length of a dash, in heights of the text, where lines take turns


class Trail:
    """A path's points as they are drawn, and the pieces of it that are seen.

    What is drawn until a moment does not depend on what comes later, so that films don't flicker.

    Parameters
    ----------
    path : array (n + 1, 2)
        In data coordinates, a point a step.
    axes : Axes
        At its final place.
    """

    def __init__(self, path: Floats, axes: Axes) -> None:
        self.path = path
        places = _pixels(path, axes)
        self.steps = _thinned(places)
        self.points, self.places = path[self.steps], places[self.steps]
        lengths = np.hypot(*np.diff(self.places, axis=0).T)
        self.arc = np.concatenate([[0.0], np.cumsum(lengths)])
        # The pieces that are seen, as first and last arc length; None: all of it.
        self.pieces: Floats | None = None
        self.cuts: Floats = np.empty((0, 2, 2))
        self.axes = axes

    @property
    def can_be_cut(self) -> bool:
        """Whether the line has a length that a panel can show."""
        return bool(0 < self.arc[-1] <= LONGEST)

    def sampled(self) -> tuple[Floats, Floats]:
        """Arc lengths at even distances, and the places there in pixels."""
        at = np.arange(0, self.arc[-1], SAMPLE)
        return at, np.column_stack([np.interp(at, self.arc, axis) for axis in self.places.T])

    def show(self, at: Floats, seen: Any) -> None:
        """Keep what is seen at the arc lengths of `sampled`."""
        edges = np.flatnonzero(np.diff(np.concatenate([[False], seen, [False]]).astype(int)))
        ends = np.append(at, self.arc[-1])[edges].reshape(-1, 2)
        cuts = np.stack([np.interp(ends, self.arc, axis) for axis in self.places.T], axis=-1)
        inverse = self.axes.transData.inverted()
        self.pieces, self.cuts = ends, inverse.transform(cuts.reshape(-1, 2)).reshape(-1, 2, 2)

    def until(self, at: float, head: Floats) -> Floats:
        """The whole line until a step, ended by the head's place in data coordinates."""
        return np.vstack([self.points[: self._count(at)], head])

    def seen_until(self, at: float, head: Floats) -> list[Floats]:
        """The pieces that are seen until a step, the last perhaps ended by the head."""
        if self.pieces is None:
            return [self.until(at, head)]
        count = self._count(at)
        there = self.arc[count - 1]
        reached = there + float(np.hypot(*(_pixels(head, self.axes)[0] - self.places[count - 1])))
        found = []
        for (begin, end), (first, last) in zip(self.pieces, self.cuts, strict=True):
            if begin >= reached:
                break
            inner = slice(*np.searchsorted(self.arc, [begin, min(end, there)], side="right"))
            final = last if end <= reached else head
            found.append(np.vstack([first, self.points[inner], final]))
        return found

    def _count(self, at: float) -> int:
        """How many of the points drawn have been passed."""
        return max(1, int(np.searchsorted(self.steps, at + 1e-9, side="right")))


def take_turns(trails: Sequence[Trail], variants: Sequence[int], unit: float) -> None:
    """Cut lines so that all that coincide are seen, and second ones of a class are dashed.

    Lines are drawn one over the other, in their order. Where one runs on others for longer than a
    crossing, it is dashed, the shorter the more there are below.

    Parameters
    ----------
    trails : sequence of Trail
        In one panel, lowest first.
    variants : sequence of int
        The place of each among those of its class.
    unit : float
        Height of the text in pixels.
    """
    box = trails[0].axes.bbox
    below: Any = np.zeros((int(box.height) + 3, int(box.width) + 3), np.uint8)
    for trail, variant in zip(trails, variants, strict=True):
        pattern = PATTERNS[variant % len(PATTERNS)]
        if not trail.can_be_cut:
            continue
        at, places = trail.sampled()
        column, row = np.floor(places - [box.x0, box.y0]).astype(int).T + 1
        inside: Any = (column > 0) & (column < below.shape[1] - 1)
        inside &= (row > 0) & (row < below.shape[0] - 1)
        column, row = np.where(inside, column, 0), np.where(inside, row, 0)
        seen = _dashes(at, [unit * length for length in pattern])
        for begin, end in _stretches(below[row, column] > 0):
            over = round(float(below[row, column][begin:end].mean()))
            dash = unit * TURN
            seen[begin:end] &= _dashes(at[begin:end] - at[begin], [dash, dash * max(1, over)])
        if not seen.all():
            trail.show(at, seen)
        mine = np.zeros(below.shape, bool)
        for across in (-1, 0, 1):
            for up in (-1, 0, 1):
                mine[row[inside] + up, column[inside] + across] = True
        below += mine


def _stretches(shared: Any) -> list[tuple[int, int]]:
    """First and last sample, exclusive, of each stretch that is longer than a crossing."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], shared, [False]]).astype(int)))
    pairs = [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
    return [(a, b) for a, b in pairs if (b - a) * SAMPLE >= SHORTEST]


def _dashes(at: Floats, pattern: Sequence[float]) -> Any:
    """Whether a dash lies at each arc length; of no pattern, everywhere."""
    if not len(pattern):
        return np.ones(len(at), bool)
    edges = np.cumsum(pattern)
    return np.searchsorted(edges, at % edges[-1], side="right") % 2 == 0


def _pixels(path: Floats, axes: Axes) -> Floats:
    with np.errstate(all="ignore"):
        return np.atleast_2d(np.asarray(axes.transData.transform(path), float))


def _thinned(places: Floats) -> Any:
    """Indices of the points that are drawn: each is seen to be another than the one before."""
    kept, last = [0], complex(*places[0])
    for i, (x, y) in enumerate(places.tolist()):
        if not abs(complex(x, y) - last) < THIN:  # nor where one of them is nan
            kept.append(i)
            last = complex(x, y)
    return np.array(kept[1:] if len(kept) > 1 and kept[1] == 0 else kept)
