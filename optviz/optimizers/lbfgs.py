"""L-BFGS: Newton's direction from the last few differences of points and of gradients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import hyper, learning_rate
from optviz.optimizers.ops import (
    abs,
    column,
    column_stack,
    dot,
    largest,
    maximum,
    minimum,
    total,
    where,
)

CURVED = 1e-10  # torch's: a pair whose scalar product is smaller is not kept


def direction(grad: Any, differences: Any, steps: Any) -> Any:
    """Minus the gradient times the inverse of the second derivatives that the columns tell of.

    Nocedal & Wright (2006), algorithm 7.4: two loops over ``differences`` of gradients and the
    ``steps`` between them, the newest last. Columns of zeros, not filled yet, change nothing.
    """
    pairs = [(column(differences, i), column(steps, i)) for i in range(steps.shape[1])]
    products = [dot(y, s) for y, s in pairs]
    weights = [1 / where(product > 0, product, 1.0) for product in products]
    found, parts = -grad, []
    for (y, s), weight in zip(reversed(pairs), reversed(weights), strict=True):
        parts.append(weight * dot(s, found))
        found = found - parts[-1] * y
    newest = dot(pairs[-1][0], pairs[-1][0])
    found = where(newest > 0, products[-1] / where(newest > 0, newest, 1.0), 1.0) * found
    for (y, s), weight, part in zip(pairs, weights, reversed(parts), strict=True):
        found = found + (part - weight * dot(y, found)) * s
    return found


def shifted(columns: Any, newest: Any) -> Any:
    """The columns without the oldest, and the newest after them."""
    return column_stack(*(column(columns, i) for i in range(1, columns.shape[1])), newest)


@dataclass(frozen=True)
class LBFGS(Optimizer):
    r"""Newton's direction, by a matrix that differences of gradients tell of.

    .. math:: s_t = \theta_t - \theta_{t-1}, \quad y_t = g_t - g_{t-1}, \qquad
        d_t = -H_t g_t, \qquad \theta_{t+1} = \theta_t + \eta\, d_t

    :math:`H_t` is BFGS's inverse Hessian after the last ``history_size`` pairs, from
    :math:`\frac{s^\top y}{y^\top y} I` on; it is never written out, two loops apply it. Only a pair
    with :math:`s^\top y > 10^{-10}` is kept, so that :math:`d_t` leads downhill. The first step is
    the gradient's, no longer than ``lr`` in the sum of its parts.

    Liu & Nocedal (1989), algorithm 2.1, with their ``history_size`` (torch: 100);
    torch.optim.LBFGS without a line search. A step of ours is one of its iterations, of which
    torch's ``step`` makes up to ``max_iter``. It rests where no slope is above ``tolerance_grad``,
    or the way downhill is below ``tolerance_change``. `LineSearch` finds how far to go.
    """

    lr: Rate = learning_rate(1.0)
    history_size: int = hyper(5, low=1, high=20, allowed="[1, 100]", structural=True)
    tolerance_grad: float = hyper(1e-7, low=1e-12, high=1e-1, log=True)
    tolerance_change: float = hyper(1e-9, low=1e-12, high=1e-1, log=True)
    maximize: bool = False

    elementwise = False
    by_layer = False
    step_slots = ("stp",)
    letters: ClassVar = {
        "prev_flat_grad": "p", "old_dirs": "Y", "old_stps": "S", "stp": "s",
        "y": "y", "d": "d", "product": r"\sigma",
    }  # fmt: skip

    def slots(self, zeros: Any) -> Slots:
        pairs = column_stack(*[zeros] * self.history_size)
        return {"prev_flat_grad": zeros, "old_dirs": pairs, "old_stps": pairs, "stp": zeros}

    def rule(
        self,
        t: Any,
        lr: Any,
        grad: Any,
        prev_flat_grad: Any,
        old_dirs: Any,
        old_stps: Any,
        stp: Any,
    ) -> tuple[Any, Slots]:
        rests = largest(grad) <= self.tolerance_grad
        y = grad - prev_flat_grad
        product = where(rests, 0.0, dot(y, stp))
        old_dirs = where(product > CURVED, shifted(old_dirs, y), old_dirs)
        old_stps = where(product > CURVED, shifted(old_stps, stp), old_stps)
        d = direction(grad, old_dirs, old_stps)
        size = where(largest(prev_flat_grad) <= 0, first_size(lr, grad), lr)
        prev_flat_grad = where(rests, prev_flat_grad, grad)
        stp = where(rests, stp, size * d)
        slots = {"prev_flat_grad": prev_flat_grad, "old_dirs": old_dirs, "old_stps": old_stps,
                 "stp": stp}  # fmt: skip
        stays = where(rests, 0.0, -dot(grad, d)) < self.tolerance_change
        return where(stays, 0.0 * d, size * d), slots


def first_size(lr: Any, grad: Any) -> Any:
    """The rate of the first step, whose parts add up to ``lr`` at most, as torch has it."""
    return minimum(1.0, 1 / maximum(1.0, total(abs(grad)))) * lr
