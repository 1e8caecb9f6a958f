"""Muon: a matrix's momentum with all its singular values made one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import decay, fraction, hyper, learning_rate
from optviz.optimizers.ops import matmul, maximum, norm, transpose


def newton_schulz(
    x: Any, coefficients: tuple[Any, Any, Any], steps: int, eps: Any = 1e-7
) -> Iterator[Any]:
    """Yield a matrix divided by its length, then each iterate: singular values go towards one."""
    a, b, c = coefficients
    x = x / maximum(norm(x), eps)
    yield x
    for _ in range(steps):
        gram = matmul(x, transpose(x))
        x = a * x + matmul(b * gram + c * matmul(gram, gram), x)
        yield x


@dataclass(frozen=True)
class Muon(Optimizer):
    r"""Momentum orthogonalized: a few iterations push its singular values towards one.

    .. math:: B_t = \mu B_{t-1} + (1 - \mu) G_t, \qquad
        X_0 = \frac{M_t}{\|M_t\|_F}, \qquad
        X_{k+1} = a X_k + (b A_k + c A_k^2) X_k, \quad A_k = X_k X_k^\top

    .. math:: \Theta_t = (1 - \eta \lambda)\, \Theta_{t-1} - \eta \sqrt{\max(1, m / n)}\, X_5

    with :math:`M_t = (1 - \mu) G_t + \mu B_t` where ``nesterov``. Jordan et al. (2024); the
    coefficients are theirs and leave singular values between 0.7 and 1.2. torch.optim.Muon, which
    rounds the iteration to bfloat16; here it has the type of the parameters. ``match_rms_adamw`` is
    torch's ``adjust_lr_fn="match_rms_adamw"``: :math:`0.2 \sqrt{\max(m, n)}` takes the place of the
    root, so that steps are about as long as AdamW's (Liu et al. 2025).

    It is made for matrices, the weights of a layer. A point of a surface is one column, whose only
    singular value is its length: each step is then about as long as the rate, and it never rests.
    """

    lr: Rate = learning_rate(0.001)
    momentum: float = fraction(0.95)
    ns_coefficients: tuple[float, float, float] = hyper(
        (3.4445, -4.775, 2.0315), low=-10.0, high=10.0, allowed="(-inf, inf)"
    )
    eps: float = hyper(1e-7, low=1e-12, high=1e-1, log=True)
    ns_steps: int = hyper(5, low=1, high=10, allowed="[0, 99]", structural=True)
    weight_decay: float = decay(0.1)
    nesterov: bool = True
    match_rms_adamw: bool = False
    maximize: bool = False

    decoupled_weight_decay = True
    elementwise = False
    matrices_only = True

    def slots(self, zeros: Any) -> Slots:
        return {"momentum_buffer": zeros}

    def rule(self, t: Any, lr: Any, grad: Any, momentum_buffer: Any) -> tuple[Any, Slots]:
        momentum_buffer = self.momentum * momentum_buffer + (1 - self.momentum) * grad
        x = momentum_buffer
        if self.nesterov:
            x = (1 - self.momentum) * grad + self.momentum * momentum_buffer
        rows, columns = x.shape
        x = orthogonalized(x, self)
        scale = max(1.0, rows / columns) ** 0.5
        if self.match_rms_adamw:
            scale = 0.2 * max(rows, columns) ** 0.5
        return -lr * scale * x, {"momentum_buffer": momentum_buffer}


def orthogonalized(matrix: Any, muon: Muon) -> Any:
    """The matrix with singular values near one; the smaller of the two products is iterated."""
    rows, columns = matrix.shape
    x = transpose(matrix) if rows > columns else matrix
    *_, x = newton_schulz(x, muon.ns_coefficients, muon.ns_steps, muon.eps)
    return transpose(x) if rows > columns else x
