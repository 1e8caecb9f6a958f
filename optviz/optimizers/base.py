"""What every optimizer shares: hyper-parameters, state, schedule, weight decay, range checks."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from optviz.optimizers.hyper import are_numbers, check_fields, learning_rate
from optviz.optimizers.ops import backend
from optviz.optimizers.schedules import Rate, Schedule, rate_at
from optviz.optimizers.tracer import compile_update, explained

State = dict[str, Any]

__all__ = ["Optimizer", "Rate", "State", "written"]


@dataclass(frozen=True)
class Optimizer:
    r"""A rule that turns a gradient into a step; hyper-parameters only, never state.

    A subclass is a frozen dataclass whose fields are its hyper-parameters (`hyper` gives their
    ranges) and which defines `rule`, and `slots` if it remembers anything:

    >>> @dataclass(frozen=True)
    ... class SignSGD(Optimizer):
    ...     lr: Rate = learning_rate(0.01)
    ...
    ...     def rule(self, t, lr, grad):
    ...         return -lr * sign(grad), {}

    The two functions are optax's: ``state = init(params)`` and ``step, state = update(grad, state,
    params)``; the new point is ``params + step``. They work on NumPy arrays, torch tensors (once
    `optviz.torch_bridge` is imported) and tuples of floats.
    """

    lr: Rate = learning_rate(0.01)

    # A subclass turns these into fields where its rule has them; the work is done here.
    weight_decay = 0.0
    decoupled_weight_decay = False
    maximize = False
    # Whether one run may hold many points or rates; torch's own optimizers cannot.
    broadcasts = True

    def __post_init__(self) -> None:
        check_fields(self)

    def slots(self, zeros: Any) -> State:
        """State before the first step, under torch's names; ``zeros`` has the parameters' shape."""
        return {}

    def rule(self, *args: Any, **slots: Any) -> tuple[Any, State]:
        """``rule(t, lr, grad, **slots) -> (step, new slots)``; ``t`` counts from 1."""
        raise NotImplementedError(f"{type(self).__name__} must define rule(t, lr, grad, **slots)")

    def init(self, params: Any) -> State:
        """State before the first step: named slots and the step count."""
        if type(params) is tuple:
            slots = {name: (float(v),) * len(params) for name, v in self.slots(0.0).items()}
        else:
            slots = self.slots(backend(params).zeros_like(params))
        return {"step": 0, **slots}

    def update(self, grad: Any, state: State, params: Any, *, lr: Any = None) -> tuple[Any, State]:
        """One step.

        Parameters
        ----------
        grad, params : array, tensor or tuple of floats, of one shape
        state : dict
            From `init` or the last `update`; it is not changed.
        lr : number or array, optional
            Overrides the rate, for many rates in one run (it broadcasts against ``params``).

        Returns
        -------
        step, state
            The new point is ``params + step``.
        """
        t = state["step"] + 1
        if lr is None:
            lr = rate_at(self.lr, t)
        if type(params) is tuple:
            size = len(params)
            compiled = self._compiled.get(size) or self._compile(size)
            return compiled(t, float(lr), grad, params, state)
        slots = {name: value for name, value in state.items() if name != "step"}
        step, slots = self.apply(t, lr, grad, params, slots)
        return step, {"step": t, **slots}

    @cached_property
    def _compiled(self) -> dict[int, Callable[..., tuple[Any, State]]]:
        """The rule as straight-line Python, for each number of parameters met so far."""
        return {}

    def _compile(self, size: int) -> Callable[..., tuple[Any, State]]:
        self._compiled[size] = _compile_once(self, size)
        return self._compiled[size]

    def apply(self, t: Any, lr: Any, grad: Any, params: Any, slots: State) -> tuple[Any, State]:
        """The rule with what all rules share around it: sign and decay."""
        if self.maximize:
            grad = -grad
        decays = not _is_zero(self.weight_decay)
        if decays and not self.decoupled_weight_decay:
            grad = grad + self.weight_decay * params
        step, slots = self.rule(t, lr, grad, **slots)
        if decays and self.decoupled_weight_decay:
            step = step - lr * self.weight_decay * params
        return step, slots

    def rate(self, t: int) -> float:
        """The learning rate of step ``t``, counted from 1."""
        return float(rate_at(self.lr, t))

    @property
    def label(self) -> str:
        """Name and rate for a legend."""
        words, rate = [], self.lr
        while isinstance(rate, Schedule):
            words.append(type(rate).__name__.lower())
            rate = rate.lr
        return f"{type(self).__name__} lr={' '.join([*words, f'{rate:g}'])}"

    def __str__(self) -> str:
        """The spec that `optviz.optimizers.parse` reads back; lr is always in it."""
        settings = [
            f"{field.name}={written(getattr(self, field.name))}"
            for field in dataclasses.fields(self)
            if field.name == "lr" or getattr(self, field.name) != field.default
        ]
        return f"{type(self).__name__.lower()}:{','.join(settings)}"


def written(value: Any) -> str:
    """A hyper-parameter as text: 0.1, true, 0.9/0.99, cosine(0.1,200,0)."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "/".join(map(written, value))
    if isinstance(value, Schedule):
        arguments = [written(getattr(value, f.name)) for f in dataclasses.fields(value)]
        return f"{type(value).__name__.lower()}({','.join(arguments)})"
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def _is_zero(value: Any) -> bool:
    """True for the number 0 only: a symbol or a traced number may become anything."""
    return are_numbers(value) and bool(value == 0)


@lru_cache(maxsize=256)
def _compile_once(optimizer: Optimizer, size: int) -> Callable[..., tuple[Any, State]]:
    """Equal optimizers share their text; an instance asks once, as hashing costs a step."""
    with explained(type(optimizer)):
        return compile_update(optimizer, size)
