"""Checks of points and of the window of a surface."""

from __future__ import annotations

import math
from typing import Any

from surfaces.errors import InputError, must, shown

Domain = tuple[tuple[float, float], tuple[float, float]]

FARTHEST = 1e200  # ends of a window; where it is drawn, coordinates are squared


def checked_point(name: str, point: Any) -> tuple[float, float]:
    """Two finite floats, or an `InputError` about ``name``."""
    try:
        x, y = (float(value) for value in point)
    except (TypeError, ValueError, OverflowError):
        raise must(name, "two numbers, x and y", point) from None
    if not (math.isfinite(x) and math.isfinite(y)):
        raise must(name, "two finite numbers", (x, y))
    return x, y


def checked_domain(domain: Any) -> Domain:
    """((x0, x1), (y0, y1)) with x0 < x1 and y0 < y1, or an `InputError`."""
    try:
        pairs = [tuple(pair) for pair in domain]
    except TypeError:
        pairs = []
    if [len(pair) for pair in pairs] != [2, 2]:
        raise InputError(f"domain must be ((x0, x1), (y0, y1)); not {shown(domain)}")
    ends = [checked_point("domain", pair) for pair in pairs]
    for low, high in ends:
        if not -FARTHEST <= low < high <= FARTHEST:
            allowed = f"two ranges, each from a lower to a higher number, within {FARTHEST:g}"
            raise must("domain", allowed, domain)
    return ends[0], ends[1]
