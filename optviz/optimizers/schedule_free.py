"""Schedule-Free: averaging takes the place of a schedule."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from optviz.optimizers.base import Optimizer, Slots
from optviz.optimizers.declared import spec_name
from optviz.optimizers.hyper import fraction
from optviz.optimizers.ops import where
from optviz.optimizers.wrappers import Wrapper
from surfaces.errors import must


class ScheduleFree(Wrapper):
    r"""The base moves z; what is shown is x, its average; gradients are taken between them, at y.

    .. math:: y_t = (1 - \beta) z_t + \beta x_t, \qquad
        z_{t+1} = z_t + \text{(the base's step by } \nabla f(y_t)), \qquad
        x_{t+1} = x_t + \frac{z_{t+1} - x_t}{t}

    Defazio et al. (2024), equations 3 to 5, with their weights at a constant rate; over GD their
    SGD variant, over Adam without a first moment (``betas=(0, 0.999)``) their AdamW. Weight decay
    is taken at y, as in their code.
    """

    settings: ClassVar = {"beta": partial(fraction, 0.9)}
    word = "ScheduleFree"
    alone = "gd"
    companions = ("z",)
    decays_in_rule: ClassVar = True

    @classmethod
    def check_base(cls, base: type[Optimizer]) -> None:
        """Refuse what takes its gradient elsewhere: there is one y."""
        super().check_base(base)
        if base.evaluates_elsewhere:
            raise must("optimizer", "one that takes its gradient where it is", spec_name(base))

    def slots(self, zeros: Any) -> Slots:
        base: Any = super()
        return {**base.slots(zeros), "z": zeros}

    def evaluates_at(self, t: Any, params: Any, z: Any, **slots: Any) -> Any:
        return where(t <= 1, params, z + self.setting(ScheduleFree, "beta") * (params - z))

    def rule(self, t: Any, lr: Any, grad: Any, params: Any, z: Any, **slots: Any) -> Any:
        y = self.evaluates_at(t, params, z)
        step, slots = self.base_step(ScheduleFree, t, lr, grad, y, slots)
        z = where(t <= 1, params, z) + step
        return (z - params) / t, slots | {"z": z}
