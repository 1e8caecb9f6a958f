"""The record of a training run for pictures: plain arrays over its steps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from optviz.optimizers import Optimizer
from optviz.records.ending import Ending
from optviz.records.series import Series
from optviz.words import Phrase, Text, text_of
from optviz.words import Series as Texts
from surfaces.surface import Floats


@dataclass(frozen=True, eq=False)
class TrainingRecord:
    """Losses, accuracies and weights of a network over the steps of its training.

    The network was evaluated m times, after ``evaluated_steps[i]`` steps: at each of its
    `Snapshots`, without them at each epoch's end.

    Attributes
    ----------
    optimizer : Optimizer
    label : str, or what can be said in each language
        Its name in the legend.
    title : str, or what can be said in each language
        What is trained.
    loss : array (n,)
        Cross-entropy of each step's batch, as far as it was finite.
    evaluated_steps : int array (m,)
        Rising.
    training_accuracy, validation_accuracy, validation_loss : array (m,)
        nan without such images.
    confusion : int array (m, c, c) or None
        Validation images by true and predicted class; None without snapshots or such images.
    filters : array (m, units, height, width) or None
        Weights of the first layer as images; None without snapshots.
    diverged_at : int or None
        The step that left the finite numbers.
    value : int or None
        The place of its activation among all, where the runs of a picture differ in that and share
        their optimizer: its mark is then the activation's.
    units : tuple of str
        Names of the filters, where each belongs to a class (softmax regression).
    instruments : mapping of str to `optviz.records.series.Series`
        What was measured at its snapshots, by the instruments' names.
    measured_on : str, or what can be said in each language
        Where there are any, on what.
    """

    kind: ClassVar[str] = "training"
    default_views: ClassVar[tuple[str, ...]] = ("loss", "accuracy")
    in_browser: ClassVar[bool] = False

    optimizer: Optimizer
    label: Text
    title: Text
    loss: Floats
    evaluated_steps: np.ndarray[Any, np.dtype[np.int64]]
    training_accuracy: Floats
    validation_accuracy: Floats
    validation_loss: Floats
    confusion: np.ndarray[Any, np.dtype[np.int64]] | None = None
    filters: np.ndarray[Any, Any] | None = field(default=None, repr=False)
    diverged_at: int | None = None
    value: int | None = None
    units: tuple[str, ...] = ()
    instruments: Mapping[str, Series] = field(default_factory=dict, repr=False)
    measured_on: Text | None = None

    @property
    def ending(self) -> tuple[Ending, int] | None:
        """How the run ended early, and at which step; None if it did not."""
        return None if self.diverged_at is None else (Ending.DIVERGED, self.diverged_at)

    @property
    def notice(self) -> tuple[Phrase, int] | None:
        """That it diverged, told after its last step; or None."""
        return None if self.ending is None else (self.ending[0].phrase(self.ending[1]), len(self))

    @property
    def rate_fits(self) -> bool | None:
        """None: there is no window in which a network's path should stay."""
        return None

    @property
    def readings(self) -> Sequence[Text]:
        """Nothing: the counter counts steps."""
        return ()

    def __len__(self) -> int:
        """Number of steps taken."""
        return len(self.loss)

    @property
    def travelled(self) -> Floats:
        """The share of its steps that it has taken: a network learns by each of them."""
        return np.linspace(0, 1, len(self) + 1)

    def named(self, language: str = "en", beside: Sequence[Any] = ()) -> str:
        """Its name in the legend."""
        return text_of(self.label, language)

    def heading(self, language: str) -> tuple[str, str]:
        """The title; networks have no formula."""
        return text_of(self.title, language), ""

    def introduction(self, beside: Sequence[Any] = ()) -> Phrase:
        """The first sentence of a picture in words: what was trained."""
        return Phrase("alt_learning", texts={"title": self.title})

    def outcome(self, label: Text) -> Phrase:
        """The sentence about the accuracies at the end."""
        train, valid = self._end(validated=False), self._end(validated=True)
        word = "alt_learned_alone" if math.isnan(valid) else "alt_learned"
        numbers = {"train": train, "valid": valid, "n": len(self)}
        return Phrase(word, numbers, {"label": label})

    def caption(self, beside: Sequence[Any], names: Sequence[Text]) -> Phrase | None:
        """The validation accuracies at the end, the highest first, in one sentence.

        Without validation images those on the images trained on.
        """
        runs = [self, *beside]
        validated = all(np.isfinite(run.validation_accuracy[-1:]).all() for run in runs)
        ends = [(run._end(validated), name) for run, name in zip(runs, names, strict=True)]
        known = sorted((end for end in ends if not math.isnan(end[0])), key=lambda end: -end[0])
        parts: list[Text] = [
            Phrase("caption_diverged", {"k": run.diverged_at}, {"name": name})
            for run, name in zip(runs, names, strict=True)
            if run.diverged_at is not None
        ]
        if known:
            word = "caption_validation" if validated else "caption_training"
            listed = [
                Phrase("caption_share", {"share": end}, {"name": name}) for end, name in known
            ]
            steps = {"n": max(map(len, runs))}
            parts.insert(0, Phrase(word, steps, {"runs": Texts(listed, "listed")}))
        if self.measured_on is not None:
            parts.append(self.measured_on)
        return Phrase("caption", texts={"parts": Texts(parts, "apart")}) if parts else None

    def columns(self) -> dict[str, Floats]:
        """One array (n + 1,) a column of the table; what was not measured at a step is nan."""
        table = {
            "step": np.arange(len(self) + 1, dtype=float),
            "loss": np.append(self.loss, np.nan),
        }
        for name in ("training_accuracy", "validation_accuracy", "validation_loss"):
            table[name] = np.full(len(self) + 1, np.nan)
            table[name][self.evaluated_steps] = getattr(self, name)
        return table

    def _end(self, validated: bool) -> float:
        """The last accuracy, on validation images or on those trained on; nan without any."""
        curve = self.validation_accuracy if validated else self.training_accuracy
        return float(curve[-1]) if len(curve) else math.nan

    def check_beside(self, others: Sequence[Any]) -> None:
        """Refuse nothing: any trainings can be shown together."""

    def last_evaluation(self, at: float) -> int:
        """Index of the latest evaluation after ``at`` steps; 0 before the first."""
        return max(int(np.searchsorted(self.evaluated_steps, at + 1e-9, side="right")) - 1, 0)

    def smoothed(self, width: int) -> Floats:
        """The loss as a mean over the last ``width`` steps (fewer at the beginning), shape (n,)."""
        return smoothed(self.loss, width)

    def summary(self) -> str:
        """One line: the network, its number of steps and its accuracies."""
        end = "" if self.ending is None else f", {self.ending[0].sentence(self.ending[1])}"
        known = self.validation_accuracy[np.isfinite(self.validation_accuracy)]
        well = f", validation accuracy {known[-1]:.2%}" if len(known) else ""
        return f"{self.named()}: {len(self):,} steps{well}{end}"


def smoothed(losses: Floats, width: int) -> Floats:
    """The mean of each loss and those before it, ``width`` in all (fewer at the beginning)."""
    total: Floats = np.concatenate([[0.0], np.cumsum(losses)])
    ends = np.arange(1, len(losses) + 1)
    begins = np.maximum(ends - width, 0)
    means: Floats = (total[ends] - total[begins]) / (ends - begins)
    return means
