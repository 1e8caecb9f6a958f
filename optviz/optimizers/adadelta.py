"""Adadelta."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import decay, epsilon, fraction, learning_rate
from optviz.optimizers.ops import sqrt


@dataclass(frozen=True)
class Adadelta(Optimizer):
    r"""Scale by the root of past squared steps over past squared gradients: no rate to choose.

    .. math:: v_t = \rho v_{t-1} + (1 - \rho) g_t^2, \qquad
        \Delta_t = \frac{\sqrt{u_{t-1} + \epsilon}}{\sqrt{v_t + \epsilon}}\, g_t, \qquad
        u_t = \rho u_{t-1} + (1 - \rho) \Delta_t^2

    and :math:`\theta_t = \theta_{t-1} - \eta \Delta_t`. Zeiler (2012), algorithm 1;
    torch.optim.Adadelta.
    """

    lr: Rate = learning_rate(1.0)
    rho: float = fraction(0.9)
    eps: float = epsilon(1e-6)
    weight_decay: float = decay()
    maximize: bool = False

    def slots(self, zeros: Any) -> Slots:
        return {"square_avg": zeros, "acc_delta": zeros}

    def rule(
        self, t: Any, lr: Any, grad: Any, square_avg: Any, acc_delta: Any
    ) -> tuple[Any, Slots]:
        square_avg = self.rho * square_avg + (1 - self.rho) * grad * grad
        delta = sqrt(acc_delta + self.eps) / sqrt(square_avg + self.eps) * grad
        acc_delta = self.rho * acc_delta + (1 - self.rho) * delta * delta
        return -lr * delta, {"square_avg": square_avg, "acc_delta": acc_delta}
