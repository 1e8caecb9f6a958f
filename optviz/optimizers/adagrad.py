"""AdaGrad."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import coefficient, decay, epsilon, learning_rate
from optviz.optimizers.ops import sqrt


@dataclass(frozen=True)
class AdaGrad(Optimizer):
    r"""Divide by the root of all squared gradients so far: rare coordinates keep large steps.

    .. math:: G_t = G_{t-1} + g_t^2, \qquad
        \theta_t = \theta_{t-1}
        - \frac{\eta}{1 + (t - 1)\kappa}\, \frac{g_t}{\sqrt{G_t} + \epsilon}

    Duchi, Hazan & Singer (2011), figure 1 with a diagonal matrix; torch.optim.Adagrad.
    """

    lr: Rate = learning_rate(0.01)
    lr_decay: float = coefficient()
    weight_decay: float = decay()
    initial_accumulator_value: float = coefficient()
    eps: float = epsilon(1e-10)
    maximize: bool = False

    def slots(self, zeros: Any) -> Slots:
        return {"sum": zeros + self.initial_accumulator_value}

    def rule(self, t: Any, lr: Any, grad: Any, sum: Any) -> tuple[Any, Slots]:
        lr = lr / (1 + (t - 1) * self.lr_decay)
        sum = sum + grad * grad
        return -lr * grad / (sqrt(sum) + self.eps), {"sum": sum}
