"""torch's optimizers wrapped so that they race as ours do."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from optviz.optimizers import Optimizer, spec
from optviz.optimizers.base import Rate, State
from optviz.optimizers.declared import class_path, subclasses
from optviz.optimizers.hyper import learning_rate
from surfaces.errors import InputError, must, nearest, unknown

Evaluate = Callable[[Any], tuple[Any, Any]]  # from a point to (value, gradient)


@dataclass(frozen=True)
class TorchOptimizer(Optimizer):
    """A class of torch.optim, or a subclass from elsewhere, that runs as one of ours."""

    lr: Rate = learning_rate(0.001)
    kind: type[torch.optim.Optimizer] = torch.optim.SGD
    settings: tuple[tuple[str, Any], ...] = ()
    slot_names: tuple[str, ...] = ()

    broadcasts = False
    steps_by_rule = False

    @property
    def title(self) -> str:
        """Its name in a legend."""
        return f"torch {self.kind.__name__}"

    def definition(self) -> tuple[str, str, dict[str, Any]]:
        """What an equal one is made from: "torch", the class's path, and the settings."""
        return "torch", path_of(self.kind), {"lr": self.lr, **dict(self.settings)}

    def __str__(self) -> str:
        given = [("lr", self.lr), *self.settings]
        settings = ",".join(f"{name}={value!r}" for name, value in given)
        return f"{path_of(self.kind)}:{settings}"

    def init(self, params: Any) -> State:
        """State before the first step: torch's optimizer on a float64 copy of the parameters."""
        tensor = torch.tensor(np.asarray(params, float), requires_grad=True)
        build: Any = self.kind
        runner = _Runner(build([tensor], lr=self.lr, **dict(self.settings)), tensor)
        # torch makes its state in the first step: until then there is none to show.
        unknown = (math.nan,) * tensor.numel()
        return TorchState(0, dict.fromkeys(self.slot_names, unknown), runner=runner)

    def update(
        self,
        grad: Any,
        state: State,
        params: Any,
        *,
        lr: Any = None,
        evaluate: Evaluate | None = None,
        **seen: Any,
    ) -> tuple[Any, State]:
        """One step of torch's optimizer; unlike ours it changes what ``state`` refers to."""
        if lr is not None:
            raise InputError("lr must be set when a torch optimizer is made; not at each step")
        assert isinstance(state, TorchState)
        runner, plain = state.runner, isinstance(params, tuple)

        def at(point: Any) -> tuple[Any, Any]:
            assert evaluate is not None
            return evaluate(tuple(point.tolist()) if plain else point)

        step = runner.step(
            np.asarray(params, float), np.asarray(grad, float), at if self.evaluates else None
        )
        found = runner.slots()
        missing = (math.nan,) * runner.tensor.numel()
        slots = {name: found.get(name, missing) for name in self.slot_names or found}
        after = TorchState(state.step + 1, slots, runner=runner)
        return tuple(step.tolist()) if plain else step, after


@dataclass(frozen=True)
class ClosureOptimizer(TorchOptimizer):
    """One that evaluates the loss by itself, by a closure, as LBFGS does."""

    evaluates = True


@dataclass(frozen=True, eq=False)
class _Runner:
    """torch's optimizer and the one tensor that it moves."""

    optimizer: torch.optim.Optimizer
    tensor: torch.Tensor

    def step(self, params: Any, grad: Any, evaluate: Evaluate | None = None) -> Any:
        """torch's step from ``params``: the new parameters minus the old."""

        def closure() -> torch.Tensor:
            assert evaluate is not None
            value, slope = evaluate(self.tensor.detach().numpy().copy())
            self.tensor.grad = torch.tensor(slope, dtype=torch.float64)
            return torch.tensor(value, dtype=torch.float64)

        with torch.no_grad():
            self.tensor.copy_(torch.from_numpy(params))
        self.tensor.grad = torch.tensor(grad)
        step: Any = self.optimizer.step
        step(*([] if evaluate is None else [closure]))
        return self.tensor.detach().numpy() - params

    def slots(self) -> dict[str, tuple[float, ...]]:
        """torch's state tensors under their names, one number a coordinate."""
        return {
            name: tuple(value.detach().double().expand_as(self.tensor).tolist())
            for name, value in self.optimizer.state[self.tensor].items()
            if isinstance(value, torch.Tensor) and name != "step"
        }


@dataclass(slots=True)
class TorchState(State):
    """The state of a torch optimizer, which keeps its own: ``slots`` is a copy to look at."""

    runner: _Runner = field(kw_only=True)


