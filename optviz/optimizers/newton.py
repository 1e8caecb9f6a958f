"""Newton's method: the step to where the local parabola is flat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import hyper, learning_rate
from optviz.optimizers.ops import identity, solve


@dataclass(frozen=True)
class Newton(Optimizer):
    r"""The gradient is divided by the matrix of second derivatives.

    .. math:: \theta_t = \theta_{t-1} - \eta\, (H_t + \lambda I)^{-1} g_t

    A quadratic bowl is solved in one step. Without damping it goes to the next point of slope zero,
    a saddle as well as a minimum; ``damping`` is Levenberg's :math:`\lambda`, which turns it
    towards gradient descent (Nocedal & Wright 2006, chapters 3.3 and 10.3). Of a line fitted by
    least squares (`surfaces.fit_line`) the matrix is that of Gauss and Newton, damped that of
    Levenberg and Marquardt.
    """

    lr: Rate = learning_rate(1.0)
    damping: float = hyper(0.0, low=1e-3, high=1e3, log=True)
    maximize: bool = False

    elementwise = False
    by_layer = False

    def rule(self, t: Any, lr: Any, grad: Any, hessian: Any) -> tuple[Any, Slots]:
        return -lr * solve(hessian + self.damping * identity(hessian), grad), {}
