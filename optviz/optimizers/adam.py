"""Adam, and AdamW with its decoupled decay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import decay, epsilon, fraction, learning_rate
from optviz.optimizers.ops import maximum, sqrt


@dataclass(frozen=True)
class Adam(Optimizer):
    r"""Momentum over RMSProp: the mean gradient divided by the root of the mean squared one.

    .. math:: m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t, \qquad
        v_t = \beta_2 v_{t-1} + (1 - \beta_2) g_t^2

    .. math:: \hat m_t = \frac{m_t}{1 - \beta_1^t}, \qquad
        \hat v_t = \frac{v_t}{1 - \beta_2^t}, \qquad
        \theta_t = \theta_{t-1} - \frac{\eta\, \hat m_t}{\sqrt{\hat v_t} + \epsilon}

    Kingma & Ba (2015), algorithm 1; ``amsgrad`` keeps the largest :math:`v_t` (Reddi, Kale & Kumar
    2018, algorithm 2); torch.optim.Adam. ``bias_correction=False``, ours for teaching, leaves out
    both factors :math:`1 - \beta^t`.
    """

    lr: Rate = learning_rate(0.001)
    betas: tuple[float, float] = fraction((0.9, 0.999))
    eps: float = epsilon()
    weight_decay: float = decay()
    amsgrad: bool = False
    maximize: bool = False
    bias_correction: bool = True

    def slots(self, zeros: Any) -> Slots:
        largest = {"max_exp_avg_sq": zeros} if self.amsgrad else {}
        return {"exp_avg": zeros, "exp_avg_sq": zeros} | largest

    def rule(
        self,
        t: Any,
        lr: Any,
        grad: Any,
        exp_avg: Any,
        exp_avg_sq: Any,
        max_exp_avg_sq: Any = None,
    ) -> tuple[Any, Slots]:
        beta1, beta2 = self.betas
        exp_avg = beta1 * exp_avg + (1 - beta1) * grad
        exp_avg_sq = beta2 * exp_avg_sq + (1 - beta2) * grad * grad
        slots = {"exp_avg": exp_avg, "exp_avg_sq": exp_avg_sq}
        mean, mean_sq = exp_avg, exp_avg_sq
        if self.amsgrad:
            max_exp_avg_sq = maximum(max_exp_avg_sq, exp_avg_sq)
            slots["max_exp_avg_sq"] = max_exp_avg_sq
            mean_sq = max_exp_avg_sq
        if self.bias_correction:
            mean, mean_sq = mean / (1 - beta1**t), mean_sq / (1 - beta2**t)
        return -lr * mean / (sqrt(mean_sq) + self.eps), slots

    def stability_limit(self) -> float | None:
        """Of the matrix of second derivatives divided by the root of the mean squares.

        Cohen et al. (2022), equation 2: the heavy ball's, whose gradient counts 1 - beta1.
        """
        beta1, _ = self.betas
        return (2 + 2 * beta1) / (1 - beta1)

    def divisor(self, t: Any, slots: Slots) -> Any:
        """What step ``t`` divides by, coordinate by coordinate; ``slots`` are those after it."""
        mean_sq = slots["max_exp_avg_sq" if self.amsgrad else "exp_avg_sq"]
        if self.bias_correction:
            mean_sq = mean_sq / (1 - self.betas[1] ** t)
        return sqrt(mean_sq) + self.eps


@dataclass(frozen=True)
class AdamW(Adam):
    r"""Adam whose weight decay acts on the parameters, not through the gradient.

    .. math:: \theta_t = \theta_{t-1} - \eta \lambda\, \theta_{t-1} - \text{(Adam's step)}

    Loshchilov & Hutter (2019), algorithm 2; torch.optim.AdamW.
    """

    weight_decay: float = decay(0.01)
    decoupled_weight_decay = True
