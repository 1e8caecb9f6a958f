"""Choose the learning rate of a picture, by one rule for every optimizer."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from itertools import islice
from typing import Any

import numpy as np

from optviz.descent.loop import Iterate, all_finite, checked_steps, iterate, starting
from optviz.descent.objective import on_points, on_surface
from optviz.descent.rates import Judge, Point, Trial, best_of, candidates, probe_points
from optviz.descent.resolve import as_optimizer
from optviz.descent.screening import Screening
from optviz.optimizers import Optimizer, schedules
from surfaces.errors import InputError, must
from surfaces.surface import Floats, Surface

FIRST_LOOK = 32  # steps after which it is first asked who has arrived; then twice as many
BLOCK = 1000  # steps at most between two such looks


def tune(
    surface: Surface | str,
    optimizer: Optimizer | str,
    start: Any = None,
    steps: int | None = None,
) -> Optimizer:
    """Choose the learning rate that makes a picture, by one rule for every optimizer.

    Of the rates 1, 1.5, 2, 3, 5, 7 x 10^k whose path stays in the drawn window and takes no step
    longer than 40 % of its diagonal, the one wins that first comes within 0.1 % of the way down and
    stays there for half as many steps again; where none does, the one with the lowest mean of
    log10(highest value still to come - lowest).

    The rates are tried from 1e-6 to 70, and in further decades where the surface's slopes and its
    window ask for them (`optviz.descent.rates.candidates`); of two that are as good the smaller
    wins. The way down leads from the value at the start to ``lowest``, the lowest known value in
    the window (without a minimum: the lowest value on a grid); the difference to it is floored at
    1e-12 of the window's range. If no rate keeps to the limits, the smallest is taken whose path
    stays finite: `Trajectory.rate_fits` of a race is then False, and its legend says so.

    Returns
    -------
    Optimizer
        The same with ``lr`` replaced.
    """
    surface, point = starting(surface, start)
    return tuned(surface, as_optimizer(optimizer), point, steps)[0]


def tuned(
    surface: Surface, optimizer: Optimizer, point: tuple[float, float], steps: int | None
) -> tuple[Optimizer, bool]:
    """The optimizer with the winning rate, and whether that keeps to the limits."""
    if isinstance(optimizer.lr, schedules.Schedule):
        raise must("lr", "a number to be tuned", str(optimizer))
    count = checked_steps(surface.steps if steps is None else steps)
    with np.errstate(all="ignore"):
        first = _first_steps(surface, optimizer, probe_points(surface, point))
    rates = candidates(surface, first).tolist()
    judge = Judge(surface, count, surface.at(*point)[0], -1.0 if optimizer.maximize else 1.0)
    choose = _screened if optimizer.broadcasts else _one_by_one
    winner = choose(judge, surface, optimizer, point, rates)
    if winner is not None:
        return dataclasses.replace(optimizer, lr=winner), True
    finite = (r for r in rates if _stays_finite(_path(surface, optimizer, r, point), count))
    return dataclasses.replace(optimizer, lr=next(finite, rates[0])), False


def _screened(
    judge: Judge,
    surface: Surface,
    optimizer: Optimizer,
    point: tuple[float, float],
    rates: list[float],
) -> float | None:
    """The winning rate, if any: all run together, and those that arrive first are then tried."""
    screening = Screening(judge, surface, optimizer, point, rates)
    arrivals: dict[int, float] = {}
    steps = 0
    while steps < judge.steps:
        steps = min(steps + min(max(steps, FIRST_LOOK), BLOCK), judge.steps)
        screening.follow(steps)
        for i in screening.arrived():
            if i not in arrivals:
                trial = judge.trial(_path(surface, optimizer, rates[i], point))
                arrivals[i] = trial.arrival if trial else math.inf
            # If it goes away again, it comes back after these steps: a later one may be sooner.
            if arrivals[i] == screening.arrival[i]:
                return rates[i]
    return best_of(rates, screening.trials())


def _one_by_one(
    judge: Judge,
    surface: Surface,
    optimizer: Optimizer,
    point: tuple[float, float],
    rates: list[float],
) -> float | None:
    """The winning rate, if any, of an optimizer that cannot run with many at once."""
    deadline = math.inf
    trials: list[Trial | None] = []
    for rate in reversed(rates):  # large ones soon fail or arrive, and set the others a deadline
        trials.append(judge.trial(_path(surface, optimizer, rate, point), deadline))
        deadline = min(deadline, trials[-1].arrival if trials[-1] else math.inf)
    return best_of(rates, trials[::-1])


def _first_steps(surface: Surface, optimizer: Optimizer, points: Floats) -> Floats:
    """The first step with rate 1 from each point (n, 2)."""
    if optimizer.broadcasts:
        optimizer.recorded(2)  # what a run could not do shall not work here, on arrays
        walk = iterate(on_points(surface, [], exact=False), optimizer, points, lr=1.0)
        steps: Floats = list(islice(walk, 2))[1].step
        return steps
    unit = dataclasses.replace(optimizer, lr=1.0)
    objective = on_surface(surface, None, [])
    return np.array([_first_step(iterate(objective, unit, tuple(at))) for at in points.tolist()])


def _first_step(walk: Iterator[Iterate]) -> Any:
    try:
        return list(islice(walk, 2))[1].step
    except InputError:
        raise
    except (ArithmeticError, ValueError):  # as in `descend`
        return math.nan, math.nan


def _path(
    surface: Surface, optimizer: Optimizer, rate: float, point: tuple[float, float]
) -> Iterator[Point]:
    """The points of a run with this rate, without end as long as its numbers are finite."""
    values: list[float] = []
    objective = on_surface(surface, None, values)
    if optimizer.broadcasts:  # one object for all rates: a rule is recorded once
        walk = iterate(objective, optimizer, point, lr=rate)
    else:
        walk = iterate(objective, dataclasses.replace(optimizer, lr=rate), point)
    while True:
        try:
            params, grad, _, step = next(walk)
        except InputError:
            raise
        except (ArithmeticError, ValueError):  # as in `descend`
            return
        if not all_finite(params, grad, values[-1]):
            return
        yield Point(params, values[-1], step)


def _stays_finite(path: Iterator[Point], steps: int) -> bool:
    """Whether a path has so many steps."""
    return sum(1 for _ in islice(path, steps + 1)) > steps
