"""The tuned rates against a sweep of 121: who arrives, and in how many steps.

    python benchmarks/tuning.py

Prints a table for `benchmarks/README.md`. It counts steps and measures no time: a test holds it. To
arrive is to come within 0.1 % of the way down to the lowest known value and to stay there until the
last step.
"""

from __future__ import annotations

from statistics import median
from typing import Any, NamedTuple

import numpy as np

import optviz
import surfaces
from optviz.optimizers import Optimizer, parse
from surfaces import Surface

RATES = np.logspace(-7, 3, 121)


class Pair(NamedTuple):
    """A surface, an optimizer, and the steps to arrive: tuned, and with the best rate swept."""

    surface: str
    optimizer: str
    tuned: float
    best: float

    @property
    def fails(self) -> bool:
        """Whether only the best rate arrives, with a path that stays in the window."""
        return self.tuned == np.inf > self.best


def arrivals(values: Any, lowest: float) -> Any:
    """The step from which each path (steps + 1, m) is near the lowest value; infinite if none."""
    near = values - lowest <= 1e-3 * (values[0] - lowest)
    after_last_far = len(near) - np.argmin(near[::-1], axis=0)
    steps = np.where(near.all(axis=0), 0, after_last_far)
    return np.where(near[-1], steps, np.inf)


def swept(surface: Surface, optimizer: Optimizer) -> float:
    """The fewest steps to arrive, of all rates whose path stays in the window."""
    low, high = np.array(surface.domain).T
    points = np.tile(np.array(surface.start), (len(RATES), 1))
    state, values = optimizer.init(points), []
    inside = np.ones(len(RATES), bool)
    with np.errstate(all="ignore"):
        for _ in range(surface.steps + 1):
            inside &= ((points >= low) & (points <= high)).all(axis=1)
            value, slope = surface.value_and_gradient(points)
            values.append(value)
            step, state = optimizer.update(slope, state, points, lr=RATES[:, None])
            points = points + step
        found = arrivals(np.array(values), min(v for *_, v in surface.minima))
    return float(found[inside].min(initial=np.inf))


def pairs() -> list[Pair]:
    """All surfaces with a known minimum, each with the five optimizers of a race."""
    found = []
    for name in surfaces.names():
        surface = surfaces.get(name)
        if surface.lowest is None:
            continue
        for spec, run in zip(optviz.FIVE, optviz.race(surface), strict=True):
            (tuned,) = arrivals(run.values[:, None], surface.lowest)
            found.append(Pair(name, spec, float(tuned), swept(surface, parse(spec))))
    return found


def ratios(measured: list[Pair], optimizer: str) -> list[float]:
    """Steps with the tuned rate over those with the best, where both arrive."""
    return [
        max(pair.tuned, 1) / max(pair.best, 1)
        for pair in measured
        if pair.optimizer == optimizer and max(pair.tuned, pair.best) < np.inf
    ]


def main() -> None:
    """Measure and print."""
    measured = pairs()
    for spec in optviz.FIVE:
        own = [pair for pair in measured if pair.optimizer == spec]
        some, tuned = (sum(p[i] < np.inf for p in own) for i in (3, 2))
        found = ratios(own, spec)
        print(
            f"| `{spec}` | {some} | {tuned} | {sum(p.fails for p in own)} "
            f"| {median(found):.2f} | {max(found):.1f} |"
        )
    failing = [f"{pair.optimizer} on {pair.surface}" for pair in measured if pair.fails]
    print(f"{len(failing)} of {len(measured)} pairs fail: {', '.join(failing)}")


if __name__ == "__main__":
    main()
