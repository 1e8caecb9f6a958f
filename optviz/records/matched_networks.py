"""Two networks of one architecture, and how the loss between them falls as units are matched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from optviz.optimizers import Optimizer
from optviz.records.ending import Ending
from optviz.records.recorded_path import samples_phrase
from optviz.words import Phrase, Series, Text, readable, text_of
from surfaces.errors import InputError
from surfaces.surface import Floats

Counts = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, eq=False)
class MatchedNetworks:
    """The loss on the line between two networks, while the second's hidden units are renumbered.

    Its outputs are the same at every stage: only what lies between changes.

    Attributes
    ----------
    optimizer : Optimizer
        What trained them: it gives the colour.
    label, title : str, or what can be said in each language
    units : int
        All hidden units.
    counts : int array (s,)
        How many were put into their place at each stage; rising from 0.
    t : array (m,)
        0 at the first network, 1 at the second.
    losses : array (s, m)
        The mean loss at each stage along the line.
    samples, population : int
        On how many samples, drawn from how many.
    standard_error : float
        The larger of the mean's standard errors at the ends.
    """

    kind: ClassVar[str] = "matching"
    default_views: ClassVar[tuple[str, ...]] = ("line", "barrier")
    in_browser: ClassVar[bool] = False
    caption_stays: ClassVar[bool] = False
    value: ClassVar[int | None] = None
    rate_fits: ClassVar[bool | None] = None
    ending: ClassVar[tuple[Ending, int] | None] = None
    notice: ClassVar[tuple[Phrase, int] | None] = None

    optimizer: Optimizer
    label: Text
    title: Text
    units: int
    counts: Counts
    t: Floats
    losses: Floats
    samples: int
    population: int
    standard_error: float

    def __len__(self) -> int:
        """Number of units that were put into their place."""
        return int(self.counts[-1])

    @property
    def barriers(self) -> Floats:
        """How far each stage's loss rises above the straight line between its ends, shape (s,)."""
        return barriers_of(self.t, self.losses)

    def stage(self, at: float) -> int:
        """The latest stage with no more than ``at`` units in place."""
        return max(int(np.searchsorted(self.counts, at + 1e-9, side="right")) - 1, 0)

    @property
    def readings(self) -> list[Phrase]:
        """What tells each moment from the others."""
        return [Phrase("units_in_place", {"k": k, "n": len(self)}) for k in range(len(self) + 1)]

    @property
    def travelled(self) -> Floats:
        """The share of the units in place after each step, (n + 1,)."""
        return np.linspace(0.0, 1.0, len(self) + 1)

    def named(self, language: str = "en", beside: Sequence[Any] = ()) -> str:
        """Its name in the legend."""
        return text_of(self.label, language)

    def heading(self, language: str) -> tuple[str, str]:
        """The title; a network's loss has no formula."""
        return text_of(self.title, language), ""

    def introduction(self, beside: Sequence[Any] = ()) -> Phrase:
        """The first sentence of a picture in words."""
        return Phrase("alt_matching", texts={"title": self.title})

    def outcome(self, label: Text) -> Phrase:
        """The sentence about the barriers."""
        first, last = self.barriers[[0, -1]]
        numbers = {"before": first, "after": last, "n": len(self)}
        return Phrase("alt_matched", numbers, {"label": label})

    def caption(self, beside: Sequence[Any], names: Sequence[Text]) -> Phrase:
        """The barrier as trained and as matched, and of which samples."""
        first, last = (readable(float(f"{b:.2g}")) for b in self.barriers[[0, -1]])
        told = Phrase("barrier_falls", {"n": len(self)}, {"before": first, "after": last})
        of = samples_phrase(self.samples, self.population, self.standard_error)
        return Phrase("caption", texts={"parts": Series([told, of], "apart")})

    def check_beside(self, others: Sequence[Any]) -> None:
        """Refuse several pairs: each has a picture of its own."""
        if others:
            raise InputError("runs must be one pair of networks; not several in one picture")

    def columns(self) -> dict[str, Floats]:
        """One array a column of the table, a row a stage; ``loss_0`` and on along the line."""
        table = {"units": self.counts.astype(float), "barrier": self.barriers}
        return table | {f"loss_{j}": self.losses[:, j] for j in range(len(self.t))}

    def summary(self) -> str:
        """One line: units and barriers."""
        first, last = self.barriers[[0, -1]]
        return (
            f"{self.named()}: barrier {first:.3g} as trained, {last:.3g} with {len(self)} of "
            f"{self.units} hidden units renumbered"
        )

    def __repr__(self) -> str:
        return f"<MatchedNetworks {self.summary()}>"


def straight(t: Floats, losses: Floats) -> Floats:
    """The straight line between the first and the last of losses (..., m) at ``t`` (m,)."""
    return (1 - t) * losses[..., :1] + t * losses[..., -1:]


def barriers_of(t: Floats, losses: Floats) -> Floats:
    """How far losses (..., m) rise above the straight line between their ends, shape (...)."""
    found: Floats = np.max(losses - straight(t, losses), axis=-1)
    return found
