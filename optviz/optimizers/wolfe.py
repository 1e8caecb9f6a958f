"""How far to go along a line: a step that satisfies the strong Wolfe conditions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

SHORTEST = 1e-9  # torch's: a bracket that is shorter is not divided any more


class Trial(NamedTuple):
    """The loss at a multiple of the step, and its slope along the line there."""

    at: float
    value: float
    slope: float


class Wanted(NamedTuple):
    """The two conditions, which compare with the beginning of the line.

    The loss falls by ``c1`` of what the slope promises at least (Armijo), and the slope is at most
    ``c2`` of what it was, up or down (curvature).
    """

    start: Trial
    c1: float
    c2: float

    def is_high(self, trial: Trial) -> bool:
        """Whether the loss has not fallen enough."""
        return trial.value > self.start.value + self.c1 * trial.at * self.start.slope

    def is_flat(self, trial: Trial) -> bool:
        """Whether the slope is small enough."""
        return abs(trial.slope) <= -self.c2 * self.start.slope


def strong_wolfe(
    along: Callable[[float], Trial], wanted: Wanted, length: float, most: int
) -> float:
    """The multiple of a step, with at most ``most`` trials after the first, which is the step.

    Nocedal & Wright (2006), algorithms 3.5 and 3.6, with minFunc's cubic interpolation, as torch
    has them. If no trial satisfies the conditions, the lowest end of the bracket is taken.

    Parameters
    ----------
    along : callable
        From a multiple of the step to the trial there.
    wanted : Wanted
    length : float
        The largest part of the step.
    most : int
    """
    previous, trial = wanted.start, along(1.0)
    for k in range(most):
        if wanted.is_high(trial) or (k > 1 and trial.value >= previous.value):
            return _zoomed(along, wanted, [previous, trial], length, most - k)
        if wanted.is_flat(trial):
            return trial.at
        if trial.slope >= 0:
            return _zoomed(along, wanted, [previous, trial], length, most - k)
        nearest, farthest = trial.at + 0.01 * (trial.at - previous.at), 10 * trial.at
        at = _lowest(previous, trial, nearest, farthest)
        previous, trial = trial, along(at)
    return wanted.start.at if wanted.start.value <= trial.value else trial.at


def _zoomed(
    along: Callable[[float], Trial], wanted: Wanted, ends: list[Trial], length: float, most: int
) -> float:
    """The multiple between two, of which one satisfies the conditions."""
    low = _lower(ends)
    is_stuck = False
    for _ in range(most):
        first, last = sorted(end.at for end in ends)
        if (last - first) * length < SHORTEST:
            break
        at = _lowest(ends[0], ends[1], first, last)
        margin = 0.1 * (last - first)
        if min(last - at, at - first) < margin:  # near an end: once is accepted
            if is_stuck or at >= last or at <= first:
                at = last - margin if abs(at - last) < abs(at - first) else first + margin
                is_stuck = False
            else:
                is_stuck = True
        else:
            is_stuck = False
        trial = along(at)
        if wanted.is_high(trial) or trial.value >= ends[low].value:
            ends[1 - low] = trial
            low = _lower(ends)
            continue
        if wanted.is_flat(trial):
            return trial.at
        if trial.slope * (ends[1 - low].at - ends[low].at) >= 0:
            ends[1 - low] = ends[low]
        ends[low] = trial
    return ends[low].at


def _lower(ends: list[Trial]) -> int:
    return 0 if ends[0].value <= ends[1].value else 1


def _lowest(a: Trial, b: Trial, first: float, last: float) -> float:
    """Where the cubic through two values and slopes is lowest, within bounds; else their middle."""
    left, right = (a, b) if a.at <= b.at else (b, a)
    middle, gap = (first + last) / 2, right.at - left.at
    if gap == 0:
        return middle
    between = a.slope + b.slope - 3 * (right.value - left.value) / gap
    squared = between * between - a.slope * b.slope
    if not 0 <= squared < math.inf:
        return middle
    root = math.sqrt(squared)
    above, below = right.slope + root - between, right.slope - left.slope + 2 * root
    if below == 0:  # a straight line: to the end where it is lower
        return first if above > 0 else last if above < 0 else middle
    return min(max(right.at - gap * (above / below), first), last)
