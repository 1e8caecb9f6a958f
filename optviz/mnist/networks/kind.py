"""The kind of setting that is an activation or a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Network:
    """The name of an activation or a model, or the thing itself, which is then known by a name."""

    table: str  # "activation" or "model"

    def check(self, name: str, value: Any) -> str:
        """The name; an unknown one is refused later, where it is looked up."""
        if isinstance(value, str):
            return value
        from optviz.mnist.networks.own import named  # torch takes a second to load

        return named(self.table, value)
