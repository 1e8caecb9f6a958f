"""Choose the learning rate of a picture, by one rule for every optimizer."""

from __future__ import annotations

import dataclasses
from itertools import islice
from typing import Any

import numpy as np

from optviz.descent.loop import checked_steps, descend, iterate, starting
from optviz.descent.rates import Contest, candidates, probe_points
from optviz.descent.resolve import as_optimizer
from optviz.optimizers import Optimizer, schedules
from surfaces.errors import must
from surfaces.surface import Floats, Surface

BLOCK = 1000  # steps of tuning that are judged together


def tune(
    surface: Surface | str,
    optimizer: Optimizer | str,
    start: Any = None,
    steps: int | None = None,
) -> Optimizer:
    """Choose the learning rate that makes a picture, by one rule for every optimizer.

    The rates 1, 2, 5 x 10^k are tried from 1e-6 to 50, and in further decades where the surface's
    slopes and its window ask for them (`optviz.descent.rates.candidates`). Those are kept whose
    path stays finite and in the drawn window and whose longest step is at most 8 % of its diagonal;
    of these the one with the lowest mean of log10(value - lowest) wins. ``lowest`` is the lowest
    known value in the window (without a minimum: the lowest value on a grid), and the difference is
    floored at 1e-12 of the window's range. If no rate keeps to the limits, the smallest is taken
    whose path stays finite: `Trajectory.rate_fits` of a race is then False, and its legend says so.

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
    sign = -1.0 if optimizer.maximize else 1.0
    contest = Contest(surface, candidates(surface, first), surface.at(*point)[0], sign)
    if optimizer.broadcasts:
        _many_rates(contest, surface, optimizer, point, count)
    else:
        _each_rate(contest, surface, optimizer, point, count)
    rate, fits = contest.winner()
    return dataclasses.replace(optimizer, lr=rate), fits


def _first_steps(surface: Surface, optimizer: Optimizer, points: Floats) -> Floats:
    """The first step with rate 1 from each point (n, 2)."""
    _, gradients = surface.value_and_gradient(points)
    if optimizer.broadcasts:
        optimizer.recorded(2)  # what a run could not do shall not work here, on arrays
        steps: Floats = optimizer.update(gradients, optimizer.init(points), points, lr=1.0)[0]
        return steps
    unit = dataclasses.replace(optimizer, lr=1.0)
    pairs = zip(map(tuple, gradients.tolist()), map(tuple, points.tolist()), strict=True)
    return np.array([unit.update(grad, unit.init(at), at)[0] for grad, at in pairs])


def _many_rates(
    contest: Contest, surface: Surface, optimizer: Optimizer, point: Any, steps: int
) -> None:
    """Run all rates at once, as one run that broadcasts over them."""
    values: list[Floats] = []

    def gradient(params: Floats) -> Floats:
        value, slope = surface.value_and_gradient(params)
        values.append(value)
        return slope

    start = np.tile(np.array(point), (len(contest.rates), 1))
    with np.errstate(all="ignore"):
        walk = iterate(gradient, optimizer, start, lr=contest.rates[:, None])
        for begin in range(0, steps + 1, BLOCK):
            seen = list(islice(walk, min(BLOCK, steps + 1 - begin)))
            points, slopes = (np.array([visit[i] for visit in seen]) for i in (0, 1))
            contest.see(points, np.array(values), slopes)
            values.clear()
            if contest.over:
                return


def _each_rate(
    contest: Contest, surface: Surface, optimizer: Optimizer, point: Any, steps: int
) -> None:
    """Run the rates one by one, for an optimizer that cannot broadcast, such as torch's own."""
    shape = (steps + 1, len(contest.rates))
    points, values = np.full((*shape, 2), np.nan), np.full(shape, np.nan)
    for i, rate in enumerate(contest.rates):
        run = descend(surface, dataclasses.replace(optimizer, lr=float(rate)), point, steps)
        points[: len(run) + 1, i] = run.points
        values[: len(run) + 1, i] = run.values
    contest.see(points, values, np.zeros_like(points))  # a run keeps finite gradients only
