"""Find where a function is not continuous."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from surfaces.kernel import Floats
from surfaces.window import Domain

# Lines through a window, in shares of it: from (x, y) to (x, y), along neither axis.
LINES = np.array([
    [(0.03, 0.11), (0.97, 0.83)], [(0.07, 0.93), (0.91, 0.05)],
    [(0.31, 0.02), (0.66, 0.98)], [(0.02, 0.55), (0.98, 0.42)],
])  # fmt: skip
PARTS = 16  # of a line; the one along which the function changes most is halved again and again
HALVINGS, LAST = 34, 10  # as often, if floats can; a smooth change shrinks in the last by 2^-10
LASTING = 0.1  # the most by which a jump differs over these
SEEN = 1e-3  # of the function's range: a smaller jump is noise


class Jump(NamedTuple):
    """A place where a function is not continuous, and by how much it changes there."""

    x: float
    y: float
    size: float


def largest_jump(function: Callable[[Floats, Floats], Floats], domain: Domain) -> Jump | None:
    """The largest of the jumps that are found on some lines through a window, or None.

    On each, an interval is halved, and the half is kept along which the function changes more. The
    change of a continuous function shrinks with the interval, that at a jump does not.
    """
    low, high = np.transpose(domain)
    ends = low + LINES * (high - low)
    steepest = float(np.max(np.abs(domain) / (high - low)[:, None]))
    halvings = min(HALVINGS, int(-math.log2(64 * PARTS * np.finfo(float).eps * max(steepest, 1.0))))

    def values(shares: Floats) -> Floats:
        points = ends[:, :1] + shares[..., None] * (ends[:, 1:] - ends[:, :1])
        return function(points[..., 0], points[..., 1])

    shares = np.linspace(0, 1, PARTS + 1) + np.zeros((len(LINES), 1))
    at = values(shares)
    known = at[np.isfinite(at)]
    if halvings < 2 * LAST or not known.size:
        return None
    with np.errstate(all="ignore"):
        changes = np.nan_to_num(np.abs(np.diff(at)), nan=-1.0, posinf=-1.0)
        both = np.argmax(changes, axis=1)[:, None] + [0, 1]
        shares, at = np.take_along_axis(shares, both, 1), np.take_along_axis(at, both, 1)
        sizes = []
        for _ in range(halvings):
            middle = shares.mean(axis=1, keepdims=True)
            value = values(middle)
            second = np.abs(at[:, 1:] - value) > np.abs(value - at[:, :1])
            shares, at = (
                np.where(second, np.hstack([new, old[:, 1:]]), np.hstack([old[:, :1], new]))
                for new, old in ((middle, shares), (value, at))
            )
            sizes.append(np.abs(at[:, 1] - at[:, 0]))
        lasting = np.abs(sizes[-1] / sizes[-1 - LAST] - 1) < LASTING  # not where one is nan
        size = np.where(lasting & (sizes[-1] > SEEN * np.ptp(known)), sizes[-1], 0.0)
    line = int(np.argmax(size))
    x, y = ends[line, 0] + shares[line, 0] * (ends[line, 1] - ends[line, 0])
    return Jump(float(x), float(y), float(size[line])) if size[line] else None
