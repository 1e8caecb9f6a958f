"""How a run ended: finished, diverged, ..., with the sentence that says so in each language."""

from __future__ import annotations

from enum import StrEnum

from optviz.words import say


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
        It left the surface, where that is known in places only (`surfaces.from_samples`).
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
        """Whether there is nothing left to go on with."""
        return self not in (Ending.RUNNING, Ending.INTERRUPTED)

    @property
    def is_complete(self) -> bool:
        """Whether it came to its end as it was asked to."""
        return self in (Ending.FINISHED, Ending.STOPPED_EARLY)

    @property
    def broke_off(self) -> bool:
        """Whether the path ends at a step that could not be taken: pictures say so at that step."""
        return self in (Ending.DIVERGED, Ending.LEFT)

    def sentence(self, step: int, language: str = "en") -> str:
        """What a picture says of a run that broke off at ``step``."""
        return say(self.value, language, k=step)
