"""One class or not: four counts, and the five shares that the course makes of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Binary:
    """Four counts: true or false, positive or negative.

    The field's letters: a true positive is an image of the class ``name`` that is said to be one.
    A share of nothing is nan, but precision and F1 of a class that is never said count as 0.
    """

    TP: int
    FN: int
    FP: int
    TN: int
    name: str = "positive"

    @property
    def sensitivity(self) -> float:
        """TP / (TP + FN): of those that are, how many are found; also called recall."""
        return _share(self.TP, self.TP + self.FN, float("nan"))

    @property
    def specificity(self) -> float:
        """TN / (TN + FP): of those that are not, how many are left alone."""
        return _share(self.TN, self.TN + self.FP, float("nan"))

    @property
    def precision(self) -> float:
        """TP / (TP + FP): of those that are said to be, how many are."""
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
    def total(self) -> int:
        """All images."""
        return self.TP + self.FN + self.FP + self.TN

    @property
    def always_negative(self) -> Binary:
        """Whoever always says "not this": high accuracy where the class is rare, and no use."""
        return Binary(0, self.TP + self.FN, 0, self.TN + self.FP, self.name)


def _share(part: int, whole: int, of_nothing: float) -> float:
    return part / whole if whole else of_nothing
