"""What records of maps have in common: the protocol of records, told of the first and last map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from optviz.optimizers import Optimizer
from optviz.records import basin_words
from optviz.records.basin_words import optimizer_named
from optviz.words import Phrase, Text
from surfaces.errors import InputError
from surfaces.surface import Floats


class MapRecord:
    """What records of maps have in common; see `optviz.records.record.Record`."""

    kind: ClassVar[str] = "basins"
    default_views: ClassVar[tuple[str, ...]] = ("basins",)
    in_browser: ClassVar[bool] = False
    value: ClassVar[int | None] = None
    ending: ClassVar[None] = None
    notice: ClassVar[None] = None
    rate_fits: ClassVar[bool | None] = None

    if TYPE_CHECKING:  # of a dataclass below each is a field, which a property would give a default

        @property
        def optimizer(self) -> Optimizer: ...
        @property
        def maps(self) -> tuple[Any, ...]: ...

    @property
    def first(self) -> Any:
        """The map that stands for what all its maps share."""
        return self.maps[0]

    @property
    def last(self) -> Any:
        """The map at the end: sentences are about it."""
        return self.maps[-1]

    @property
    def readings(self) -> Sequence[Text]:
        """What the counter says after each step; nothing where it counts steps."""
        return ()

    def moment(self, at: float) -> tuple[Any, float]:
        """The map that is seen at a moment, and how many steps its runs have taken."""
        raise NotImplementedError

    def named(self, language: str = "en", beside: Sequence[Any] = ()) -> str:
        """The optimizer and its settings, but for those that the map is drawn over."""
        swept = [axis.name for axis in self.first.axes or ()]
        return optimizer_named(self.optimizer, language, beside, swept)

    def heading(self, language: str) -> tuple[str, str]:
        """The title, and the surface's formula."""
        return basin_words.title(self.first).text(language), self.first.surface.latex_line

    def summary(self) -> str:
        """One line in English: who ran, from how many starts, and where they ended."""
        return self.outcome(self.named()).text("en")

    def introduction(self, beside: Sequence[Any] = ()) -> Phrase:
        """The first sentence of a picture of these maps in words."""
        return basin_words.introduction(self.first)

    def outcome(self, label: Text) -> Phrase:
        """The sentence about where the runs of the last map ended."""
        return basin_words.outcome(self.last, label)

    def caption(self, beside: Sequence[Any], names: Sequence[Text]) -> Phrase | None:
        """What the last map and those beside it show, measured, in one sentence."""
        return basin_words.caption([self.last, *(run.last for run in beside)], names)

    def check_beside(self, others: Sequence[Any]) -> None:
        """Refuse maps of other windows, surfaces, budgets or numbers of moments."""
        for other in others:
            a, b = self.first, other.first
            same = (
                (a.window, a.budget, a.axes, len(self)) == (b.window, b.budget, b.axes, len(other))
                and a.minima.shape == b.minima.shape and (a.minima == b.minima).all()
                and a.surface.formula == b.surface.formula
            )  # fmt: skip
            if not same:
                raise InputError(
                    "maps in one picture must be of one surface, one window and one number of "
                    f"steps; not {a!r} and {b!r}"
                )

    @property
    def travelled(self) -> Floats:
        """The share of its whole way that a film has gone after each step."""
        raise NotImplementedError

    def __len__(self) -> int:
        raise NotImplementedError
