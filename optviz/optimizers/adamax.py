"""Adamax: Adam with the largest gradient in place of the mean squared one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import decay, epsilon, fraction, learning_rate
from optviz.optimizers.ops import maximum, sign


@dataclass(frozen=True)
class Adamax(Optimizer):
    r"""Divide the mean gradient by a decaying maximum of gradients.

    .. math:: u_t = \max(\beta_2 u_{t-1}, |g_t| + \epsilon), \qquad
        \theta_t = \theta_{t-1} - \frac{\eta}{1 - \beta_1^t}\, \frac{m_t}{u_t}

    Kingma & Ba (2015), algorithm 2; torch.optim.Adamax.
    """

    lr: Rate = learning_rate(0.002)
    betas: tuple[float, float] = fraction((0.9, 0.999))
    eps: float = epsilon()
    weight_decay: float = decay()
    maximize: bool = False

    def slots(self, zeros: Any) -> Slots:
        return {"exp_avg": zeros, "exp_inf": zeros}

    def rule(self, t: Any, lr: Any, grad: Any, exp_avg: Any, exp_inf: Any) -> tuple[Any, Slots]:
        beta1, beta2 = self.betas
        exp_avg = beta1 * exp_avg + (1 - beta1) * grad
        exp_inf = maximum(beta2 * exp_inf, grad * sign(grad) + self.eps)
        return -lr / (1 - beta1**t) * exp_avg / exp_inf, {"exp_avg": exp_avg, "exp_inf": exp_inf}