def from_torch(kind: type[torch.optim.Optimizer], **settings: Any) -> TorchOptimizer:
    """Let a torch optimizer race as if it were ours.

    Parameters
    ----------
    kind : subclass of torch.optim.Optimizer
        torch's own or anyone's; it must step from dense gradients. One that needs a closure, such
        as LBFGS, is given one, which evaluates the loss wherever it asks.
    **settings
        Its keyword arguments; ``lr`` is the class's default unless given.

    Returns
    -------
    TorchOptimizer
        For `race`, `descend` and `animate`. It cannot take many points at once.

    Raises
    ------
    InputError
        Not such a class, settings that it refuses, or an optimizer that needs sparse gradients or
        matrices.

    Examples
    --------
    >>> import torch
    >>> from_torch(torch.optim.ASGD, lr=0.1).label
    'torch ASGD lr=0.1'
    """
    if not (isinstance(kind, type) and issubclass(kind, torch.optim.Optimizer)):
        raise must("kind", "a subclass of torch.optim.Optimizer", kind)
    parameters: dict[str, Any] = dict(inspect.signature(kind).parameters)
    if not any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        for name in settings.keys() - parameters.keys():
            raise unknown(f"setting of {kind.__name__}", name, list(parameters)[1:])
    default = parameters["lr"].default if "lr" in parameters else 0.001
    lr = settings.pop("lr", default)
    given = tuple((k, tuple(v) if isinstance(v, list) else v) for k, v in settings.items())
    failed = []
    for runs_as in (TorchOptimizer, ClosureOptimizer):
        try:  # one step shows whether it can do what a race asks, and what it remembers
            optimizer = runs_as(float(lr), kind, given)
            start = (0.0, 0.0)
            state = optimizer.init(start)
            _, state = optimizer.update((1.0, 1.0), state, start, evaluate=_bowl)
            return dataclasses.replace(optimizer, slot_names=tuple(state.slots))
        except (TypeError, ValueError, RuntimeError, AssertionError, LookupError) as error:
            failed.append(" ".join(str(error).split()))
    raise InputError(
        f"kind must be an optimizer that steps with these settings from dense gradients; "
        f"not {kind.__name__}: {failed[0]}"
    )


def _bowl(point: Any) -> tuple[float, Any]:
    """A loss with slopes of 1 at the origin, and a minimum."""
    return sum(0.5 * (x + 1) ** 2 for x in point), tuple(x + 1 for x in point)


def path_of(kind: type[torch.optim.Optimizer]) -> str:
    """The import path of a class: ``torch.optim.ASGD``, or the module and name of another one."""
    if KINDS.get(kind.__name__.lower()) is kind:
        return f"{spec.TORCH}{kind.__name__}"
    return class_path(kind)


def find(path: str) -> type[torch.optim.Optimizer]:
    """The class of that path, in torch.optim or among those that are defined already.

    Raises
    ------
    LookupError
        There is none; nothing is imported to find it.
    """
    kind: type[torch.optim.Optimizer]
    for kind in subclasses(torch.optim.Optimizer):
        if path_of(kind) == path:
            return kind
    raise LookupError(f"{path} must be imported first")


KINDS = {
    name.lower(): kind
    for name, kind in vars(torch.optim).items()
    if isinstance(kind, type)
    and issubclass(kind, torch.optim.Optimizer)
    and kind is not torch.optim.Optimizer
}


def parse_torch(text: str) -> TorchOptimizer:
    """The torch optimizer that a spec describes; ``str(optimizer)`` is the inverse.

    Parameters
    ----------
    text : str
        ``torch.optim.NAME`` or ``torch.optim.NAME:setting=value,...``: numbers, pairs as
        ``0.9/0.99`` or ``(0.9, 0.99)``, ``true``, ``false``, ``none`` and words in quotes.

    Raises
    ------
    InputError
        Unknown class or setting (the nearest is named), or a value that torch refuses; one line.
    """
    name, typed = spec.typed(text)
    asked = name.removeprefix(spec.TORCH)
    kind = KINDS.get(asked.lower())
    if kind is None:
        alike = nearest(asked.lower(), KINDS)
        meant = {asked.lower(): [KINDS[alike].__name__]} if alike else {}
        known = [kind.__name__ for kind in KINDS.values()]
        raise unknown("optimizer of torch.optim", asked, known, meant=meant)
    return from_torch(kind, **{key: _value(key, value) for key, value in typed.items()})


def _value(name: str, text: str) -> Any:
    """A setting of a spec as Python's value."""
    words = {"true": True, "false": False, "none": None}
    if text.lower() in words:
        return words[text.lower()]
    pieces = text.split("/")
    try:
        values = tuple(map(ast.literal_eval, pieces))
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        allowed = "a number, a pair such as 0.9/0.99, true, false or 'a word'"
        raise must(name, allowed, text) from None
    return values if len(pieces) > 1 else values[0]
