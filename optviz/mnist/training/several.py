"""Runs that a picture shows together, read from their folders, and their data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from optviz.mnist.data.dataset import Dataset
from optviz.mnist.training.restore import data_of, restore
from optviz.mnist.training.run import Run
from surfaces.errors import InputError, must

Runs = Run | str | Path | Sequence[Run | str | Path]


def runs_of(runs: Runs) -> list[Run]:
    """Runs, or those of folders, on the same data; or an `InputError`."""
    several = [runs] if isinstance(runs, (Run, str, Path)) else list(runs)
    if not several:
        raise must("runs", "at least one run that optviz mnist train made", runs)
    found = [run if isinstance(run, Run) else restore(run) for run in several]
    known = {run.provenance.fingerprint for run in found if run.provenance is not None}
    if len(known) > 1:
        raise InputError("runs must be on the same data; these are not")
    return found


def data_for(
    runs: Sequence[Run], data: Dataset | None, data_dir: str | Path | None, *, needed: bool
) -> Dataset | None:
    """The data that runs were trained on: the given ones if they are, or where needed loaded."""
    if needed and data is None:
        data = data_of(runs[0], data_dir)
    before = runs[0].provenance
    if data is not None and before is not None and data.fingerprint != before.fingerprint:
        raise InputError(f"data must be what the runs were trained on, {before.text}; not {data}")
    return data
