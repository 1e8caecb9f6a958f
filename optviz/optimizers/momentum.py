"""Gradient descent with momentum, plain or Nesterov's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import are_numbers, coefficient, decay, learning_rate
from optviz.optimizers.ops import where
from surfaces.errors import InputError


@dataclass(frozen=True)
class Momentum(Optimizer):
    r"""Step along a decaying sum of past gradients, as a heavy ball rolls.

    .. math:: b_t = \mu\, b_{t-1} + (1 - \tau)\, g_t, \qquad \theta_t = \theta_{t-1} - \eta\, b_t

    with :math:`b_1 = g_1`; with ``nesterov`` the step is :math:`-\eta (g_t + \mu b_t)`.
    Polyak (1964); Nesterov (1983) in the form of Sutskever et al. (2013); torch.optim.SGD. Many
    textbooks put the rate inside the sum, :math:`b_t = \mu b_{t-1} + \eta g_t`: the same path while
    the rate is constant.
    """

    lr: Rate = learning_rate(0.01)
    momentum: float = coefficient(0.9)
    dampening: float = coefficient(0.0, allowed="[0, 1]")
    nesterov: bool = False
    weight_decay: float = decay()
    maximize: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        plain = are_numbers(self.momentum, self.dampening)
        if self.nesterov and plain and not (self.momentum > 0 and self.dampening <= 0):
            raise InputError("nesterov must have momentum above 0 and dampening 0; not otherwise")

    def slots(self, zeros: Any) -> Slots:
        return {"momentum_buffer": zeros}

    def rule(self, t: Any, lr: Any, grad: Any, momentum_buffer: Any) -> tuple[Any, Slots]:
        # torch starts the buffer as the first gradient itself, and ignores dampening of nothing.
        share = where(t <= 1, 1.0, where(self.momentum > 0, 1 - self.dampening, 1.0))
        momentum_buffer = self.momentum * momentum_buffer + share * grad
        direction = grad + self.momentum * momentum_buffer if self.nesterov else momentum_buffer
        return -lr * direction, {"momentum_buffer": momentum_buffer}

    def stability_limit(self) -> float | None:
        """Where the steps begin to change sign without end; of dampening 1 or momentum 1 none."""
        mu, share = self.momentum, 1 - self.dampening if self.momentum > 0 else 1.0
        if mu >= 1 or share <= 0:
            return None
        return (2 + 2 * mu) / (1 + 2 * mu if self.nesterov else share)
