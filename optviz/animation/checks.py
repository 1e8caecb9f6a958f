"""Checks of what a film is asked for, made before any work is done."""

from __future__ import annotations

from operator import index
from pathlib import Path
from typing import Any

import numpy as np

from optviz import export, files
from optviz.export.clock import Clock
from optviz.records.record import Record
from surfaces.errors import must

MOST_STILLS = 12


def check_output(
    target: export.Target, clock: Clock, max_size: str | int | None = None, *,
    record: type[Record], still: bool = False, format: str | None = None,
) -> str:  # fmt: skip
    """The suffix of the file, if `Animation.save` can write runs of this kind there.

    ``still``: whether only the last frame is to be written. See `optviz.export.check`.
    """
    named = Path(target).suffix if isinstance(target, (str, Path)) else f".{format}"
    page = named.lower().replace("..", ".") == ".html" and record.in_browser
    if not page or still or max_size is not None:
        return export.check(target, clock, max_size, still=still, format=format)
    return files.check_target(target, (".html",), format)


def check_poster(poster: Any) -> None:
    """Refuse what is neither "last" nor a number of steps nor None."""
    whole = isinstance(poster, (int, np.integer)) and not isinstance(poster, bool)
    step = whole and poster >= 0
    if poster is not None and poster != "last" and not step:
        raise must("poster", "'last' or a step from 0", poster)


def check_strip(n: Any) -> None:
    """Refuse a strip of fewer than 2 or more than `MOST_STILLS` stills."""
    if not (isinstance(n, int) and 2 <= n <= MOST_STILLS):
        raise must("strip", f"a whole number from 2 to {MOST_STILLS}", n)


def checked_frame(i: Any, count: int) -> int:
    """The number of a frame, counted from the first; or an `InputError`."""
    try:
        found = index(i)
    except TypeError:
        found = count
    if not -count <= found < count:
        raise must("frame", f"a whole number from {-count} to {count - 1}", i)
    return found % count


def checked_step(step: Any, steps: int) -> float:
    """A moment in steps; a negative one counts from the end, -1 being the last. Or an error."""
    number = isinstance(step, (int, float, np.integer, np.floating)) and not isinstance(step, bool)
    if not (number and -(steps + 1) <= step <= steps):
        raise must("step", f"a number from {-(steps + 1)} to {steps}", step)
    return float(step if step >= 0 else steps + 1 + step)
