"""How well a network tells the classes apart on images that it has never seen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    confusion_matrix,
    multilabel_confusion_matrix,
    precision_recall_fscore_support,
    roc_auc_score,
    roc_curve,
)

from optviz.mnist.binary import Binary
from optviz.scene.words import say
from surfaces.errors import InputError, must, unknown

if TYPE_CHECKING:
    from optviz.mnist.data import Dataset
    from optviz.mnist.run import Run
    from optviz.still import Still

Floats = np.ndarray[Any, np.dtype[np.float64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]

DIGITS = tuple("0123456789")
MEASURES = ("sensitivity", "specificity", "precision", "accuracy", "f1", "auc")
BINS = 10  # of the calibration: confidence 0 to 0.1, ...
SIZE = (900, 600)


class Roc(NamedTuple):
    """A curve of one class against the rest, as scikit-learn's ``roc_curve``; all nan if none."""

    fpr: Floats
    tpr: Floats
    thresholds: Floats
    auc: float


class Calibration(NamedTuple):
    """Images grouped by confidence, their highest score; bins without images are left out.

    Attributes
    ----------
    confidence, accuracy : float array (bins,)
        Mean confidence in a bin and the share of its images that is right.
    share : float array (BINS,)
        Of all images, in each bin; sums to 1.
    ece : float
        Expected calibration error: the mean of |accuracy - confidence| over all images
        (Naeini, Cooper & Hauskrecht 2015).
    """

    confidence: Floats
    accuracy: Floats
    share: Floats
    ece: float


