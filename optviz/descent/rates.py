"""The learning rates that `optviz.tune` tries, and the rule that chooses one of them."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Iterator
from itertools import accumulate, islice
from typing import NamedTuple

import numpy as np

from surfaces.surface import Floats, Surface

LONGEST_STEP = 0.4  # of the window's diagonal
NEAR = 1e-3  # of the way down may be left at an arrival
SLOWEST = 1e-3  # of the rate whose first step crosses the window
MOST_DECADES = 300  # on either side of 1: what floats hold
ROUNDING = 1e-9  # must decide on nothing: the browser has other last bits
PROBES = 16  # points along each side of the window where the first step is looked at
DIGITS = (1, 1.5, 2, 3, 5, 7)  # of the rates of a decade: each about 1.5 times the one before


def ladder(decades: Iterable[int]) -> Floats:
    """The rates 1, 1.5, 2, 3, 5, 7 x 10^k."""
    return np.array([float(f"{digit}e{k}") for k in decades for digit in DIGITS])


USUAL = range(-6, 2)
RATES = ladder(USUAL)  # 1e-6, 1.5e-6, ... 70: tried on every surface


def probe_points(surface: Surface, start: tuple[float, float]) -> Floats:
    """The start and a grid on the window: the first steps there decide which rates are tried."""
    axes = [np.linspace(low, high, PROBES) for low, high in surface.domain]
    return np.vstack([[start], np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)])


def candidates(surface: Surface, first_steps: Floats) -> Floats:
    """The rates to try, in rising order.

    Parameters
    ----------
    surface : Surface
    first_steps : array (n, 2)
        What the optimizer's first step with rate 1 would be at each point of `probe_points`.

    Returns
    -------
    array
        `RATES`, and further decades where the surface asks for them: down to a thousandth of the
        smallest rate whose first step, from somewhere in the window, crosses it along an axis; up
        to the rate whose first step from the start is as long as a step may be.
    """
    sides = np.diff(surface.domain, axis=1).ravel()
    with np.errstate(all="ignore"):
        crossing = sides / np.abs(first_steps)
        largest = LONGEST_STEP * np.hypot(*sides) / np.hypot(*first_steps[0])
    smallest = SLOWEST * np.min(crossing, where=np.isfinite(crossing), initial=math.inf)
    low, high = (
        math.floor(math.log10(rate) + nudge) if 0 < rate < math.inf else usual
        for rate, nudge, usual in ((smallest, -ROUNDING, USUAL[0]), (largest, ROUNDING, USUAL[-1]))
    )
    lowest, highest = min(max(low, -MOST_DECADES), USUAL[0]), max(high, USUAL[-1])
    return ladder(range(lowest, min(highest, MOST_DECADES) + 1))


class Point(NamedTuple):
    """A point of a path, the value there, and the step that led there (None at the start)."""

    params: tuple[float, float]
    value: float
    step: tuple[float, float] | None


class Trial(NamedTuple):
    """What a path did that keeps to the limits.

    ``arrival`` is the step at which it came near the lowest value for good, infinite if it did not;
    ``score`` the mean over its steps of log10(highest value still to come - lowest).
    """

    arrival: float
    score: float


def best_of(rates: list[float], trials: list[Trial | None]) -> float | None:
    """The rate whose trial is the best, the smaller one of two that are as good; None without any.

    Both lists are in rising order of the rates.
    """
    winner, best = None, Trial(math.inf, math.inf)
    for rate, trial in zip(reversed(rates), reversed(trials), strict=True):
        if trial is None or trial.arrival > best.arrival:
            continue
        if trial.arrival < math.inf or trial.score <= best.score + ROUNDING:
            winner, best = rate, trial
    return winner


class Judge:
    """Tries paths by the rule that `optviz.tune` states.

    Parameters
    ----------
    surface : Surface
    steps : int
        Of the picture.
    value : float
        At the start.
    sign : float
        -1 for an optimizer that maximizes.
    """

    def __init__(self, surface: Surface, steps: int, value: float, sign: float) -> None:
        self.steps, self.sign = steps, sign
        self.domain = (x0, x1), (y0, y1) = surface.domain
        self.longest = LONGEST_STEP * (1 + ROUNDING) * math.hypot(x1 - x0, y1 - y0)
        window = sign * np.append(surface.samples()[-1], value)
        window = window[np.isfinite(window)]
        known = [v for x, y, v in surface.minima if x0 <= x <= x1 and y0 <= y <= y1 and sign > 0]
        self.lowest = float(min(known, default=window.min()))
        # Above 0, whose logarithm is none: a window may be flat.
        self.floor = max(1e-12 * (float(window.max()) - self.lowest), sys.float_info.min)
        self.near = NEAR * (sign * value - self.lowest)

    def trial(self, path: Iterator[Point], deadline: float = math.inf) -> Trial | None:
        """Follow a path; None if it leaves the limits, or arrives later than the deadline."""
        (x0, x1), (y0, y1) = self.domain
        sign, lowest, near, longest = self.sign, self.lowest, self.near, self.longest
        rises: list[float] = []
        arrival = 0.0
        for (x, y), value, step in islice(path, self.steps + 1):
            short = step is None or math.hypot(*step) <= longest
            if not (short and x0 <= x <= x1 and y0 <= y <= y1):
                return None
            rise = sign * value - lowest
            rises.append(rise)
            if rise > near:
                arrival = len(rises)
                if arrival > deadline:
                    return None
        if len(rises) <= self.steps:  # it left the finite numbers
            return None
        if arrival <= self.steps and self._stays(path):
            return Trial(arrival, math.nan)
        return None if deadline < math.inf else Trial(math.inf, self._score(rises))

    def _stays(self, path: Iterator[Point]) -> bool:
        """Whether a path that has arrived stays there for half as many steps again."""
        more = self.steps // 2
        near = [self.sign * value - self.lowest <= self.near for _, value, _ in islice(path, more)]
        return len(near) == more and all(near)

    def _score(self, rises: list[float]) -> float:
        highest = accumulate(reversed(rises), max, initial=self.floor)
        return sum(map(math.log10, islice(highest, 1, None))) / len(rises)
