"""Lion: the sign of a mixed momentum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import decay, fraction, learning_rate
from optviz.optimizers.ops import sign


@dataclass(frozen=True)
class Lion(Optimizer):
    r"""Every coordinate moves by the rate itself; only the direction is remembered.

    .. math:: \theta_t = \theta_{t-1} - \eta\, [\operatorname{sign}(\beta_1 m_{t-1}
        + (1 - \beta_1) g_t) + \lambda \theta_{t-1}], \qquad
        m_t = \beta_2 m_{t-1} + (1 - \beta_2) g_t

    Chen et al. (2023), algorithm 2; the decay is decoupled as in AdamW.
    """

    lr: Rate = learning_rate(0.0001)
    betas: tuple[float, float] = fraction((0.9, 0.99))
    weight_decay: float = decay()
    maximize: bool = False

    decoupled_weight_decay = True

    def slots(self, zeros: Any) -> Slots:
        return {"exp_avg": zeros}

    def rule(self, t: Any, lr: Any, grad: Any, exp_avg: Any) -> tuple[Any, Slots]:
        beta1, beta2 = self.betas
        direction = sign(beta1 * exp_avg + (1 - beta1) * grad)
        return -lr * direction, {"exp_avg": beta2 * exp_avg + (1 - beta2) * grad}
