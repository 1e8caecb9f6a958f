"""Shampoo: a matrix's gradient, preconditioned from both sides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import decay, hyper, learning_rate
from optviz.optimizers.ops import identity, matmul, transpose
from optviz.optimizers.roots import inverse_root


@dataclass(frozen=True)
class Shampoo(Optimizer):
    r"""One matrix for the rows and one for the columns divide the gradient, by their fourth roots.

    .. math:: L_t = L_{t-1} + G_t G_t^\top, \qquad R_t = R_{t-1} + G_t^\top G_t, \qquad
        \Theta_t = \Theta_{t-1} - \eta\, L_t^{-1/4} G_t R_t^{-1/4}

    with :math:`L_0 = \epsilon I` and :math:`R_0 = \epsilon I`. Gupta, Koren & Singer (2018),
    algorithm 1; for m x n weights it keeps m x m and n x n numbers where FullAdaGrad would keep
    mn x mn.

    A point of a surface is one column, a matrix with a right side that is a number, the sum of
    squared lengths. (Of a tensor of order k the paper has the exponent -1/2k: with k = 1, for the
    point as a vector, that is FullAdaGrad.)
    """

    lr: Rate = learning_rate(0.1)
    eps: float = hyper(1e-4, low=1e-12, high=1.0, log=True, allowed="(0, inf)")
    weight_decay: float = decay()
    maximize: bool = False

    elementwise = False

    def slots(self, zeros: Any) -> Slots:
        rows, columns = matmul(zeros, transpose(zeros)), matmul(transpose(zeros), zeros)
        return {
            "left": rows + self.eps * identity(rows),
            "right": columns + self.eps * identity(columns),
        }

    def rule(self, t: Any, lr: Any, grad: Any, left: Any, right: Any) -> tuple[Any, Slots]:
        left = left + matmul(grad, transpose(grad))
        right = right + matmul(transpose(grad), grad)
        half = matmul(inverse_root(left, 4, self.eps), grad)
        step = -lr * matmul(half, inverse_root(right, 4, self.eps))
        return step, {"left": left, "right": right}
