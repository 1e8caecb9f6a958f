"""A surface's declaration in plain JSON types, and back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np

from surfaces.errors import InputError
from surfaces.interpolation import Grid

T = TypeVar("T")


def plain(declared: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a surface as a file holds them, samples in place of their kernel."""
    fields = dict(declared)
    kernel, data = fields.pop("kernel"), fields["data"]
    return fields | {
        "samples": None if kernel is None else kernel.to_dict(),
        "domain": [list(ends) for ends in fields["domain"]],
        "start": list(fields["start"]),
        "steps": int(fields["steps"]),
        "minima": [[*map(float, point)] for point in fields["minima"]],
        "saddles": [[*map(float, point)] for point in fields["saddles"]],
        "title": dict(fields["title"]),
        "lesson": dict(fields["lesson"]),
        "data": None if data is None else np.asarray(data, float).tolist(),
        "axes": list(fields["axes"]),
        "data_axes": list(fields["data_axes"]),
        "notes": list(fields["notes"]),
    }


def made_of(record: Mapping[str, Any], surface: Callable[..., T]) -> T:
    """The surface of a record.

    Raises
    ------
    InputError
        The record is not one of a surface.
    """
    try:
        details = dict(record)
        samples, data = details.pop("samples"), details["data"]
        for kind in ("minima", "saddles"):
            details[kind] = tuple((float(x), float(y), float(v)) for x, y, v in details[kind])
        if data is not None:
            xs, ys = np.array(data, float)
            details["data"] = xs, ys
        details["notes"] = tuple(details["notes"])
        details |= {kind: dict(details[kind]) for kind in ("title", "lesson")}
        return surface(**details, kernel=None if samples is None else Grid(**samples))
    except (LookupError, TypeError, ValueError) as error:
        reason = f"no {error}" if isinstance(error, KeyError) else " ".join(str(error).split())
        raise InputError(f"surface must be what to_dict() wrote; not so: {reason}") from None
