"""The loss on the straight line between two networks, and the barrier on it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from optviz.landscape.flat_model import FlatModel
from optviz.landscape.loss_over_plane import PlaneLoss
from optviz.landscape.planes import Plane
from optviz.landscape.recording import FlatBuffers
from optviz.landscape.samples import Samples
from optviz.records.matched_networks import barriers_of
from surfaces.surface import Floats


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
        return float(barriers_of(self.t, self.loss))


def between(
    model: FlatModel, first: torch.Tensor, second: torch.Tensor, samples: Samples,
    buffers: tuple[torch.Tensor, torch.Tensor] | None = None,
) -> PlaneLoss:  # fmt: skip
    """The loss at ``first + u (second - first)``, as the row v = 0 of a plane without height."""
    chosen = samples.to(model.weights())
    start, end = (w.double().cpu() for w in (first, second))
    now = FlatBuffers(model.model).now()
    held, after = (b.double().cpu() for b in (buffers or (now, now)))
    line = Plane(
        start, torch.stack([end - start, torch.zeros_like(start)]), "through",
        torch.stack([held, after - held, torch.zeros_like(held)]),
    )  # fmt: skip
    return PlaneLoss(model, line, chosen.inputs, chosen.targets)


def loss_on_line(
    model: FlatModel, first: torch.Tensor, second: torch.Tensor, samples: Samples,
    buffers: tuple[torch.Tensor, torch.Tensor] | None = None, points: int = 25,
) -> Line:  # fmt: skip
    """The mean loss at ``points`` places from one weight vector (d,) to another.

    Buffers of floating point numbers are mixed as the weights are: batch norm then counts what
    neither network saw, and the barrier is higher than with statistics counted anew (Jordan et al.
    2023).
    """
    found = between(model, first, second, samples, buffers)
    return line_of(found, points)


def line_of(found: PlaneLoss, points: int, like: PlaneLoss | None = None) -> Line:
    """The line of what `between` made; computed as another one of the same networks, if given."""
    t = np.linspace(0.0, 1.0, points)
    if like is None:
        found.prepare(t, np.zeros(1))
    else:
        found.prepare_as(like)
    return Line(t, found.row(t, 0.0))
