"""The program of a rule on tensors: recorded and compiled or, if that fails, the rule itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from optviz.optimizers import Optimizer
from optviz.optimizers.base import Slots
from optviz.optimizers.tracer import explained
from optviz.torch_bridge.compiler import Program, compiled
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
    """State before the first step; each tensor slot has memory of its own."""
    slots = optimizer.slots(torch.zeros_like(flat))
    return {k: v.clone() if isinstance(v, torch.Tensor) else v for k, v in slots.items()}


def eager(optimizer: Optimizer) -> Program:
    """The rule itself on tensors: it allocates, but need not be recorded."""

    def run(
        t: int, lr: float, grad: Any, param: Any, slots: Mapping[str, Any], buffers: Sequence[Any]
    ) -> tuple[torch.Tensor, float, dict[str, float]]:
        with explained(type(optimizer)), _fitting():
            step, changed = optimizer.apply(t, lr, grad, param, dict(slots))
            numbers = {k: changed[k] for k, v in slots.items() if not isinstance(v, torch.Tensor)}
            kept = {k: torch.empty_like(v) for k, v in slots.items() if k not in numbers}
            _put(buffers[0], step)
            for name, new in kept.items():  # slots may have changed places
                _put(new, changed[name])
        for name, new in kept.items():
            slots[name].copy_(new)
        return buffers[0], 1.0, numbers

    with explained(type(optimizer)):
        slots = optimizer.slots(torch.zeros(1))
    return Program(run, ("b0",), frozenset(("param", *map(symbol_of, slots))), "b0", "")


@contextmanager
def _fitting() -> Iterator[None]:
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


def _put(to: torch.Tensor, value: Any) -> None:
    """Copy a rule's result into a tensor: a tensor, a choice between two numbers, or a number."""
    if isinstance(value, torch.Tensor):
        to.copy_(value)
    elif isinstance(value, Choice):
        to.copy_(value.resolved(to.dtype))
    else:
        to.fill_(float(value))
