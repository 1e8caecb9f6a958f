"""Clipping: gradients that are too long are shortened before the rule sees them."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from optviz.optimizers.base import Optimizer
from optviz.optimizers.hyper import hyper
from optviz.optimizers.ops import maximum, minimum, norm
from optviz.optimizers.wrappers import Wrapper
from surfaces.errors import InputError

_bound = partial(hyper, 1.0, low=1e-3, high=1e3, log=True, allowed="(0, inf)")


class Clip(Wrapper):
    """A gradient longer than ``norm`` is shortened to it (Pascanu et al. 2013).

    As ``torch.nn.utils.clip_grad_norm_``: times min(1, norm / (||g|| + 1e-6)).
    """

    settings: ClassVar = {"norm": _bound}
    word = "clip"

    def transform(self, grad: Any, params: Any) -> Any:
        base: Any = super()
        bound = self.setting(Clip, "norm")
        return base.transform(grad * minimum(bound / (norm(grad) + 1e-6), 1.0), params)


class ClipValue(Wrapper):
    """Each coordinate of the gradient is kept within -``value`` and ``value``.

    As ``torch.nn.utils.clip_grad_value_``.
    """

    settings: ClassVar = {"value": _bound}
    word = "clip"

    def transform(self, grad: Any, params: Any) -> Any:
        base: Any = super()
        bound = self.setting(ClipValue, "value")
        return base.transform(maximum(minimum(grad, bound), -bound), params)


def clip(
    optimizer: Optimizer | str, norm: float | None = None, value: float | None = None
) -> Optimizer:
    """An optimizer whose gradients are clipped before its rule sees them.

    Parameters
    ----------
    optimizer : Optimizer, name or spec
    norm : float, optional
        The most that the whole gradient's length may be: on a surface of both coordinates together,
        in training of all parameters.
    value : float, optional
        The most that each coordinate may be; before the norm if both are given.

    Returns
    -------
    Optimizer
        With the settings of the one given, ``lr`` among them, and ``norm``, ``value``.

    Raises
    ------
    InputError
        No bound, or one that is not positive; an optimizer without a rule, such as torch's.
    """
    made: Any = optimizer
    if norm is None and value is None:
        raise InputError("clip must be given norm or value; not neither")
    if norm is not None:
        made = Clip.around(made, norm=norm)
    if value is not None:
        made = ClipValue.around(made, value=value)
    wrapped: Optimizer = made
    return wrapped
