"""Adan: Nesterov's momentum from differences of gradients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import decay, epsilon, fraction, learning_rate
from optviz.optimizers.ops import sqrt, where


@dataclass(frozen=True)
class Adan(Optimizer):
    r"""Means of the gradient, of its change, and of the square of both together.

    .. math:: m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t, \qquad
        v_t = \beta_2 v_{t-1} + (1 - \beta_2)(g_t - g_{t-1}), \qquad
        n_t = \beta_3 n_{t-1} + (1 - \beta_3) [g_t + \beta_2 (g_t - g_{t-1})]^2

    .. math:: \theta_t = \frac{1}{1 + \eta \lambda} \left( \theta_{t-1} - \eta
        \frac{\hat m_t + \beta_2 \hat v_t}{\sqrt{\hat n_t} + \epsilon} \right)

    Xie, Zhou, Li, Lin & Yan (2022), algorithm 1, as in their code: with Adam's bias correction, and
    with betas that say how much is kept, where the paper's say how much is new.
    """

    lr: Rate = learning_rate(0.001)
    betas: tuple[float, float, float] = fraction((0.98, 0.92, 0.99))
    eps: float = epsilon()
    weight_decay: float = decay()
    maximize: bool = False

    letters: ClassVar = {"exp_avg_diff": "d", "diff": r"\delta", "ahead": r"\hat{g}"}
    decays_in_rule = True

    def slots(self, zeros: Any) -> Slots:
        return {"exp_avg": zeros, "exp_avg_diff": zeros, "exp_avg_sq": zeros, "prev": zeros}

    def rule(
        self,
        t: Any,
        lr: Any,
        grad: Any,
        params: Any,
        exp_avg: Any,
        exp_avg_diff: Any,
        exp_avg_sq: Any,
        prev: Any,
    ) -> tuple[Any, Slots]:
        beta1, beta2, beta3 = self.betas
        diff = grad - where(t <= 1, grad, prev)
        ahead = grad + beta2 * diff
        exp_avg = beta1 * exp_avg + (1 - beta1) * grad
        exp_avg_diff = beta2 * exp_avg_diff + (1 - beta2) * diff
        exp_avg_sq = beta3 * exp_avg_sq + (1 - beta3) * ahead * ahead
        mean = exp_avg / (1 - beta1**t) + beta2 * exp_avg_diff / (1 - beta2**t)
        direction = mean / (sqrt(exp_avg_sq / (1 - beta3**t)) + self.eps)
        # (params - lr * direction) / (1 + lr * weight_decay) - params, without its cancellation
        step = -lr * (direction + self.weight_decay * params) / (1 + lr * self.weight_decay)
        return step, {
            "exp_avg": exp_avg,
            "exp_avg_diff": exp_avg_diff,
            "exp_avg_sq": exp_avg_sq,
            "prev": grad,
        }
