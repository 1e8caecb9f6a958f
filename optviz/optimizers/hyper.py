"""Hyper-parameters: a default, the range of a slider, and the range that is allowed."""

from __future__ import annotations

import dataclasses
import operator
import sys
from dataclasses import dataclass
from typing import Any

from optviz.optimizers.ops import backend
from surfaces.errors import must


@dataclass(frozen=True)
class Hyper:
    """The declaration of a hyper-parameter: range of its slider, allowed range and scale.

    Parameters
    ----------
    low, high : float
        Ends of a slider; values beyond them are allowed.
    log : bool
        Whether the slider is logarithmic.
    allowed : str
        The interval of allowed values as written in mathematics, such as ``"[0, 1)"``.
    structural : bool
        Whether it decides which operations there are, such as how often something is repeated: a
        rule may then branch on it, and a browser has its default alone.
    """

    low: float
    high: float
    log: bool
    allowed: str
    structural: bool = False

    def check(self, name: str, value: Any) -> Any:
        """The value as a plain number, or `InputError` for what is none or lies outside.

        A symbol (what a rule is recorded with, for example) passes as it is.
        """
        number = plain_number(value)
        if number is None:
            if is_symbol(value):
                return value
            raise must(name, f"a number in {self.allowed}", value)
        low, high = (float(end) for end in self.allowed[1:-1].split(","))
        above = number >= low if self.allowed[0] == "[" else number > low
        below = number <= high if self.allowed[-1] == "]" else number < high
        if not (above and below and abs(number) <= sys.float_info.max):
            raise must(name, f"a number in {self.allowed}", value)
        return number


def plain_number(value: Any) -> float | int | None:
    """A single number of any library as a Python number; None for anything else, booleans too."""
    value = _item(value)
    if isinstance(value, bool) or getattr(value, "ndim", 0) > 0:
        return None
    for name, convert in (("__index__", operator.index), ("__float__", float)):
        if hasattr(value, name):
            try:
                number: float | int = convert(value)
            except (TypeError, ValueError, OverflowError):
                continue
            return number
    return None


def _item(value: Any) -> Any:
    """The number in a scalar, or in an array or tensor without axes; anything else unchanged."""
    return value.item() if getattr(value, "ndim", None) == 0 else value


def is_symbol(value: Any) -> bool:
    """Whether a rule can compute with a value that is no plain number; `backend` decides."""
    known = backend.dispatch(type(value)) is not backend.dispatch(object)
    return known and not isinstance(value, bool) and getattr(value, "ndim", None) is None


def are_numbers(*values: Any) -> bool:
    """True for plain numbers, which can be compared; false for symbols."""
    return all(isinstance(value, (int, float)) for value in values)


def check_fields(instance: Any) -> None:
    """Check all hyper-parameters of an optimizer or a schedule, and keep them as plain values.

    Numbers of NumPy and torch become Python's and lists tuples, so that equal settings compare
    equal and are written alike. A schedule as ``lr`` has checked itself.
    """
    for field in dataclasses.fields(instance):
        value = getattr(instance, field.name)
        if field.name == "lr" and callable(value):
            continue
        checked = _checked(field, value)
        if checked is not value:
            object.__setattr__(instance, field.name, checked)  # frozen for others


def _checked(field: dataclasses.Field[Any], value: Any) -> Any:
    """The value of one field as it is kept, or `InputError`."""
    known: Hyper | None = field.metadata.get("hyper")
    if known is None and field.name == "lr":  # a class that gives a default alone
        known = LEARNING_RATE
    if isinstance(field.default, bool):
        truth = _item(value)
        if not isinstance(truth, bool):
            raise must(field.name, "True or False", value)
        return truth
    if isinstance(value, list):
        value = tuple(value)
    if known is None:
        return _kept(field, value)
    if isinstance(field.default, tuple):
        size = len(field.default)
        if not isinstance(value, tuple) or len(value) != size:
            raise must(field.name, f"a tuple of {size} numbers", value)
        return tuple(known.check(field.name, member) for member in value)
    value = known.check(field.name, value)
    if isinstance(field.default, int) and isinstance(value, float) and value % 1:
        raise must(field.name, "a whole number", value)
    return value


def _kept(field: dataclasses.Field[Any], value: Any) -> Any:
    """The value of a field without a range: a number where its default is one, else anything that
    can be hashed, since equal optimizers are looked up.
    """
    if isinstance(value, tuple):
        members = tuple(_number_or_symbol(member) for member in value)
        if all(member is not None for member in members):
            return members
    known = _number_or_symbol(value)
    if known is not None:
        return known
    if isinstance(field.default, (int, float)):
        raise must(field.name, "a number", value)
    try:
        hash(value)
    except TypeError:
        allowed = "a value that can be hashed, such as a number or a tuple"
        raise must(field.name, allowed, value) from None
    return value


def _number_or_symbol(value: Any) -> Any:
    number = plain_number(value)
    return value if number is None and is_symbol(value) else number


def hyper(
    default: Any,
    *,
    low: float,
    high: float,
    log: bool = False,
    allowed: str = "[0, inf)",
    structural: bool = False,
) -> Any:
    """A dataclass field for a hyper-parameter; a tuple default has the range for each member."""
    declared = Hyper(low, high, log, allowed, structural)
    return dataclasses.field(default=default, metadata={"hyper": declared})


LEARNING_RATE = Hyper(low=1e-5, high=10.0, log=True, allowed="[0, inf)")


def learning_rate(default: float) -> Any:
    """The field ``lr``: every rule has it, with one range."""
    return dataclasses.field(default=default, metadata={"hyper": LEARNING_RATE})


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
