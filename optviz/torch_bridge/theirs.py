"""torch's own optimizers on one flat tensor, which they move in place."""

from __future__ import annotations

import math
from typing import Any

import torch

from optviz.optimizers.base import State
from optviz.torch_bridge.from_torch import Evaluate, TorchOptimizer
from optviz.torch_bridge.movers import overflows

# How much a rule of torch's may multiply its settings by: 1 / (1 - beta), say.
FACTORS = 1e8
# In a state, but no memory: each step writes it anew (LBFGS).
SCRATCH = ("al",)


class Theirs:
    """torch keeps its state in the optimizer; ours lists the same tensors, for saving."""

    # What `optviz.iterate` reads of an optimizer.
    inputs: tuple[str, ...] = ()
    asks = evaluates_elsewhere = looks_twice = False

    def __init__(self, optimizer: TorchOptimizer) -> None:
        self.made, self.title, self.evaluates = optimizer, optimizer.title, optimizer.evaluates
        self.optimizer: torch.optim.Optimizer | None = None

    def init(self, params: torch.Tensor) -> State:
        return State()

    def update(
        self,
        grad: torch.Tensor,
        state: State,
        params: torch.Tensor,
        *,
        lr: Any = None,
        evaluate: Evaluate | None = None,
    ) -> tuple[None, State]:
        def closure() -> torch.Tensor:
            assert evaluate is not None
            value, self.tensor.grad = evaluate(self.tensor.detach())
            return torch.tensor(value)

        if self.optimizer is None:
            self.tensor = torch.nn.Parameter(params)  # the same memory
            build: Any = self.made.kind
            self.optimizer = build([self.tensor], lr=self.made.lr, **dict(self.made.settings))
            saved = {k.removeprefix("torch_"): v for k, v in state.slots.items()}
            if saved:  # of a run that goes on
                self.optimizer.state[self.tensor] = saved
        self.tensor.grad = grad
        try:
            step: Any = self.optimizer.step
            step(*([closure] if self.evaluates else []))
        except RuntimeError:
            if not overflows(params, _settings(self.optimizer), FACTORS):
                raise
            with torch.no_grad():
                params.fill_(math.nan)
        found = self.optimizer.state[self.tensor].items()
        kept = {f"torch_{k}": v for k, v in found if k not in SCRATCH}
        return None, State(state.step + 1, kept)


def _settings(optimizer: torch.optim.Optimizer) -> list[float]:
    """The numbers that the groups of a torch optimizer hold."""
    values = [value for group in optimizer.param_groups for value in group.values()]
    flat = [v for value in values for v in (value if isinstance(value, tuple) else (value,))]
    return [float(value) for value in flat if isinstance(value, (int, float))]
