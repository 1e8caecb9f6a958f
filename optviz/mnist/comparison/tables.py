"""The files of a comparison: rows of numbers, and what was asked."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from optviz.words import say

if TYPE_CHECKING:
    from optviz.mnist.comparison.comparison import Comparison

Row = dict[str, Any]

MEASURED = ("status", "steps", "trained_on", "train_accuracy", "validation_loss",
            "validation_accuracy", "test_loss", "test_accuracy", "parameters", "small",
            "seconds")  # fmt: skip


def texts(comparison: Comparison) -> dict[str, str]:
    """Every file's name and content."""
    found = {
        "comparison.csv": as_csv(runs(comparison)),
        "curves.csv": as_csv(curves(comparison)),
        "comparison.json": json.dumps(settings(comparison), indent=1) + "\n",
    }
    if comparison.tuning.trials:
        found["rates.csv"] = as_csv(trials(comparison))
    return found


def runs(comparison: Comparison) -> list[Row]:
    """A row a run."""
    rule = comparison.tuning.text()
    rows = []
    for run in comparison.runs:
        given = _otherwise(comparison, run.settings["optimizer"])
        how = {"seed": run.seed, "trained_by": str(run.optimizer), "rate": run.rate,
               "rate_by": rule if run.tuned else given}  # fmt: skip
        numbers = {name: getattr(run, name) for name in MEASURED}
        rows.append(_cell(run.settings) | how | numbers)
    return rows


def curves(comparison: Comparison) -> list[Row]:
    """Mean, lowest and highest loss over the seeds, at each step of each cell."""
    rows = []
    for group in comparison.groups:
        cell = _cell(group.settings)
        for step, losses in enumerate(group.curves.T, 1):
            known = losses[~np.isnan(losses)]
            if len(known):
                numbers = (float(known.mean()), float(known.min()), float(known.max()))
                spread = dict(zip(("mean", "lowest", "highest"), numbers, strict=True))
                rows.append(cell | {"step": step, "runs": len(known)} | spread)
    return rows


def trials(comparison: Comparison) -> list[Row]:
    """Every rate that was tried."""
    tuning = comparison.tuning
    return [
        _cell(trial.settings)
        | {"rate": trial.rate, "seed": tuning.seed, "steps": trial.steps,
           "validation_images": trial.n_validation, "loss": trial.loss, "taken": tuning.won(trial)}
        for trial in tuning.trials
    ]  # fmt: skip


def settings(comparison: Comparison) -> Row:
    """What was asked, of which data, and by which versions."""
    grid, tuning = comparison.grid, comparison.tuning
    return {
        "settings": {name: list(values) for name, values in grid.values.items()},
        "seeds": list(grid.seeds),
        "rates": {
            text: tuning.text() if contestant.tuned else _otherwise(comparison, text)
            for text, contestant in grid.contestants.items()
        },
        "data": {"source": comparison.source, "fingerprint": comparison.fingerprint},
        "threads_of_a_run": 1,
        "versions": {name: version(name) for name in ("optviz", "torch")},
    }


def written(value: Any) -> Any:
    """A setting as it stands in a table: layers as typed, nothing for None."""
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    return "" if value is None else value


def in_words(name: str, value: Any, language: str = "en") -> str:
    """A setting as people say it: ``relu``, ``L2 0.001``, ``64 images``."""
    if name == "samples" and value is None:
        return say("set_all_samples", language)
    if name in ("optimizer", "activation", "model", "device"):
        return str(value)
    shown = say("set_none", language) if value is None else written(value)
    return say(f"set_{name}", language, value=f"{shown:g}" if type(shown) is float else shown)


def as_csv(rows: Sequence[Row]) -> str:
    """Rows with a line of names above them; numbers in full."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _cell(chosen: Row) -> Row:
    return {name: written(value) for name, value in chosen.items()}


def _otherwise(comparison: Comparison, optimizer: str) -> str:
    """Where the rate comes from that was not found by trials."""
    return "torch's default" if comparison.grid.contestants[optimizer].lacks_rate else "given"
