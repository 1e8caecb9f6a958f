"""The tables of a comparison as CSV, and its settings as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from optviz.mnist.comparison.results import Results
from optviz.mnist.settings import as_typed

Row = dict[str, Any]

MEASURED = ("status", "steps", "trained_on", "train_accuracy", "validation_loss",
            "validation_accuracy", "test_loss", "test_accuracy", "parameters", "small",
            "seconds")  # fmt: skip


def texts(results: Results) -> dict[str, str]:
    """Every file's name and content."""
    found = {
        "comparison.csv": as_csv(runs(results)),
        "curves.csv": as_csv(curves(results)),
        "comparison.json": json.dumps(settings(results), indent=1) + "\n",
    }
    if results.tuning.trials:
        found["rates.csv"] = as_csv(trials(results))
    return found


def runs(results: Results) -> list[Row]:
    """A row a run."""
    rule = results.tuning.text()
    rows = []
    for run in results.runs:
        given = _otherwise(results, run.settings["optimizer"])
        how = {"seed": run.seed, "trained_by": str(run.optimizer), "rate": run.rate,
               "rate_by": rule if run.tuned else given}  # fmt: skip
        numbers = {name: getattr(run, name) for name in MEASURED}
        rows.append(_typed(run.settings) | how | numbers)
    return rows


def curves(results: Results) -> list[Row]:
    """Mean, lowest and highest loss over the seeds, at each step of each cell."""
    rows = []
    for group in results.groups:
        cell = _typed(group.settings)
        for step, losses in enumerate(group.curves.T, 1):
            known = losses[~np.isnan(losses)]
            if len(known):
                numbers = (float(known.mean()), float(known.min()), float(known.max()))
                spread = dict(zip(("mean", "lowest", "highest"), numbers, strict=True))
                rows.append(cell | {"step": step, "runs": len(known)} | spread)
    return rows


def trials(results: Results) -> list[Row]:
    """A row for every rate that was tried."""
    tuning = results.tuning
    return [
        _typed(trial.settings)
        | {"rate": trial.rate, "seed": tuning.seed, "steps": trial.steps,
           "validation_images": trial.n_validation, "loss": trial.loss, "taken": tuning.won(trial)}
        for trial in tuning.trials
    ]  # fmt: skip


def settings(results: Results) -> Row:
    """The settings of the comparison, its data, and the versions of the packages."""
    grid, tuning = results.grid, results.tuning
    return {
        "settings": {name: list(values) for name, values in grid.values.items()},
        "seeds": list(grid.seeds),
        "rates": {
            text: tuning.text() if candidate.tuned else _otherwise(results, text)
            for text, candidate in grid.candidates.items()
        },
        "data": {"source": results.source, "fingerprint": results.fingerprint},
        "threads_of_a_run": 1,
        "versions": {name: version(name) for name in ("optviz", "torch")},
    }


def as_csv(rows: Sequence[Row]) -> str:
    """Rows with a line of names above them; numbers in full."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _typed(chosen: Row) -> Row:
    return {name: as_typed(value) for name, value in chosen.items()}


def _otherwise(results: Results, optimizer: str) -> str:
    """Where the rate of an optimizer comes from if not from trials."""
    return "torch's default" if results.grid.candidates[optimizer].lacks_rate else "given"
