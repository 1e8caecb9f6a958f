"""Our rules on one flat tensor, which they move in place: as one vector, or layer by layer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

import torch

from optviz.optimizers import AdamW, Optimizer
from optviz.optimizers.base import Slots, State
from optviz.optimizers.line_search import EVALUATIONS
from optviz.optimizers.schedules import Schedule
from optviz.optimizers.user_rules import check_own
from optviz.torch_bridge import points
from optviz.torch_bridge.compiled import flat_slots, program

# What moves the vectors of a network (biases) where a rule moves matrices only, as is the practice
# with Muon; at its defaults.
OF_VECTORS = AdamW()


class Mover:
    """A rule on a flat tensor as one vector."""

    evaluates = False

    def __init__(self, rule: Optimizer) -> None:
        if isinstance(rule.lr, Schedule):
            rule.lr.renew()
        check_own(rule)
        self.rule = rule
        self.program = program(rule)
        self.buffers: list[torch.Tensor] = []
        # What `optviz.iterate` reads of an optimizer.
        self.title, self.inputs, self.asks = rule.title, rule.inputs, rule.asks
        self.evaluates_elsewhere, self.looks_twice = rule.evaluates_elsewhere, rule.looks_twice

    def init(self, params: torch.Tensor) -> State:
        return State(0, flat_slots(self.rule, params))

    @torch.no_grad()
    def update(
        self,
        grad: torch.Tensor,
        state: State,
        params: torch.Tensor,
        *,
        lr: Any = None,
        **seen: float,
    ) -> tuple[None, State]:
        if self.rule.transforms:
            grad = self.rule.transformed(grad, params)
        t = state.step + 1
        rate = self.rule.rate(t) if lr is None else lr
        numbers: Slots = {}
        try:
            numbers = self._step(t, rate, grad, params, state.slots, seen)
        except RuntimeError:
            if not overflows(params, self.program.numbers(t, rate, state.slots)):
                raise
            params.fill_(math.nan)
        return None, State(t, state.slots | numbers)

    def _step(
        self,
        t: int,
        rate: float,
        grad: torch.Tensor,
        params: torch.Tensor,
        slots: Slots,
        seen: Mapping[str, float],
    ) -> Slots:
        """Move the parameters and the slots that are tensors; returns the others."""
        if not self.buffers:
            self.buffers = [torch.empty_like(params) for _ in self.program.buffers]
        step, factor, numbers = self.program.run(
            t, rate, grad, params, {**slots, **seen} if seen else slots, self.buffers
        )
        params.add_(step, alpha=factor)
        return numbers

    @torch.no_grad()
    def gradient_point(self, t: int, params: torch.Tensor, slots: Slots) -> torch.Tensor:
        return points.gradient_point(self.rule, t, params, slots)

    @torch.no_grad()
    def second_point(self, grad: torch.Tensor, params: torch.Tensor) -> torch.Tensor:
        return points.second_point(self.rule, grad, params)


class Part:
    """Some layers of a network and the rule that moves each of them by itself.

    A slot of the state is that of all of these layers, one after another: a flat tensor, or a list
    of numbers; its name has the prefix.
    """

    def __init__(
        self, rule: Optimizer, layers: Sequence[tuple[slice, Sequence[int]]], prefix: str = ""
    ) -> None:
        self.rule, self.layers, self.prefix = rule, layers, prefix
        self.program = program(rule)
        fresh = [flat_slots(rule, torch.zeros(*shape)) for _, shape in layers]
        self.names = tuple(fresh[0]) if fresh else ()
        self.shapes = {
            name: [slots[name].shape for slots in fresh]
            for name in self.names
            if isinstance(fresh[0][name], torch.Tensor)
        }

    def init(self, params: torch.Tensor) -> Slots:
        fresh = [flat_slots(self.rule, params[at].view(*shape)) for at, shape in self.layers]
        found: Slots = {}
        for name in self.names:
            each = [slots[name] for slots in fresh]
            is_tensor = name in self.shapes
            found[self.prefix + name] = (
                torch.cat([x.reshape(-1) for x in each]) if is_tensor else each
            )
        return found

    def split(self, slots: Slots) -> Iterator[Slots]:
        """The slots of each layer."""
        columns = {name: slots[self.prefix + name] for name in self.names}
        for name, shapes in self.shapes.items():
            pieces = torch.split(columns[name], [shape.numel() for shape in shapes])
            columns[name] = [x.view(shape) for x, shape in zip(pieces, shapes, strict=True)]
        for i in range(len(self.layers)):
            yield {name: column[i] for name, column in columns.items()}

    def step(
        self,
        t: int,
        rate: float,
        grad: torch.Tensor,
        params: torch.Tensor,
        slots: Slots,
        seen: Mapping[str, float],
    ) -> Slots:
        numbers: Slots = {self.prefix + n: [] for n in self.names if n not in self.shapes}
        for (at, shape), own in zip(self.layers, self.split(slots), strict=True):
            param = params[at].view(*shape)
            buffers = [torch.empty_like(param) for _ in self.program.buffers]
            step, factor, after = self.program.run(
                t, rate, grad[at].view(*shape), param, {**own, **seen}, buffers
            )
            param.add_(step, alpha=factor)
            for name, number in after.items():
                numbers[self.prefix + name].append(number)
        return numbers


class ByLayer(Mover):
    """A rule that moves each layer of a network by itself, in its own shape."""

    def __init__(self, rule: Optimizer, shapes: Sequence[Sequence[int]]) -> None:
        super().__init__(rule)
        ends = list(accumulate(math.prod(shape) for shape in shapes))
        layers = [
            (slice(end - math.prod(shape), end), shape)
            for end, shape in zip(ends, shapes, strict=True)
        ]
        vectors = [layer for layer in layers if rule.matrices_only and len(layer[1]) < 2]
        self.parts = [Part(rule, [layer for layer in layers if layer not in vectors])]
        if vectors:
            self.parts.append(Part(OF_VECTORS, vectors, "vectors_"))

    def init(self, params: torch.Tensor) -> State:
        found: Slots = {}
        for part in self.parts:
            found |= part.init(params)
        return State(0, found)

    def _step(
        self,
        t: int,
        rate: float,
        grad: torch.Tensor,
        params: torch.Tensor,
        slots: Slots,
        seen: Mapping[str, float],
    ) -> Slots:
        numbers: Slots = {}
        for part in self.parts:
            own = rate if part.rule is self.rule else part.rule.rate(t)
            more = seen if part.rule is self.rule else {}
            numbers |= part.step(t, own, grad, params, slots, more)
        return numbers

    @torch.no_grad()
    def gradient_point(self, t: int, params: torch.Tensor, slots: Slots) -> torch.Tensor:
        point = params.clone()
        for part in self.parts:
            for (at, shape), own in zip(part.layers, part.split(slots), strict=True):
                there = points.gradient_point(part.rule, t, params[at].view(*shape), own)
                point[at] = there.reshape(-1)
        return point


class Evaluating:
    """An optimizer that evaluates the loss by itself, in its own `update`."""

    inputs: tuple[str, ...] = ()
    asks = evaluates_elsewhere = looks_twice = False
    evaluates = True

    def __init__(self, optimizer: Any) -> None:
        self.optimizer, self.title = optimizer, optimizer.title

    def init(self, params: torch.Tensor) -> State:
        state: State = self.optimizer.init(params)
        return state

    @torch.no_grad()
    def update(
        self, grad: torch.Tensor, state: State, params: torch.Tensor, **given: Any
    ) -> tuple[None, State]:
        step, after = self.optimizer.update(grad, state, params, **given)
        params.add_(step)
        return None, after


class Searching(Evaluating):
    """A line search along the steps of what moves a network by our rules."""

    def __init__(self, optimizer: Any, mover: Any) -> None:
        super().__init__(optimizer)
        self.mover, self.inputs = mover, mover.inputs

    def init(self, params: torch.Tensor) -> State:
        state: State = self.mover.init(params)
        return State(0, {**state.slots, EVALUATIONS: 0.0})

    @torch.no_grad()
    def update(
        self, grad: torch.Tensor, state: State, params: torch.Tensor, **given: Any
    ) -> tuple[None, State]:
        evaluate = given.pop("evaluate")
        here, slots = params.clone(), dict(state.slots)
        count = slots.pop(EVALUATIONS)
        _, after = self.mover.update(grad, State(state.step, slots), params, **given)
        step = params - here
        params.copy_(here)
        factor, times = self.optimizer.factor(grad, here, step, evaluate)
        if times:
            for name in self.optimizer.step_slots:
                after.slots[name].mul_(factor)
        params.add_(step, alpha=factor)
        return None, State(after.step, after.slots | {EVALUATIONS: count + times})


def overflows(params: torch.Tensor, numbers: Iterable[float], factor: float = 1.0) -> bool:
    """Whether a number is beyond the tensors' type, where torch refuses to work with it.

    Such a step leads nowhere: it has diverged.
    """
    return max(map(abs, numbers), default=0.0) > torch.finfo(params.dtype).max / factor
