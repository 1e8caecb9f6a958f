"""A GIF below a given size: fewer frames a second, then fewer colours, then fewer pixels."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import IO, Protocol

from optviz.export import gif
from optviz.export.protocol import Film, Progress
from surfaces.errors import InputError, must

RATES = (0.75, 0.5, 0.35)  # of the frames a second asked for
COLOURS = (127, 63, 31)
SCALES = (0.85, 0.7, 0.6, 0.5, 0.4, 0.3)
UNITS = {"b": 1, "kb": 1000, "mb": 1000**2, "kib": 1024, "mib": 1024**2}


class Shrinkable(Film, Protocol):
    """A film that can be made again, coarser."""

    def coarser(self, rate: float, scale: float) -> Shrinkable | None:
        """The film with ``rate`` times the frames and ``scale`` times the sides.

        None if too few frames or pixels would be left.
        """
        ...


def parse_bytes(text: str | int) -> int:
    """``"500kB"`` as a number of bytes."""
    if isinstance(text, int) and not isinstance(text, bool) and text > 0:
        return text
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([a-zA-Z]*)\s*", str(text))
    unit = UNITS.get((found[2] or "b").lower()) if found else None
    if not found or unit is None or float(found[1]) * unit < 1:
        raise must("max-size", "a size such as 500kB or 2MB", text)
    return int(float(found[1]) * unit)


def write(film: Shrinkable, stream: IO[bytes], progress: Progress, limit: int) -> str:
    """Write the first version that fits; returns what was lowered, in words ("" if nothing).

    Raises
    ------
    InputError
        Even the coarsest version is larger.
    """
    least = 0
    for version, colours, lowered in _versions(film):
        made = io.BytesIO()
        gif.write(version, made, progress, colours)
        size = len(made.getvalue())
        if size <= limit:
            stream.write(made.getvalue())
            return lowered
        least = min(least or size, size)
    raise InputError(
        f"max-size must be at least {least} bytes for this film; not {limit}: "
        "choose fewer seconds or optimizers"
    )


def _versions(film: Shrinkable) -> Iterator[tuple[Film, int, str]]:
    """The film, then coarser and coarser versions, each with what was lowered, in words."""
    yield film, gif.TRANSPARENT, ""
    slow = film  # the slowest so far: what has been lowered stays lowered
    for rate in RATES:
        slower = film.coarser(rate, 1.0)
        if slower is not None:
            slow = slower
            yield slow, gif.TRANSPARENT, f"{slow.clock.fps:g} frames a second"
    lowered = f"{slow.clock.fps:g} frames a second"
    for colours in COLOURS:
        yield slow, colours, f"{lowered}, {colours} colours"
    for scale in SCALES:
        small = slow.coarser(1.0, scale)
        if small is not None:
            height, width = small.rgba(0).shape[:2]
            yield small, COLOURS[-1], f"{lowered}, {COLOURS[-1]} colours, {width}x{height} pixels"
