"""Maps of runs: which minimum each start, or each pair of settings, leads to, and how soon."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from optviz.optimizers import Optimizer
from optviz.records import basin_words
from optviz.records.map_record import MapRecord
from optviz.words import Text
from surfaces.surface import Floats, Surface
from surfaces.window import Domain

Labels = np.ndarray[tuple[int, ...], np.dtype[np.int16]]
Counts = np.ndarray[tuple[int, ...], np.dtype[np.int32]]

UNDECIDED, DIVERGED = -1, -2


@dataclass(frozen=True)
class Swept:
    """A setting along a side of a map.

    Attributes
    ----------
    name : str
        As in `Optimizer`: ``lr``, ``momentum``, ``betas_0``.
    log : bool
        Whether pixels are evenly spaced in its logarithm.
    """

    name: str
    log: bool = False


@dataclass(frozen=True, eq=False)
class BasinRecord(MapRecord):
    """Where an optimizer ends from each start of a window, or with each pair of settings.

    Attributes
    ----------
    surface : Surface
    optimizer : Optimizer
    window : ((x0, x1), (y0, y1))
        Pixel (i, j) is the start in the middle of its cell; row 0 is the lowest. Of a map over
        settings the ends of these.
    budget : int
        Steps that each run took.
    minima : array (m, 2)
        What can be reached, lowest first. Where a surface has no isolated one, a map over settings
        has ``level`` in their place.
    reach : (float, float)
        Half axes of the ellipse around a minimum that counts as there.
    points : array (h, w, 2)
        Where each ended; not finite where it diverged.
    labels : int array (h, w)
        Index of the minimum reached; -1: none within the budget, -2: diverged (it left the finite
        numbers, or the window by more than a hundred times its size).
    steps : int array (h, w)
        From which step it was there to the end; where it diverged, from which step it was that far
        out; the budget where neither.
    axes : (Swept, Swept) or None
        The settings along x and y; None: the coordinates of the start.
    start : (x, y) or None
        Of all runs, where settings differ.
    level : float or None
        A run that stays at this value or below has arrived, where there are no minima: label 0.
    limits : array (k, 2) or None
        Points of the line beyond which the optimizer's theory says that it cannot stay at a
        minimum, in the coordinates of a map over settings.
    """

    first_hue: ClassVar[int] = 0  # of the hues of pictures, that of label 0

    surface: Surface
    optimizer: Optimizer
    window: Domain
    budget: int
    minima: Floats
    reach: tuple[float, float]
    points: Floats
    labels: Labels
    steps: Counts
    axes: tuple[Swept, Swept] | None = None
    start: tuple[float, float] | None = None
    level: float | None = None
    limits: Floats | None = None

    @property
    def maps(self) -> tuple[BasinRecord, ...]:
        """Itself alone."""
        return (self,)

    def moment(self, at: float) -> tuple[BasinRecord, float]:
        return self, at

    def __len__(self) -> int:
        """Number of steps that each run took."""
        return self.budget

    @property
    def travelled(self) -> Floats:
        """The share of the runs that have arrived or diverged after each step, of those that do."""
        steps = self.steps[self.labels != UNDECIDED]
        counts = np.bincount(np.minimum(steps, self.budget), minlength=self.budget + 1).cumsum()
        found: Floats = counts / max(int(counts[-1]), 1)
        return found if counts[-1] else np.linspace(0, 1, self.budget + 1)

    @property
    def starts(self) -> Floats:
        """Where each run began, shape (h, w, 2)."""
        h, w = self.labels.shape
        if self.start is not None:
            return np.broadcast_to(self.start, (h, w, 2))
        return starts_in(self.window, (w, h), 0, h)

    @cached_property
    def shares(self) -> dict[int, float]:
        """The share of all runs with each label."""
        found, counts = np.unique(self.labels, return_counts=True)
        return {
            int(label): float(count / self.labels.size)
            for label, count in zip(found, counts, strict=True)
        }

    @property
    def arrived(self) -> float:
        """The share of all runs that arrived."""
        return sum(share for label, share in self.shares.items() if label >= 0)

    @property
    def diverged(self) -> float:
        """The share of all runs that diverged."""
        return self.shares.get(DIVERGED, 0.0)

    @property
    def undecided(self) -> float:
        """The share of all runs that neither arrived nor diverged."""
        return self.shares.get(UNDECIDED, 0.0)

    @property
    def ends(self) -> list[Text]:
        """What each label means."""
        return basin_words.ends(self)

    @property
    def names(self) -> tuple[Text, Text]:
        """What the map's sides are called."""
        return basin_words.side_names(self)

    def __repr__(self) -> str:
        h, w = self.labels.shape
        if self.axes is None:
            what = "starts"
        else:
            what = f"settings of {self.axes[0].name} and {self.axes[1].name}"
        goal = f"{len(self.minima)} minima, {self.arrived:.1%} reach one"
        if not len(self.minima):
            goal = f"{self.arrived:.1%} come down to {self.level:.4g}"
        return (
            f"<{type(self).__name__} {self.optimizer} on {self.surface.name}: {w} x {h} {what}, "
            f"{goal} in {self.budget} steps>"
        )


def middles(low: float, high: float, count: int, log: bool = False) -> Floats:
    """The middles of the pixels along a side."""
    places = np.arange(count) + 0.5
    if log:
        return np.asarray(low * (high / low) ** (places / count), float)
    return np.asarray(low + places * ((high - low) / count), float)


def starts_in(window: Domain, size: tuple[int, int], first: int, last: int) -> Floats:
    """The middles of the pixels of some rows, shape (last - first, width, 2)."""
    (x0, x1), (y0, y1) = window
    width, height = size
    x = middles(x0, x1, width)
    y = middles(y0, y1, height)[first:last]
    return np.stack(np.meshgrid(x, y), axis=-1)
