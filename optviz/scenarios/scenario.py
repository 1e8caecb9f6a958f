"""The class `Scenario`: settings of a race, a claim in words, and the same claim as a check."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from optviz.descent.race import race
from optviz.optimizers import Optimizer
from optviz.records.trajectory import Trajectory
from surfaces.surface import Floats, Surface

Runs = Sequence[Trajectory]


@dataclass(frozen=True, eq=False)
class Scenario:
    """A named lesson.

    Parameters
    ----------
    name : str
    title, claim : mapping of language ("en", "zh") to text
        The claim is what must be seen.
    surface : Surface
    optimizers : tuple of spec or Optimizer
        Each with its rate: nothing is tuned.
    check : callable
        From the runs, in the order of ``optimizers``, to whether the claim holds; the tests ask it.
    start, steps, noise, seed
        As in `optviz.race`.
    further_starts : tuple of (x, y)
        From which each optimizer runs too.
    views : tuple of str
        The panels that show it.
    delicate : tuple of {"start", "rate", "seed"}
        What the claim depends on exactly: its words say so ("exactly", "just here"). In all else it
        holds for neighbours too: starts 1 % of the window away, rates 1.3 times larger or smaller,
        other seeds.
    """

    name: str
    title: Mapping[str, str]
    claim: Mapping[str, str]
    surface: Surface
    optimizers: tuple[str | Optimizer, ...]
    check: Callable[[Runs], bool]
    start: tuple[float, float] | None = None
    steps: int | None = None
    noise: float = 0.0
    seed: int = 0
    views: tuple[str, ...] = ("contour", "loss")
    delicate: tuple[str, ...] = ()
    further_starts: tuple[tuple[float, float], ...] = ()

    def run(self, start: tuple[float, float] | None = None) -> list[Trajectory]:
        """Race its optimizers, from its own start unless told otherwise."""
        first = start or self.start or self.surface.start
        return race(
            self.surface, self.optimizers, starts=(first, *self.further_starts), steps=self.steps,
            noise=self.noise, seed=self.seed,
        )  # fmt: skip

    def holds(self, runs: Runs) -> bool:
        """Whether these runs show the claim."""
        return bool(self.check(runs))


def lesson(
    surface: Surface,
    specs: str,
    check: Callable[[Runs], bool],
    *,
    start: tuple[float, float],
    steps: int | None = None,
    delicate: tuple[str, ...] = (),
) -> Scenario:
    """The lesson of a surface, in the surface's own words; specs are parted by blanks."""
    return Scenario(
        surface.name, surface.title, surface.lesson, surface, tuple(specs.split()), check,
        start=start, steps=steps, delicate=delicate,
    )  # fmt: skip


def wells(*expected: tuple[float, float], within: float = 0.05) -> Callable[[Runs], bool]:
    """The check that each run ends in its well."""
    return lambda runs: all(
        ends_at(run, *well, within) for run, well in zip(runs, expected, strict=True)
    )


def ends_at(run: Trajectory, x: float, y: float, within: float = 0.05) -> bool:
    """Whether the last point is within a distance of (x, y)."""
    return math.dist(run.points[-1], (x, y)) <= within


def arrives(run: Trajectory, share: float = 0.01) -> int:
    """The first step after which at most ``share`` of the descent is left; 10**9 if none."""
    lowest = run.surface.lowest
    assert lowest is not None, "an arrival needs a known minimum"
    within = np.flatnonzero(run.values - lowest <= share * (run.values[0] - lowest))
    return int(within[0]) if within.size else 10**9


def settles(run: Trajectory, share: float = 0.01) -> int:
    """The first step from which at most ``share`` of the descent is left for good; or 10**9."""
    step = run.arrival(share)
    return 10**9 if step is None else step


def arrived(run: Trajectory, share: float = 0.01) -> bool:
    """Whether at most ``share`` of the descent to the lowest minimum is left at the end."""
    lowest = run.surface.lowest
    assert lowest is not None, "an arrival needs a known minimum"
    return bool(run.values[-1] - lowest <= share * (run.values[0] - lowest))


def rate_limit(run: Trajectory) -> float:
    """The rate above which GD diverges in a bowl curved as at the run's start."""
    return float(2 / np.linalg.eigvalsh(run.surface.hessian(run.points[0])).max())


def leaves(run: Trajectory) -> bool:
    """Whether the run ends early, or farther from the window than the window is wide."""
    (x0, x1), (y0, y1) = run.surface.domain
    x, y = run.points[-1]
    far = abs(x - (x0 + x1) / 2) > 1.5 * (x1 - x0) or abs(y - (y0 + y1) / 2) > 1.5 * (y1 - y0)
    return run.ending is not None or bool(far)


def moved(run: Trajectory) -> float:
    """Distance from the first to the last point."""
    return math.dist(run.points[0], run.points[-1])


def turns(numbers: Floats) -> int:
    """How often the sign changes."""
    signs = np.sign(numbers)
    return int((signs[1:] * signs[:-1] < 0).sum())
