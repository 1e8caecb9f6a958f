"""QHM and QHAdam: a weighted mean of the plain step and the step with memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import coefficient, decay, epsilon, fraction, learning_rate
from optviz.optimizers.ops import sqrt


@dataclass(frozen=True)
class QHM(Optimizer):
    r"""Mix the gradient and its moving average.

    .. math:: m_t = \beta m_{t-1} + (1 - \beta) g_t, \qquad
        \theta_t = \theta_{t-1} - \eta\, [(1 - \nu) g_t + \nu m_t]

    Ma & Yarats (2019), equations 3 and 4, with the constants that they recommend. ``nu=0`` is
    gradient descent; ``nu=1`` is Momentum and ``nu=momentum`` is Nesterov's, both at
    :math:`\eta (1 - \beta)`.
    """

    lr: Rate = learning_rate(0.1)
    momentum: float = fraction(0.999)
    nu: float = coefficient(0.7)
    weight_decay: float = decay()
    maximize: bool = False

    def slots(self, zeros: Any) -> Slots:
        return {"momentum_buffer": zeros}

    def rule(self, t: Any, lr: Any, grad: Any, momentum_buffer: Any) -> tuple[Any, Slots]:
        momentum_buffer = self.momentum * momentum_buffer + (1 - self.momentum) * grad
        mixed = (1 - self.nu) * grad + self.nu * momentum_buffer
        return -lr * mixed, {"momentum_buffer": momentum_buffer}


@dataclass(frozen=True)
class QHAdam(Optimizer):
    r"""Adam with both moving averages mixed with what they average.

    .. math:: \theta_t = \theta_{t-1} - \eta\, \frac{(1 - \nu_1) g_t + \nu_1 \hat m_t}
        {\sqrt{(1 - \nu_2) g_t^2 + \nu_2 \hat v_t} + \epsilon}

    with Adam's :math:`\hat m_t = m_t / (1 - \beta_1^t)` and :math:`\hat v_t = v_t / (1 -
    \beta_2^t)`. Ma & Yarats (2019), section 4.3. ``nus=(1, 1)`` is Adam, ``nus=(0, 1)`` RMSProp
    with bias correction.
    """

    lr: Rate = learning_rate(0.001)
    betas: tuple[float, float] = fraction((0.9, 0.999))
    nus: tuple[float, float] = coefficient((0.7, 1.0))
    eps: float = epsilon()
    weight_decay: float = decay()
    maximize: bool = False

    def slots(self, zeros: Any) -> Slots:
        return {"exp_avg": zeros, "exp_avg_sq": zeros}

    def rule(self, t: Any, lr: Any, grad: Any, exp_avg: Any, exp_avg_sq: Any) -> tuple[Any, Slots]:
        (beta1, beta2), (nu1, nu2) = self.betas, self.nus
        exp_avg = beta1 * exp_avg + (1 - beta1) * grad
        exp_avg_sq = beta2 * exp_avg_sq + (1 - beta2) * grad * grad
        mean = (1 - nu1) * grad + nu1 * exp_avg / (1 - beta1**t)
        mean_sq = (1 - nu2) * grad * grad + nu2 * exp_avg_sq / (1 - beta2**t)
        return -lr * mean / (sqrt(mean_sq) + self.eps), {
            "exp_avg": exp_avg,
            "exp_avg_sq": exp_avg_sq,
        }
