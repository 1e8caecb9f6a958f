"""The line of one run: thinned to what can be seen, and cut where lines coincide."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise, takewhile
from operator import itemgetter
from typing import Any

import numpy as np

from surfaces.surface import Floats

Place = tuple[float, float]
Stretches = list[tuple[float, float]]

THIN = 0.25  # pixels: a point nearer to the last one drawn is left out
SAMPLE = 0.5  # pixels between the places at which lines are compared
NEAR = 2  # pixels: lines so near cover each other
SHORTEST = 8.0  # pixels: lines that meet on less cross each other
LONGEST = 20_000.0  # pixels: what a line has beyond, as where it diverges, is drawn as it is

# On and off in heights of the text, for the second, third, ... optimizer of a class.
PATTERNS: tuple[tuple[float, ...], ...] = ((), (0.9, 0.5), (0.3, 0.4), (1.3, 0.4, 0.3, 0.4))
TURN = 0.55  # the length of a dash, in heights of the text, where lines take turns


class Trail:
    """The places of a run in a panel, and which parts of the line between them are drawn.

    What is drawn until a moment does not depend on what comes later, so that films don't flicker.

    Parameters
    ----------
    places : array (n + 1, 2)
        In pixels, a place a step.

    Attributes
    ----------
    steps : int array (m,)
        Of the places that are drawn.
    places : array (m, 2)
    arc : array (m,)
        Length of the line up to each.
    has_length : bool
        Whether the line has a length, and a finite one.
    seen, cased : list of (float, float) or None
        The stretches of it that are drawn, and those that have a casing: the lengths at which each
        begins and ends. None: all of it.
    """

    def __init__(self, places: Floats) -> None:
        self.steps = _thinned(places)
        self.places = places[self.steps]
        with np.errstate(all="ignore"):
            lengths = np.hypot(*np.diff(self.places, axis=0).T)
        lengths[np.isnan(lengths)] = 0.0  # beside a gap
        self.arc = np.concatenate([[0.0], np.cumsum(lengths)])
        # Python's own lists, because a frame asks for few places only.
        self._steps, self._arc = self.steps.tolist(), self.arc.tolist()
        self._places: list[Place] = [(x, y) for x, y in self.places.tolist()]
        self.has_length = bool(0 < self.arc[-1] < np.inf)
        self.seen: Stretches | None = None
        self.cased: Stretches | None = None

    def sampled(self, every: float) -> tuple[Floats, Floats, Floats]:
        """Arc lengths at even distances, the places there, and the steps that reach them.

        Of a line that is longer than `LONGEST` only so much.
        """
        at = np.arange(0, min(self.arc[-1], LONGEST), every)
        places = np.column_stack([np.interp(at, self.arc, axis) for axis in self.places.T])
        return at, places, np.interp(at, self.arc, self.steps)

    def index(self, at: float) -> int:
        """Index of the last place that is drawn by a step."""
        return max(0, bisect_right(self._steps, at + 1e-9) - 1)

    def pieces(
        self, begin: float, at: float, head: Place, stretches: Stretches | None, before: float = 0.0
    ) -> list[list[Place]]:
        """What is drawn of some stretches from one step to another; nothing while it stands still.

        Parameters
        ----------
        begin, at : float
            The steps.
        head : (float, float)
            The place at ``at``, in pixels.
        stretches : list of (float, float) or None
            `seen` or `cased`.
        before : float
            Pixels by which the line begins earlier, to join what is drawn already.
        """
        first, last = self.index(begin), self.index(at)
        moved = math.dist(head, self._places[last])
        if first == last and begin and moved < THIN:
            return []
        low, end, back = self._arc[first] - before, self._arc[last] + moved, 0
        if self.has_length and low > 0:
            back = bisect_right(self._arc, low) - 1
        else:
            low = 0.0
        places, arc = [*self._places[back : last + 1], head], [*self._arc[back : last + 1], end]
        if stretches is None:
            if low > 0:
                places[0] = _between(places, arc, 1, low)
            return [places]
        some = stretches[bisect_right(stretches, low, key=itemgetter(1)) :]
        shown = takewhile(lambda stretch: stretch[0] < end, some)
        return [_cut(places, arc, max(a, low), min(b, end)) for a, b in shown]


def _cut(places: list[Place], arc: list[float], a: float, b: float) -> list[Place]:
    """The part of a line between two lengths."""
    first, last = bisect_right(arc, a), bisect_left(arc, b)
    ends = _between(places, arc, first, a), _between(places, arc, last, b)
    return [ends[0], *places[first:last], ends[1]]


def _between(places: list[Place], arc: list[float], k: int, length: float) -> Place:
    """The place at a length of the line, on the stretch that ends in place ``k``."""
    if not 0 < k < len(arc) or arc[k] == arc[k - 1]:  # beside a gap lengths are equal
        return places[min(k, len(arc) - 1)]
    (x, y), (end_x, end_y) = places[k - 1], places[k]
    share = (length - arc[k - 1]) / (arc[k] - arc[k - 1])
    return x + share * (end_x - x), y + share * (end_y - y)


def take_turns(
    trails: Sequence[Trail], variants: Sequence[int], box: Any, unit: float, edges: Floats
) -> None:
    """Cut lines so that all that coincide are seen, and second ones of a class are dashed.

    Lines are drawn slice by slice, and in each in their order. Where one runs on what others have
    drawn, for longer than a crossing, it has no casing and is dashed, the shorter the more there
    are below.

    Parameters
    ----------
    trails : sequence of Trail
        In one panel, lowest first.
    variants : sequence of int
        The place of each among those of its class.
    box : Bbox
        Of the panel, in pixels.
    unit : float
        Height of the text in pixels.
    edges : array (slices + 1,)
        The steps at which slices begin and end.
    """
    size = int(box.height) + 2 * NEAR + 1, int(box.width) + 2 * NEAR + 1
    lines = [_Line(trail, box, size) for trail in trails]
    masks: Any = np.zeros((len(trails), size[0] * size[1]), bool)
    for line, mask in zip(lines, masks, strict=True):
        line.cover(mask, line.inside)
    total = masks.sum(axis=0, dtype=np.int32)
    shared = [line.stretches(total > mask) for line, mask in zip(lines, masks, strict=True)]
    below = [np.zeros(len(line.at), int) for line in lines]
    if any(map(np.any, shared)):
        drawn = np.zeros_like(masks)
        for begin, end in pairwise(edges):
            for i, line in enumerate(lines):
                now = line.between(begin, end)
                if now.size:
                    there = drawn[:, line.cells[now]]
                    below[i][now] = there.sum(axis=0) - there[i]
                    line.cover(drawn[i], now)
    for i, line in enumerate(lines):
        over = np.where(_long(shared[i] & (below[i] > 0)), below[i], 0)
        turn = TURN * unit
        seen = (over == 0) | (line.at % (turn * (over + 1)) < turn)
        seen &= _dashes(line.at, [unit * length for length in PATTERNS[variants[i] % 4]])
        if not seen.all():
            trails[i].seen = line.ends(seen)
        if over.any():
            trails[i].cased = line.ends(over == 0)


class _Line:
    """A trail sampled on a panel's pixels; ``cells`` are theirs, counted row by row."""

    def __init__(self, trail: Trail, box: Any, size: tuple[int, int]) -> None:
        nothing = np.empty(0), np.empty((0, 2)), np.empty(0)
        sampled = trail.sampled(SAMPLE) if trail.has_length else nothing
        self.at: Floats = sampled[0]
        self.steps: Floats = sampled[2]
        places = sampled[1]
        self.end = trail.arc[-1]
        places = np.nan_to_num(places, nan=-np.inf)  # a gap covers nothing
        found = np.clip(np.floor(places - [box.x0, box.y0]), -1e6, 1e6).astype(int) + NEAR
        low, high = np.array([NEAR, NEAR]), np.array(size[::-1]) - NEAR
        self.inside: Any = ((found >= low) & (found < high)).all(axis=1)
        column, row = np.where(self.inside[:, None], found, 0).T
        self.cells: Any = row * size[1] + column
        across, up = np.mgrid[-NEAR : NEAR + 1, -NEAR : NEAR + 1].reshape(2, -1)
        self.disc = (up * size[1] + across)[across**2 + up**2 <= NEAR**2]

    def between(self, begin: float, end: float) -> Any:
        """Indices of the samples inside that are reached from one step until another."""
        first, last = np.searchsorted(self.steps, [begin, end])
        return first + np.flatnonzero(self.inside[first:last])

    def cover(self, mask: Any, which: Any) -> None:
        """Mark the pixels that some samples cover."""
        mask[self.cells[which][:, None] + self.disc] = True

    def stretches(self, mask: Any) -> Any:
        """Whether each sample is in a stretch on a mask that is longer than a crossing."""
        return _long(mask[self.cells] & self.inside)

    def ends(self, which: Any) -> Stretches:
        """First and last arc length of each stretch of samples; what has none is in the last."""
        if self.end > LONGEST:
            which = np.append(which[:-1], True)
        return [(a, b) for a, b in np.append(self.at, self.end)[_edges(which)].tolist()]


def _long(which: Any) -> Any:
    """The samples that stand in a stretch longer than a crossing."""
    found = which.copy()
    for first, last in _edges(which):
        if (last - first) * SAMPLE < SHORTEST:
            found[first:last] = False
    return found


def _edges(which: Any) -> Any:
    """First index of each stretch of True, and the one after its last: (n, 2)."""
    framed = np.concatenate([[False], which, [False]]).astype(int)
    return np.flatnonzero(np.diff(framed)).reshape(-1, 2)


def _dashes(at: Floats, pattern: Sequence[float]) -> Any:
    """Whether a dash lies at each arc length; of no pattern, everywhere."""
    if not pattern:
        return np.ones(len(at), bool)
    ends = np.cumsum(pattern)
    return np.searchsorted(ends, at % ends[-1], side="right") % 2 == 0


def _thinned(places: Floats) -> Any:
    """Indices of the places that are drawn: each is seen to be another than the one before."""
    kept = [0]
    last = complex(*places[0])
    for i, (x, y) in enumerate(places.tolist()):
        if i and not abs(complex(x, y) - last) < THIN:  # nor where one of them is nan
            kept.append(i)
            last = complex(x, y)
    return np.array(kept)
