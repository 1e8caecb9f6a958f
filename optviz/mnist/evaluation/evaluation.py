"""How well a network tells the classes apart on images that it has never seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import confusion_matrix

from optviz.mnist.data.published import CLASSES
from optviz.mnist.evaluation import metrics
from optviz.mnist.evaluation.binary import Binary
from optviz.mnist.evaluation.metrics import Calibration, Ints, Roc, class_index
from optviz.words import say
from surfaces.errors import InputError, must
from surfaces.surface import Floats

if TYPE_CHECKING:
    from optviz.animation.still import Still
    from optviz.mnist.data.dataset import Dataset
    from optviz.mnist.training.run import Run

Facts = Sequence[tuple[str, Mapping[str, object]]]
SIZE = (900, 600)


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
    facts : sequence of (word, values)
        More for the notes: words of `optviz.words` with what is filled in.

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
                 classes: Sequence[str] = CLASSES["mnist"], positive: int | str | None = None,
                 source: str = "", facts: Facts = ()) -> None:  # fmt: skip
        self.classes = tuple(classes)
        self.labels, self.scores, self.overflowed = metrics.checked(
            labels, scores, len(self.classes)
        )
        self.images = None if images is None else np.asarray(images)
        if self.images is not None and self.images.shape != (len(self.labels), 28, 28):
            raise must("images", f"of shape ({len(self.labels)}, 28, 28)", self.images.shape)
        self.positive = None if positive is None else class_index(positive, self.classes)
        self.source, self.facts = source, tuple(facts)
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
        return metrics.counts(self.labels, self.predictions, len(self.classes))

    @cached_property
    def per_class(self) -> dict[str, Floats]:
        """Sensitivity, specificity, precision, accuracy, f1 and auc: arrays (classes,)."""
        return metrics.per_class_metrics(self.labels, self.predictions, self.counts) | {
            "auc": np.array([self.roc(i).auc for i in range(len(self.classes))])
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
        i = class_index(digit, self.classes)
        return metrics.roc(self.labels == i, self.scores[:, i])

    @cached_property
    def calibration(self) -> Calibration:
        """Is it right as often as it is sure?"""
        return metrics.calibration(self.predictions == self.labels, self.scores.max(1))

    def binary(self, positive: int | str | None = None) -> Binary:
        """This class or not: the view of the course.

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
        return said + [say(word, language, **values) for word, values in self.facts]

    def figure(self, name: str, size: tuple[int, int] = SIZE, theme: str = "light",
               language: str = "en") -> Still:  # fmt: skip
        """Draw a figure: confusion, roc, metrics, mistakes, calibration or binary.

        Raises
        ------
        InputError
            Another name; mistakes without images, or binary without a positive class.
        """
        from optviz.mnist.evaluation.figures.evaluations import draw

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
        from optviz.mnist.evaluation import report

        return report.save(self, folder, size, theme, language)

    def summary(self) -> str:
        """A few lines: how well, what is confused, how sure, and the notes."""
        from optviz.mnist.evaluation import report

        return report.summary(self)

    def __repr__(self) -> str:
        return f"<Evaluation of {len(self):,} images: accuracy {self.accuracy:.2%}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the table of all classes."""
        from optviz.mnist.evaluation import report

        return report.html_table(self)


def evaluate(
    run: Run | str | Path,
    data: Dataset | None = None,
    positive: int | str | None = None,
    *,
    data_dir: str | Path | None = None,
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
    data_dir : path, optional
        Where the files are now.

    Returns
    -------
    Evaluation

    Raises
    ------
    InputError
        No such run; data of other classes than the run's, or without test images; no such class.
    """
    from optviz.mnist.training.run import Run
    from optviz.mnist.training.train import data_of, restore

    if not isinstance(run, Run):
        run = restore(run)
    check(run, positive, None if data is None else data.labelled)
    if data is None:
        data = data_of(run, data_dir)
    if not len(data.test_labels):
        raise InputError(f"data must have test images; not {data}")
    return Evaluation(data.test_labels, run.scores(data.test_images), images=data.test_images,
                      classes=data.classes, positive=positive, source=data.source,
                      facts=_facts(run, data))  # fmt: skip


def check(run: Run, positive: int | str | None = None, labelled: str | None = None) -> None:
    """Refuse a class that there is not, and data of other classes; before any are read."""
    name = run.config["data"]["name"]
    if labelled is not None and labelled != name:
        raise InputError(f"data must be {name}, as the run's; not {labelled}")
    if positive is not None:
        class_index(positive, CLASSES[name])


def _facts(run: Run, data: Dataset) -> list[tuple[str, dict[str, object]]]:
    """What makes the figures of this run on these data less than they seem."""
    facts: list[tuple[str, dict[str, object]]] = []
    trained_on = run.config["data"]
    if data.fingerprint != trained_on["fingerprint"]:
        facts.append(("trained_on_other", {"source": trained_on["source"]}))
    if run.status not in ("finished", "stopped early"):
        word = "run_diverged" if run.status == "diverged" else "run_unfinished"
        facts.append((word, {"epochs": len(run.history.epochs)}))
    return facts
