"""Checks of what a surface is declared with: each field at the door, in one line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from surfaces.axes import WEIGHT_AND_BIAS, X_AND_Y, checked_axes
from surfaces.errors import InputError, must
from surfaces.interpolation import finite
from surfaces.window import checked_domain, checked_point

SCALES = ("linear", "log")
POINTS = "a list of points (x, y, value), each of three finite numbers"
TEXTS = "text, or a mapping of language to text such as {'en': 'Bowl', 'zh': '碗'}"
MADE = ("value", "value_and_gradient", "hessian")  # what a kernel computes


def checked_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a surface, as it holds them.

    Raises
    ------
    InputError
        One of them is not what it must be.
    """
    if (given["formula"] is None) == (given["kernel"] is None):
        raise InputError("a Surface must have either a formula or a kernel; not both or none")
    fields = {name: check(name, given[name]) for name, check in CHECKS.items()}
    usual = X_AND_Y if fields["data"] is None else WEIGHT_AND_BIAS
    return fields | {
        "axes": checked_axes("axes", given["axes"] or usual),
        "data_axes": checked_axes("data_axes", given["data_axes"]),
    }


def checked_name(field: str, name: Any) -> str:
    """A text that is not empty, or an `InputError`."""
    if not isinstance(name, str) or not name.strip():
        raise must(field, "text", name)
    return name


def _text(field: str, text: Any) -> str:
    if not isinstance(text, str):
        raise must(field, "text", text)
    return text


def _texts(field: str, texts: Any) -> Mapping[str, str]:
    said = {"en": texts} if isinstance(texts, str) and texts else texts or {}
    if not isinstance(said, Mapping) or not all(
        isinstance(part, str) for pair in said.items() for part in pair
    ):
        raise must(field, TEXTS, texts)
    return said


def _notes(field: str, notes: Any) -> tuple[str, ...]:
    lines = None if isinstance(notes, str) or not np.iterable(notes) else tuple(notes)
    if lines is None or not all(isinstance(line, str) for line in lines):
        raise must(field, "a list of texts", notes)
    return lines


def _points(field: str, points: Any) -> tuple[tuple[float, float, float], ...]:
    try:
        found = tuple((float(x), float(y), float(value)) for x, y, value in points)
    except (TypeError, ValueError, OverflowError):
        raise must(field, POINTS, points) from None
    if not np.isfinite(found).all():
        raise must(field, POINTS, points)
    return found


def _steps(field: str, steps: Any) -> int:
    whole = isinstance(steps, (int, np.integer)) and not isinstance(steps, bool)
    if not whole or steps < 1:
        raise must(field, "a whole number from 1 on", steps)
    return int(steps)


def _scale(field: str, scale: Any) -> str:
    if not isinstance(scale, str) or scale not in SCALES:
        raise must(field, " or ".join(map(repr, SCALES)), scale)
    return scale


def _data(field: str, data: Any) -> Any:
    if data is None:
        return None
    allowed = "None, or a pair of arrays of one length"
    try:
        x, y = data
    except (TypeError, ValueError):
        raise must(field, allowed, data) from None
    x, y = finite(field, x), finite(field, y)
    if x.ndim != 1 or x.shape != y.shape:
        raise must(field, allowed, f"shapes {x.shape} and {y.shape}")
    return x, y


def _kernel(field: str, kernel: Any) -> Any:
    if kernel is not None and not all(callable(getattr(kernel, name, None)) for name in MADE):
        raise must(field, "None, or what has the methods of surfaces.kernel.Kernel", kernel)
    return kernel


CHECKS: Mapping[str, Callable[[str, Any], Any]] = {
    "name": checked_name,
    "formula": lambda field, text: None if text is None else _text(field, text),
    "domain": lambda field, domain: checked_domain(domain),
    "start": checked_point,
    "steps": _steps,
    "family": _text,
    "scale": _scale,
    "minima": _points,
    "saddles": _points,
    "title": _texts,
    "lesson": _texts,
    "source": _text,
    "data": _data,
    "kernel": _kernel,
    "notes": _notes,
}
