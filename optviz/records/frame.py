"""Runs as one tidy table of pandas."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from optviz.records.labels import labels
from surfaces.errors import InputError, must

if TYPE_CHECKING:
    import pandas

_FIRST = ("x", "y", "value", "grad_x", "grad_y", "step_x", "step_y", "loss")  # before the rate


def to_frame(runs: Any) -> pandas.DataFrame:
    """Runs as one tidy pandas table, a row for each step of each run.

    Parameters
    ----------
    runs : Trajectory, TrainingRecord, sequence of them, or Animation
        Several are told apart by ``run``, their place in the sequence, and by ``label``.

    Returns
    -------
    DataFrame
        Of descents the columns run, label, optimizer, surface, step, x, y, value, grad_x, grad_y,
        step_x, step_y, lr, then two for each slot of the optimizers. Row k holds the point after
        k steps, and with step_x, step_y and lr the step from there: nan in a run's last row.
        Of trainings run, label, optimizer, step, loss (of the batch of the step from there), lr
        and, where the network was evaluated, its accuracies and its validation loss.

    Raises
    ------
    InputError
        What is no run, runs of two kinds, or pandas is not installed.

    Examples
    --------
    >>> table = to_frame(race("beale", ["gd", "adam"], steps=100))
    >>> float(table.groupby("label")["value"].min().min()) < 1
    True
    """
    found = getattr(runs, "trajectories", runs)
    found = list(found) if isinstance(found, Iterable) else [found]
    kinds = {getattr(run, "kind", None) for run in found}
    if len(kinds) != 1 or not all(hasattr(run, "columns") for run in found):
        raise must("runs", "at least one run, all of one kind", runs)
    try:
        import pandas
    except ModuleNotFoundError:
        raise InputError("pandas must be there for a table (pip install pandas)") from None
    tables = []
    for i, (run, label) in enumerate(zip(found, labels(found), strict=True)):
        columns = run.columns()
        about = {"run": i, "label": label, "optimizer": str(run.optimizer)}
        if hasattr(run, "surface"):
            about["surface"] = run.surface.name
        steps = columns.pop("step").astype(np.int64)
        own = {name: columns.pop(name) for name in _FIRST if name in columns}
        rates = [run.optimizer.rate(t) for t in range(1, len(run) + 1)]
        own["lr"] = np.array([*rates, np.nan])
        tables.append(pandas.DataFrame(about | {"step": steps} | own | columns))
    return pandas.concat(tables, ignore_index=True)
