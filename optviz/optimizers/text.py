"""Settings as text, as specs hold it."""

from __future__ import annotations

import dataclasses
from typing import Any

from optviz.optimizers.hyper import are_numbers
from optviz.optimizers.schedules import Schedule


def written(value: Any) -> str:
    """A hyper-parameter as text: 0.1, true, 0.9/0.99, cosine(0.1,200,0)."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return "/".join(map(written, value))
    if isinstance(value, Schedule):
        arguments = [written(getattr(value, f.name)) for f in dataclasses.fields(value)]
        return f"{type(value).__name__.lower()}({','.join(arguments)})"
    if not are_numbers(value):  # a setting of a user's own class, which no spec can hold
        return str(value)
    short = f"{value:g}"
    return short if float(short) == value else repr(value)
