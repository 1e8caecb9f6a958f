"""The numbers of an evaluation: predictions against true labels, and metrics of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from sklearn.metrics import confusion_matrix

from optviz.mnist.data.provenance import Provenance
from optviz.mnist.data.published import CLASSES
from optviz.mnist.evaluation import metrics
from optviz.mnist.evaluation.binary import Binary
from optviz.mnist.evaluation.metrics import Calibration, Ints, Roc, class_index
from optviz.records.ending import Ending
from surfaces.errors import must
from surfaces.surface import Floats


@dataclass(frozen=True)
class Training:
    """Facts about a network's training that limit what its evaluation shows.

    Attributes
    ----------
    status : Ending
        Of the run.
    epochs : int
        How many whole epochs it had.
    other_data : Provenance or None
        What it was trained on, where that is not the data set whose test images are taken: some of
        these may have been seen.
    """

    status: Ending
    epochs: int
    other_data: Provenance | None = None


class Scores:
    """Predictions against the truth, and scikit-learn's numbers for them.

    Parameters
    ----------
    labels : int array (n,)
        The true class of each image: an index into ``classes``.
    scores : float array (n, len(classes))
        Probabilities. An image whose scores are not finite (the network's numbers overflowed)
        counts as equally likely to be anything; ``overflowed`` says how many.
    images : uint8 array (n, 28, 28), optional
        Needed to show the mistakes.
    classes : sequence of str
        Names of the classes: the digits unless given.
    positive : int or str, optional
        A class, by index or name, for the binary view "this or not".
    source : str
        Where the images came from, as a sentence.
    training : Training, optional
        How the network was trained, where that lessens what the numbers mean.

    Attributes
    ----------
    predictions : int array (n,)
        The class of the highest score.
    confusion : int array (classes, classes)
        ``confusion[i, j]``: how many images of class i were predicted as j.
    accuracy : float
        The share of all images that is right.
    sensitivity, specificity, precision, class_accuracy, f1, auc : float array (classes,)
        Each class against the rest. Precision of a class that is never predicted is 0/0 and
        counts as 0; what is undefined without test images of a class is nan.
    intervals : dict
        Wilson's 95 % intervals of the measures that are shares of images (all but f1 and auc):
        arrays (classes, 2).
    accuracy_interval : (float, float)
        The same of ``accuracy``.
    macro : dict
        Plain means of ``per_class``'s measures over the classes that have test images.

    Raises
    ------
    InputError
        Shapes or values that do not fit.
    """

    def __init__(self, labels: Any, scores: Any, *, images: Any = None,
                 classes: Sequence[str] = CLASSES["mnist"], positive: int | str | None = None,
                 source: str = "", training: Training | None = None) -> None:  # fmt: skip
        self.classes = tuple(classes)
        self.labels, self.scores, self.overflowed = metrics.checked(
            labels, scores, len(self.classes)
        )
        self.images = None if images is None else np.asarray(images)
        if self.images is not None and self.images.shape != (len(self.labels), 28, 28):
            raise must("images", f"of shape ({len(self.labels)}, 28, 28)", self.images.shape)
        self.positive = None if positive is None else class_index(positive, self.classes)
        self.source, self.training = source, training
        self.predictions: Ints = self.scores.argmax(1)

    def __len__(self) -> int:
        """The number of images."""
        return len(self.labels)

    @cached_property
    def confusion(self) -> Ints:
        """Rows true, columns predicted."""
        everyone = range(len(self.classes))
        return np.asarray(confusion_matrix(self.labels, self.predictions, labels=everyone))

    @property
    def never_predicted(self) -> list[str]:
        """Classes that have images and are never predicted."""
        return self._names((self.confusion.sum(0) == 0) & (self.support > 0))

    @property
    def without_images(self) -> list[str]:
        """Classes of which there are no test images."""
        return self._names(self.support == 0)

    def _names(self, which: Any) -> list[str]:
        return [name for name, chosen in zip(self.classes, which, strict=True) if chosen]

    @cached_property
    def counts(self) -> dict[str, Ints]:
        """TP, FN, FP and TN of each class against the rest: arrays (classes,)."""
        return metrics.counts(self.labels, self.predictions, len(self.classes))

    @cached_property
    def per_class(self) -> dict[str, Floats]:
        """Sensitivity, specificity, precision, accuracy, f1 and auc: arrays (classes,)."""
        return metrics.per_class_metrics(self.labels, self.predictions, self.counts) | {
            "auc": np.array([self.roc(i).auc for i in range(len(self.classes))])
        }

    @cached_property
    def intervals(self) -> dict[str, Floats]:
        """Wilson's 95 % intervals of the measures that are shares: arrays (classes, 2)."""
        found = {}
        for name in metrics.SHARES:
            pairs = zip(*metrics.share_counts(name, self.counts), strict=True)
            found[name] = np.array([metrics.interval(int(k), int(n)) for k, n in pairs])
        return found

    @cached_property
    def macro(self) -> dict[str, float]:
        """The mean of each measure over the classes that have test images; nan if undefined."""
        there = self.support > 0
        return {name: float(values[there].mean()) for name, values in self.per_class.items()}

    @property
    def support(self) -> Ints:
        """How many images of each class there are (classes,)."""
        return np.asarray(self.confusion.sum(1))

    @property
    def accuracy(self) -> float:
        """The share of all images that is right."""
        return float((self.predictions == self.labels).mean())

    @property
    def accuracy_interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the accuracy."""
        return metrics.interval(int((self.predictions == self.labels).sum()), len(self))

    @property
    def sensitivity(self) -> Floats:
        """TP / (TP + FN), also called recall."""
        return self.per_class["sensitivity"]

    @property
    def specificity(self) -> Floats:
        """TN / (TN + FP)."""
        return self.per_class["specificity"]

    @property
    def precision(self) -> Floats:
        """TP / (TP + FP); 0 where 0/0."""
        return self.per_class["precision"]

    @property
    def class_accuracy(self) -> Floats:
        """(TP + TN) / all."""
        return self.per_class["accuracy"]

    @property
    def f1(self) -> Floats:
        """2 TP / (2 TP + FP + FN)."""
        return self.per_class["f1"]

    @property
    def auc(self) -> Floats:
        """Area under each class's `roc`."""
        return self.per_class["auc"]

    def roc(self, digit: int | str) -> Roc:
        """The curve of one class against the rest; all nan where one of the two has no images."""
        i = class_index(digit, self.classes)
        return metrics.roc(self.labels == i, self.scores[:, i])

    @cached_property
    def calibration(self) -> Calibration:
        """The calibration: accuracy against confidence."""
        return metrics.calibration(self.predictions == self.labels, self.scores.max(1))

    def binary(self, positive: int | str | None = None) -> Binary:
        """One class against the rest, as four counts.

        Parameters
        ----------
        positive : int or str, optional
            A class; the evaluation's own unless given.
        """
        chosen = self.positive if positive is None else class_index(positive, self.classes)
        if chosen is None:
            raise must("positive", "a class, such as 8", None)
        numbers = {name: int(values[chosen]) for name, values in self.counts.items()}
        return Binary(name=self.classes[chosen], **numbers)

    def confused(self) -> list[tuple[int, int, int]]:
        """(true class, predicted class, how many images), the most frequent mistake first."""
        wrong = self.confusion - np.diag(np.diag(self.confusion))
        order = np.argsort(-wrong, axis=None, kind="stable")[: np.count_nonzero(wrong)]
        pairs = zip(*np.unravel_index(order, wrong.shape), strict=True)
        return [(int(i), int(j), int(wrong[i, j])) for i, j in pairs]
