"""SOAP: Adam in the directions that Shampoo finds."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import decay, epsilon, fraction, hyper, learning_rate
from optviz.optimizers.ops import (
    eigh,
    identity,
    matmul,
    maximum,
    orthonormal,
    sqrt,
    transpose,
    where,
)


@dataclass(frozen=True)
class SOAP(Optimizer):
    r"""Adam on the gradient as seen along the eigenvectors of Shampoo's two matrices.

    .. math:: G'_t = Q_L^\top G_t Q_R, \qquad M_t = \beta_1 M_{t-1} + (1 - \beta_1) G_t, \qquad
        V_t = \beta_2 V_{t-1} + (1 - \beta_2)\, G'_t \odot G'_t

    .. math:: \Theta_t = \Theta_{t-1} - \eta \frac{\sqrt{1 - \beta_2^s}}{1 - \beta_1^s}\,
        Q_L \frac{Q_L^\top M_t Q_R}{\sqrt{V_t} + \epsilon} Q_R^\top, \qquad s = t - 1

    then :math:`L \leftarrow \beta_2 L + (1 - \beta_2)\, G_t G_t^\top`, likewise :math:`R` from
    :math:`G_t^\top G_t`, and each ``precondition_frequency`` steps :math:`Q_L` and :math:`Q_R` are
    the orthonormal columns of :math:`L Q_L` and :math:`R Q_R`. Vyas et al. (2024), algorithms 3 and
    4. The first gradient only makes the eigenvectors, without a step, as in their code; that code
    also sorts the columns, which the paper does not. Weight decay is AdamW's.

    A point of a surface is one column, where :math:`Q_R` is 1.
    """

    lr: Rate = learning_rate(0.003)
    betas: tuple[float, float] = fraction((0.95, 0.95))
    eps: float = epsilon()
    weight_decay: float = decay(0.01)
    precondition_frequency: int = hyper(10, low=1, high=100, allowed="[1, inf)")
    maximize: bool = False

    decoupled_weight_decay = True
    letters = MappingProxyType(
        {"left": "L", "right": "R", "left_vectors": "U", "right_vectors": "V", "turned": "g'"}
    )
    elementwise = False

    def slots(self, zeros: Any) -> Slots:
        rows, columns = matmul(zeros, transpose(zeros)), matmul(transpose(zeros), zeros)
        return {
            "exp_avg": zeros,
            "exp_avg_sq": zeros,
            "left": rows,
            "right": columns,
            "left_vectors": identity(rows),
            "right_vectors": identity(columns),
        }

    def rule(
        self,
        t: Any,
        lr: Any,
        grad: Any,
        exp_avg: Any,
        exp_avg_sq: Any,
        left: Any,
        right: Any,
        left_vectors: Any,
        right_vectors: Any,
    ) -> tuple[Any, Slots]:
        beta1, beta2 = self.betas
        is_first, s = t <= 1, maximum(t - 1.0, 1.0)
        turned = matmul(matmul(transpose(left_vectors), grad), right_vectors)
        exp_avg = where(is_first, exp_avg, beta1 * exp_avg + (1 - beta1) * grad)
        exp_avg_sq = where(is_first, exp_avg_sq, beta2 * exp_avg_sq + (1 - beta2) * turned * turned)
        mean = matmul(matmul(transpose(left_vectors), exp_avg), right_vectors)
        scaled = mean / (sqrt(exp_avg_sq) + self.eps)
        size = lr * sqrt(1 - beta2**s) / (1 - beta1**s)
        back = matmul(matmul(left_vectors, scaled), transpose(right_vectors))
        left = beta2 * left + (1 - beta2) * matmul(grad, transpose(grad))
        right = beta2 * right + (1 - beta2) * matmul(transpose(grad), grad)
        is_due = s % self.precondition_frequency <= 0
        left_vectors = renewed(left, left_vectors, is_first, is_due)
        right_vectors = renewed(right, right_vectors, is_first, is_due)
        return -size * back, {
            "exp_avg": exp_avg,
            "exp_avg_sq": exp_avg_sq,
            "left": left,
            "right": right,
            "left_vectors": left_vectors,
            "right_vectors": right_vectors,
        }


def renewed(a: Any, vectors: Any, is_first: Any, is_due: Any) -> Any:
    """Eigenvectors, that of the largest eigenvalue first: exact ones, then a power iteration."""
    nearer = where(is_due, orthonormal(matmul(a, vectors)), vectors)
    return where(is_first, eigh(-a)[1], nearer)
