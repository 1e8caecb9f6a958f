"""One class against the rest: its four counts, and five measures computed from them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Binary:
    """Four counts: true or false, positive or negative.

    The field's letters: a true positive is an image of the class ``name`` that is predicted as one.
    A share of nothing is nan, but precision and F1 of a class that is never predicted count as 0.
    """

    TP: int
    FN: int
    FP: int
    TN: int
    name: str = "positive"

    @property
    def sensitivity(self) -> float:
        """TP / (TP + FN): the share of positives that is found; also called recall."""
        return _share(self.TP, self.TP + self.FN, float("nan"))

    @property
    def specificity(self) -> float:
        """TN / (TN + FP): the share of negatives that is predicted as such."""
        return _share(self.TN, self.TN + self.FP, float("nan"))

    @property
    def precision(self) -> float:
        """TP / (TP + FP): the share of positive predictions that is right."""
        return _share(self.TP, self.TP + self.FP, 0.0)

    @property
    def accuracy(self) -> float:
        """(TP + TN) / all."""
        return _share(self.TP + self.TN, self.total, float("nan"))

    @property
    def f1(self) -> float:
        """2 TP / (2 TP + FP + FN), the harmonic mean of precision and sensitivity."""
        return _share(2 * self.TP, 2 * self.TP + self.FP + self.FN, 0.0)

    @property
    def counts(self) -> dict[str, int]:
        """The four counts by name."""
        return {"TP": self.TP, "FN": self.FN, "FP": self.FP, "TN": self.TN}

    @property
    def total(self) -> int:
        """The number of images."""
        return self.TP + self.FN + self.FP + self.TN

    @property
    def always_negative(self) -> Binary:
        """The counts of a classifier that always predicts "negative": accurate for a rare class."""
        return Binary(0, self.TP + self.FN, 0, self.TN + self.FP, self.name)


def _share(part: int, whole: int, of_nothing: float) -> float:
    return part / whole if whole else of_nothing
