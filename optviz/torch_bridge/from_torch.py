"""torch's optimizers in our races."""

from __future__ import annotations

import dataclasses
import inspect
import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from optviz.optimizers import Optimizer
from optviz.optimizers.base import Rate, State
from optviz.optimizers.hyper import learning_rate
from surfaces.errors import InputError, must


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
    def label(self) -> str:
        """Name and rate for a legend."""
        return f"torch {self.kind.__name__} lr={self.lr:g}"

    def __str__(self) -> str:
        given = [("lr", self.lr), *self.settings]
        settings = ",".join(f"{name}={value}" for name, value in given)
        return f"torch.optim.{self.kind.__name__}:{settings}"

    def init(self, params: Any) -> State:
        """State before the first step: torch's optimizer on a float64 copy of the parameters."""
        tensor = torch.tensor(np.asarray(params, float), requires_grad=True)
        build: Any = self.kind
        runner = _Runner(build([tensor], lr=self.lr, **dict(self.settings)), tensor)
        # torch makes its state in the first step: until then there is none to show.
        unknown = (math.nan,) * tensor.numel()
        return TorchState(0, dict.fromkeys(self.slot_names, unknown), runner=runner)

    def update(self, grad: Any, state: State, params: Any, *, lr: Any = None) -> tuple[Any, State]:
        """One step of torch's optimizer; unlike ours it changes what ``state`` refers to."""
        if lr is not None:
            raise InputError("lr must be set when a torch optimizer is made; not at each step")
        assert isinstance(state, TorchState)
        runner = state.runner
        step = runner.step(np.asarray(params, float), np.asarray(grad, float))
        after = TorchState(state.step + 1, runner.slots(), runner=runner)
        return tuple(step.tolist()) if isinstance(params, tuple) else step, after


@dataclass(frozen=True, eq=False)
class _Runner:
    """torch's optimizer and the one tensor that it moves."""

    optimizer: torch.optim.Optimizer
    tensor: torch.Tensor

    def step(self, params: Any, grad: Any) -> Any:
        """How far torch moves from ``params``."""
        with torch.no_grad():
            self.tensor.copy_(torch.from_numpy(params))
        self.tensor.grad = torch.tensor(grad)
        self.optimizer.step()
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
        torch's own or anyone's; it must step from dense gradients without a closure.
    **settings
        Its keyword arguments; ``lr`` is the class's default unless given.

    Returns
    -------
    TorchOptimizer
        For `race`, `descend` and `animate`. It cannot take many points at once.

    Raises
    ------
    InputError
        Not such a class, settings that it refuses, or an optimizer that needs a closure (LBFGS),
        sparse gradients or matrices.

    Examples
    --------
    >>> import torch
    >>> from_torch(torch.optim.ASGD, lr=0.1).label
    'torch ASGD lr=0.1'
    """
    if not (isinstance(kind, type) and issubclass(kind, torch.optim.Optimizer)):
        raise must("kind", "a subclass of torch.optim.Optimizer", kind)
    parameters: dict[str, Any] = dict(inspect.signature(kind).parameters)
    default = parameters["lr"].default if "lr" in parameters else 0.001
    lr = settings.pop("lr", default)
    given = ((k, tuple(v) if isinstance(v, list) else v) for k, v in settings.items())
    optimizer = TorchOptimizer(float(lr), kind, tuple(given))
    try:  # one step shows whether it can do what a race asks, and what it remembers
        _, state = optimizer.update((1.0, 1.0), optimizer.init((0.0, 0.0)), (0.0, 0.0))
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(
            f"kind must be an optimizer that steps with these settings from dense gradients; "
            f"not {kind.__name__}: {' '.join(str(error).split())}"
        ) from None
    return dataclasses.replace(optimizer, slot_names=tuple(state.slots))
