"""Gradient descent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import decay, learning_rate


@dataclass(frozen=True)
class GD(Optimizer):
    r"""Step against the gradient.

    .. math:: \theta_t = \theta_{t-1} - \eta\, g_t

    Cauchy (1847); torch.optim.SGD without momentum.
    """

    lr: Rate = learning_rate(0.01)
    weight_decay: float = decay()
    maximize: bool = False

    def rule(self, t: Any, lr: Any, grad: Any) -> tuple[Any, Slots]:
        return -lr * grad, {}

    def stability_limit(self) -> float | None:
        """Each step multiplies the distance by 1 - lr * curvature."""
        return 2.0
