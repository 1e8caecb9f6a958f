"""A rule with the settings of a parameter group, how it runs, and the state that it finds."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch

from optviz.optimizers import Optimizer
from optviz.torch_bridge.compiled import eager, flat_slots
from optviz.torch_bridge.compiler import Program, compiled
from optviz.torch_bridge.recording import Recording, record


class Ready(NamedTuple):
    """A rule with a group's settings, and how it runs.

    Attributes
    ----------
    rule : Optimizer
    recording : Recording or None
    program : Program
    slots, numbers : tuple of str
        The slots that are tensors, and those that are numbers.
    """

    rule: Optimizer
    recording: Recording | None
    program: Program
    slots: tuple[str, ...]
    numbers: tuple[str, ...]

    @classmethod
    def of(cls, rule: Optimizer, compile: bool = True) -> Ready:
        """The rule as it is now."""
        recording = record(rule)
        made = compiled(recording) if recording is not None and compile else None
        slots = flat_slots(rule, torch.zeros(1))
        tensors = tuple(name for name in slots if isinstance(slots[name], torch.Tensor))
        numbers = tuple(name for name in slots if name not in tensors)
        return cls(rule, recording, made or eager(rule), tensors, numbers)

    def columns(self, params: list[torch.Tensor], entries: list[dict[str, Any]]) -> list[list[Any]]:
        """The step counts, number slots and tensor slots; missing state is initialised."""
        names = ("step", *self.numbers, *self.slots)
        try:
            columns = [[entry[name] for entry in entries] for name in names]
            if set(map(type, columns[0])) == {int}:
                return columns
        except KeyError:
            pass
        for p, entry in zip(params, entries, strict=True):
            self._begin(p, entry)
        return [[entry[name] for entry in entries] for name in names]

    def _begin(self, param: torch.Tensor, entry: dict[str, Any]) -> None:
        """Complete a parameter's state, which may be torch's own, with the step as a tensor."""
        slots = flat_slots(self.rule, param)
        # torch's SGD does not count: what has a buffer has taken a step.
        counted = int(any(isinstance(entry.get(name), torch.Tensor) for name in self.slots))
        for name, value in {"step": counted, **slots}.items():
            given = entry.get(name)
            if given is None:
                entry[name] = value
            elif name not in self.slots:
                entry[name] = type(value)(given)


def hashable(value: Any) -> Any:
    """A setting as a number or a tuple of numbers: torch's may be tensors, JSON's lists."""
    if isinstance(value, (list, tuple)):
        return tuple(map(hashable, value))
    return value.item() if isinstance(value, torch.Tensor) else value
