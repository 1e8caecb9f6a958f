"""Maps of two learning rates: where training stays bounded, where it diverges, and their edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from optviz.records.basin_map import BasinRecord
from optviz.records.basin_series import SeriesRecord
from optviz.records.basin_words import side_names
from optviz.words import Phrase, Series, Text, readable, text_of
from surfaces.errors import InputError

BOUNDED, LOST = 0, 1  # labels


def measured(word: str, found: Any) -> Phrase:
    """What is trained, and the dimension of its edge."""
    numbers = {
        "dimension": f"{found.edge.dimension:.2f}", "error": f"{found.edge.error:.2f}"
    }  # fmt: skip
    return Phrase(word, texts={"what": Phrase(f"edge_{found.what}"), **numbers})


class _EdgeWords:
    """What is said of maps of trainability; see `optviz.records.record.Record`."""

    maps: tuple[Any, ...]

    def heading(self, language: str) -> tuple[str, str]:
        """The title."""
        return Phrase("edge_title").text(language), ""

    def introduction(self, beside: Sequence[Any] = ()) -> Phrase:
        """The first sentence on a picture of these maps."""
        first = self.maps[0]
        (x0, x1), (y0, y1) = first.window
        across, up = side_names(first)
        ends = {"x0": readable(x0), "x1": readable(x1), "y0": readable(y0), "y1": readable(y1)}
        whose = Series([Phrase(f"edge_{run.maps[0].what}") for run in (self, *beside)], "listed")
        texts = {"across": across, "up": up, "runs": whose, **ends}
        return Phrase("edge_introduction", texts=texts)

    def outcome(self, label: Text) -> Phrase:
        """The sentence about one map, or a series of them."""
        last = self.maps[-1]
        share = f"{last.shares.get(LOST, 0.0):.1%}"
        numbers = {"n": last.labels.size, "steps": last.budget}
        return Phrase("edge_outcome", numbers, {"label": label, "share": share})

    def caption(self, beside: Sequence[Any], names: Sequence[Text]) -> Phrase:
        """What was measured of the edges, and what counts as diverged."""
        runs = (self, *beside)
        if len(self.maps) == 1:
            told = Series([measured("edge_measured", run.maps[0]) for run in runs], "listed")
        else:
            told = Series([_range(run) for run in runs], "listed")
        far = readable(float(f"{self.maps[0].far:.3g}"))
        return Phrase("edge_caption", {"steps": self.maps[0].budget}, {"far": far, "runs": told})

    def check_beside(self, others: Sequence[Any]) -> None:
        """Refuse maps of another kind, or another number of them."""
        for other in others:
            if not isinstance(other, _EdgeWords) or len(other.maps) != len(self.maps):
                raise InputError(
                    f"maps of trainability must stand beside as many others; not {other!r}"
                )


def _range(run: Any) -> Phrase:
    """The dimensions that the maps of a series have."""
    found = [each.edge.dimension for each in run.maps]
    ends = {"low": f"{min(found):.2f}", "high": f"{max(found):.2f}"}
    return Phrase("edge_range", texts={"what": Phrase(f"edge_{run.maps[0].what}"), **ends})


@dataclass(frozen=True, eq=False, repr=False)
class TrainabilityRecord(_EdgeWords, BasinRecord):
    """A map over two learning rates.

    Attributes
    ----------
    what : {"network", "product", "quadratic"}
        What is trained.
    edge : BoxDimension
        Of the line between what stays bounded (label 0) and what diverges (label 1).
    far : float
        A run with a weight beyond it has diverged.
    steps : int array (h, w)
        Until a run was that far out; of those that stay bounded, until their loss stayed at or
        below the first.
    """

    first_hue: ClassVar[int] = 2

    what: str = field(kw_only=True)
    edge: Any = field(kw_only=True)
    far: float = field(kw_only=True)

    def __repr__(self) -> str:
        h, w = self.labels.shape
        return f"<{type(self).__name__} of {self.what}: {w} x {h} pairs of rates, {self.edge!r}>"

    @property
    def ends(self) -> list[Text]:
        """What each label means."""
        return [Phrase("edge_bounded"), Phrase("edge_diverged")]

    def named(self, language: str = "en", beside: Sequence[Any] = ()) -> str:
        """What is trained, and the dimension."""
        return measured("edge_of", self).text(language)


@dataclass(frozen=True, eq=False, repr=False)
class TrainabilitySeries(_EdgeWords, SeriesRecord):
    """Maps over ever smaller windows of two learning rates."""

    def named(self, language: str = "en", beside: Sequence[Any] = ()) -> str:
        """What is trained."""
        return text_of(Phrase(f"edge_{self.maps[0].what}"), language)  # type: ignore[attr-defined]
