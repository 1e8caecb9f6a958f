"""The grid of a comparison: the values of each setting, checked, and the cells they make."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from optviz.descent.resolve import as_optimizer, lacks_rate
from optviz.mnist.training import train
from optviz.mnist.training.settings import check, check_machine, check_settings, idle_patience
from optviz.optimizers import Optimizer
from surfaces.errors import InputError, must, unknown

Setting = dict[str, Any]  # one value of each setting

MOST = 10_000  # runs: a bigger grid is a slip of the hand

# The settings of a cell: what `train` takes, but for the seed and what is no part of training.
DEFAULTS: dict[str, Any] = {
    name: value for name, value in train.DEFAULTS.items() if name not in ("seed", "record")
}
# The optimizer and the activation first: they are the rows and columns of a table.
ORDER = tuple(sorted(DEFAULTS, key=lambda name: (name != "optimizer", name != "activation")))


@dataclass(frozen=True)
class Candidate:
    """An optimizer of the grid: as it was given, what it is, where its rate comes from.

    ``lacks_rate``: it was given without one; ``tuned``: trials find it.
    """

    text: str
    rule: Optimizer
    lacks_rate: bool
    tuned: bool

    def at(self, rate: float | None) -> Optimizer:
        """A new object of the rule at that rate; what an old one has computed is left behind."""
        changed = {} if rate is None else {"lr": rate}
        return dataclasses.replace(self.rule, **changed)


@dataclass(frozen=True)
class Grid:
    """All that is compared.

    Attributes
    ----------
    values : mapping of setting to tuple
        The values of every setting of `train`; optimizers by their text.
    seeds : tuple of int
    contestants : mapping of text to Contestant
    """

    values: Mapping[str, tuple[Any, ...]]
    seeds: tuple[int, ...]
    contestants: Mapping[str, Candidate]

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
        """How many values there are of what differs, in words: ``2 optimizers x 3 seeds``."""
        counts = {name: len(values) for name, values in self.axes.items()}
        counts["seed"] = len(self.seeds)
        return " x ".join(_counted(n, name) for name, n in counts.items())

    @property
    def tuning_seed(self) -> int:
        """The lowest seed that is not compared."""
        return next(seed for seed in itertools.count() if seed not in self.seeds)

    def idle(self) -> list[str]:
        """What is to be said of values that do nothing: see `settings.idle_patience`."""
        pairs = itertools.product(self.values["epochs"], self.values["patience"])
        return [said for pair in pairs if (said := idle_patience(*pair))]

    def config(self, cell: Setting, seed: int, rule: Optimizer) -> dict[str, Any]:
        """What `train` would write down of a run."""
        hidden = list(cell["hidden"])
        return cell | {"optimizer": str(rule), "hidden": hidden, "seed": seed, "record": None}


def make(
    optimizers: Any, activations: Any, seeds: Any, lr: str, settings: Mapping[str, Any]
) -> Grid:
    """Read what `compare` was given; what is unknown, empty or repeated is refused."""
    if lr not in ("tuned", "default"):
        raise must("lr", "'tuned' or 'default'", lr)
    for name in settings:
        if name not in DEFAULTS or name in ("optimizer", "activation"):
            raise unknown("setting", name, DEFAULTS)
    contestants = [_contestant(given, lr) for given in _several("optimizers", optimizers)]
    values: dict[str, tuple[Any, ...]] = {}
    for name in ORDER:
        if name == "optimizer":
            found = tuple(contestant.text for contestant in contestants)
        elif name == "activation":
            found = _several("activations", activations)
        elif name == "hidden":
            found = _sizes(settings.get(name, DEFAULTS[name]))
        else:
            found = _several(name, settings.get(name, DEFAULTS[name]))
        if name == "device":
            found = tuple(map(str, found))
        values[name] = found
    for name, found in values.items():
        _refuse_repeated(name, found)
    for name, models in (("hidden", {"mlp"}), ("activation", {"mlp", "cnn"})):
        if len(values[name]) > 1 and not models & set(values["model"]):
            raise InputError(f"{name} must have one value where no model looks at it; not "
                             f"{len(values[name])}")  # fmt: skip
    _refuse_repeated("optimizer", [(str(c.rule), c.tuned) for c in contestants])
    grid = Grid(values, _seeds(seeds), {c.text: c for c in contestants})
    runs = math.prod(len(found) for found in values.values()) * len(grid.seeds)
    if runs > MOST:
        raise InputError(f"a comparison must be at most {MOST:,} runs; not {runs:,}: {grid.sizes}")
    return grid


def check_grid(grid: Grid) -> None:
    """Refuse a cell that no data could make right."""
    for config in _configs(grid):
        check_settings(config)
    names = ("device", "model", "hidden", "activation", "dropout")
    for chosen in itertools.product(*(grid.values[name] for name in names)):
        check_machine(dict(zip(names, chosen, strict=True)))


def check_cells(grid: Grid, total: int) -> None:
    """Refuse a cell that cannot be trained on ``total`` images, before any is."""
    for config in _configs(grid):
        check(config, total)


def _configs(grid: Grid) -> Iterator[dict[str, Any]]:
    for cell in grid.cells:
        rule = grid.contestants[cell["optimizer"]].rule
        for seed in (*grid.seeds, grid.tuning_seed):
            yield grid.config(cell, seed, rule)


def _counted(n: int, name: str) -> str:
    """``1 seed``, ``2 optimizers``, ``3 values of l2``."""
    if name in ("optimizer", "activation", "model", "device", "seed"):
        return f"{n:,} {name}{'s' * (n != 1)}"
    return f"{n:,} values of {name}"


def _several(name: str, given: Any) -> tuple[Any, ...]:
    """One value, or each of several."""
    if isinstance(given, np.ndarray):
        given = given.tolist()
    if isinstance(given, (str, Optimizer, type)) or not isinstance(given, Sequence):
        return (given,)
    if not given:
        raise must(name, "at least one value", given)
    return tuple(given)


def _sizes(given: Any) -> tuple[Any, ...]:
    """The layers of one network, or of several."""
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
    seeds = _several("seeds", given)
    _refuse_repeated("seed", seeds)
    return seeds


def _refuse_repeated(name: str, values: Sequence[Any]) -> None:
    for i, value in enumerate(values):
        if value in values[:i]:
            shown = value[0] if name == "optimizer" and isinstance(value, tuple) else value
            raise InputError(f"{name} must have each value once; not {shown!r} twice")


def _contestant(given: Any, lr: str) -> Candidate:
    rule = as_optimizer(given)
    text = given if isinstance(given, str) else str(rule)
    without = lacks_rate(given)
    return Candidate(text.strip(), rule, without, without and lr == "tuned")
