"""The plan of a comparison: checked before any data are read, then run by several processes."""

from __future__ import annotations

import sys
import uuid
from dataclasses import dataclass
from typing import Any

from tqdm.auto import tqdm

from optviz.descent import CLASSICS
from optviz.mnist.cautions import caution
from optviz.mnist.comparison import executors, grid, task, tuning
from optviz.mnist.comparison.comparison import Comparison
from optviz.mnist.comparison.executors import Executor
from optviz.mnist.comparison.grid import Grid
from optviz.mnist.comparison.results import Result
from optviz.mnist.comparison.task import Shared, Task
from optviz.mnist.comparison.tuning import RATES, Trial, Tuning
from optviz.mnist.data.dataset import Dataset
from optviz.mnist.networks import own
from optviz.mnist.training.loop import ImageChoice
from surfaces.errors import InputError


def request(
    optimizers: Any = CLASSICS,
    activations: Any = ("relu",),
    seeds: Any = 3,
    *,
    epochs: Any = 1,
    lr: str = "tuned",
    jobs: int | None = None,
    dask: Any = None,
    **settings: Any,
) -> Request:
    """The arguments of `compare`, checked as far as that can be done before data are read."""
    made = grid.make(optimizers, activations, seeds, lr, {"epochs": epochs} | settings)
    grid.check_grid(made)
    executors.check(jobs, dask)
    return Request(made, jobs, dask)


@dataclass(frozen=True)
class Request:
    """A comparison whose settings are checked, and whose data are not read yet."""

    grid: Grid
    jobs: int | None
    dask: Any

    def on(self, data: Dataset) -> Plan:
        """The plan of the comparison on these data; refused if they have too few images."""
        grid.check_cells(self.grid, len(data.train_labels))
        if not len(data.test_labels):
            raise InputError("data must hold images for the test; not none")
        for text in self.grid.idle():
            caution(text)
        return Plan(data, self.grid, self.jobs, self.dask)


@dataclass(frozen=True)
class Plan:
    """A checked comparison, ready to be run."""

    data: Dataset
    grid: Grid
    jobs: int | None
    dask: Any

    def __str__(self) -> str:
        """The number of runs, what they compare, and how rates are found; one line each."""
        grid = self.grid
        runs = len(grid.cells) * len(grid.seeds)
        lines = [f"{runs:,} run{'s' * (runs != 1)}: {grid.sizes}"]
        trials = self._trials()
        if trials:
            steps = max(trial.steps for trial, _ in trials)
            lines.append(
                f"before them {len(trials):,} trials of up to {steps} batches: {len(RATES)} "
                f"learning rates for each cell of the grid whose optimizer has none"
            )
        return "\n".join(lines)

    def _trials(self) -> list[tuple[Trial, Task]]:
        return tuning.planned(self.grid, len(self.data.train_labels))

    def run(self, progress: bool = True) -> Comparison:
        """Find the rates, train every network, and gather the results."""
        grid = self.grid
        networks = own.used(grid.values["model"], grid.values["activation"])
        shared = Shared(uuid.uuid4().hex, self.data, networks)
        with executors.pool(shared, self.jobs, self.dask) as execute:
            tuned = tuple(text for text, c in grid.candidates.items() if c.tuned)
            found = Tuning(tuned, grid.tuning_seed, self._try_rates(execute, progress))
            planned = []
            for cell in grid.cells:
                candidate = grid.candidates[cell["optimizer"]]
                rule = candidate.at(found.rates.get(tuple(cell.values())))
                for seed in grid.seeds:
                    planned.append((cell, candidate, rule, seed))
            tasks = [Task(grid.config(cell, s, rule), rule) for cell, _, rule, s in planned]
            outcomes = self._gather(execute, task.run, tasks, "runs", progress)
        results = [
            Result(**vars(outcome), settings=cell, optimizer=rule, tuned=candidate.tuned, seed=seed)
            for (cell, candidate, rule, seed), outcome in zip(planned, outcomes, strict=True)
        ]
        source, fingerprint = self.data.source, self.data.fingerprint
        return Comparison(grid, tuple(results), found, source, fingerprint)

    def _try_rates(self, execute: Executor, progress: bool) -> tuple[Trial, ...]:
        asked = self._trials()
        losses = self._gather(execute, task.trial, [task for _, task in asked], "rates", progress)
        return tuple(
            trial._replace(loss=loss) for (trial, _), loss in zip(asked, losses, strict=True)
        )

    def _gather(
        self, execute: Executor, work: Any, tasks: list[Task], what: str, progress: bool
    ) -> list[Any]:
        """The results in the order of the tasks; those on the same images run in succession."""
        if not tasks:
            return []
        total = len(self.data.train_labels)
        order = sorted(range(len(tasks)), key=lambda i: ImageChoice.of(tasks[i].config, total))
        found: list[Any] = [None] * len(tasks)
        bar = tqdm(total=len(tasks), desc=what, disable=not progress, file=sys.stderr,
                   dynamic_ncols=True)  # fmt: skip
        with bar:
            for i, result in execute(work, [tasks[i] for i in order]):
                found[order[i]] = result
                bar.update()
        return found
