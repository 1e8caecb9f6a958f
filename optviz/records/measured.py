"""The record of instruments along the training of any network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from optviz.optimizers import Optimizer
from optviz.records.series import Series
from optviz.words import Phrase, Text, text_of
from optviz.words import Series as Texts
from surfaces.errors import must
from surfaces.surface import Floats


@dataclass(frozen=True, eq=False)
class Measured:
    """What instruments showed along a network's path; see `optviz.landscape.measure`.

    Attributes
    ----------
    optimizer : Optimizer
        What trained it, as far as that is known.
    label, title : str, or what can be said in each language
    instruments : mapping of str to Series
        By the names of `optviz.instruments.INSTRUMENTS`.
    steps : int array (m,)
        After which snapshots were taken.
    measured_on : str, or what can be said in each language
        Which samples; every picture says it.
    """

    kind: ClassVar[str] = "measurement"
    default_views: ClassVar[tuple[str, ...]] = ("loss", "gradnorm", "alpha", "curvature")
    in_browser: ClassVar[bool] = False
    caption_stays: ClassVar[bool] = True  # which samples

    optimizer: Optimizer
    label: Text
    title: Text
    instruments: Mapping[str, Series]
    steps: np.ndarray[Any, np.dtype[np.int64]]
    measured_on: Text

    value: ClassVar[None] = None
    ending: ClassVar[None] = None
    notice: ClassVar[None] = None
    rate_fits: ClassVar[None] = None
    readings: ClassVar[tuple[()]] = ()

    def __len__(self) -> int:
        """Number of steps taken by the last snapshot."""
        return int(self.steps[-1])

    def __getitem__(self, name: str) -> Series:
        """One instrument's series."""
        return self.instruments[name]

    @property
    def travelled(self) -> Floats:
        """The share of its steps that it has taken."""
        return np.linspace(0, 1, len(self) + 1)

    def named(self, language: str = "en", beside: Sequence[Any] = ()) -> str:
        """Its name in the legend."""
        return text_of(self.label, language)

    def heading(self, language: str) -> tuple[str, str]:
        """The title; networks have no formula."""
        return text_of(self.title, language), ""

    def summary(self) -> str:
        """One line: the network, its steps, and what was measured."""
        names = ", ".join(self.instruments)
        return f"{self.named()}: {len(self):,} steps, {len(self.steps)} snapshots; {names}"

    def __repr__(self) -> str:
        return f"<Measured {self.summary()}>"

    def introduction(self, beside: Sequence[Any] = ()) -> Phrase:
        """The first sentence of a picture in words: what was trained."""
        return Phrase("alt_learning", texts={"title": self.title})

    def outcome(self, label: Text) -> Phrase:
        """The sentence about the loss, first and last."""
        first, last = self.instruments["loss"].values[[0, -1]].tolist()
        numbers = {"first": first, "last": last, "n": len(self)}
        return Phrase("alt_measured", numbers, {"label": label})

    def caption(self, beside: Sequence[Any], names: Sequence[Text]) -> Phrase:
        """The last losses, and on which samples they and all else were measured."""
        runs = [self, *beside]
        ends = [
            Phrase("caption_value", texts={"name": name, "value": f"{run['loss'].values[-1]:.4g}"})
            for run, name in zip(runs, names, strict=True)
        ]
        steps = {"n": max(map(len, runs))}
        losses = Phrase("caption_measured", steps, {"runs": Texts(ends, "listed")})
        parts: list[Text] = [losses, self.measured_on]
        return Phrase("caption", texts={"parts": Texts(parts, "apart")})

    def check_beside(self, others: Sequence[Any]) -> None:
        """Refuse runs that were measured on other samples, as far as these are told apart."""
        told = [text_of(run.measured_on, "en") for run in (self, *others)]
        if len(set(told)) > 1:
            raise must("runs", f"measured alike, {told[0]}", next(x for x in told if x != told[0]))
