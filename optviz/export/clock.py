"""The timing of a film: how many frames it has, and how long each is shown."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Any

from surfaces.errors import must

MOST_FRAMES = 20_000
LONGEST = 3600  # seconds


@dataclass(frozen=True)
class Clock:
    """``seconds`` of motion at ``fps`` frames a second, then the last frame held.

    Raises
    ------
    InputError
        A rate or a length that no film can have.
    """

    fps: float = 20
    seconds: float = 6
    hold: float = 1.5

    def __post_init__(self) -> None:
        if not (_number(self.fps) and 0 < self.fps <= 240):
            raise must("fps", "a number above 0, at most 240", self.fps)
        if not (_number(self.seconds) and 0 < self.seconds <= LONGEST):
            raise must("seconds", f"a number above 0, at most {LONGEST}", self.seconds)
        if len(self) > MOST_FRAMES:
            raise must("fps x seconds", f"at most {MOST_FRAMES} frames", len(self))

    def __len__(self) -> int:
        """Number of frames."""
        return max(1, round(self.fps * self.seconds))

    def progress(self, i: int) -> float:
        """Share of the run that frame ``i`` shows: 0 in the first frame, 1 in the last."""
        return i / (len(self) - 1) if len(self) > 1 else 1.0

    def ticks(self, per_second: int) -> list[int]:
        """How long each frame is shown, in 1/100 s (GIF) or 1/1000 s.

        Each frame ends at the tick nearest to its true end, so that the error of rounding is
        carried on and the film's total time is right.
        """
        edges = [round(per_second * self.seconds * i / len(self)) for i in range(len(self) + 1)]
        shown = [end - begin for begin, end in itertools.pairwise(edges)]
        shown[-1] += round(per_second * self.hold)
        return shown


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
