"""The protocol of records of runs: what a picture needs to know of any of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

from optviz.optimizers import Optimizer
from optviz.records.ending import Ending
from optviz.words import Phrase, Text
from surfaces.surface import Floats


class Record(Protocol):
    """The record of one run; a panel may ask for more.

    A new kind of record declares the attributes below, and gets its panels by one entry in
    ``optviz.scene.views.PANELS_OF``.

    Attributes
    ----------
    kind : str
        What was recorded: "descent", "training", "measurement", "landscape", "matching" or
        "basins". It decides which panels can show the run.
    default_views : tuple of str
        Names of the panels of a film whose views are not given.
    in_browser : bool
        Whether `optviz.explorer` can show runs of this kind.
    caption_stays : bool
        Whether what is measured stands at the foot beside a sentence that the user gives; a kind
        that does not say so leaves its place to that.
    """

    kind: ClassVar[str]
    default_views: ClassVar[tuple[str, ...]]
    in_browser: ClassVar[bool]

    @property
    def optimizer(self) -> Optimizer: ...

    @property
    def value(self) -> int | None:
        """Of a run told by another setting than its optimizer, that setting's place in a list."""
        ...

    @property
    def ending(self) -> tuple[Ending, int] | None:
        """How the run ended early, and at which step; None if it did not."""
        ...

    @property
    def notice(self) -> tuple[Phrase, int] | None:
        """What to say beside its name once it is lost, and after how many steps that is."""
        ...

    @property
    def rate_fits(self) -> bool | None:
        """False if its rate was tuned and no rate keeps the path in the window."""
        ...

    @property
    def readings(self) -> Sequence[Text]:
        """What the counter says after each step; nothing where it counts steps."""
        ...

    def __len__(self) -> int:
        """Number of steps taken."""
        ...

    @property
    def travelled(self) -> Floats:
        """The share of its whole way that it has gone after each step, shape (n + 1,), 0 to 1."""
        ...

    def named(self, language: str, beside: Sequence[Any] = ()) -> str:
        """Its name in the legend, told apart from the runs ``beside`` it."""
        ...

    def heading(self, language: str) -> tuple[str, str]:
        """The picture's title, and a formula beside it in one line of LaTeX or nothing."""
        ...

    def summary(self) -> str:
        """One line in English: who ran, how far, and how it ended."""
        ...

    def introduction(self, beside: Sequence[Any] = ()) -> Phrase:
        """The first sentence of a picture of this run and those beside it in words."""
        ...

    def outcome(self, label: Text) -> Phrase:
        """The sentence about the result of a run that did not end early."""
        ...

    def caption(self, beside: Sequence[Any], names: Sequence[Text]) -> Phrase | None:
        """The sentence at a picture's foot: what this run and those beside it did, measured.

        ``names`` are short names of all of them, this one's first.
        """
        ...

    def check_beside(self, others: Sequence[Any]) -> None:
        """Refuse runs of this kind that one picture cannot show together with this one.

        Raises
        ------
        InputError
        """
        ...