class Evaluation:
    """What was said about images against what they are; the figures are scikit-learn's.

    Parameters
    ----------
    labels : int array (n,)
        What each image is: a place in ``classes``.
    scores : float array (n, len(classes))
        Probabilities. An image whose scores are not finite (the network's numbers overflowed)
        counts as equally likely to be anything; the notes say how many.
    images : uint8 array (n, 28, 28), optional
        Needed to show the mistakes.
    classes : sequence of str
        What the places mean: the digits unless given.
    positive : int or str, optional
        A class, by place or name, for the binary view "this or not".
    source : str
        Where the images came from, in words.
    trained_on : str
        What the network was trained on, in words, if that is other data than these.

    Attributes
    ----------
    predictions : int array (n,)
        The class of the highest score.
    confusion : int array (classes, classes)
        ``confusion[i, j]``: how many images of class i were said to be j.
    accuracy : float
        The share of all images that is right.
    sensitivity, specificity, precision, class_accuracy, f1, auc : float array (classes,)
        Each class against the rest. Precision of a class that is never predicted is 0/0 and
        counts as 0; what is undefined without test images of a class is nan.
    macro : dict
        Plain means of ``per_class``'s measures over the classes that have test images.

    Raises
    ------
    InputError
        Shapes or values that do not fit.
    """

    def __init__(self, labels: Any, scores: Any, *, images: Any = None,
                 classes: Sequence[str] = DIGITS, positive: int | str | None = None,
                 source: str = "", trained_on: str = "") -> None:  # fmt: skip
        self.classes = tuple(classes)
        self.labels, self.scores, self.overflowed = _checked(labels, scores, len(self.classes))
        self.images = None if images is None else np.asarray(images)
        if self.images is not None and self.images.shape != (len(self.labels), 28, 28):
            raise must("images", f"of shape ({len(self.labels)}, 28, 28)", self.images.shape)
        self.positive = None if positive is None else place(positive, self.classes)
        self.source, self.trained_on = source, trained_on
        self.predictions: Ints = self.scores.argmax(1)

    def __len__(self) -> int:
        """How many images."""
        return len(self.labels)

    @cached_property
    def confusion(self) -> Ints:
        """Rows true, columns predicted."""
        everyone = range(len(self.classes))
        return np.asarray(confusion_matrix(self.labels, self.predictions, labels=everyone))

    @cached_property
    def counts(self) -> dict[str, Ints]:
        """TP, FN, FP and TN of each class against the rest: arrays (classes,)."""
        everyone = range(len(self.classes))
        each = multilabel_confusion_matrix(self.labels, self.predictions, labels=everyone)
        return {"TP": each[:, 1, 1], "FN": each[:, 1, 0], "FP": each[:, 0, 1], "TN": each[:, 0, 0]}

    @cached_property
    def per_class(self) -> dict[str, Floats]:
        """Each of `MEASURES` as an array (classes,)."""
        everyone, n = range(len(self.classes)), self.counts
        given: Any = {"y_true": self.labels, "y_pred": self.predictions, "labels": everyone}
        precision = precision_recall_fscore_support(**given, zero_division=0)[0]
        _, sensitivity, f1, _ = precision_recall_fscore_support(**given, zero_division=np.nan)
        rest = n["TN"] + n["FP"]
        return {
            "sensitivity": sensitivity,
            "specificity": np.where(rest > 0, n["TN"] / np.maximum(rest, 1), np.nan),
            "precision": precision,
            "accuracy": (n["TP"] + n["TN"]) / len(self),
            "f1": f1,
            "auc": np.array([self.roc(i).auc for i in everyone]),
        }

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
        i = place(digit, self.classes)
        true = self.labels == i
        if true.all() or not true.any():
            nothing = np.array([np.nan])
            return Roc(nothing, nothing, nothing, float("nan"))
        fpr, tpr, thresholds = roc_curve(true, self.scores[:, i])
        return Roc(fpr, tpr, thresholds, float(roc_auc_score(true, self.scores[:, i])))

    @cached_property
    def calibration(self) -> Calibration:
        """Is it right as often as it is sure?"""
        sure, right = self.scores.max(1), self.predictions == self.labels
        accuracy, confidence = calibration_curve(right, sure, pos_label=1, n_bins=BINS)
        # calibration_curve keeps the counts to itself: its bins, as it makes them
        bins = np.searchsorted(np.linspace(0, 1, BINS + 1)[1:-1], sure)
        share = np.bincount(bins, minlength=BINS) / len(self)
        ece = float((share[share > 0] * np.abs(accuracy - confidence)).sum())
        return Calibration(confidence, accuracy, share, ece)

    def binary(self, positive: int | str | None = None) -> Binary:
        """This class or not: the view of the course.

        Parameters
        ----------
        positive : int or str, optional
            A class; the evaluation's own unless given.
        """
        chosen = self.positive if positive is None else place(positive, self.classes)
        if chosen is None:
            raise must("positive", "a class, such as 8", None)
        numbers = {name: int(values[chosen]) for name, values in self.counts.items()}
        return Binary(name=self.classes[chosen], **numbers)

    def confused(self) -> list[tuple[int, int, int]]:
        """(what it is, what was said, how many images), the most frequent mistake first."""
        wrong = self.confusion - np.diag(np.diag(self.confusion))
        order = np.argsort(-wrong, axis=None, kind="stable")[: np.count_nonzero(wrong)]
        pairs = zip(*np.unravel_index(order, wrong.shape), strict=True)
        return [(int(i), int(j), int(wrong[i, j])) for i, j in pairs]

    def notes(self, language: str = "en") -> list[str]:
        """What a reader must know to read the figures right; often nothing."""
        said = []
        never = (self.confusion.sum(0) == 0) & (self.support > 0)
        for word, which in (("never_predicted", never), ("no_test_images", self.support == 0)):
            if which.any():
                names = ", ".join(np.array(self.classes)[which])
                said.append(say(word, language, names=names))
        if self.overflowed:
            said.append(say("overflowed", language, n=f"{self.overflowed:,}"))
        if self.trained_on:
            said.append(say("trained_on_other", language, source=self.trained_on))
        return said

    def figure(self, name: str, size: tuple[int, int] = SIZE, theme: str = "light",
               language: str = "en") -> Still:  # fmt: skip
        """Draw a figure: confusion, roc, metrics, mistakes, calibration or binary.

        Raises
        ------
        InputError
            Another name; mistakes without images, or binary without a positive class.
        """
        from optviz.mnist.figures.evaluations import draw

        return draw(self, name, size, theme, language)

    def save(self, folder: str | Path, size: tuple[int, int] = SIZE, theme: str = "light",
             language: str = "en") -> Path:  # fmt: skip
        """Write ``metrics.csv``, ``confusion.csv``, ``evaluation.json`` and all figures as PNG.

        Parameters
        ----------
        folder : path
            A new folder, or one of an earlier evaluation, which is replaced.
        size, theme, language
            Of the figures.

        Raises
        ------
        InputError
            A place that cannot be written or holds something else.
        """
        from optviz.mnist import report

        return report.save(self, folder, size, theme, language)

    def summary(self) -> str:
        """A few lines: how well, what is confused, how sure, and the notes."""
        from optviz.mnist import report

        return report.summary(self)

    def __repr__(self) -> str:
        return f"<Evaluation of {len(self):,} images: accuracy {self.accuracy:.2%}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the table of all classes."""
        from optviz.mnist import report

        return report.html_table(self)


