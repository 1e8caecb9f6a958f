"""Evaluate the network of a run on test images."""

from __future__ import annotations

from pathlib import Path

from optviz.mnist.data.dataset import Dataset
from optviz.mnist.data.published import CLASSES
from optviz.mnist.evaluation.evaluation import Evaluation
from optviz.mnist.evaluation.metrics import class_index
from optviz.mnist.evaluation.scores import Training
from optviz.mnist.training.restore import data_of, restore
from optviz.mnist.training.run import Run
from optviz.records.ending import Ending
from surfaces.errors import InputError


def evaluate(
    run: Run | str | Path,
    data: Dataset | None = None,
    positive: int | str | None = None,
    *,
    data_dir: str | Path | None = None,
) -> Evaluation:
    """Evaluate a network on the test images.

    Parameters
    ----------
    run : Run or path
        A run, or the folder of one.
    data : Dataset, optional
        Its test images are taken; loaded as the run had them unless given.
    positive : int or str, optional
        A class, by index or name, for the binary view "this or not".
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
    if not isinstance(run, Run):
        run = restore(run)
    check(run, positive, None if data is None else data.labelled)
    if data is None:
        data = data_of(run, data_dir)
    if not len(data.test_labels):
        raise InputError(f"data must have test images; not {data}")
    other = None
    if run.provenance is not None and data.fingerprint != run.provenance.fingerprint:
        other = run.provenance
    training = Training(Ending(run.status), len(run.history.epochs), other)
    return Evaluation(data.test_labels, run.scores(data.test_images), images=data.test_images,
                      classes=data.classes, positive=positive, source=data.source,
                      training=training)  # fmt: skip


def check(run: Run, positive: int | str | None = None, labelled: str | None = None) -> None:
    """Refuse an unknown class, or data with other classes, before any images are read."""
    name = "mnist" if run.provenance is None else run.provenance.name
    if labelled is not None and labelled != name:
        raise InputError(f"data must be {name}, as the run's; not {labelled}")
    if positive is not None:
        class_index(positive, CLASSES[name])
