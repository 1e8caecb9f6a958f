"""What a rule is called with, and checks of what it returns."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from optviz.optimizers.hyper import are_numbers
from optviz.optimizers.state import Slots
from surfaces.errors import InputError

SEEN = ("params", "value", "hessian")  # what a rule may name besides the gradient and its slots


# What else a rule and a table name.
RESERVED = ("self", "t", "lr", "grad", "step", *SEEN)


@functools.lru_cache(maxsize=1024)
def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)


def _named(rule: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(name for name in SEEN if name in _parameters(rule))


@functools.lru_cache(maxsize=1024)
def _hands_on(rule: Callable[..., Any]) -> bool:
    """Whether it takes slots of any name, which it hands on to the rule of its base."""
    kinds = [parameter.kind for parameter in inspect.signature(rule).parameters.values()]
    return inspect.Parameter.VAR_KEYWORD in kinds


def inputs_of(kind: type, base: type) -> tuple[str, ...]:
    """Which of `SEEN` a class's rule names, and the rules of its bases, which it may call."""
    rules = [vars(cls)["rule"] for cls in kind.__mro__ if "rule" in vars(cls) and cls is not base]
    return tuple(name for name in SEEN if any(name in _named(rule) for rule in rules))


def call_rule(rule: Callable[..., Any], t: Any, lr: Any, grad: Any, slots: Any, seen: Any) -> Any:
    """What a rule returns, given what it names of what is ``seen``.

    One that takes ``**slots`` is given value and hessian among them, for the base's rule.
    """
    function = getattr(rule, "__func__", rule)
    named = seen.keys() - {"params"} if _hands_on(function) else set()
    given = {name: seen[name] for name in (*_named(function), *named)}
    return rule(t, lr, grad, **given, **slots)


def call_point(optimizer: Any, t: Any, params: Any, slots: Mapping[str, Any]) -> Any:
    """Where an optimizer has its gradient taken, given the slots that its method names.

    A wrapper brings slots of its own, of which its base's method knows nothing.
    """
    method = optimizer.evaluates_at
    function = getattr(method, "__func__", method)
    if not _hands_on(function):
        named = _parameters(function)
        slots = {name: value for name, value in slots.items() if name in named}
    return method(t, params, **slots)


def decayed(
    self: Any, rule: Any, t: Any, lr: Any, grad: Any, params: Any, slots: Slots, seen: Any
) -> tuple[Any, Slots]:
    """What a rule returns, with weight decay in the gradient before it or beside the step."""
    # Left out for the number 0 only: a symbol or a traced number may stand for any value.
    decays = not (are_numbers(self.weight_decay) and self.weight_decay == 0)
    if decays and not self.decoupled_weight_decay:
        grad = grad + self.weight_decay * params
    step, slots = rule(t, lr, grad, slots, params=params, **seen)
    if decays and self.decoupled_weight_decay:
        step = step - lr * self.weight_decay * params
    return step, slots


# What makes a class's steps others than those of its base.
_STEPS = ("rule", "transform", "evaluates_at", "second_point")


def changes_steps(kind: type) -> bool:
    """Whether a class brings a rule of its own, or what stands around a rule."""
    return any(name in vars(kind) for name in _STEPS)


def check_names(kind: type, slots: Slots) -> None:
    """Refuse slots that are named as something else is."""
    taken = [name for name in slots if name in RESERVED]
    if taken:
        raise InputError(
            f"{kind.__name__}.slots must have names of their own; not {taken[0]!r}, "
            f"one of {', '.join(RESERVED)}"
        )


def checked_answer(kind: type, answer: Any, slots: Slots) -> tuple[Any, Slots]:
    """What a rule returned; one line as an `InputError` if it is not (step, new slots)."""
    if not (isinstance(answer, tuple) and len(answer) == 2 and isinstance(answer[1], dict)):
        raise InputError(
            f"{kind.__name__}.rule must return two values, the step and a dict of slots; "
            f"not {'others' if isinstance(answer, tuple) else 'one'}"
        )
    step, after = answer
    if after.keys() != slots.keys():
        wrong = [f"without {name!r}" for name in slots if name not in after]
        wrong += [f"with {name!r}" for name in after if name not in slots]
        raise InputError(
            f"{kind.__name__}.rule must return the slots that slots() begins with "
            f"({', '.join(slots) or 'none'}); not {', '.join(wrong)}"
        )
    return step, after


def check_shape(kind: type, new: Any, grad: Any) -> None:
    """Refuse a transformed gradient of another shape, or none at all."""
    if isinstance(new, (list, tuple, dict)) or new is None:
        raise InputError(
            f"{kind.__name__}.transform must return a gradient, computed of the one that it is "
            f"given as a whole; not a {type(new).__name__}"
        )
    if _shape(new) != _shape(grad):
        raise InputError(
            f"{kind.__name__}.transform must return a gradient of the same shape; "
            f"not {_shape(new)} for {_shape(grad)}"
        )


def _shape(value: Any) -> Any:
    """The shape of an array or tensor, of a recorded matrix, () of a number."""
    shape = getattr(value, "shape", None)
    if shape is None:
        return (len(value),) if isinstance(value, (tuple, list)) else ()
    return tuple(shape)
