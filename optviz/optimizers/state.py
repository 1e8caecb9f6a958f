"""The state of an optimizer between two steps: its step count and named slots."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Slots = dict[str, Any]


@dataclass(slots=True)
class State:
    """The memory of an optimizer; `Optimizer.init` makes it, `Optimizer.update` the next one.

    ``state["exp_avg"]`` is short for ``state.slots["exp_avg"]``.

    Attributes
    ----------
    step : int
        How many steps were taken.
    slots : dict of name to array, tensor, tuple of floats or number
        The named slots, under torch's names.
    """

    step: int = 0
    slots: Slots = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.slots[name]
