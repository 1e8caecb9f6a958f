"""AdaGrad with the whole matrix of summed products, not its diagonal alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import decay, hyper, learning_rate
from optviz.optimizers.ops import identity, matmul, transpose
from optviz.optimizers.roots import inverse_root


@dataclass(frozen=True)
class FullAdaGrad(Optimizer):
    r"""Full-matrix AdaGrad: the gradient is divided by the root of the sum of outer products.

    .. math:: G_t = G_{t-1} + g_t g_t^\top, \quad G_0 = \epsilon I, \qquad
        \theta_t = \theta_{t-1} - \eta\, G_t^{-1/2} g_t

    Duchi, Hazan & Singer (2011), section 1.1, with :math:`\epsilon` under the root as Gupta, Koren
    & Singer (2018) write it; AdaGrad keeps the diagonal of :math:`G_t` alone. It does not depend on
    the directions of the axes. Of n weights it keeps n x n numbers and needs their root at each
    step, which only small networks can afford; Shampoo needs far less.
    """

    lr: Rate = learning_rate(0.01)
    eps: float = hyper(1e-4, low=1e-12, high=1.0, log=True, allowed="(0, inf)")
    weight_decay: float = decay()
    maximize: bool = False

    elementwise = False
    by_layer = False

    def slots(self, zeros: Any) -> Slots:
        products = matmul(zeros, transpose(zeros))
        return {"sum": products + self.eps * identity(products)}

    def rule(self, t: Any, lr: Any, grad: Any, sum: Any) -> tuple[Any, Slots]:
        sum = sum + matmul(grad, transpose(grad))
        return -lr * matmul(inverse_root(sum, 2, self.eps), grad), {"sum": sum}
