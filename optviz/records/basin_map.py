"""A map of starts: which minimum each reaches, and how soon."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from optviz.optimizers import Optimizer
from surfaces.surface import Floats, Surface
from surfaces.window import Domain

Labels = np.ndarray[tuple[int, ...], np.dtype[np.int16]]
Counts = np.ndarray[tuple[int, ...], np.dtype[np.int32]]

UNDECIDED, DIVERGED = -1, -2


@dataclass(frozen=True, eq=False)
class BasinMap:
    """Where an optimizer ends from each start of a window.

    Attributes
    ----------
    surface : Surface
    optimizer : Optimizer
    window : ((x0, x1), (y0, y1))
        Pixel (i, j) is the start in the middle of its cell; row 0 is the lowest.
    budget : int
        Steps that each run took.
    minima : array (m, 2)
        What can be reached, lowest first.
    reach : (float, float)
        Half axes of the ellipse around a minimum that counts as there.
    points : array (h, w, 2)
        Where each ended; not finite where it diverged.
    labels : int array (h, w)
        Index of the minimum reached; -1: none within the budget, -2: diverged (it left the finite
        numbers, or the window by more than a hundred times its size).
    steps : int array (h, w)
        From which step it was there to the end; the budget where it reached none.
    """

    surface: Surface
    optimizer: Optimizer
    window: Domain
    budget: int
    minima: Floats
    reach: tuple[float, float]
    points: Floats
    labels: Labels
    steps: Counts

    @property
    def starts(self) -> Floats:
        """Where each run began, shape (h, w, 2)."""
        h, w = self.labels.shape
        return starts_in(self.window, (w, h), 0, h)

    @property
    def shares(self) -> dict[int, float]:
        """The share of all starts with each label."""
        found, counts = np.unique(self.labels, return_counts=True)
        return {
            int(label): float(count / self.labels.size)
            for label, count in zip(found, counts, strict=True)
        }

    def __repr__(self) -> str:
        h, w = self.labels.shape
        decided = 1 - self.shares.get(UNDECIDED, 0.0) - self.shares.get(DIVERGED, 0.0)
        return (
            f"<BasinMap {self.optimizer} on {self.surface.name}: {w} x {h} starts, "
            f"{len(self.minima)} minima, {decided:.1%} reach one in {self.budget} steps>"
        )


def starts_in(window: Domain, size: tuple[int, int], first: int, last: int) -> Floats:
    """The middles of the pixels of some rows, shape (last - first, width, 2)."""
    (x0, x1), (y0, y1) = window
    width, height = size
    x = x0 + (np.arange(width) + 0.5) * ((x1 - x0) / width)
    y = y0 + (np.arange(first, last) + 0.5) * ((y1 - y0) / height)
    return np.stack(np.meshgrid(x, y), axis=-1)
