"""The program of a rule on tensors: recorded and compiled or, if that fails, the rule itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from optviz.optimizers import Optimizer
from optviz.optimizers.base import Slots
from optviz.optimizers.tracer import explained
from optviz.torch_bridge.checks import check_size
from optviz.torch_bridge.compiler import Program, compiled
from optviz.torch_bridge.layer import Layer, as_matrix
from optviz.torch_bridge.recording import record, symbol_of
from optviz.torch_bridge.tensors import Choice


def program(optimizer: Optimizer) -> Program:
    """The program of an optimizer's rule with its present settings.

    A rule that cannot be recorded runs as it stands, and its new slots are copied into the old.
    """
    recording = record(optimizer)
    made = None if recording is None else compiled(recording)
    return eager(optimizer) if made is None else made


def flat_slots(optimizer: Optimizer, flat: torch.Tensor) -> Slots:
    """State before the first step; each tensor slot has memory of its own.

    Of a rule that is not element-wise a matrix like the parameters has their shape, any other its
    own.
    """
    zeros = torch.zeros_like(flat)
    if optimizer.elementwise:
        slots = optimizer.slots(zeros)
        return {k: v.clone() if isinstance(v, torch.Tensor) else v for k, v in slots.items()}
    matrix = as_matrix(zeros)
    with explained(type(optimizer), "slots"):
        if not optimizer.by_layer:
            for value in optimizer.slots(Layer(matrix.values.to("meta"))).values():
                check_size(optimizer, getattr(value, "shape", ()))
        slots = optimizer.slots(matrix)
    return {
        name: value.numbers.reshape(flat.shape if value.shape == matrix.shape else value.shape)
        .contiguous().clone() if isinstance(value, Layer) else value
        for name, value in slots.items()
    }  # fmt: skip


def seen(optimizer: Optimizer, tensor: Any) -> Any:
    """A tensor, or a number among the slots, as the rule is given it."""
    if optimizer.elementwise or not isinstance(tensor, torch.Tensor):
        return tensor
    return as_matrix(tensor)


def eager(optimizer: Optimizer) -> Program:
    """The rule itself on tensors: it allocates, but need not be recorded.

    Of what it names beside its slots, ``value`` stands among them.
    """

    def run(
        t: int, lr: float, grad: Any, param: Any, slots: Mapping[str, Any], buffers: Sequence[Any]
    ) -> tuple[torch.Tensor, float, dict[str, float]]:
        if not param.numel():  # nothing to move, and no shape that a rule could count on
            return buffers[0], 1.0, {}
        given = {name: seen(optimizer, value) for name, value in slots.items()}
        more = {name: given.pop(name) for name in optimizer.inputs if name in given}
        with explained(type(optimizer)), fitting():
            step, changed = optimizer.apply(
                t, lr, seen(optimizer, grad), seen(optimizer, param), given, **more
            )
            tensors = {k: v for k, v in slots.items() if isinstance(v, torch.Tensor)}
            kept = {k: torch.empty_like(v) for k, v in tensors.items()}
            put(buffers[0], step, "the step")
            for name, new in kept.items():  # slots may have changed places
                put(new, changed[name], name)
            numbers = {k: _number(changed[k]) for k in given if k not in kept}
        for name, new in kept.items():
            slots[name].copy_(new)
        return buffers[0], 1.0, numbers

    with explained(type(optimizer)):
        slots = flat_slots(optimizer, torch.zeros(1))
    return Program(run, ("b0",), frozenset(("param", *map(symbol_of, slots))), "b0", "")


@contextmanager
def fitting() -> Iterator[None]:
    """Turn torch's plain RuntimeError into a ValueError, which is reported as the rule's.

    The rule caused it, by a branch on a number or by shapes that do not fit; torch's other errors,
    such as a lack of memory, are of subclasses and pass.
    """
    try:
        yield
    except RuntimeError as error:
        if type(error) is not RuntimeError:
            raise
        raise ValueError(str(error)) from error


def put(to: torch.Tensor, value: Any, name: str) -> None:
    """Copy a rule's result into a tensor.

    It is a tensor, a matrix of as many numbers, a choice between two numbers, or a number.
    """
    if isinstance(value, Layer):
        to.copy_(value.like(to, name))
    elif isinstance(value, torch.Tensor):
        to.copy_(value)
    elif isinstance(value, Choice):
        to.copy_(value.resolved(to.dtype))
    else:
        to.fill_(float(value))


def _number(value: Any) -> float:
    """The new value of a slot that is a number."""
    number: float = value.numbers.item() if isinstance(value, Layer) else value
    return number
