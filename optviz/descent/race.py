"""Races: several optimizers on one surface, from one start."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from typing import Any

from optviz.descent.loop import descend, starting
from optviz.descent.resolve import as_optimizer, as_surface, check_way_to_rates, lacks_rate
from optviz.descent.tune import tuned
from optviz.optimizers import Optimizer
from optviz.records.labels import checked_labels
from optviz.records.trajectory import Trajectory
from surfaces.errors import InputError, must
from surfaces.surface import Surface

# RMSProp with its lecture's window: with torch's, 0.99, it walks AdaGrad's path for long. Where it
# is given by name it is torch's, as every optimizer.
CLASSICS = ("gd", "momentum", "adagrad", "rmsprop:alpha=0.9", "adam")


def race(
    surface: Surface | str,
    optimizers: Sequence[Optimizer | str] = CLASSICS,
    start: Any = None,
    steps: int | None = None,
    *,
    lr: str = "tuned",
    noise: float = 0.0,
    seed: int = 0,
    starts: Sequence[Any] | None = None,
    labels: Sequence[str] | None = None,
) -> list[Trajectory]:
    """Run several optimizers from one start, or each of them from several.

    Parameters
    ----------
    surface, start, steps, noise, seed
        As in `descend`; all runs see the same noise.
    optimizers : sequence of Optimizer, name or spec
        `optviz.FIVE` unless given: GD, Momentum, AdaGrad, RMSProp with its lecture's window
        (``rmsprop:alpha=0.9``; ``rmsprop`` alone has torch's, 0.99) and Adam.
    lr : {"tuned", "default"}
        The rate of an optimizer given by name or by a spec without ``lr``: chosen by `tune`, or
        torch's default. An Optimizer object runs as it is.
    starts : sequence of (x, y), optional
        In place of ``start``. A rate that is tuned is tuned from the first of them.
    labels : sequence of str, optional
        A text for each optimizer, no two equal: what pictures and tables call its runs.

    Returns
    -------
    list of Trajectory
        Of the first optimizer, from each start in turn; then of the next.
    """
    surface, points = _starting(surface, start, starts)
    if isinstance(optimizers, (str, Optimizer)):
        optimizers = [optimizers]
    if not optimizers:
        raise must("optimizers", "at least one optimizer", optimizers)
    check_way_to_rates(lr)
    named = [None] * len(optimizers) if labels is None else checked_labels(labels, len(optimizers))
    runs = []
    for optimizer, label in zip(optimizers, named, strict=True):
        runner, fits = with_rate(surface, optimizer, points[0], steps, lr)
        for point in points:
            run = descend(surface, runner, point, steps, noise=noise, seed=seed, label=label)
            runs.append(dataclasses.replace(run, rate_fits=fits if point is points[0] else None))
    return runs


def with_rate(
    surface: Surface, optimizer: Optimizer | str, start: Any, steps: int | None, lr: str
) -> tuple[Optimizer, bool | None]:
    """The optimizer of a name or spec, tuned where it is to be and no rate was given.

    With it whether its path stays in the window; None where it was not tuned.
    """
    check_way_to_rates(lr)
    if lr == "tuned" and lacks_rate(optimizer):
        return tuned(surface, as_optimizer(optimizer), start, steps)
    return as_optimizer(optimizer), None


def _starting(
    surface: Surface | str, start: Any, starts: Sequence[Any] | None
) -> tuple[Surface, list[tuple[float, float]]]:
    """The surface, its window wide enough to show all starts, and the starts."""
    if starts is None:
        surface, point = starting(surface, start)
        return surface, [point]
    if start is not None:
        raise InputError("start must be given once, as start or among starts; not both")
    if isinstance(starts, str) or not isinstance(starts, Iterable):
        raise must("starts", "a list of points, such as [(1, 2), (-3, 0.5)]", starts)
    points: list[tuple[float, float]] = []
    for each in starts:
        surface, point = starting(surface, each)
        if point in points:
            raise must("starts", "points that differ", starts)
        points.append(point)
    if not points:
        raise must("starts", "at least one point", starts)
    return as_surface(surface), points
