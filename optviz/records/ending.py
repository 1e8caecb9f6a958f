"""The ways a run can end (finished, diverged, ...), with a sentence for each in every language."""

from __future__ import annotations

from enum import StrEnum

from optviz.words import Phrase


class Ending(StrEnum):
    """How a descent or a training ended, or that it has not; equal to its text.

    Attributes
    ----------
    RUNNING
        It has not ended; of a training whose process was killed this is what its folder says.
    FINISHED
        It took all the steps it was asked for.
    STOPPED_EARLY
        Its validation loss did not fall for ``patience`` epochs.
    DIVERGED
        A step left the finite numbers.
    LEFT
        It left the surface, where that is known on a grid only (`surfaces.from_samples`).
    INTERRUPTED
        The user stopped it.
    """

    RUNNING = "running"
    FINISHED = "finished"
    STOPPED_EARLY = "stopped early"
    DIVERGED = "diverged"
    LEFT = "left"
    INTERRUPTED = "interrupted"

    @property
    def is_over(self) -> bool:
        """Whether the run cannot be continued."""
        return self not in (Ending.RUNNING, Ending.INTERRUPTED)

    @property
    def is_complete(self) -> bool:
        """Whether the run took all its steps, or stopped early as its settings ask."""
        return self in (Ending.FINISHED, Ending.STOPPED_EARLY)

    @property
    def broke_off(self) -> bool:
        """Whether the path ends at a step that could not be taken: pictures say so at that step."""
        return self in (Ending.DIVERGED, Ending.LEFT)

    def sentence(self, step: int, language: str = "en") -> str:
        """The sentence in a picture about a run that broke off at ``step``."""
        return self.phrase(step).text(language)

    def phrase(self, step: int) -> Phrase:
        """The same, its language still open."""
        return Phrase(self.value, {"k": step})
