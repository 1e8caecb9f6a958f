"""Derivatives by central differences: the step, its error, and a check of others' slopes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from surfaces.kernel import Floats
from surfaces.window import Domain

# The steps that are tried: a side of the window over 2 to these. They are no whole numbers, as the
# distances of a function's jumps are often fractions of the window.
EXPONENTS: Floats = np.arange(3.5, 28, 2)
LONGEST = 2.0**-3.5  # of them
GOOD = 1e-10  # of the slopes: among steps whose error is below, the smallest is taken
LEEWAY = 2.0  # and among those whose error is at most so many times the least
PROBES = 12  # points of the window where steps are tried
ROUGH = 0.1  # of the slopes: an error from which on they are no slopes of the function
JUMP = 100.0  # times the slope on the other side and the usual one: a step up or down
LARGEST = np.finfo(float).max.item()
WRONG = 1e-2  # of a slope: another one is a different slope
ROUNDED = 1e-4  # of a value: what differs less may be the rounding of single precision

Function = Callable[[Floats, Floats], Floats]


class Step(NamedTuple):
    """A step of differences along one coordinate.

    ``error`` is the estimated error of the slopes in the window, as a share of their size there
    (root mean squares), or nan where it is not known. ``usual`` is that size, or None where the
    function is constant between jumps along this coordinate.
    """

    length: float
    error: float
    usual: float | None


def probe_points(domain: Domain, count: int = PROBES) -> tuple[Floats, Floats]:
    """Points spread evenly over a window, away from its edges, on no line with its axes."""
    # Roberts' sequence: shares that no small fraction comes near.
    shares = np.outer(np.arange(1, count + 1), (0.7548776662466927, 0.5698402909980532)) % 1
    low, high = np.transpose(domain)
    points = low + (0.1 + 0.8 * shares) * (high - low)
    return points[:, 0], points[:, 1]


def chosen_step(function: Function, domain: Domain, axis: int, jumps: bool) -> Step:
    """The step along a coordinate at which differences depend least on the step.

    A difference and that over four times the step differ by 15 times the smaller one's truncation
    and by their rounding, so the error that is said is an upper estimate.

    Values that are rounded (to float32, to some digits) do not change at all along short steps;
    there only longer ones count. Where the function ``jumps`` and these show no slope, it is
    constant between jumps.
    """
    x, y = probe_points(domain)
    side = domain[axis][1] - domain[axis][0]
    lengths = (side / 2.0**EXPONENTS).tolist()
    slopes = np.array([_plain(function, x, y, axis, length) for length in lengths])
    values = function(x, y)
    known = np.isfinite(slopes).all(axis=0) & np.isfinite(values)
    unknown = Step(side / 2.0**18, np.nan, np.inf)
    if not known.any():
        return unknown
    slopes = slopes[:, known]
    change, size = _rms(slopes[1:] - slopes[:-1]), _rms(slopes[1:])
    rounding = np.finfo(float).eps * _rms(values[known]) / np.array(lengths[1:])
    with np.errstate(all="ignore"):
        error = np.where(size > 0, np.maximum(change, rounding) / size, 0.0)
    flat = np.logical_not(slopes.any(axis=1))
    if flat[-1] and not flat.all():
        error[flat[1:]] = np.inf
        if error.min() > ROUGH:
            return Step(lengths[-1], 0.0, None) if jumps else unknown
    good = np.flatnonzero(error <= max(GOOD, LEEWAY * error.min()))
    best = int(good[-1] if error.min() <= ROUGH else np.argmin(error))
    return Step(lengths[best + 1], float(error[best]), float(size[best]))


def _rms(numbers: Floats) -> Any:
    """The root mean square over the last axis."""
    unit = np.abs(numbers).max() or 1.0  # so that no square overflows
    return unit * np.sqrt(np.mean((numbers / unit) ** 2, axis=-1))


def _plain(function: Function, x: Floats, y: Floats, axis: int, length: float) -> Floats:
    """The central difference at points."""
    dx, dy = (length, 0.0) if axis == 0 else (0.0, length)
    right, left = function(x + dx, y + dy), function(x - dx, y - dy)
    far, near = (x + dx, x - dx) if axis == 0 else (y + dy, y - dy)
    with np.errstate(all="ignore"):
        return np.asarray((right - left) / (far - near))


def slope(left: Any, here: Any, right: Any, back: Any, forth: Any, usual: float | None) -> Any:
    """The slope by values at three places, whose distances from the middle are given.

    Of the neighbours that are not finite, or lie behind a jump, the other side's difference is
    taken. A jump is much steeper than the other side and than the ``usual`` slope; where that is
    None, all that rises or falls is a jump.
    """
    with np.errstate(all="ignore"):
        central = (right - left) / (forth + back)
        if usual is not None and (np.abs(central) <= min(0.5 * JUMP * usual, LARGEST)).all():
            return central  # finite, and no jump
        before, after = (here - left) / back, (right - here) / forth
        one_sided = np.where(np.isfinite(right), after, before)
        steep, flat = (pick(np.abs(before), np.abs(after)) for pick in (np.maximum, np.minimum))
        smooth = np.where(np.abs(before) < np.abs(after), before, after)
        if usual is None:
            central = np.where(np.isfinite(central), 0.0, central)
        else:
            central = np.where(steep > JUMP * (flat + usual), smooth, central)
        return np.where(np.isfinite(central), central, one_sided)


def disagreement(
    value: Callable[[Floats], float],
    slope: Callable[[Floats], float | None],
    domain: Domain,
    axis: int,
) -> str:
    """Compare slopes with differences of the values: "", "no slope" or "another slope".

    Parameters
    ----------
    value, slope : callable
        Of a point (2,): the value there, and the slope along the axis; None where there is none.
    domain : ((x0, x1), (y0, y1))
    axis : int

    Returns
    -------
    str
        What holds at most of the points where it can be said.
    """
    low, high = np.array(domain, float).T
    step = 1e-3 * (high[axis] - low[axis]) * np.eye(2)[axis]
    verdicts = []
    for point in np.column_stack(probe_points(domain, 5)):
        here, again = value(point), value(point)
        wide, narrow = ([value(point + k * step), value(point - k * step)] for k in (1, 0.5))
        values = np.array([here, *wide, *narrow])
        if here != again or not np.isfinite(values).all() or (values == here).all():
            continue  # random, undefined or flat here
        given = slope(point)
        if given is None:
            verdicts.append("no slope")
            continue
        length = step[axis]
        far, near = (wide[0] - wide[1]) / (2 * length), (narrow[0] - narrow[1]) / length
        smooth = abs(far - near) <= 1e-3 * abs(near)
        if smooth and abs(wide[0] - wide[1]) > ROUNDED * abs(here):
            right = abs(given - near) <= WRONG * max(abs(given), abs(near))
            verdicts.append("" if right else "another slope")
    for verdict in ("no slope", "another slope"):
        if 2 * verdicts.count(verdict) > len(verdicts):
            return verdict
    return ""
