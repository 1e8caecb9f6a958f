"""RAdam: Adam with its warm-up built in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import decay, epsilon, fraction, learning_rate
from optviz.optimizers.ops import maximum, sqrt, where


@dataclass(frozen=True)
class RAdam(Optimizer):
    r"""Adam that scales by the root only once its variance can be trusted, and then by degrees.

    .. math:: \rho_\infty = \frac{2}{1 - \beta_2} - 1, \qquad
        \rho_t = \rho_\infty - \frac{2 t \beta_2^t}{1 - \beta_2^t}, \qquad
        r_t = \sqrt{\frac{(\rho_t - 4)(\rho_t - 2) \rho_\infty}
        {(\rho_\infty - 4)(\rho_\infty - 2) \rho_t}}

    While :math:`\rho_t \le 5` it is momentum, then Adam's step times :math:`r_t`.
    Liu et al. (2020), algorithm 2; torch.optim.RAdam.
    """

    lr: Rate = learning_rate(0.001)
    betas: tuple[float, float] = fraction((0.9, 0.999))
    eps: float = epsilon()
    weight_decay: float = decay()
    decoupled_weight_decay: bool = False
    maximize: bool = False

    def slots(self, zeros: Any) -> Slots:
        return {"exp_avg": zeros, "exp_avg_sq": zeros}

    def rule(self, t: Any, lr: Any, grad: Any, exp_avg: Any, exp_avg_sq: Any) -> tuple[Any, Slots]:
        beta1, beta2 = self.betas
        exp_avg = beta1 * exp_avg + (1 - beta1) * grad
        exp_avg_sq = beta2 * exp_avg_sq + (1 - beta2) * grad * grad
        corrected = exp_avg / (1 - beta1**t)
        longest = 2 / (1 - beta2) - 1
        length = longest - 2 * t * beta2**t / (1 - beta2**t)
        # Where the rectified branch is not taken, 5 keeps its root real and its quotient finite.
        rho, rho_inf = maximum(length, 5.0), maximum(longest, 5.0)
        rectification = sqrt(
            (rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho)
        )
        adaptive = sqrt(1 - beta2**t) / (sqrt(exp_avg_sq) + self.eps)
        slots = {"exp_avg": exp_avg, "exp_avg_sq": exp_avg_sq}
        return (
            -lr * corrected * where(length > 5, rectification * adaptive, 1 + 0 * adaptive),
            slots,
        )
