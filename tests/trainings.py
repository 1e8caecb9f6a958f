"""Trainings without a network: curves made up for pictures and tables."""

from __future__ import annotations

import numpy as np

import optviz
from optviz.records.training import TrainingRecord


def trained():
    """Two networks' curves, as if trained."""
    steps, curve = np.arange(0, 41, 10), np.linspace(0.1, 0.9, 5)
    return [
        TrainingRecord(optimizer, optimizer.title, "digits", 2 * rate ** np.arange(40), steps,
                 curve, rate * curve, 1 - curve)
        for optimizer, rate in ((optviz.GD(lr=0.1), 0.95), (optviz.Adam(lr=0.01), 0.9))
    ]  # fmt: skip
