"""The parameters and buffers of a model as one vector that goes over a plane."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch

from optviz.landscape.flat_model import FlatModel
from optviz.landscape.recording import VARIANCE, FlatBuffers


class Part(NamedTuple):
    """A parameter or buffer, and its place in the vector."""

    name: str
    tensor: torch.Tensor
    where: slice
    shape: torch.Size

    def of(self, vector: torch.Tensor) -> torch.Tensor:
        """What it is in a vector (r,), or in each of several (p, r)."""
        found = vector[..., self.where].view(*vector.shape[:-1], *self.shape)
        return found.clamp(min=0) if self.name.endswith(VARIANCE) else found


class Moved:
    """What of a model has to be set at each point of a plane.

    Parameters
    ----------
    model : FlatModel
    buffers : FlatBuffers
    vectors, held : tensor (3, d), tensor (3, b)
        Weights and buffers at the plane's origin and along its directions, float64.
    without : collection of str
        Parameters that need not be set.
    """

    def __init__(
        self, model: FlatModel, buffers: FlatBuffers, vectors: torch.Tensor, held: torch.Tensor,
        without: Collection[str],
    ) -> None:  # fmt: skip
        self.dtype = model.weights().dtype
        self.parts: list[Part] = []
        taken, size = [], 0
        named: dict[str, torch.Tensor] = dict(model.model.named_parameters())
        named |= dict(model.model.named_buffers())
        for slices, rows in ((model.slices, vectors), (buffers.slices, held)):
            for name, (where, shape) in slices.items():
                if name not in without:
                    end = size + shape.numel()
                    self.parts.append(Part(name, named[name], slice(size, end), shape))
                    taken.append(rows[:, where])
                    size = end
        self.vectors = torch.cat(taken, 1) if taken else vectors[:, :0]

    def row(self, v: float) -> torch.Tensor:
        """The vector at (0, v), float64 (r,)."""
        return self.vectors[0] + v * self.vectors[2]

    def states(self, row: torch.Tensor, u: torch.Tensor) -> dict[str, torch.Tensor]:
        """Parameters and buffers at several points of a row, by name."""
        several = torch.addcmul(row, u[:, None], self.vectors[1]).to(self.dtype)
        return {part.name: part.of(several) for part in self.parts}

    def move(self, row: torch.Tensor, u: float) -> None:
        """Put the model at a point of a row, inside a block of `staying`."""
        vector = torch.add(row, self.vectors[1], alpha=u).to(self.dtype)
        for part in self.parts:
            part.tensor.data = part.of(vector)

    @contextmanager
    def staying(self) -> Iterator[None]:
        """Put the model back where it was when the block ends."""
        before: list[tuple[Any, Any]] = [(part.tensor, part.tensor.data) for part in self.parts]
        try:
            yield
        finally:
            for tensor, data in before:
                tensor.data = data
