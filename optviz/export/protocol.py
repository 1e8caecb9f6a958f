"""The protocol of films that writers take: frames by number, a clock and an alternative text."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any, Protocol

import numpy as np

from optviz.export.clock import Clock

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


class Film(Protocol):
    """A sequence of frames, made one at a time: memory does not grow with a film's length."""

    clock: Clock

    def __len__(self) -> int: ...

    @property
    def alt(self) -> str:
        """The alternative text, which is written into the file."""
        ...

    def rgba(self, i: int) -> Pixels:
        """Frame ``i``, uint8 (height, width, 4), opaque."""
        ...

    def draw_still(self, stream: IO[bytes], kind: str) -> None:
        """The last frame as a vector picture: "pdf" or "svg"."""
        ...


Progress = Callable[[int], object]
Writer = Callable[[Film, IO[bytes], Progress], None]
