"""Moments of a network's training, from snapshots of its weights, on one batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch

from optviz.landscape.flat_model import FlatModel
from optviz.landscape.hessian import leading_eigenpairs, trace
from optviz.landscape.recording import FlatBuffers, Recording
from optviz.landscape.samples import Samples
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
    samples : Samples
        What the loss is measured on.
    optimizer : Optimizer
    seed : int
        Of random vectors.
    start : array (d,)
        The weights measured first.
    guess : tensor (d,) or None
        The leading eigenvector of the moment measured last.
    """

    flat: FlatModel
    samples: Samples
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
        """On the samples."""
        with torch.no_grad():
            return float(self._loss_at(self.weights))

    @cached_property
    def gradient(self) -> Floats:
        """On the samples."""
        at = self.weights.detach().requires_grad_()
        return as_array(torch.autograd.grad(self._loss_at(at), at)[0])

    def _loss_at(self, weights: torch.Tensor) -> torch.Tensor:
        samples = self.bench.samples
        return self.bench.flat.loss(weights, samples.inputs, samples.targets, self.buffers)

    @cached_property
    def _product(self) -> Callable[[torch.Tensor], torch.Tensor]:
        samples = self.bench.samples
        return self.bench.flat.hessian_at(
            self.weights, samples.inputs, samples.targets, self.buffers
        )

    @cached_property
    def largest_eigenvalue(self) -> float:
        """Of the Hessian on the samples, by Lanczos."""
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
        """Of the Hessian on the samples, by Hutchinson, always with the same random signs."""
        if not np.isfinite(self.gradient).all():
            return float("nan"), float("nan")
        weights, bench = self.weights, self.bench
        return trace(
            self._product, bench.flat.size, TRACE_SAMPLES, bench.seed, dtype=weights.dtype,
            device=weights.device,
        )  # fmt: skip


def moments(bench: Bench, recording: Recording) -> Iterator[NetworkMoment]:
    """The moments of a recording, each read when it is asked for.

    Raises
    ------
    InputError
        Weights that are not finite.
    """
    like = bench.flat.weights()
    held = FlatBuffers(bench.flat.model)
    for i, step in enumerate(recording.steps):
        row = recording.params[i].to(like)
        if not row.isfinite().all():
            raise InputError(f"weights must be finite; not those after step {step}")
        if i == 0:
            bench.start = as_array(row)
        buffers = recording.buffers[i]
        found = held.split(buffers.to(like)) if buffers.numel() else None
        yield NetworkMoment(bench, row, bench.optimizer.rate(step + 1), found)


def as_array(vector: torch.Tensor) -> Floats:
    """A vector in NumPy's float64."""
    return np.asarray(vector.detach().double().cpu())
