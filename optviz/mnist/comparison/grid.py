"""The grid of a comparison: the values of each setting, and the cells that they make."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from optviz.descent.resolve import as_optimizer, check_way_to_rates, lacks_rate
from optviz.mnist.settings import declared
from optviz.mnist.training.checks import check_machine, idle_patience, reads
from optviz.mnist.training.config import TrainConfig
from optviz.optimizers import Optimizer
from optviz.torch_bridge.checks import check_for_network
from surfaces.errors import InputError, must, unknown

Setting = dict[str, Any]  # one value of each setting that is compared

MOST = 10_000  # runs: a bigger grid is taken for a mistake

ABOUT = {name: about for name, about in declared(TrainConfig).items() if about.compared}
# The optimizer and the activation first: they are the rows and columns of a table.
ORDER = tuple(sorted(ABOUT, key=lambda name: (name != "optimizer", name != "activation")))


@dataclass(frozen=True)
class Candidate:
    """An optimizer of the grid: its text as given, the object, and where its rate comes from.

    ``lacks_rate``: it was given without one; ``tuned``: trials find it.
    """

    text: str
    rule: Optimizer
    lacks_rate: bool
    tuned: bool

    def at(self, rate: float | None) -> Optimizer:
        """A new optimizer of the same class with that rate."""
        changed = {} if rate is None else {"lr": rate}
        return dataclasses.replace(self.rule, **changed)


@dataclass(frozen=True)
class Grid:
    """The values of every setting that is compared.

    Attributes
    ----------
    values : mapping of setting to tuple
        The values of every setting of `train`; optimizers by their text.
    seeds : tuple of int
    candidates : mapping of text to Candidate
    """

    values: Mapping[str, tuple[Any, ...]]
    seeds: tuple[int, ...]
    candidates: Mapping[str, Candidate]

    @property
    def axes(self) -> dict[str, tuple[Any, ...]]:
        """The settings with more than one value."""
        return {name: values for name, values in self.values.items() if len(values) > 1}

    @property
    def cells(self) -> list[Setting]:
        """The product of all values, the last setting changing first."""
        return [
            dict(zip(self.values, chosen, strict=True))
            for chosen in itertools.product(*self.values.values())
        ]

    @property
    def sizes(self) -> str:
        """The number of values on each axis, as text: ``2 optimizers x 3 seeds``."""
        counts = {name: len(values) for name, values in self.axes.items()}
        counts["seed"] = len(self.seeds)
        return " x ".join(_counted(n, name) for name, n in counts.items())

    @property
    def tuning_seed(self) -> int:
        """The seed of all trials of rates: the lowest one that is not compared."""
        return next(seed for seed in itertools.count() if seed not in self.seeds)

    def idle(self) -> list[str]:
        """Sentences about values that have no effect: see `checks.idle_patience`."""
        pairs = itertools.product(self.values["epochs"], self.values["patience"])
        return [text for pair in pairs if (text := idle_patience(*pair))]

    def config(self, cell: Setting, seed: int, rule: Optimizer) -> TrainConfig:
        """The config of one run."""
        return TrainConfig(**(cell | {"optimizer": str(rule), "seed": seed}))


def make(
    optimizers: Any, activations: Any, seeds: Any, lr: str, settings: Mapping[str, Any]
) -> Grid:
    """The grid of the arguments of `compare`; unknown, empty or repeated values are refused."""
    check_way_to_rates(lr)
    for name in settings:
        if name not in ABOUT or name in ("optimizer", "activation"):
            raise unknown("setting", name, ABOUT)
    candidates = [_candidate(given, lr) for given in _several("optimizers", optimizers)]
    values: dict[str, tuple[Any, ...]] = {}
    for name in ORDER:
        if name == "optimizer":
            found = tuple(candidate.text for candidate in candidates)
        elif name == "activation":
            found = _several("activations", activations)
        elif name == "hidden":
            found = _sizes(settings.get(name, ABOUT[name].default))
        else:
            found = _several(name, settings.get(name, ABOUT[name].default))
        values[name] = tuple(ABOUT[name].kind.check(name, value) for value in found)
    for name, found in values.items():
        _refuse_repeated(name, found)
    for name, about in ABOUT.items():
        used = any(reads(model, about) for model in values["model"])
        if len(values[name]) > 1 and not used:
            raise InputError(f"{name} must have one value where no model looks at it; not "
                             f"{len(values[name])}")  # fmt: skip
    _refuse_repeated("optimizer", [(str(c.rule), c.tuned) for c in candidates])
    grid = Grid(values, _seeds(seeds), {c.text: c for c in candidates})
    runs = math.prod(len(found) for found in values.values()) * len(grid.seeds)
    if runs > MOST:
        raise InputError(f"a comparison must be at most {MOST:,} runs; not {runs:,}: {grid.sizes}")
    return grid


def check_grid(grid: Grid) -> None:
    """Refuse settings that are invalid whatever the data."""
    machines = {}
    for config in _configs(grid):
        key = config.device, config.model, config.hidden, config.activation, config.dropout
        machines[key] = config
    for config in machines.values():
        check_machine(config)


def check_cells(grid: Grid, total: int) -> None:
    """Refuse settings that cannot be trained on ``total`` images, before any training."""
    for config in _configs(grid):
        config.split_sizes(total)


def _configs(grid: Grid) -> Iterator[TrainConfig]:
    """One config of each cell; the seeds are already checked and change nothing else."""
    for cell in grid.cells:
        yield grid.config(cell, grid.seeds[0], grid.candidates[cell["optimizer"]].rule)


def _counted(n: int, name: str) -> str:
    """``1 seed``, ``2 optimizers``, ``3 values of l2``."""
    if name == "seed" or ABOUT[name].word is None:
        return f"{n:,} {name}{'s' * (n != 1)}"
    return f"{n:,} values of {name}"


def _several(name: str, given: Any) -> tuple[Any, ...]:
    """A list of values: of one value a list with it alone."""
    if isinstance(given, np.ndarray):
        given = given.tolist()
    if isinstance(given, (str, Optimizer, type)) or not isinstance(given, Sequence):
        return (given,)
    if not given:
        raise must(name, "at least one value", given)
    return tuple(given)


def _sizes(given: Any) -> tuple[Any, ...]:
    """Layer sizes of one network or of several, as a list of tuples."""
    known = isinstance(given, (tuple, list)) and len(given) > 0
    if known and not any(isinstance(sizes, (tuple, list)) for sizes in given):
        given = (given,)
    if not known or not all(isinstance(sizes, (tuple, list)) for sizes in given):
        raise must(
            "hidden", "layer sizes such as (128, 64), or several such; ((),) for none", given
        )
    return tuple(tuple(sizes) for sizes in given)


def _seeds(given: Any) -> tuple[int, ...]:
    if type(given) is int:
        if not 1 <= given <= MOST:
            raise must("seeds", f"a number of seeds from 1 to {MOST:,}, or the seeds", given)
        return tuple(range(given))
    seed = declared(TrainConfig)["seed"].kind
    seeds = tuple(seed.check("seed", value) for value in _several("seeds", given))
    _refuse_repeated("seed", seeds)
    return seeds


def _refuse_repeated(name: str, values: Sequence[Any]) -> None:
    for i, value in enumerate(values):
        if value in values[:i]:
            shown = value[0] if name == "optimizer" and isinstance(value, tuple) else value
            raise InputError(f"{name} must have each value once; not {shown!r} twice")


def _candidate(given: Any, lr: str) -> Candidate:
    """The candidate for an optimizer, a name or a spec."""
    rule = as_optimizer(given)
    check_for_network(rule)
    text = given if isinstance(given, str) else str(rule)
    without = lacks_rate(given)
    return Candidate(text.strip(), rule, without, without and lr == "tuned")
