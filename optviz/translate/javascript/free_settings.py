"""The settings of a class that a browser can move: its numbers and its booleans, by name."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

from surfaces.errors import must


def defaults_of(kind: Any) -> dict[str, Any]:
    """Fields and defaults; a field without one is a number that is not known yet."""
    return {
        field.name: math.nan if field.default is dataclasses.MISSING else field.default
        for field in dataclasses.fields(kind)
        if field.init and field.default_factory is dataclasses.MISSING
    }


def _is_structural(kind: Any, name: str) -> bool:
    (field,) = (field for field in dataclasses.fields(kind) if field.name == name)
    return getattr(field.metadata.get("hyper"), "structural", False)


def numbers_of(kind: Any) -> dict[str, Any]:
    """The hyper-parameters but ``lr``: numbers and tuples of numbers."""
    return {
        name: default
        for name, default in defaults_of(kind).items()
        if name != "lr" and flat(name, default) and not _is_structural(kind, name)
    }


def hyper_of(kind: Any) -> dict[str, Any]:
    """The hyper-parameters but ``lr``, each member of a tuple under a name of its own."""
    members = [m for name, value in numbers_of(kind).items() for m in flat(name, value).items()]
    if len(dict(members)) < len(members):
        raise must(f"{kind.__name__}'s fields", "of different names", [name for name, _ in members])
    return dict(members)


def booleans_of(kind: Any) -> dict[str, bool]:
    """The booleans by name, with their defaults."""
    return {name: value for name, value in defaults_of(kind).items() if isinstance(value, bool)}


def flat(name: str, value: Any) -> dict[str, Any]:
    """A number under its name, a tuple of numbers as name_0, name_1, ...; else nothing."""
    members = (
        {f"{name}_{i}": v for i, v in enumerate(value)}
        if isinstance(value, tuple)
        else {name: value}
    )
    return members if all(map(is_number, members.values())) else {}


def is_number(value: Any) -> bool:
    """Whether it is a number and no boolean."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)
