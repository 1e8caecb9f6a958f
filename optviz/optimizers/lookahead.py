"""Lookahead: slow weights that follow fast ones."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from optviz.optimizers.base import Slots
from optviz.optimizers.hyper import hyper
from optviz.optimizers.ops import where
from optviz.optimizers.wrappers import Wrapper


class Lookahead(Wrapper):
    r"""After each ``k`` steps of the base go back, by ``1 - alpha`` of the way.

    .. math:: \phi \leftarrow \phi + \alpha (\theta_k - \phi), \qquad \theta_0 \leftarrow \phi

    Zhang, Lucas, Hinton & Ba (2019), algorithm 1. The base remembers through it, as in the paper's
    own code ("pullback" none).
    """

    settings: ClassVar = {
        "k": partial(hyper, 5, low=1, high=20, allowed="[1, inf)"),
        "alpha": partial(hyper, 0.5, low=0.0, high=1.0, allowed="[0, 1]"),
    }
    word = "Lookahead"
    alone = "gd"
    companions = ("slow",)
    decays_in_rule: ClassVar = True

    def slots(self, zeros: Any) -> Slots:
        base: Any = super()
        return {**base.slots(zeros), "slow": zeros}

    def rule(self, t: Any, lr: Any, grad: Any, params: Any, slow: Any, **slots: Any) -> Any:
        k, alpha = self.setting(Lookahead, "k"), self.setting(Lookahead, "alpha")
        step, slots = self.base_step(Lookahead, t, lr, grad, params, slots)
        slow = where(t <= 1, params, slow)
        fast = params + step
        is_back = t % k <= 0
        slow = where(is_back, slow + alpha * (fast - slow), slow)
        return where(is_back, slow - params, step), slots | {"slow": slow}
