"""Step many small parameters together, in private memory.

Many small tensors are slow one by one: each operation costs more than its arithmetic. So gradients
are copied together into flat memory of our own, state lies side by side, the program runs there
once, and torch's foreach functions add the step to the parameters. Parameters and gradients keep
the memory they have: whatever shares it, views it or checks its version sees what torch's own
optimizers would show.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import torch
from torch.utils.dlpack import from_dlpack

from optviz.torch_bridge.compiler import Program
from optviz.torch_bridge.recording import symbol_of
from surfaces.errors import InputError

Tensors = list[torch.Tensor]
Kind = tuple[type, torch.dtype, torch.device, torch.Size, torch.layout]
KIND = operator.attrgetter("__class__", "dtype", "device", "shape", "layout")
PLAIN = {torch.Tensor, torch.nn.Parameter}
ADDRESS: Any = torch.Tensor.data_ptr
SHARED: Any = torch.Tensor.is_shared


class Sizes(NamedTuple):
    """Numbers of elements.

    Attributes
    ----------
    alone : int
        From here on a tensor is stepped by itself: copies would cost more than they save.
    most : int
        Of a bucket, and of a slice of a tensor that is alone: private memory is bounded, and on a
        CPU stays in the cache.
    """

    alone: int
    most: int


CPU, ACCELERATOR = Sizes(2**16, 2**17), Sizes(2**20, 2**22)


@dataclass(slots=True)
class Work:
    """The tensors of one step that have the same step count, and how they are stepped.

    Attributes
    ----------
    program : Program
    params, grads : list of tensors
    entries : list of dict
        The state of each.
    slots : dict of name to list of tensors
        What of the state is tensors, by name.
    numbers : dict of name to number
        What of it is a number.
    t, lr : number
    """

    program: Program
    params: Tensors
    grads: Tensors
    entries: Sequence[dict[str, Any]]
    slots: dict[str, Tensors]
    numbers: Mapping[str, float] = field(default_factory=dict)
    t: int = 0
    lr: float = 0.0

    def only(self, indices: Sequence[int]) -> Work:
        """The work for some of the tensors."""
        if len(indices) == len(self.params):
            return self

        def chosen(given: Sequence[Any]) -> list[Any]:
            return [given[i] for i in indices]

        params, grads, entries = map(chosen, (self.params, self.grads, self.entries))
        slots = {name: chosen(tensors) for name, tensors in self.slots.items()}
        return Work(self.program, params, grads, entries, slots, self.numbers, self.t, self.lr)

    def run(
        self, grad: Any, param: Any, slots: Mapping[str, Any], buffers: Tensors
    ) -> tuple[Any, float, dict[str, float]]:
        """The program on tensors of one shape."""
        slots = {**slots, **self.numbers} if self.numbers else slots
        return self.program.run(self.t, self.lr, grad, param, slots, buffers)

    def step_by_gradient(self) -> dict[str, float]:
        """Move all tensors, where the step is a number times the gradient."""
        grads, factor, after = self.run(self.grads, None, {}, [])
        torch._foreach_add_(self.params, grads, alpha=factor)
        return after

    def step_each(self) -> dict[str, float]:
        """Move one tensor after another, each whole."""
        after: dict[str, float] = {}
        for i in range(len(self.params)):
            after = self.step_one(i)
        return after

    def step_one(self, i: int, scratch: Scratch | None = None) -> dict[str, float]:
        """Move tensor ``i`` by itself, without copies, in slices where it can be sliced."""
        names = tuple(self.slots)
        whole = (self.params[i], self.grads[i], *(self.slots[name][i] for name in names))
        pieces = [whole]
        if scratch is not None and all(tensor.is_contiguous() for tensor in whole):
            pieces = list(zip(*(torch.split(x.view(-1), scratch.most) for x in whole), strict=True))
        after: dict[str, float] = {}
        for param, grad, *rest in pieces:
            buffers = [
                torch.empty_like(param) if scratch is None else scratch.like(param, name)
                for name in self.program.buffers
            ]
            step, factor, after = self.run(
                grad, param, dict(zip(names, rest, strict=True)), buffers
            )
            param.add_(step, alpha=factor)
        return after


class Scratch:
    """Flat buffers of one type and device, each with a name."""

    def __init__(self, dtype: torch.dtype, device: torch.device) -> None:
        self.dtype, self.device = dtype, device
        self.alone, self.most = CPU if device.type == "cpu" else ACCELERATOR
        self.flats: dict[str, torch.Tensor] = {}

    def flat(self, name: str, size: int) -> torch.Tensor:
        """The buffer ``name`` with ``size`` elements."""
        known = self.flats.get(name)
        if known is None or len(known) < size:
            known = torch.empty(size, dtype=self.dtype, device=self.device)
            self.flats[name] = known
        return known[:size]

    def like(self, tensor: torch.Tensor, name: str) -> torch.Tensor:
        """The buffer ``name`` in the shape of a tensor."""
        return self.flat(name, tensor.numel()).view(tensor.shape)


class Bucket:
    """Small tensors of one type and device.

    At its first step their state moves side by side, so that the program needs no copy of it. Each
    tensor of it still has a storage of its own, of its own size. State that has moved elsewhere
    since (it was replaced, or another bucket took it) is copied to and fro.

    Parameters
    ----------
    indices : list of int
        Which of the tensors.
    shapes : list of torch.Size
    scratch : Scratch
        Shared with other buckets: what is in it counts during a step only.
    """

    def __init__(self, indices: list[int], shapes: list[torch.Size], scratch: Scratch) -> None:
        self.indices, self.shapes, self.scratch = indices, shapes, scratch
        ends = list(accumulate((shape.numel() for shape in shapes), initial=0))
        self.slices, self.size = [slice(a, b) for a, b in pairwise(ends)], ends[-1]
        self.flats: dict[str, torch.Tensor] = {}
        self.views: dict[str, list[torch.Tensor]] = {}
        self.homes: dict[str, tuple[torch.Tensor, list[int]]] | None = None

    def _lay(self, name: str) -> torch.Tensor:
        """Scratch memory of that name; its slices in the tensors' shapes are kept beside it."""
        if name not in self.flats:
            self.flats[name] = self.scratch.flat(name, self.size)
            self.views[name] = self._slices(self.flats[name])
        return self.flats[name]

    def _slices(self, flat: torch.Tensor) -> list[torch.Tensor]:
        pairs = zip(self.slices, self.shapes, strict=True)
        return [flat[part].view(shape) for part, shape in pairs]

    def _settle(self, work: Work) -> dict[str, tuple[torch.Tensor, list[int]]]:
        """Move the state side by side, where it is like the parameters and no process shares it."""
        scratch, on_cpu = self.scratch, self.scratch.device.type == "cpu"
        like = [
            (torch.Tensor, scratch.dtype, scratch.device, shape, torch.strided)
            for shape in self.shapes
        ]
        homes = {}
        for name, tensors in work.slots.items():
            if list(map(KIND, tensors)) != like or (on_cpu and any(map(SHARED, tensors))):
                continue
            flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
            # By DLPack each is a tensor with a storage of its own, in the very same memory.
            own = [from_dlpack(part) for part in self._slices(flat)]
            homes[name] = flat, list(map(ADDRESS, own))
            for tensor, part in zip(tensors, own, strict=True):
                tensor.data = part  # whoever holds the tensor still sees it change
        return homes

    def step(self, work: Work) -> dict[str, float]:
        """Gather what the program reads, run it, and bring back what it wrote."""
        work = work.only(self.indices)
        if self.homes is None:
            self.homes = self._settle(work)
        slots: dict[str, torch.Tensor] = {}
        away: dict[str, Tensors] = {}
        for name, tensors in work.slots.items():
            flat, addresses = self.homes.get(name, (None, None))
            if flat is not None and addresses == list(map(ADDRESS, tensors)):
                slots[name] = flat
            else:
                symbol = symbol_of(name)
                slots[name], away[symbol] = self._lay(symbol), tensors
        read = {"grad": work.grads, **away}
        if "param" in work.program.reads:
            read["param"] = work.params
        for name, tensors in read.items():
            self._lay(name)
            torch._foreach_copy_(self.views[name], tensors)
        buffers = list(map(self._lay, work.program.buffers))
        _, factor, after = work.run(self.flats["grad"], self.flats.get("param"), slots, buffers)
        for name, tensors in away.items():
            torch._foreach_copy_(tensors, self.views[name])
        place = work.program.place
        steps = {symbol_of(name): tensors for name, tensors in work.slots.items()}
        step = steps[place] if place in steps else self.views[place]
        torch._foreach_add_(work.params, step, alpha=factor)
        return after


