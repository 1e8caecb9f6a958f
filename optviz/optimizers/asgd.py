"""ASGD: gradient descent with a falling rate, and the average of its points beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import coefficient, decay, hyper, learning_rate
from optviz.optimizers.ops import maximum, where
from optviz.optimizers.schedules import rate_at


@dataclass(frozen=True)
class ASGD(Optimizer):
    r"""Gradient descent whose rate falls slowly; the average of its points is kept beside it.

    .. math:: \theta_t = \theta_{t-1} - \gamma_{t-1} (g_t + \lambda \theta_{t-1}), \qquad
        a_t = a_{t-1} + \mu_{t-1} (\theta_t - a_{t-1})

    .. math:: \gamma_t = \frac{\eta}{(1 + \lambda \eta t)^\alpha}, \qquad
        \mu_t = \frac{1}{\max(1, t - t_0)}

    Polyak & Juditsky (1992); torch.optim.ASGD. The average ``ax`` is the last point until step
    ``t0``, and never moves the points: torch leaves it to the user to read it in the end.
    """

    lr: Rate = learning_rate(0.01)
    lambd: float = coefficient(1e-4)
    alpha: float = coefficient(0.75, allowed="(-inf, inf)")
    t0: float = hyper(1e6, low=1.0, high=1e6, log=True, allowed="(-inf, inf)")
    weight_decay: float = decay()
    maximize: bool = False

    letters: ClassVar = {"eta": r"\gamma", "lambd": r"\lambda", "ax": "a", "t0": "t_0"}

    def slots(self, zeros: Any) -> Slots:
        return {"eta": rate_at(self.lr, 1), "mu": 1.0, "ax": zeros}

    def rule(
        self, t: Any, lr: Any, grad: Any, params: Any, eta: Any, mu: Any, ax: Any
    ) -> tuple[Any, Slots]:
        eta = where(t <= 1, lr, eta)  # a sweep gives each run its own rate
        delta = -eta * (grad + self.lambd * params)
        ax = where(mu < 1, ax + mu * (params + delta - ax), params + delta)
        mu = 1 / maximum(1.0, t - self.t0)
        eta = lr / (1 + self.lambd * lr * t) ** self.alpha
        return delta, {"eta": eta, "mu": mu, "ax": ax}
