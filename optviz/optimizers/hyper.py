"""Hyper-parameters: a default, the range of a slider, and the range that is allowed."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

from surfaces.errors import must


@dataclass(frozen=True)
class Hyper:
    """What is known of one hyper-parameter.

    Parameters
    ----------
    low, high : float
        Ends of a slider; values beyond them are allowed.
    log : bool
        Whether the slider is logarithmic.
    allowed : str
        The interval of allowed values as written in mathematics, such as ``"[0, 1)"``.
    """

    low: float
    high: float
    log: bool
    allowed: str

    def check(self, name: str, value: Any) -> None:
        """Raise `InputError` for a number outside; symbols and arrays pass."""
        if isinstance(value, (bool, str, bytes, type(None), list, dict)):
            raise must(name, f"a number in {self.allowed}", value)
        if not are_numbers(value):
            return
        low, high = (float(end) for end in self.allowed[1:-1].split(","))
        above = value >= low if self.allowed[0] == "[" else value > low
        below = value <= high if self.allowed[-1] == "]" else value < high
        if not (above and below and math.isfinite(value)):
            raise must(name, f"a number in {self.allowed}", value)


def are_numbers(*values: Any) -> bool:
    """True for plain numbers, which can be compared; false for symbols and arrays."""
    return all(isinstance(value, (int, float)) for value in values)


def check_fields(instance: Any) -> None:
    """Range checks of all hyper-parameters of an optimizer or a schedule."""
    for field in dataclasses.fields(instance):
        known: Hyper | None = field.metadata.get("hyper")
        value = getattr(instance, field.name)
        if field.name == "lr" and callable(value):  # a schedule, which checks itself
            continue
        if isinstance(field.default, bool):
            if not isinstance(value, bool):
                raise must(field.name, "True or False", value)
        elif known is None:
            continue
        elif isinstance(field.default, tuple):
            size = len(field.default)
            if not isinstance(value, tuple) or len(value) != size:
                raise must(field.name, f"a tuple of {size} numbers", value)
            for member in value:
                known.check(field.name, member)
        else:
            known.check(field.name, value)
            if isinstance(field.default, int) and isinstance(value, float) and value % 1:
                raise must(field.name, "a whole number", value)


def hyper(
    default: Any, *, low: float, high: float, log: bool = False, allowed: str = "[0, inf)"
) -> Any:
    """A dataclass field for a hyper-parameter; a tuple default has the range for each member."""
    return dataclasses.field(default=default, metadata={"hyper": Hyper(low, high, log, allowed)})


def learning_rate(default: float) -> Any:
    """The field ``lr``: every rule has it, with one range."""
    return hyper(default, low=1e-5, high=10.0, log=True)


def decay(default: float = 0.0) -> Any:
    """The field ``weight_decay``."""
    return hyper(default, low=0.0, high=1.0)


def epsilon(default: float = 1e-8) -> Any:
    """The field ``eps``, which keeps a division finite."""
    return hyper(default, low=1e-12, high=1e-1, log=True)


def fraction(default: Any) -> Any:
    """A coefficient of a moving average: 0 forgets at once, near 1 remembers long."""
    return hyper(default, low=0.0, high=0.9999, allowed="[0, 1)")


def coefficient(default: Any = 0.0, *, allowed: str = "[0, inf)") -> Any:
    """Any other coefficient that usually lies between 0 and 1."""
    return hyper(default, low=0.0, high=1.0, allowed=allowed)
