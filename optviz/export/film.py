"""What a writer is given: frames by number, a clock, and words for those who cannot see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, Any, Protocol

import numpy as np

from optviz.export.clock import Clock

Pixels = np.ndarray[Any, np.dtype[np.uint8]]


class Film(Protocol):
    """Frames are made one at a time, so that a long film takes no more memory than a short one."""

    clock: Clock

    def __len__(self) -> int: ...

    @property
    def alt(self) -> str:
        """What is seen, in words: written into the file."""
        ...

    def rgba(self, i: int) -> Pixels:
        """Frame ``i``, uint8 (height, width, 4), opaque."""
        ...

    def draw_still(self, stream: IO[bytes], kind: str) -> None:
        """The last frame as a vector picture: "pdf" or "svg"."""
        ...


Progress = Callable[[int], object]
Writer = Callable[[Film, IO[bytes], Progress], None]
