"""The timing of a film: how many frames it has, and how long each is shown."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from surfaces.errors import must

MOST_FRAMES = 20_000
LONGEST = 3600  # seconds


@dataclass(frozen=True)
class Clock:
    """``seconds`` of motion at ``fps`` frames a second, then the last frame held.

    Attributes
    ----------
    fps, seconds, hold : float
    once : bool
        Played once; else the film begins again for ever, where the kind of file can say so.
    poster : float or None
        The share of the run that one more frame shows, before all others: what stands for the film
        where nothing plays it. After the end, in a film that loops, it prolongs the last frame.
    shares : tuple of float or None
        Of an excerpt, the share of the run that each frame shows; with more or fewer frames, or in
        between, what lies between two.

    Raises
    ------
    InputError
        A rate or a length that no film can have.
    """

    fps: float = 20
    seconds: float = 6
    hold: float = 1.5
    once: bool = False
    poster: float | None = None
    shares: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if not (_number(self.fps) and 0 < self.fps <= 240):
            raise must("fps", "a number above 0, at most 240", self.fps)
        if not (_number(self.seconds) and 0 < self.seconds <= LONGEST):
            raise must("seconds", f"a number above 0, at most {LONGEST}", self.seconds)
        if self.poster is not None and not (_number(self.poster) and 0 <= self.poster <= 1):
            raise must("poster", "a share of the run from 0 to 1", self.poster)
        if len(self) > MOST_FRAMES:
            raise must("fps x seconds", f"at most {MOST_FRAMES} frames", len(self))

    @property
    def moving(self) -> int:
        """Number of frames of the moving part."""
        return max(1, round(self.fps * self.seconds))

    def __len__(self) -> int:
        """Number of frames."""
        return self.moving + (self.poster is not None)

    def progress(self, i: int) -> float:
        """Share of the run that frame ``i`` shows: 0 in the first of the motion, 1 in the last."""
        if self.poster is not None:
            if i == 0:
                return self.poster
            i -= 1
        last = self.moving - 1
        if self.shares is None:
            return i / last if last else 1.0
        at = i * (len(self.shares) - 1) / last if last else len(self.shares) - 1
        low, high = self.shares[math.floor(at)], self.shares[math.ceil(at)]
        return low + (at - math.floor(at)) * (high - low)

    def excerpt(self, frames: Sequence[int]) -> Clock:
        """The clock of some of the frames, in this order, at the same rate."""
        if not frames:
            raise must("slice", "of at least one frame", "an empty one")
        shares = tuple(map(self.progress, frames))
        return replace(self, seconds=len(shares) / self.fps, poster=None, shares=shares)

    def ticks(self, per_second: int) -> list[int]:
        """How long each frame is shown, in 1/100 s (GIF) or 1/1000 s.

        Each frame ends at the tick nearest to its true end, so that the error of rounding is
        carried on and the film's total time is right.
        """
        count = len(self)
        edges = [round(per_second * self.seconds * i / self.moving) for i in range(count + 1)]
        shown = [end - begin for begin, end in itertools.pairwise(edges)]
        shown[-1] += round(per_second * self.hold)
        return shown


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
