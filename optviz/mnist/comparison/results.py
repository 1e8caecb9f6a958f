"""The numbers of a comparison: one result a run, grouped by settings."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np

from optviz.mnist.comparison.grid import Grid, Setting
from optviz.mnist.comparison.task import Outcome
from optviz.mnist.comparison.tuning import Tuning
from optviz.mnist.settings import as_typed
from optviz.optimizers import Optimizer
from optviz.optimizers.schedules import Schedule
from optviz.records.ending import Ending
from surfaces.errors import must, unknown
from surfaces.surface import Floats


@dataclass(frozen=True, eq=False, kw_only=True)
class Result(Outcome):
    """One run of a comparison: its settings and its `Outcome`.

    Attributes
    ----------
    settings : dict
        The value of each setting of `train`; the optimizer as it was given.
    optimizer : Optimizer
        With the rate that was used.
    tuned : bool
        Whether that rate was found by trials.
    seed : int
    """

    settings: Setting
    optimizer: Optimizer
    tuned: bool
    seed: int

    @property
    def steps(self) -> int:
        """The number of batches it was trained on."""
        return len(self.curve)

    @property
    def rate(self) -> float | None:
        """The learning rate; None for a schedule."""
        rate = self.optimizer.lr
        return None if isinstance(rate, Schedule) else float(rate)


@dataclass(frozen=True, eq=False)
class SeedGroup:
    """Runs that differ in nothing but the seed."""

    settings: Setting
    runs: tuple[Result, ...]

    def of(self, name: str) -> Floats:
        """The values of an attribute of `Result`, one for each run."""
        return np.array([getattr(run, name) for run in self.runs], float)

    @property
    def diverged(self) -> int:
        """The number of runs that diverged."""
        return sum(run.status is Ending.DIVERGED for run in self.runs)

    @property
    def curves(self) -> Floats:
        """Losses (runs, steps of the longest), nan where a run has ended."""
        whole = np.full((len(self.runs), max(run.steps for run in self.runs)), np.nan)
        for row, run in zip(whole, self.runs, strict=True):
            row[: run.steps] = run.curve
        return np.where(np.isfinite(whole), whole, np.nan)


@dataclass(frozen=True, eq=False)
class Results:
    """The results of `compare`: its grid, runs and trials of rates.

    Attributes
    ----------
    grid : Grid
        What was asked.
    runs : tuple of Result
    tuning : Tuning
        How rates were found: the rule, the budget, and all trials.
    source, fingerprint : str
        Of the data.
    """

    grid: Grid
    runs: tuple[Result, ...]
    tuning: Tuning
    source: str
    fingerprint: str

    @property
    def axes(self) -> dict[str, tuple[Any, ...]]:
        """The settings with more than one value, and their values."""
        return self.grid.axes

    @cached_property
    def groups(self) -> tuple[SeedGroup, ...]:
        """The runs of each cell, in the order of the grid."""
        n = len(self.grid.seeds)
        return tuple(
            SeedGroup(cell, self.runs[i * n : (i + 1) * n])
            for i, cell in enumerate(self.grid.cells)
        )

    def only(self, **settings: Any) -> Self:
        """The part of the grid with these values: ``comparison.only(activation="relu")``.

        Raises
        ------
        InputError
            No such setting or value.
        """
        values = dict(self.grid.values)
        for name, value in settings.items():
            if name not in values:
                raise unknown("setting", name, values)
            if value not in values[name]:
                allowed = ", ".join(str(as_typed(known)) for known in values[name])
                raise must(name, f"one of {allowed}", value)
            values[name] = (value,)
        runs = tuple(
            run for run in self.runs
            if all(run.settings[name] == value for name, value in settings.items())
        )  # fmt: skip
        grid = dataclasses.replace(self.grid, values=values)
        cells = grid.cells
        trials = tuple(trial for trial in self.tuning.trials if trial.settings in cells)
        tuning = dataclasses.replace(self.tuning, trials=trials)
        return dataclasses.replace(self, grid=grid, runs=runs, tuning=tuning)

    def best(self) -> SeedGroup:
        """The cell with the highest mean accuracy on the validation images.

        Without such images, on those it trained on: choosing by the test images would make their
        accuracy too good to be true.
        """
        criterion = "validation_accuracy"
        if any(np.isnan(group.of(criterion)).any() for group in self.groups):
            criterion = "train_accuracy"
        return max(self.groups, key=lambda group: float(group.of(criterion).mean()))
