"""Optimizers that update one flat tensor in place, for `optviz.iterate` on a network.

The two functions are `Optimizer.init` and `Optimizer.update`, but point and state change in place:
whoever keeps one must copy it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import torch

from optviz.optimizers import Optimizer
from optviz.optimizers.base import Slots, State
from optviz.optimizers.schedules import Schedule
from optviz.optimizers.straight_line import check_whole
from optviz.torch_bridge.compiled import flat_slots, program
from optviz.torch_bridge.from_torch import TorchOptimizer

# How much a rule of torch's may multiply its settings by: 1 / (1 - beta), say.
FACTORS = 1e8


def in_place(optimizer: Optimizer) -> Any:
    """An optimizer, ours or torch's, for one run on one flat tensor.

    Returns
    -------
    object with ``init(params) -> state`` and ``update(grad, state, params) -> (step, state)``
        ``step`` is None: the parameters have moved already. The slots of the state are numbers
        and flat tensors: they can be saved as they are.
    """
    if isinstance(optimizer, TorchOptimizer):
        return _Theirs(optimizer)
    return _Ours(optimizer)


class _Ours:
    def __init__(self, rule: Optimizer) -> None:
        if isinstance(rule.lr, Schedule):
            rule.lr.renew()
        check_whole(rule)
        self.rule = rule
        self.program = program(rule)
        self.buffers: list[torch.Tensor] = []

    def init(self, params: torch.Tensor) -> State:
        return State(0, flat_slots(self.rule, params))

    @torch.no_grad()
    def update(
        self, grad: torch.Tensor, state: State, params: torch.Tensor, *, lr: Any = None
    ) -> tuple[None, State]:
        if not self.buffers:
            self.buffers = [torch.empty_like(params) for _ in self.program.buffers]
        if self.rule.transforms:
            grad = self.rule.transformed(grad, params)
        t = state.step + 1
        rate = self.rule.rate(t) if lr is None else lr
        numbers: Slots = {}
        try:
            step, factor, numbers = self.program.run(
                t, rate, grad, params, state.slots, self.buffers
            )
            params.add_(step, alpha=factor)
        except RuntimeError:
            if not _overflows(params, self.program.numbers(t, rate, state.slots)):
                raise
            params.fill_(math.nan)
        return None, State(t, state.slots | numbers)


class _Theirs:
    """torch keeps its state in the optimizer; ours lists the same tensors, for saving."""

    def __init__(self, optimizer: TorchOptimizer) -> None:
        self.made = optimizer
        self.optimizer: torch.optim.Optimizer | None = None

    def init(self, params: torch.Tensor) -> State:
        return State()

    def update(
        self, grad: torch.Tensor, state: State, params: torch.Tensor, *, lr: Any = None
    ) -> tuple[None, State]:
        if self.optimizer is None:
            self.tensor = torch.nn.Parameter(params)  # the same memory
            build: Any = self.made.kind
            self.optimizer = build([self.tensor], lr=self.made.lr, **dict(self.made.settings))
            saved = {k.removeprefix("torch_"): v for k, v in state.slots.items()}
            if saved:  # of a run that goes on
                self.optimizer.state[self.tensor] = saved
        self.tensor.grad = grad
        try:
            self.optimizer.step()
        except RuntimeError:
            if not _overflows(params, _settings(self.optimizer), FACTORS):
                raise
            with torch.no_grad():
                params.fill_(math.nan)
        kept = {f"torch_{k}": v for k, v in self.optimizer.state[self.tensor].items()}
        return None, State(state.step + 1, kept)


def _settings(optimizer: torch.optim.Optimizer) -> list[float]:
    """The numbers that the groups of a torch optimizer hold."""
    values = [value for group in optimizer.param_groups for value in group.values()]
    flat = [v for value in values for v in (value if isinstance(value, tuple) else (value,))]
    return [float(value) for value in flat if isinstance(value, (int, float))]


def _overflows(params: torch.Tensor, numbers: Iterable[float], factor: float = 1.0) -> bool:
    """Whether a number is beyond the tensors' type, where torch refuses to work with it.

    Such a step leads nowhere: it has diverged.
    """
    return max(map(abs, numbers), default=0.0) > torch.finfo(params.dtype).max / factor