def evaluate(
    run: Run | str | Path, data: Dataset | None = None, positive: int | str | None = None
) -> Evaluation:
    """Judge a network by the test images.

    Parameters
    ----------
    run : Run or path
        A run, or the folder of one.
    data : Dataset, optional
        Its test images are taken; loaded as the run had them unless given.
    positive : int or str, optional
        A class, by place or name, for the binary view "this or not".

    Returns
    -------
    Evaluation

    Raises
    ------
    InputError
        No such run; data of other classes than the run's, or without test images; no such class.
    """
    from optviz.mnist.run import Run
    from optviz.mnist.training import data_of, restore

    if not isinstance(run, Run):
        run = restore(run)
    if data is None:
        data = data_of(run)
    trained_on = run.config["data"]
    if data.name != trained_on["name"]:
        raise InputError(f"data must be {trained_on['name']}, as the run's; not {data.name}")
    if not len(data.test_labels):
        raise InputError(f"data must have test images; not {data}")
    if positive is not None:
        positive = place(positive, data.classes)
    other = data.fingerprint != trained_on["fingerprint"]
    return Evaluation(data.test_labels, run.scores(data.test_images), images=data.test_images,
                      classes=data.classes, positive=positive, source=data.source,
                      trained_on=trained_on["source"] if other else "")  # fmt: skip


def place(given: int | str, classes: Sequence[str]) -> int:
    """The place of a class that is given by place or name."""
    if isinstance(given, str):
        if given in classes:
            return list(classes).index(given)
        if not given.isdecimal():
            raise unknown("class", given, classes)
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, (int, np.integer)):
        raise must("class", f"a whole number from 0 to {len(classes) - 1}, or a name", given)
    if not 0 <= given < len(classes):
        raise must("class", f"from 0 to {len(classes) - 1}", given)
    return int(given)


def _checked(labels: Any, scores: Any, classes: int) -> tuple[Ints, Floats, int]:
    """Labels, scores, and how many images had no finite ones."""
    try:
        true, said = np.asarray(labels), np.asarray(scores, float)
    except (TypeError, ValueError):
        raise InputError("labels and scores must be arrays of numbers") from None
    if true.ndim != 1 or not len(true) or not np.issubdtype(true.dtype, np.integer):
        raise must("labels", "whole numbers, one an image", f"{true.dtype}, {true.shape}")
    if true.min() < 0 or true.max() >= classes:
        raise must("labels", f"from 0 to {classes - 1}", f"{true.min()} to {true.max()}")
    if said.shape != (len(true), classes):
        raise must("scores", f"of shape ({len(true)}, {classes})", said.shape)
    lost = ~np.isfinite(said).all(1)
    said = np.where(lost[:, None], 1 / classes, said)
    if said.min() < 0 or not np.allclose(said.sum(1), 1, atol=1e-4):
        raise must("scores", "probabilities: each image's from 0 up, with sum 1",
                   f"{said.min():.4g} to {said.max():.4g}")  # fmt: skip
    return true.astype(np.int64), np.minimum(said, 1), int(lost.sum())
