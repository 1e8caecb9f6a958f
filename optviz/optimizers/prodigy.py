"""Prodigy: Adam that finds its own learning rate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import decay, epsilon, fraction, hyper, learning_rate
from optviz.optimizers.ops import dot, maximum, sqrt, total, where


@dataclass(frozen=True)
class Prodigy(Optimizer):
    r"""Adam whose rate is its estimate of the way from the start to the solution.

    .. math:: r_t = \sqrt{\beta_2}\, r_{t-1}
        + \tfrac{d_t^2}{d_0} \eta\, \langle g_t, \theta_0 - \theta_t \rangle, \qquad
        s_t = \sqrt{\beta_2}\, s_{t-1} + \tfrac{d_t^2}{d_0} \eta\, g_t, \qquad
        d_{t+1} = \max\left(d_t, \frac{r_t}{\|s_t\|_1}\right)

    .. math:: \theta_{t+1} = \theta_t - \frac{\eta\, d_t m_t}{\sqrt{v_t} + d_{t+1} \epsilon}

    with :math:`m` and :math:`v` of :math:`d_t g_t` as in Adam. Mishchenko & Defazio (2024),
    algorithm 4 in the form of their code (prodigyopt), which leaves the paper's factor
    :math:`1 - \sqrt{\beta_2}` out of both sums and divides both by :math:`d_0`. They go over all
    weights together. ``lr`` only scales: leave it at 1, or give it a schedule. Weight decay is
    decoupled, and scaled by :math:`d_t` as the step is.
    """

    lr: Rate = learning_rate(1.0)
    betas: tuple[float, float] = fraction((0.9, 0.999))
    eps: float = epsilon()
    weight_decay: float = decay()
    d0: float = hyper(1e-6, low=1e-8, high=1e-1, log=True, allowed="(0, inf)")
    d_coef: float = hyper(1.0, low=0.1, high=10.0, log=True, allowed="(0, inf)")
    use_bias_correction: bool = False
    safeguard_warmup: bool = False
    maximize: bool = False

    letters: ClassVar = {
        "numerator": "r", "start": r"\vartheta", "beta3": r"\beta_3", "d0": "d_0",
    }  # fmt: skip
    decays_in_rule = True
    rate_slot = "d"
    elementwise = False
    by_layer = False

    def slots(self, zeros: Any) -> Slots:
        numbers = {"d": self.d0, "numerator": 0.0}
        return {"exp_avg": zeros, "exp_avg_sq": zeros, "s": zeros, "start": zeros, **numbers}

    def rule(
        self,
        t: Any,
        lr: Any,
        grad: Any,
        params: Any,
        exp_avg: Any,
        exp_avg_sq: Any,
        s: Any,
        start: Any,
        d: Any,
        numerator: Any,
    ) -> tuple[Any, Slots]:
        beta1, beta2 = self.betas
        beta3 = sqrt(beta2)
        start = where(t <= 1, params, start)
        rate = d * lr
        if self.use_bias_correction:
            rate = rate * sqrt(1 - beta2**t) / (1 - beta1**t)
        exp_avg = beta1 * exp_avg + (1 - beta1) * d * grad
        exp_avg_sq = beta2 * exp_avg_sq + (1 - beta2) * d * d * grad * grad
        numerator = beta3 * numerator + d / self.d0 * rate * dot(grad, start - params)
        s = beta3 * s + d / self.d0 * (d if self.safeguard_warmup else rate) * grad
        size = total(abs(s))
        estimate = self.d_coef * numerator / where(size <= 0, 1.0, size)
        d = maximum(d, estimate)
        step = -rate * (exp_avg / (sqrt(exp_avg_sq) + d * self.eps) + self.weight_decay * params)
        return step, {
            "exp_avg": exp_avg,
            "exp_avg_sq": exp_avg_sq,
            "s": s,
            "start": start,
            "d": d,
            "numerator": numerator,
        }
