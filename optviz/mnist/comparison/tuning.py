"""The search for learning rates that were not given: one rule and one budget for all."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from optviz.mnist.comparison.grid import Grid, Setting
from optviz.mnist.comparison.task import Task
from optviz.words import say

# Half decades. On MNIST the best rate of each of our rules lies inside, with sigmoid as with relu.
RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 3.0, 10.0)
BATCHES = 100


class Trial(NamedTuple):
    """A rate that was tried.

    Attributes
    ----------
    settings : dict
        Of the runs that the rate is for.
    rate : float
    steps : int
        Batches that it was given.
    n_validation : int
        Number of validation images behind the loss; 0: it is of training images.
    loss : float
        Afterwards; inf if it diverged.
    """

    settings: Setting
    rate: float
    steps: int
    n_validation: int
    loss: float = math.nan


@dataclass(frozen=True)
class Tuning:
    """The trials of learning rates, and the rule that chose among them.

    Each rate of `RATES` is tried in each cell for the same number of batches, `BATCHES` or the
    whole run where that is shorter, with a seed that is not compared. The rate with the lowest loss
    on that seed's validation images wins; without such images, on (up to 5,000 of) its training
    images. Of equal ones the smallest wins, and a rate that diverges has lost; if all do, the
    smallest is taken. The test images are not used.

    Attributes
    ----------
    optimizers : tuple of str
        Those without a rate of their own.
    seed : int
    trials : tuple of Trial
    """

    optimizers: tuple[str, ...]
    seed: int
    trials: tuple[Trial, ...]

    def text(self, language: str = "en") -> str:
        """The rule, the budget and the criterion in a sentence."""
        if not self.trials:
            return ""
        budgets = {trial.steps for trial in self.trials}
        some = say("budget", language, n=max(budgets))
        if len(budgets) > 1:
            some += say("budget_or_run", language)
        criterion = say(
            "judge_validation" if all(t.n_validation for t in self.trials) else "judge_training",
            language,
        )
        return say("rates_tuned", language, n=len(RATES), low=f"{RATES[0]:g}",
                   high=f"{RATES[-1]:g}", criterion=criterion, budget=some,
                   seed=self.seed)  # fmt: skip

    @cached_property
    def rates(self) -> dict[tuple[Any, ...], float]:
        """The chosen rate of each cell, by the cell's values."""
        cells: dict[tuple[Any, ...], list[Trial]] = {}
        for trial in self.trials:
            cells.setdefault(tuple(trial.settings.values()), []).append(trial)
        return {cell: _best(tried) for cell, tried in cells.items()}

    def won(self, trial: Trial) -> bool:
        """Whether the rate of this trial was chosen."""
        return self.rates[tuple(trial.settings.values())] == trial.rate

    def at_the_end(self) -> list[Trial]:
        """Winners at an end of `RATES`: a better rate may lie beyond."""
        return [t for t in self.trials if t.rate in (RATES[0], RATES[-1]) and self.won(t)]


def planned(grid: Grid, total: int) -> list[tuple[Trial, Task]]:
    """A trial for every cell whose rate is to be found and every rate of `RATES`."""
    found = []
    for cell, rate in itertools.product(grid.cells, RATES):
        candidate = grid.candidates[cell["optimizer"]]
        if candidate.tuned:
            rule = candidate.at(rate)
            config = grid.config(cell, grid.tuning_seed, rule)
            n_validation, samples = config.split_sizes(total)
            whole = config.epochs * math.ceil(samples / config.batch_size)
            steps = min(BATCHES, whole)
            found.append((Trial(cell, rate, steps, n_validation), Task(config, rule, steps)))
    return found


def _best(trials: Sequence[Trial]) -> float:
    """The rate with the lowest loss; of equal ones the smallest."""
    return min(trials, key=lambda trial: (trial.loss, trial.rate)).rate
