"""SAM: the gradient is taken where the loss nearby is worst."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from optviz.optimizers.hyper import hyper
from optviz.optimizers.ops import norm
from optviz.optimizers.wrappers import Wrapper


class SAM(Wrapper):
    r"""Sharpness-aware minimization: the base steps by the gradient at a point uphill.

    .. math:: \hat\theta = \theta + \rho \frac{g}{\|g\|}, \qquad
        g' = \nabla f(\hat\theta)

    Foret, Kleiner, Mobahi & Neyshabur (2021), algorithm 1. It costs two gradients a step.
    """

    settings: ClassVar = {"rho": partial(hyper, 0.05, low=1e-3, high=1.0, log=True)}
    word = "SAM"
    alone = "gd"

    def second_point(self, grad: Any, params: Any) -> Any:
        base: Any = super()
        # The small number keeps a gradient of zero from being divided by zero, as in the paper's
        # code.
        uphill = params + self.setting(SAM, "rho") / (norm(grad) + 1e-12) * grad
        return base.second_point(grad, uphill)
