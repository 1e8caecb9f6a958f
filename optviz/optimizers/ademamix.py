"""AdEMAMix: Adam with a second momentum that remembers far longer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import decay, epsilon, fraction, hyper, learning_rate
from optviz.optimizers.ops import exp, log, maximum, minimum, sqrt, where


@dataclass(frozen=True)
class AdEMAMix(Optimizer):
    r"""A fast and a slow mean of the gradient together, over the root of the mean squared one.

    .. math:: m_1 \leftarrow \beta_1 m_1 + (1 - \beta_1) g_t, \qquad
        m_2 \leftarrow \beta_3(t)\, m_2 + (1 - \beta_3(t)) g_t, \qquad
        v \leftarrow \beta_2 v + (1 - \beta_2) g_t^2

    .. math:: \theta_t = (1 - \eta \lambda)\, \theta_{t-1} - \eta
        \frac{\hat m_1 + \alpha(t)\, m_2}{\sqrt{\hat v} + \epsilon}

    Pagliardini, Ablin & Grangier (2024), algorithm 1. Over the first ``warmup`` steps (their
    :math:`T_{\alpha, \beta_3}`; 0 for none) :math:`\alpha(t)` rises from 0 in a straight line, and
    :math:`\beta_3(t)` from :math:`\beta_1` so that its memory grows evenly.
    """

    lr: Rate = learning_rate(0.001)
    betas: tuple[float, float, float] = fraction((0.9, 0.999, 0.9999))
    alpha: float = hyper(5.0, low=0.0, high=10.0)
    warmup: int = hyper(0, low=0, high=1000)
    eps: float = epsilon()
    weight_decay: float = decay()
    maximize: bool = False

    letters: ClassVar = {"exp_avg_slow": r"\bar{m}", "beta3": r"\beta_3"}
    decoupled_weight_decay = True

    def slots(self, zeros: Any) -> Slots:
        return {"exp_avg": zeros, "exp_avg_slow": zeros, "exp_avg_sq": zeros}

    def rule(
        self, t: Any, lr: Any, grad: Any, exp_avg: Any, exp_avg_slow: Any, exp_avg_sq: Any
    ) -> tuple[Any, Slots]:
        beta1, beta2, beta3 = self.betas
        done = minimum(t / maximum(1.0 * self.warmup, 1.0), 1.0)
        alpha = done * self.alpha
        first, last = log(maximum(beta1, 1e-30)), log(maximum(beta3, 1e-30))
        rising = minimum(exp(first * last / ((1 - done) * last + done * first)), beta3)
        beta3 = where(done < 1, rising, beta3)
        exp_avg = beta1 * exp_avg + (1 - beta1) * grad
        exp_avg_slow = beta3 * exp_avg_slow + (1 - beta3) * grad
        exp_avg_sq = beta2 * exp_avg_sq + (1 - beta2) * grad * grad
        mean, mean_sq = exp_avg / (1 - beta1**t), exp_avg_sq / (1 - beta2**t)
        step = -lr * (mean + alpha * exp_avg_slow) / (sqrt(mean_sq) + self.eps)
        return step, {
            "exp_avg": exp_avg,
            "exp_avg_slow": exp_avg_slow,
            "exp_avg_sq": exp_avg_sq,
        }
