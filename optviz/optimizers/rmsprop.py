"""RMSProp."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import coefficient, decay, epsilon, fraction, learning_rate
from optviz.optimizers.ops import sqrt


@dataclass(frozen=True)
class RMSProp(Optimizer):
    r"""Divide by a moving average of squared gradients: AdaGrad with a window.

    .. math:: v_t = \alpha v_{t-1} + (1 - \alpha) g_t^2, \qquad
        \theta_t = \theta_{t-1} - \eta\, \frac{g_t}{\sqrt{v_t} + \epsilon}

    ``centered`` subtracts the squared mean gradient from :math:`v_t` (Graves 2013, equations
    38-45); ``momentum`` sums the scaled gradients. Tieleman & Hinton (2012), lecture 6.5;
    torch.optim.RMSprop (eps is added outside the root; TensorFlow adds it inside).
    """

    lr: Rate = learning_rate(0.01)
    alpha: float = fraction(0.99)
    eps: float = epsilon()
    weight_decay: float = decay()
    momentum: float = coefficient()
    centered: bool = False
    maximize: bool = False

    def slots(self, zeros: Any) -> Slots:
        centre = {"grad_avg": zeros} if self.centered else {}
        return {"square_avg": zeros, "momentum_buffer": zeros} | centre

    def rule(
        self,
        t: Any,
        lr: Any,
        grad: Any,
        square_avg: Any,
        momentum_buffer: Any,
        grad_avg: Any = None,
    ) -> tuple[Any, Slots]:
        square_avg = self.alpha * square_avg + (1 - self.alpha) * grad * grad
        variance, slots = square_avg, {"square_avg": square_avg}
        if self.centered:
            grad_avg = self.alpha * grad_avg + (1 - self.alpha) * grad
            variance = square_avg - grad_avg * grad_avg
            slots["grad_avg"] = grad_avg
        scaled = grad / (sqrt(variance) + self.eps)
        momentum_buffer = self.momentum * momentum_buffer + scaled
        return -lr * momentum_buffer, slots | {"momentum_buffer": momentum_buffer}
