"""Moments of a network's training, from snapshots of its weights, on one batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import torch

from optviz.landscape.flat_model import FlatModel
from optviz.landscape.hessian import leading_eigenpairs, trace
from optviz.optimizers import GD, Momentum, Optimizer
from surfaces.errors import InputError
from surfaces.surface import Floats

TOLERANCE = 1e-3  # of a residual, relative: the eigenvalue's own error is of its square
TRACE_SAMPLES = 8

Buffers = Mapping[str, torch.Tensor]


@dataclass
class Bench:
    """What all moments of a network share.

    Attributes
    ----------
    flat : FlatModel
    inputs, targets
        The batch.
    optimizer : Optimizer
    seed : int
        Of random vectors.
    start : array (d,)
        The weights measured first.
    guess : tensor (d,) or None
        The leading eigenvector of the moment measured last.
    """

    flat: FlatModel
    inputs: Any
    targets: Any
    optimizer: Optimizer
    seed: int = 0
    start: Floats = field(default_factory=lambda: np.empty(0))
    guess: torch.Tensor | None = None
    layers: dict[str, slice] = field(init=False)

    def __post_init__(self) -> None:
        self.layers = dict(self.flat.layers())


@dataclass
class NetworkMoment:
    """A network after some steps; see `optviz.instruments.moment.Moment`."""

    bench: Bench
    weights: torch.Tensor
    rate: float
    buffers: Buffers | None = None

    @property
    def optimizer(self) -> Optimizer:
        """What trains it."""
        return self.bench.optimizer

    @property
    def start(self) -> Floats:
        """The weights of the first snapshot."""
        return self.bench.start

    @property
    def layers(self) -> Mapping[str, slice]:
        """The layers' parts of the weights."""
        return self.bench.layers

    @cached_property
    def point(self) -> Floats:
        """The weights in float64."""
        return as_array(self.weights)

    @cached_property
    def loss(self) -> float:
        """On the batch."""
        bench = self.bench
        with torch.no_grad():
            return float(bench.flat.loss(self.weights, bench.inputs, bench.targets, self.buffers))

    @cached_property
    def gradient(self) -> Floats:
        """On the batch."""
        bench = self.bench
        at = self.weights.detach().requires_grad_()
        loss = bench.flat.loss(at, bench.inputs, bench.targets, self.buffers)
        return as_array(torch.autograd.grad(loss, at)[0])

    @cached_property
    def _product(self) -> Callable[[torch.Tensor], torch.Tensor]:
        bench = self.bench
        return bench.flat.hessian_at(self.weights, bench.inputs, bench.targets, self.buffers)

    @cached_property
    def largest_eigenvalue(self) -> float:
        """Of the Hessian on the batch, by Lanczos."""
        if not np.isfinite(self.gradient).all():
            return float("nan")
        bench, weights = self.bench, self.weights
        values, vectors = leading_eigenpairs(
            self._product, bench.flat.size, 1, tolerance=TOLERANCE, seed=bench.seed,
            start=bench.guess, dtype=weights.dtype, device=weights.device,
        )  # fmt: skip
        bench.guess = vectors[0]
        return float(values[0])

    @property
    def divided_eigenvalue(self) -> float:
        """The same with a coupled weight decay, of rules that do not divide the gradient.

        Raises
        ------
        InputError
            Another optimizer.
        """
        rule = self.optimizer
        if not isinstance(rule, (GD, Momentum)):
            raise InputError(
                "stability must be of GD or Momentum, or of a surface; what "
                f"{rule.title} divides by is not among the weights that were recorded"
            )
        return self.largest_eigenvalue + rule.weight_decay

    @cached_property
    def trace(self) -> tuple[float, float]:
        """Of the Hessian on the batch, by Hutchinson, always with the same random signs."""
        if not np.isfinite(self.gradient).all():
            return float("nan"), float("nan")
        weights, bench = self.weights, self.bench
        return trace(
            self._product, bench.flat.size, TRACE_SAMPLES, bench.seed, dtype=weights.dtype,
            device=weights.device,
        )  # fmt: skip


def moments(
    bench: Bench, weights: Any, steps: Sequence[int], buffers: Sequence[Buffers] | None
) -> Iterator[NetworkMoment]:
    """The moments of snapshots (n, d), each read when it is asked for.

    Raises
    ------
    InputError
        Weights that are not finite.
    """
    model = next(bench.flat.model.parameters())
    for i, step in enumerate(steps):
        row = torch.as_tensor(weights[i], dtype=model.dtype, device=model.device)
        if not row.isfinite().all():
            raise InputError(f"weights must be finite; not those after step {step}")
        if i == 0:
            bench.start = as_array(row)
        rate = bench.optimizer.rate(step + 1)
        yield NetworkMoment(bench, row, rate, None if buffers is None else buffers[i])


def as_array(vector: torch.Tensor) -> Floats:
    """A vector in NumPy's float64."""
    return np.asarray(vector.detach().double().cpu())
