"""Sophia: momentum divided by curvature, and clipped where that is small or negative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import decay, fraction, hyper, learning_rate
from optviz.optimizers.ops import maximum, minimum, where


@dataclass(frozen=True)
class Sophia(Optimizer):
    r"""Each coordinate moves by momentum over its own second derivative, at most by the rate.

    .. math:: m_t = \beta_1 m_{t-1} + (1 - \beta_1) g_t, \qquad
        h_t = \beta_2 h_{t-k} + (1 - \beta_2) \operatorname{diag}(H_t) \quad
        \text{each } k \text{ steps}

    .. math:: \theta_t = (1 - \eta \lambda)\, \theta_{t-1} - \eta\,
        \operatorname{clip}\left(\frac{m_t}{\max(\gamma h_t, \epsilon)}, 1\right)

    Liu, Li, Hall, Liang & Ma (2024), algorithm 3. They estimate the diagonal of :math:`H_t` from
    random directions; here it is exact.
    """

    lr: Rate = learning_rate(0.001)
    betas: tuple[float, float] = fraction((0.96, 0.99))
    gamma: float = hyper(0.01, low=1e-3, high=1.0, log=True)
    k: int = hyper(10, low=1, high=100, allowed="[1, inf)")
    eps: float = hyper(1e-12, low=1e-15, high=1e-1, log=True, allowed="(0, inf)")
    weight_decay: float = decay()
    maximize: bool = False

    letters: ClassVar = {"curvature": "h"}
    decoupled_weight_decay = True

    def slots(self, zeros: Any) -> Slots:
        return {"exp_avg": zeros, "curvature": zeros}

    def rule(
        self, t: Any, lr: Any, grad: Any, hessian: Any, exp_avg: Any, curvature: Any
    ) -> tuple[Any, Slots]:
        beta1, beta2 = self.betas
        exp_avg = beta1 * exp_avg + (1 - beta1) * grad
        renewed = beta2 * curvature + (1 - beta2) * hessian
        curvature = where((t - 1) % self.k <= 0, renewed, curvature)
        ratio = exp_avg / maximum(self.gamma * curvature, self.eps)
        step = -lr * maximum(minimum(ratio, 1.0), -1.0)
        return step, {"exp_avg": exp_avg, "curvature": curvature}