class Plan:
    """The division of tensors of these kinds into buckets, with large tensors stepped alone."""

    def __init__(self, kinds: list[Kind]) -> None:
        if any(layout != torch.strided for *_, layout in kinds):
            raise InputError("grad must be dense; not sparse")
        self.kinds, self.is_plain = kinds, PLAIN.issuperset(kind[0] for kind in kinds)
        self.alone: list[tuple[int, Scratch]] = []
        self.buckets: list[Bucket] = []
        by_type: dict[Any, list[int]] = defaultdict(list)
        for i, (_, dtype, device, *_) in enumerate(kinds):
            by_type[dtype, device].append(i)
        for (dtype, device), members in by_type.items():
            scratch, size = Scratch(dtype, device), 0
            together: list[int] = []
            for i in members:
                count = kinds[i][3].numel()
                if count >= scratch.alone:
                    self.alone.append((i, scratch))
                    continue
                if size + count > scratch.most:
                    self._add(together, scratch)
                    together, size = [], 0
                together.append(i)
                size += count
            if together:
                self._add(together, scratch)

    def _add(self, indices: list[int], scratch: Scratch) -> None:
        self.buckets.append(Bucket(indices, [self.kinds[i][3] for i in indices], scratch))

    def step(self, work: Work) -> dict[str, float]:
        """Step all tensors; returns the new values of the slots that are numbers."""
        after: dict[str, float] = {}
        for bucket in self.buckets:
            after = bucket.step(work)
        for i, scratch in self.alone:
            after = work.step_one(i, scratch)
        return after
