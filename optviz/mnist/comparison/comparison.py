"""A comparison that was run: its numbers as tables, sentences and files."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from optviz import files
from optviz.mnist.comparison import tables
from optviz.mnist.comparison.grid import Grid, Setting
from optviz.mnist.comparison.rates import Tuning
from optviz.mnist.comparison.task import Outcome
from optviz.mnist.training.run import check_new
from optviz.optimizers import Optimizer
from optviz.optimizers.schedules import Schedule
from surfaces.errors import must, unknown
from surfaces.surface import Floats

NEW = "a new or an empty folder"
LINES = 30  # of a summary


@dataclass(frozen=True, eq=False, kw_only=True)
class Result(Outcome):
    """One run of a comparison: what it was, and the `Outcome`.

    Attributes
    ----------
    settings : dict
        Its cell: the value of each setting of `train`; the optimizer as it was given.
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
        """How many batches it saw."""
        return len(self.curve)

    @property
    def rate(self) -> float | None:
        """The learning rate; None for a schedule."""
        rate = self.optimizer.lr
        return None if isinstance(rate, Schedule) else float(rate)


@dataclass(frozen=True, eq=False)
class SeedGroup:
    """The runs of one cell: the same but for the seed."""

    settings: Setting
    runs: tuple[Result, ...]

    def of(self, name: str) -> Floats:
        """A number of each run, by its name in `Result`."""
        return np.array([getattr(run, name) for run in self.runs], float)

    @property
    def diverged(self) -> int:
        """How many runs did."""
        return sum(run.status == "diverged" for run in self.runs)

    @property
    def curves(self) -> Floats:
        """Losses (runs, steps of the longest), nan where a run has ended."""
        whole = np.full((len(self.runs), max(run.steps for run in self.runs)), np.nan)
        for row, run in zip(whole, self.runs, strict=True):
            row[: run.steps] = run.curve
        return np.where(np.isfinite(whole), whole, np.nan)


@dataclass(frozen=True, eq=False)
class Comparison:
    """What `compare` found.

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

    def only(self, **settings: Any) -> Comparison:
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
                allowed = ", ".join(str(tables.written(known)) for known in values[name])
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

    def table(self) -> list[dict[str, Any]]:
        """A row a run, for `pandas.DataFrame`; `save` writes the same."""
        return tables.runs(self)

    def best(self) -> SeedGroup:
        """The cell with the highest mean accuracy on the validation images.

        Without such images, on those it trained on: choosing by the test images would make their
        accuracy too good to be true.
        """
        judge = "validation_accuracy"
        if any(np.isnan(group.of(judge)).any() for group in self.groups):
            judge = "train_accuracy"
        return max(self.groups, key=lambda group: float(group.of(judge).mean()))

    def name(self, settings: Setting) -> str:
        """A cell's values on the axes in words."""
        return ", ".join(tables.in_words(n, settings[n]) for n in self.axes or ("optimizer",))

    def summary(self) -> str:
        """A line a cell, the best test accuracy first; then how rates were found."""
        groups = sorted(self.groups, key=lambda group: -group.of("test_accuracy").mean())
        lines = []
        for group in groups[:LINES]:
            test = group.of("test_accuracy")
            line = f"{self.name(group.settings)}: test accuracy {test.mean():.2%}"
            if len(test) > 1:
                line += f" ({test.min():.2%} to {test.max():.2%})"
            line += f", training {group.of('train_accuracy').mean():.2%}"
            if group.runs[0].tuned:
                line += f", rate {group.runs[0].rate:g}"
            if group.diverged:
                line += f"; {group.diverged} of {len(test)} diverged"
            lines.append(line)
        if len(groups) > LINES:
            lines.append(f"and {len(groups) - LINES:,} more")
        if self.tuning.trials:
            lines.append(self.tuning.text())
        for trial in self.tuning.at_the_end():
            lines.append(
                f"{self.name(trial.settings)}: the best rate was the last that was tried, "
                f"{trial.rate:g}; a better one may lie beyond"
            )
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<Comparison {self.grid.sizes}>"

    def save(self, folder: str | Path, *, size: tuple[int, int] = (1200, 700),
             theme: str = "light", language: str = "en") -> Path:  # fmt: skip
        """Write tables and figures into a new folder.

        ``comparison.csv`` has a row a run, ``curves.csv`` the mean and spread of the loss at each
        step, ``rates.csv`` every trial of a rate, ``comparison.json`` what was asked. The figures
        of `figures` stand beside them as PNG.

        Raises
        ------
        InputError
            A folder that is not empty or cannot be written.
        """
        with files.filling(check_new(folder, NEW)) as target:
            for name, text in tables.texts(self).items():
                with files.replacing(target / name) as stream:
                    stream.write(text.encode())
            for name in self.figures():
                still = self.figure(name, size=size, theme=theme, language=language)
                still.save(target / f"{name}.png")
        return target

    def figures(self) -> list[str]:
        """Names of the figures that have something to show for this grid."""
        from optviz.mnist.comparison.figures.figures import sorted_out

        return sorted_out(self)[0]

    def too_big_for(self) -> dict[str, str]:
        """Figures for which this grid is too big, and what it must be: see `only`."""
        from optviz.mnist.comparison.figures.figures import sorted_out

        return sorted_out(self)[1]

    def figure(self, name: str, *, size: tuple[int, int] = (1200, 700), theme: str = "light",
               language: str = "en") -> Any:  # fmt: skip
        """A picture of the comparison.

        Parameters
        ----------
        name : {"curves", "accuracy", "sizes", "samples", "weights"}
        size : (int, int)
            In pixels.
        theme : {"light", "dark", "print"}
        language : {"en", "zh"}

        Returns
        -------
        Still

        Raises
        ------
        InputError
            An unknown name, or a figure that this grid has nothing to show on: it says what the
            grid must have.
        """
        from optviz.mnist.comparison.figures.figures import draw

        return draw(self, name, size, theme, language)
