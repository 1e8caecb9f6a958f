"""NAdam: Adam with Nesterov's look ahead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import coefficient, decay, epsilon, fraction, learning_rate
from optviz.optimizers.ops import sqrt


@dataclass(frozen=True)
class NAdam(Optimizer):
    r"""Adam whose mean gradient is looked at one step ahead.

    .. math:: \mu_t = \beta_1 (1 - \tfrac12\, 0.96^{t \psi}), \qquad
        \hat m_t = \frac{(1 - \mu_t) g_t}{1 - \prod_{i=1}^{t} \mu_i}
        + \frac{\mu_{t+1} m_t}{1 - \prod_{i=1}^{t+1} \mu_i}

    .. math:: \hat v_t = \frac{v_t}{1 - \beta_2^t}, \qquad
        \theta_t = \theta_{t-1} - \frac{\eta\, \hat m_t}{\sqrt{\hat v_t} + \epsilon}

    Dozat (2016), algorithm 8; torch.optim.NAdam.
    """

    lr: Rate = learning_rate(0.002)
    betas: tuple[float, float] = fraction((0.9, 0.999))
    eps: float = epsilon()
    weight_decay: float = decay()
    momentum_decay: float = coefficient(0.004)
    decoupled_weight_decay: bool = False
    maximize: bool = False

    def slots(self, zeros: Any) -> Slots:
        return {"mu_product": 1.0, "exp_avg": zeros, "exp_avg_sq": zeros}

    def rule(
        self, t: Any, lr: Any, grad: Any, mu_product: Any, exp_avg: Any, exp_avg_sq: Any
    ) -> tuple[Any, Slots]:
        beta1, beta2 = self.betas
        mu = beta1 * (1 - 0.5 * 0.96 ** (t * self.momentum_decay))
        mu_next = beta1 * (1 - 0.5 * 0.96 ** ((t + 1) * self.momentum_decay))
        mu_product = mu_product * mu
        exp_avg = beta1 * exp_avg + (1 - beta1) * grad
        exp_avg_sq = beta2 * exp_avg_sq + (1 - beta2) * grad * grad
        mean = (1 - mu) / (1 - mu_product) * grad + mu_next / (1 - mu_product * mu_next) * exp_avg
        mean_sq = exp_avg_sq / (1 - beta2**t)
        slots = {"mu_product": mu_product, "exp_avg": exp_avg, "exp_avg_sq": exp_avg_sq}
        return -lr * mean / (sqrt(mean_sq) + self.eps), slots
