"""The state of an optimizer as a run keeps it and as its folder does.

Its slots are tensors, numbers, and lists of either, as torch's LBFGS has them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch

from optviz.optimizers.base import Slots, State

OF_LISTS = "[]"  # what the name of a tensor ends with that stands for a list of tensors


def mapped(state: State, function: Callable[[torch.Tensor], torch.Tensor]) -> State:
    """The same with the function's value of each tensor; lists are new ones."""

    def new(value: Any) -> Any:
        if isinstance(value, list):
            return [new(member) for member in value]
        return function(value) if isinstance(value, torch.Tensor) else value

    return State(state.step, {name: new(value) for name, value in state.slots.items()})


def written(slots: Slots) -> tuple[dict[str, torch.Tensor], dict[str, Any]]:
    """The slots as tensors, and what is none: numbers and lists of them."""
    tensors: dict[str, torch.Tensor] = {}
    numbers: dict[str, Any] = {}
    for name, value in slots.items():
        if isinstance(value, torch.Tensor):
            tensors[name] = value
        elif isinstance(value, list) and value and isinstance(value[0], torch.Tensor):
            tensors[name + OF_LISTS] = torch.stack(value)
        else:
            numbers[name] = value
    return tensors, numbers


def read(tensors: Mapping[str, torch.Tensor], numbers: Mapping[str, Any]) -> Slots:
    """The inverse of `written`."""
    slots = dict(numbers)
    for name, tensor in tensors.items():
        is_list = name.endswith(OF_LISTS)
        slots[name.removesuffix(OF_LISTS)] = list(tensor.unbind()) if is_list else tensor
    return slots
