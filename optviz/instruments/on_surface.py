"""Moments of a descent on a surface: gradient and Hessian are exact."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from optviz.instruments import INSTRUMENTS
from optviz.instruments.measuring import measure
from optviz.optimizers import Adam, Optimizer
from optviz.optimizers.state import State
from optviz.records.series import Series
from optviz.records.trajectory import Trajectory
from surfaces.surface import Floats


@dataclass(frozen=True)
class SurfaceMoment:
    """A point of a descent; see `optviz.instruments.moment.Moment`.

    Attributes
    ----------
    hessian : array (2, 2)
    divisor : array (2,)
        What the step from here divides by.
    """

    optimizer: Optimizer
    rate: float
    start: Floats
    point: Floats
    loss: float
    gradient: Floats
    hessian: Floats
    divisor: Floats

    @property
    def layers(self) -> Mapping[str, slice]:
        """None: a point is one thing."""
        return {}

    @property
    def largest_eigenvalue(self) -> float:
        """Of the Hessian."""
        return _largest(self.hessian)

    @property
    def divided_eigenvalue(self) -> float:
        """Of the Hessian as the optimizer sees it."""
        rule, root = self.optimizer, np.sqrt(self.divisor)
        coupled = 0.0 if rule.decoupled_weight_decay else rule.weight_decay
        return _largest((self.hessian + coupled * np.eye(2)) / np.outer(root, root))

    @property
    def trace(self) -> tuple[float, float]:
        """Of the Hessian, exact."""
        return float(np.trace(self.hessian)), 0.0


def _largest(matrix: Floats) -> float:
    if not np.isfinite(matrix).all():
        return float("nan")
    return float(np.linalg.eigvalsh(matrix)[-1])


def moments(run: Trajectory) -> Iterator[SurfaceMoment]:
    """The moments of a descent, from its start to its last finite point."""
    surface, rule, points = run.surface, run.optimizer, run.points
    gradients, hessians = surface.gradient(points), surface.hessian(points)
    for k, point in enumerate(points):
        yield SurfaceMoment(
            rule, rule.rate(k + 1), points[0], point, float(run.values[k]), gradients[k],
            hessians[k], _divisor(run, k),
        )  # fmt: skip


def _divisor(run: Trajectory, k: int) -> Floats:
    """What step k + 1 divides by: it has seen the gradient after k steps."""
    rule, slots = run.optimizer, {name: state[k] for name, state in run.states.items()}
    if not isinstance(rule, Adam):
        return np.ones(2)
    if not slots:  # a path that came without them
        return np.full(2, np.nan)
    after = rule.update(run.gradients[k], State(k, slots), run.points[k])[1]
    return np.asarray(rule.divisor(k + 1, after.slots))


def measured(run: Trajectory, name: str) -> Series:
    """One instrument's series along a descent."""
    instruments = {name: INSTRUMENTS[name]}
    return measure(instruments, moments(run), range(len(run) + 1))[name]
