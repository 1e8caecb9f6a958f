"""The learning rates that `optviz.tune` tries, and the rule that chooses one of them."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from surfaces.surface import Floats, Surface

LONGEST_STEP = 0.08  # of the window's diagonal
SLOWEST = 1e-3  # of the rate whose first step crosses the window
MOST_DECADES = 300  # on either side of 1: what floats hold
ROUNDING = 1e-9  # must decide on nothing: the browser has other last bits
PROBES = 16  # points along each side of the window where the first step is looked at


def ladder(decades: Iterable[int]) -> Floats:
    """The rates 1, 2, 5 x 10^k."""
    return np.array([float(f"{digit}e{k}") for k in decades for digit in (1, 2, 5)])


USUAL = range(-6, 2)
RATES = ladder(USUAL)  # 1e-6, 2e-6, ... 50: tried on every surface


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


class Contest:
    """The paths of many rates, scored step by step by the rule that `optviz.tune` states.

    Parameters
    ----------
    surface : Surface
    rates : array (m,)
    value : float
        At the start.
    sign : float
        -1 for an optimizer that maximizes.
    """

    def __init__(self, surface: Surface, rates: Floats, value: float, sign: float) -> None:
        self.rates, self.sign = rates, sign
        (x0, x1), (y0, y1) = surface.domain
        self.low, self.high = np.array([x0, y0]), np.array([x1, y1])
        self.longest = LONGEST_STEP * (1 + ROUNDING) * np.hypot(*(self.high - self.low))
        window = sign * np.append(surface.samples()[-1], value)
        window = window[np.isfinite(window)]
        known = [v for x, y, v in surface.minima if x0 <= x <= x1 and y0 <= y <= y1 and sign > 0]
        self.lowest = min(known, default=window.min())
        self.floor = 1e-12 * (window.max() - self.lowest)
        self.finite = np.ones(len(rates), bool)  # as far as the paths are known
        self.fits = self.finite.copy()
        self.total = np.zeros(len(rates))  # of the logarithms
        self.last: Floats | None = None

    def see(self, points: Floats, values: Floats, gradients: Floats) -> None:
        """Take in the next k steps of the m paths: arrays (k, m, 2), (k, m) and (k, m, 2)."""
        finite = np.isfinite(values) & np.isfinite(points).all(2) & np.isfinite(gradients).all(2)
        self.finite &= finite.all(axis=0)
        inside = ((points >= self.low) & (points <= self.high)).all(axis=(0, 2))
        path = points if self.last is None else np.concatenate([self.last, points])
        self.last = points[-1:]
        with np.errstate(all="ignore"):
            short = np.linalg.norm(np.diff(path, axis=0), axis=2) <= self.longest
            rise = np.maximum(self.sign * values - self.lowest, self.floor)
            self.total += np.log10(rise).sum(axis=0)
        self.fits &= self.finite & inside & short.all(axis=0)

    @property
    def over(self) -> bool:
        """Whether all paths have left the finite numbers."""
        return not self.finite.any()

    def winner(self) -> tuple[float, bool]:
        """The best rate, and whether its path keeps to the limits."""
        if not self.fits.any():
            return float(self.rates[np.argmax(self.finite)]), False  # the first, if any
        allowed = np.flatnonzero(self.fits)
        return float(self.rates[allowed[np.argmin(self.total[allowed])]]), True
