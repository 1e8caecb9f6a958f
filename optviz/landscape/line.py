"""The loss on the straight line between two networks, and the barrier on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from optviz.landscape.flat_model import FlatModel
from optviz.landscape.recording import FlatBuffers
from optviz.landscape.samples import Samples
from surfaces.surface import Floats

GROUPS = 20  # of samples, whose means tell the standard error


@dataclass(frozen=True, eq=False)
class Line:
    """The loss between two weight vectors.

    Attributes
    ----------
    t : array (m,)
        0 at the first, 1 at the second.
    loss : array (m,)
    """

    t: Floats
    loss: Floats

    @property
    def barrier(self) -> float:
        """How far the loss rises above the straight line between the losses at the ends.

        0 where it does not (Frankle et al. 2020; Entezari et al. 2022).
        """
        return barrier_of(self.t, self.loss)


def barrier_of(t: Floats, loss: Floats) -> float:
    """The barrier of losses (m,) at ``t`` (m,); nan if one is not finite."""
    return float(np.max(loss - ((1 - t) * loss[0] + t * loss[-1])))


@torch.no_grad()
def loss_on_line(
    model: FlatModel, first: torch.Tensor, second: torch.Tensor, samples: Samples,
    buffers: tuple[torch.Tensor, torch.Tensor] | None = None, points: int = 25,
) -> Line:  # fmt: skip
    """The mean loss at ``points`` places from one weight vector (d,) to another.

    Buffers of floating point numbers are mixed as the weights are: batch norm then counts what
    neither network saw, and the barrier is higher than with statistics counted anew (Jordan et al.
    2023).
    """
    own, held = model.weights(), FlatBuffers(model.model)
    chosen = samples.to(own)
    ends = [w.double() for w in (first, second)]
    kept = buffers or (held.now(), held.now())
    t = np.linspace(0.0, 1.0, points)
    found = []
    for share in t.tolist():
        weights = torch.lerp(ends[0], ends[1], share).to(own)
        mixed = held.split(torch.lerp(kept[0].double(), kept[1].double(), share).to(own.dtype))
        found.append(float(model.loss(weights, chosen.inputs, chosen.targets, mixed)))
    return Line(t, np.array(found))


@torch.no_grad()
def standard_error(
    model: FlatModel, weights: torch.Tensor, buffers: torch.Tensor, samples: Samples
) -> float:
    """The standard error of the mean loss on samples, from the means of groups of them.

    nan for fewer than two samples.
    """
    own = model.weights()
    chosen, at = samples.to(own), weights.to(own)
    held = FlatBuffers(model.model).split(buffers.to(own))
    size = -(-chosen.count // GROUPS)
    parts = list(zip(chosen.inputs.split(size), chosen.targets.split(size), strict=True))
    if len(parts) < 2:
        return float("nan")
    means = np.array([float(model.loss(at, x, y, held)) for x, y in parts])
    sizes = [len(x) for x, _ in parts]
    middle = np.average(means, weights=sizes)
    spread = float(np.average((means - middle) ** 2, weights=sizes))
    return float(np.sqrt(spread / (len(means) - 1)))
