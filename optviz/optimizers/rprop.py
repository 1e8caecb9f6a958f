"""Rprop: only the sign of the gradient counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import are_numbers, hyper, learning_rate
from optviz.optimizers.ops import maximum, minimum, sign, where
from optviz.optimizers.schedules import rate_at
from surfaces.errors import must


@dataclass(frozen=True)
class Rprop(Optimizer):
    r"""Each coordinate has its own step, longer while the gradient keeps its sign, else shorter.

    .. math:: \Delta_t = \Delta_{t-1} \cdot
        (\eta^+ \text{ if } g_t g_{t-1} > 0,\ \eta^- \text{ if } g_t g_{t-1} < 0,\ 1 \text{ else})

    After a change of sign the gradient counts as 0. Riedmiller & Braun (1993) in the variant
    Rprop- without weight backtracking; torch.optim.Rprop. ``lr`` is the first step's length.
    """

    lr: Rate = learning_rate(0.01)
    etas: tuple[float, float] = hyper((0.5, 1.2), low=0.1, high=2, allowed="(0, inf)")
    step_sizes: tuple[float, float] = hyper((1e-6, 50.0), low=1e-6, high=50, log=True)
    maximize: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if are_numbers(*self.etas) and not self.etas[0] < 1 < self.etas[1]:
            raise must("etas", "one factor below 1 and one above", self.etas)

    def slots(self, zeros: Any) -> Slots:
        return {"prev": zeros, "step_size": zeros + rate_at(self.lr, 1)}

    def rule(self, t: Any, lr: Any, grad: Any, prev: Any, step_size: Any) -> tuple[Any, Slots]:
        (shorter, longer), (smallest, largest) = self.etas, self.step_sizes
        step_size = where(t <= 1, lr + 0 * grad, step_size)  # a sweep gives each run its own rate
        same = grad * prev
        step_size = where(
            same > 0, step_size * longer, where(same < 0, step_size * shorter, step_size)
        )
        step_size = minimum(maximum(step_size, smallest), largest)
        grad = where(same < 0, 0 * grad, grad)
        return -sign(grad) * step_size, {"prev": grad, "step_size": step_size}
