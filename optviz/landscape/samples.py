"""The samples that a loss is measured on: all, or a subset drawn by a seed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from surfaces.errors import must


@dataclass(frozen=True, eq=False)
class Samples:
    """Inputs and targets, and from how many they were drawn.

    Attributes
    ----------
    inputs, targets : tensor (n, ...)
    population : int
    """

    inputs: torch.Tensor
    targets: torch.Tensor
    population: int

    @property
    def count(self) -> int:
        """Number of samples."""
        return len(self.inputs)

    @property
    def correction(self) -> float:
        """What a standard error is multiplied by, as the population is finite: 0 if all are taken.

        The finite population correction (Cochran 1977, section 2.6).
        """
        if self.population <= 1:
            return 0.0
        return math.sqrt((self.population - self.count) / (self.population - 1))

    def to(self, weights: torch.Tensor) -> Samples:
        """The same where the weights are, floating point inputs in their type."""
        kind = weights.dtype if self.inputs.is_floating_point() else self.inputs.dtype
        inputs = self.inputs.to(weights.device, kind)
        return Samples(inputs, self.targets.to(weights.device), self.population)


def drawn(inputs: Any, targets: Any, count: int | None, seed: int) -> Samples:
    """A subset of the samples without repetition, in their order; all for None or for few.

    Raises
    ------
    InputError
        No samples, inputs and targets that do not fit together, or another count.
    """
    x, y = (_tensor(name, given) for name, given in (("inputs", inputs), ("targets", targets)))
    if not x.ndim or not y.ndim or len(x) != len(y) or not len(x):
        shapes = f"shapes {tuple(x.shape)} and {tuple(y.shape)}"
        raise must("inputs and targets", "of one length, at least 1", shapes)
    whole = isinstance(count, (int, np.integer)) and not isinstance(count, bool)
    if count is not None and not (whole and count >= 1):
        raise must("samples", "a whole number from 1, or None for all", count)
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise must("seed", "a whole number from 0", seed)
    if count is None or count >= len(x):
        return Samples(x, y, len(x))
    chosen = np.sort(np.random.default_rng(seed).choice(len(x), int(count), replace=False))
    places = torch.from_numpy(chosen).to(x.device)
    return Samples(x[places], y[places.to(y.device)], len(x))


def _tensor(name: str, given: Any) -> torch.Tensor:
    try:
        return given.detach() if isinstance(given, torch.Tensor) else torch.as_tensor(given)
    except (TypeError, ValueError, RuntimeError):
        raise must(name, "a tensor or an array", given) from None
