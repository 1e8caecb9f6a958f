"""Metrics of a classifier by scikit-learn, with one rule for what 0/0 counts as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from scipy.stats import binomtest
from sklearn.calibration import calibration_curve
from sklearn.metrics import (
    multilabel_confusion_matrix,
    precision_recall_fscore_support,
    roc_auc_score,
    roc_curve,
)

from surfaces.errors import InputError, must, unknown
from surfaces.surface import Floats

Ints = np.ndarray[Any, np.dtype[np.int64]]

MEASURES = ("sensitivity", "specificity", "precision", "accuracy", "f1", "auc")
# Of these measures, the counts that a share is of: its part, then the rest of the whole.
SHARES = {
    "sensitivity": (("TP",), ("FN",)),
    "specificity": (("TN",), ("FP",)),
    "precision": (("TP",), ("FP",)),
    "accuracy": (("TP", "TN"), ("FP", "FN")),
}
BINS = 10  # of the calibration: confidence 0 to 0.1, ...


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


def counts(labels: Ints, predictions: Ints, classes: int) -> dict[str, Ints]:
    """TP, FN, FP and TN of each class against the rest: arrays (classes,)."""
    each = multilabel_confusion_matrix(labels, predictions, labels=range(classes))
    return {"TP": each[:, 1, 1], "FN": each[:, 1, 0], "FP": each[:, 0, 1], "TN": each[:, 0, 0]}


def per_class_metrics(labels: Ints, predictions: Ints, n: Mapping[str, Ints]) -> dict[str, Floats]:
    """All measures but the AUC, from the counts ``n`` of `counts`: arrays (classes,).

    Precision of a class that is never predicted is 0/0 and counts as 0; every other 0/0 is nan.
    """
    given: Any = {"y_true": labels, "y_pred": predictions, "labels": range(len(n["TP"]))}
    precision = precision_recall_fscore_support(**given, zero_division=0)[0]
    _, sensitivity, f1, _ = precision_recall_fscore_support(**given, zero_division=np.nan)
    rest = n["TN"] + n["FP"]
    return {
        "sensitivity": sensitivity,
        "specificity": np.where(rest > 0, n["TN"] / np.maximum(rest, 1), np.nan),
        "precision": precision,
        "accuracy": (n["TP"] + n["TN"]) / len(labels),
        "f1": f1,
    }


def interval(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share by Wilson (1927), nan of nothing."""
    if not whole:
        return (float("nan"), float("nan"))
    low, high = binomtest(part, whole).proportion_ci(method="wilson")
    return float(low), float(high)


def share_counts(measure: str, n: Mapping[str, Any]) -> tuple[Any, Any]:
    """The part and the whole that a measure of `SHARES` is a share of: numbers or arrays."""
    part, rest = (sum(n[name] for name in names) for names in SHARES[measure])
    return part, part + rest


def roc(true: Any, scores: Floats) -> Roc:
    """The curve of the positives ``true``, bool (n,), by their scores (n,)."""
    if true.all() or not true.any():
        nothing = np.array([np.nan])
        return Roc(nothing, nothing, nothing, float("nan"))
    fpr, tpr, thresholds = roc_curve(true, scores)
    return Roc(fpr, tpr, thresholds, float(roc_auc_score(true, scores)))


def calibration(right: Any, confidences: Floats) -> Calibration:
    """Calibration, from which predictions are right, bool (n,), and their confidence (n,)."""
    accuracy, confidence = calibration_curve(right, confidences, pos_label=1, n_bins=BINS)
    # calibration_curve keeps the counts to itself: its bins, as it makes them
    bins = np.searchsorted(np.linspace(0, 1, BINS + 1)[1:-1], confidences)
    share = np.bincount(bins, minlength=BINS) / len(confidences)
    ece = float((share[share > 0] * np.abs(accuracy - confidence)).sum())
    return Calibration(confidence, accuracy, share, ece)


def class_index(given: int | str, classes: Sequence[str]) -> int:
    """The index of a class that is given by index or name."""
    if isinstance(given, str):
        if given in classes:
            return list(classes).index(given)
        try:
            given = int(given)
        except ValueError:
            raise unknown("class", given, classes) from None
    if isinstance(given, bool) or not isinstance(given, (int, np.integer)):
        raise must("class", f"a whole number from 0 to {len(classes) - 1}, or a name", given)
    if not 0 <= given < len(classes):
        raise must("class", f"from 0 to {len(classes) - 1}", given)
    return int(given)


def checked(labels: Any, scores: Any, classes: int) -> tuple[Ints, Floats, int]:
    """Checked labels and scores as arrays, and the number of images without finite scores."""
    try:
        true, given = np.asarray(labels), np.asarray(scores, float)
    except (TypeError, ValueError):
        raise InputError("labels and scores must be arrays of numbers") from None
    if true.ndim != 1 or not len(true) or not np.issubdtype(true.dtype, np.integer):
        raise must("labels", "whole numbers, one an image", f"{true.dtype}, {true.shape}")
    if true.min() < 0 or true.max() >= classes:
        raise must("labels", f"from 0 to {classes - 1}", f"{true.min()} to {true.max()}")
    if given.shape != (len(true), classes):
        raise must("scores", f"of shape ({len(true)}, {classes})", given.shape)
    lost = ~np.isfinite(given).all(1)
    given = np.where(lost[:, None], 1 / classes, given)
    if given.min() < 0 or not np.allclose(given.sum(1), 1, atol=1e-4):
        raise must("scores", "probabilities: each image's from 0 up, with sum 1",
                   f"{given.min():.4g} to {given.max():.4g}")  # fmt: skip
    return true.astype(np.int64), np.minimum(given, 1), int(lost.sum())
