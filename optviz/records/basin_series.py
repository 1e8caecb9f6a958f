"""Maps one after another, as one record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from optviz.optimizers import Optimizer
from optviz.records import basin_words
from optviz.records.basin_map import BasinRecord
from optviz.records.basin_words import optimizer_named
from optviz.records.map_record import MapRecord
from optviz.words import Phrase, Text, text_of
from surfaces.surface import Floats


@dataclass(frozen=True, eq=False)
class SeriesRecord(MapRecord):
    """Maps one after another: over the values of a setting, or of ever smaller windows.

    Attributes
    ----------
    maps : tuple of BasinRecord
    said : tuple of str, or of what can be said in each language
        What tells each from the others.
    swept : str
        The setting that differs, if one does.
    """

    maps: tuple[BasinRecord, ...]
    said: tuple[Text, ...]
    swept: str = ""

    @property
    def optimizer(self) -> Optimizer:
        """Of the map that stands for all."""
        return self.maps[0].optimizer

    @property
    def readings(self) -> Sequence[Text]:
        return self.said

    def named(self, language: str = "en", beside: Sequence[Any] = ()) -> str:
        swept = [self.swept] if self.swept else []
        return optimizer_named(self.optimizer, language, beside, swept)

    def outcome(self, label: Text) -> Phrase:
        return basin_words.series_outcome(self, label)

    def caption(self, beside: Sequence[Any], names: Sequence[Text]) -> Phrase | None:
        return basin_words.series_caption([self, *beside], names)

    def moment(self, at: float) -> tuple[BasinRecord, float]:
        shown = self.maps[min(int(at + 0.5), len(self))]
        return shown, shown.budget

    def __len__(self) -> int:
        """Number of maps after the first."""
        return len(self.maps) - 1

    @property
    def travelled(self) -> Floats:
        """Each map is as far from the next."""
        shares: Floats = np.linspace(0, 1, len(self.maps))
        return shares

    def __repr__(self) -> str:
        ends = " to ".join(text_of(text, "en") for text in (self.said[0], self.said[-1]))
        return f"<{type(self).__name__} of {len(self.maps)} maps, {ends}: {self.first!r}>"
