"""A network at some steps of its training: its weights, and what its buffers held."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import nn

from optviz.landscape.rows import Rows

VARIANCE = "running_var"  # how a buffer that must not be negative is called, in torch's batch norms


@dataclass
class Recording:
    """Snapshots of one network, in the order of their steps.

    Attributes
    ----------
    steps : list of int
        Rising.
    params : Rows
        ``params[i]`` (d,): all parameters after ``steps[i]`` steps, in the module's order.
    buffers : Rows
        ``buffers[i]`` (b,): its buffers of floating point numbers then, such as batch norm's
        running mean and variance; b is 0 where there are none.
    losses : list of float
        Losses that were told with the snapshots; nan where none was.
    """

    steps: list[int] = field(default_factory=list)
    params: Rows = field(default_factory=Rows)
    buffers: Rows = field(default_factory=Rows)
    losses: list[float] = field(default_factory=list)

    def __len__(self) -> int:
        """Number of snapshots."""
        return len(self.steps)

    def add(
        self, step: int, params: torch.Tensor, buffers: torch.Tensor | None = None,
        loss: float = float("nan"),
    ) -> None:  # fmt: skip
        """Keep a copy, unless this step has one."""
        if not self.steps or self.steps[-1] < step:
            self.params.append(params)
            self.buffers.append(params.new_empty(0) if buffers is None else buffers)
            self.losses.append(float(loss))
            self.steps.append(step)

    def cut(self, step: int) -> None:
        """Forget what comes after ``step``."""
        kept = sum(1 for known in self.steps if known <= step)
        del self.steps[kept:], self.losses[kept:]
        self.params.cut(kept)
        self.buffers.cut(kept)


class FlatBuffers:
    """A module's buffers of floating point numbers as one vector.

    Others, such as batch norm's count of batches, are not of it: they stay the module's own.

    Attributes
    ----------
    slices : dict
        Where each buffer stands in the vector, and its shape.
    size : int
        The vector's length b.
    """

    def __init__(self, model: nn.Module) -> None:
        self.model = model
        self.slices: dict[str, tuple[slice, torch.Size]] = {}
        self.size = 0
        for name, buffer in model.named_buffers():
            if buffer.is_floating_point():
                self.slices[name] = slice(self.size, self.size + buffer.numel()), buffer.shape
                self.size += buffer.numel()

    def now(self) -> torch.Tensor:
        """What they hold now, as one new vector (b,)."""
        found = [b.detach().reshape(-1) for b in self.model.buffers() if b.is_floating_point()]
        return torch.cat(found) if found else torch.empty(0)

    def split(self, vector: torch.Tensor) -> dict[str, torch.Tensor]:
        """The buffers by name, of a vector (b,) or of several (p, b); no variance below 0."""
        found = {}
        for name, (where, shape) in self.slices.items():
            part = vector[..., where].reshape(*vector.shape[:-1], *shape)
            found[name] = part.clamp(min=0) if name.endswith(VARIANCE) else part
        return found
