"""The numbers of a training run: the loss of every step, and one row an epoch."""

from __future__ import annotations

import csv
import io
import itertools
import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np


class Epoch(NamedTuple):
    """The numbers of one epoch.

    Loss and accuracy on the training images are means over the epoch's batches, each measured
    before its step, with dropout and without penalties. Validation is nan without such images.
    """

    step: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    seconds: float


@dataclass
class History:
    """``loss[k]``: cross-entropy of step k's batch; ``epochs``: one row an epoch."""

    loss: list[float] = field(default_factory=list)
    epochs: list[Epoch] = field(default_factory=list)

    def column(self, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        """One column of ``epochs`` as an array (number of epochs,)."""
        return np.array([getattr(epoch, name) for epoch in self.epochs], float)

    @property
    def best_epoch(self) -> int:
        """The index in ``epochs`` of the lowest validation loss, the first of equals.

        nan is never lowest; there must be an epoch.
        """
        losses = [epoch.validation_loss for epoch in self.epochs]
        known = [math.inf if math.isnan(loss) else loss for loss in losses]
        return known.index(min(known))

    def csv(self) -> str:
        """One row a step; an epoch's numbers are in the row of its last step."""
        ends = {epoch.step: (number, *epoch[1:]) for number, epoch in enumerate(self.epochs, 1)}
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["step", "loss", "epoch", *Epoch._fields[1:]])
        for step, loss in enumerate(self.loss, 1):
            row = [step, repr(loss), *(repr(number) for number in ends.get(step, ()))]
            writer.writerow(row + [""] * (len(Epoch._fields) + 2 - len(row)))
        return text.getvalue()

    @staticmethod
    def from_csv(text: str, steps: int) -> History:
        """Read back the first ``steps`` steps; later ones were written, but not their weights."""
        history = History()
        for row in itertools.islice(csv.DictReader(io.StringIO(text)), steps):
            history.loss.append(float(row["loss"]))
            if row["epoch"]:
                numbers = (float(row[name]) for name in Epoch._fields[1:])
                history.epochs.append(Epoch(len(history.loss), *numbers))
        if len(history.loss) < steps:
            raise ValueError(f"{len(history.loss)} steps where there should be {steps}")
        return history
