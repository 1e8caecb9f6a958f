"""Many rates in one run: which of them keep to the limits, and which seem to arrive first."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np

from optviz.descent.loop import iterate
from optviz.descent.objective import Objective, on_points
from optviz.descent.rates import Judge, Trial
from optviz.optimizers import Optimizer
from surfaces.surface import Floats, Surface


class Screening:
    """The paths of all rates at once, as far as they have been followed.

    A step of fifty rates costs NumPy hardly more than one of a single rate. The bits are those of
    the single runs, so that chaos makes no difference either.

    Parameters
    ----------
    judge : Judge
    surface : Surface
    optimizer : Optimizer
        One that broadcasts.
    point : (x, y)
        The start.
    rates : list of float

    Attributes
    ----------
    fits : array (m,) of bool
        Whether the path has kept to the limits.
    arrival : array (m,)
        The step after the last at which it was not near the lowest value.
    """

    def __init__(
        self,
        judge: Judge,
        surface: Surface,
        optimizer: Optimizer,
        point: tuple[float, float],
        rates: list[float],
    ) -> None:
        self._judge = judge
        self._low, self._high = np.array(judge.domain).T
        self._values: list[Floats] = []
        lr, start = np.array(rates)[:, None], np.tile(np.array(point), (len(rates), 1))
        # A path that has left the window is lost: what it would find outside may be left unasked.
        inside = Objective(*map(self._within, on_points(surface, self._values)))
        self._walk = iterate(inside, optimizer, start, lr=lr)
        self._seen = 0
        self.fits = np.ones(len(rates), bool)
        self.arrival = np.zeros(len(rates), int)
        self._rises: list[Floats] = []

    def _within(self, function: Any) -> Callable[[Floats], Any]:
        """The function with points outside the window moved to its edge."""
        return lambda points: function(np.clip(points, self._low, self._high))

    def follow(self, steps: int) -> None:
        """Follow all paths to that step."""
        judge, first = self._judge, self._seen
        with np.errstate(all="ignore"):
            visits = list(islice(self._walk, steps + 1 - first))
            self._seen = steps + 1
            points, slopes = (np.array([visit[i] for visit in visits]) for i in (0, 1))
            moves = np.array([v.step for v in visits if v.step is not None]).reshape(
                -1, *points.shape[1:]
            )
            values = np.array(self._values)
            self._values.clear()
            inside = ((points >= self._low) & (points <= self._high)).all(axis=2)
            finite = np.isfinite(values) & np.isfinite(slopes).all(axis=2)
            self.fits &= (inside & finite).all(axis=0)
            self.fits &= (np.hypot(moves[..., 0], moves[..., 1]) <= judge.longest).all(axis=0)
            rise = judge.sign * values - judge.lowest
            far = rise > judge.near
            last = len(far) - np.argmax(far[::-1], axis=0)  # counted from 1, if there is one
            self.arrival = np.where(far.any(axis=0), first + last, self.arrival)
            self._rises.append(rise)

    def arrived(self) -> list[int]:
        """The paths that are near the lowest value now, the earliest first, then the smallest."""
        near = np.flatnonzero(self.fits & (self.arrival < self._seen))
        return [int(i) for i in near[np.argsort(self.arrival[near], kind="stable")]]

    def trials(self) -> list[Trial | None]:
        """What is known of each path that has not arrived for good."""
        total, highest = np.zeros(len(self.fits)), np.full(len(self.fits), self._judge.floor)
        with np.errstate(all="ignore"):
            for rises in reversed(self._rises):  # from the end on, the highest that is to come
                left = np.maximum.accumulate(np.vstack([highest, rises[::-1]]), axis=0)[1:]
                total += np.log10(left).sum(axis=0)
                highest = left[-1]
        return [
            Trial(math.inf, score) if fits else None
            for fits, score in zip(self.fits, (total / self._seen).tolist(), strict=True)
        ]
