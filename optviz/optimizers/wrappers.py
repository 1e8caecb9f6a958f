"""Wrappers: an optimizer around another one, which changes the gradient before its rule sees it.

A wrapped optimizer is of a class of its own, made from the wrapper and the base's class: it has the
base's settings and those of the wrapper, side by side, and so is tuned, swept, trained with and
drawn like any other. Its spec is ``clip(adam:lr=0.1,norm=1)``.
"""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

from optviz.optimizers.base import Optimizer
from optviz.optimizers.declared import spec_name
from optviz.optimizers.hyper import hyper
from optviz.optimizers.ops import maximum, minimum, norm
from surfaces.errors import InputError, must


class Wrapper:
    """What a wrapper adds to the class that it stands before.

    Attributes
    ----------
    setting : str
        The hyper-parameter that it brings: a positive number.
    word : str
        What stands behind the base's name in a legend, as in "Adam+clip".
    """

    setting: ClassVar[str]
    word: ClassVar[str]
    parts: ClassVar[tuple[type[Wrapper], type[Optimizer]]]

    def __reduce__(self) -> Any:
        own: Any = self
        return _rebuilt, (*self.parts, own.definition()[2])


class Clip(Wrapper):
    """A gradient longer than ``norm`` is shortened to it (Pascanu et al. 2013).

    As ``torch.nn.utils.clip_grad_norm_``: times min(1, norm / (||g|| + 1e-6)).
    """

    setting = "norm"
    word = "clip"

    def transform(self, grad: Any, params: Any) -> Any:
        own: Any = self
        base: Any = super()
        return base.transform(grad * minimum(own.norm / (norm(grad) + 1e-6), 1.0), params)


class ClipValue(Wrapper):
    """Each coordinate of the gradient is kept within -``value`` and ``value``.

    As ``torch.nn.utils.clip_grad_value_``.
    """

    setting = "value"
    word = "clip"

    def transform(self, grad: Any, params: Any) -> Any:
        own: Any = self
        base: Any = super()
        return base.transform(maximum(minimum(grad, own.value), -own.value), params)


_made: dict[tuple[type, type], type[Optimizer]] = {}  # one class for each pair

WRAPPERS: dict[str, type[Wrapper]] = {"clip": Clip, "clipvalue": ClipValue}


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
    from optviz.optimizers import as_rule

    made = as_rule(optimizer)
    if norm is None and value is None:
        raise InputError("clip must be given norm or value; not neither")
    if norm is not None:
        made = _around(Clip, made, norm)
    return made if value is None else _around(ClipValue, made, value)


def _around(wrapper: type[Wrapper], base: Optimizer, bound: float) -> Optimizer:
    if not base.steps_by_rule:
        raise base.without_rule()
    settings = base.definition()[2] | {wrapper.setting: bound}
    return _rebuilt(wrapper, type(base), settings)


def wrapped(wrapper: type[Wrapper], base: type[Optimizer]) -> type[Optimizer]:
    """The class of optimizers of a class that are wrapped.

    Raises
    ------
    InputError
        The class has a setting of that name already, as what is wrapped twice.
    """
    if (wrapper, base) not in _made:
        _made[wrapper, base] = _class(wrapper, base)
    return _made[wrapper, base]


def _class(wrapper: type[Wrapper], base: type[Optimizer]) -> type[Optimizer]:
    name = wrapper.setting
    declared = hyper(1.0, low=1e-3, high=1e3, log=True, allowed="(0, inf)")
    if name in {field.name for field in dataclasses.fields(base)}:
        raise must("optimizer", f"one without a setting {name}", spec_name(base))
    title: Any = base.title
    own = title if isinstance(title, str) else base.__name__
    text = next(text for text, kind in WRAPPERS.items() if kind is wrapper)
    body = {
        "__annotations__": {name: "float"}, name: declared, "__module__": __name__,
        "__doc__": f"{own} on clipped gradients.", "title": f"{own}+{wrapper.word}",
        "parts": (wrapper, base), "said": (*base.said, name),
        "_spec_name": f"{text}({spec_name(base)})",
    }  # fmt: skip
    made: Any = type(f"{wrapper.__name__}{base.__name__}", (wrapper, base), body)
    kind: type[Optimizer] = dataclasses.dataclass(frozen=True)(made)
    return kind


def _rebuilt(wrapper: type[Wrapper], base: type[Optimizer], settings: dict[str, Any]) -> Optimizer:
    return wrapped(wrapper, base)(**settings)
