"""`Recorder`: keeps the weights of any torch model during any training loop."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import nn

from optviz import files
from optviz.landscape.checks import check_model
from optviz.landscape.recording import FlatBuffers, Recording
from optviz.landscape.rows import Rows
from optviz.landscape.tensor_file import write_rows
from optviz.landscape.whose import optimizer_of
from optviz.optimizers import Optimizer
from optviz.records.labels import checked_label
from surfaces.errors import InputError, must

READ_AT_ONCE = 64  # snapshots of a file


class Recorder(Recording):
    """The weights of a model during its training: what a landscape is made of.

    All parameters are kept, each once however many layers share it, in float32 (in float64 if they
    are), and the buffers of floating point numbers (batch norm's running mean and variance). Other
    buffers, the optimizer's state and the gradients are not. Beyond 256 MB they lie in a file that
    goes when the recorder does, 4 bytes a weight and snapshot.

    Parameters
    ----------
    model : torch.nn.Module
        On any device.
    optimizer : torch.optim.Optimizer, Optimizer, name or spec, optional
        What trains it: pictures take its colour, and its name and settings as they are now.
    label : str, optional
        What pictures call the run instead.
    folder : path, optional
        Where the file lies; where the system keeps temporary ones unless given.

    Attributes
    ----------
    steps : list of int
    losses : list of float
        What `snapshot` was told; nan where nothing.
    params, buffers : Rows

    Raises
    ------
    InputError
        A model without parameters, or with some of several types or on no device.

    Examples
    --------
    >>> model = torch.nn.Linear(2, 1)
    >>> optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    >>> recorder = Recorder(model, optimizer)
    >>> for step in range(3):
    ...     recorder.snapshot(step=step)
    ...     optimizer.zero_grad()
    ...     model(torch.ones(1, 2)).sum().backward()
    ...     optimizer.step()
    >>> recorder
    <Recorder of Linear: 3 snapshots of 3 weights, steps 0 to 2, in memory>
    """

    def __init__(
        self, model: nn.Module, optimizer: Any = None, *, label: str | None = None,
        folder: str | Path | None = None,
    ) -> None:  # fmt: skip
        super().__init__(params=Rows(folder), buffers=Rows(folder))
        check_model(model)
        self.model = model
        self.label = None if label is None else checked_label(label)
        self.optimizer: Optimizer = optimizer_of(optimizer, self.label or type(model).__name__)
        self._flat_buffers = FlatBuffers(model)

    @torch.no_grad()
    def snapshot(self, loss: Any = None, step: int | None = None) -> None:
        """Keep the weights as they are now.

        Parameters
        ----------
        loss : number or tensor of one, optional
            The loss of the step, kept beside them.
        step : int, optional
            How many steps the optimizer has taken. Unless given, one more than that of the last
            snapshot, from 0: give it if not every step is recorded.

        Raises
        ------
        InputError
            A step that is not after the last.
        """
        last = self.steps[-1] if self.steps else -1
        at = last + 1 if step is None else step
        if isinstance(at, bool) or not isinstance(at, int) or at <= last:
            raise must("step", f"a whole number from {last + 1}, after the last snapshot's", step)
        params = torch.cat([p.detach().reshape(-1) for p in self.model.parameters()])
        told = math.nan if loss is None else float(loss)
        self.add(at, params, self._flat_buffers.now(), told)

    @property
    def weights(self) -> Any:
        """All weights, an array (n, d): mapped from the file, or a copy of those in memory."""
        return self.params.array

    def __repr__(self) -> str:
        count, width = len(self), self.params.width
        if not count:
            return f"<Recorder of {type(self.model).__name__}: no snapshot yet>"
        beside = f" and {self.buffers.width:,} numbers in buffers" if self.buffers.width else ""
        return (
            f"<Recorder of {type(self.model).__name__}: {count} snapshot{'s' * (count > 1)} of "
            f"{width:,} weights{beside}, steps {self.steps[0]} to {self.steps[-1]}, "
            f"{'on disk' if self.params.on_disk else 'in memory'}>"
        )

    def save(self, path: str | Path) -> Path:
        """Write a ``.safetensors`` file, block by block: it need not fit into memory.

        Raises
        ------
        InputError
            No snapshot, another suffix, or a path that cannot be written.
        """
        target = files.check_writable(path, (".safetensors",))
        if not self.steps:
            raise InputError("a recorder must have a snapshot to be saved; call snapshot() first")
        about = {"format": "1", "steps": json.dumps(self.steps), "losses": json.dumps(self.losses)}
        with files.replacing(target) as stream:
            write_rows(stream, {"params": self.params, "buffers": self.buffers}, about)
        return target

    @classmethod
    def load(
        cls, path: str | Path, model: nn.Module, optimizer: Any = None, *,
        label: str | None = None, folder: str | Path | None = None,
    ) -> Recorder:  # fmt: skip
        """Read back what `save` wrote of a model of this architecture; it can go on from there.

        Raises
        ------
        InputError
            No such file, another file, or one of another model.
        """
        found = cls(model, optimizer, label=label, folder=folder)
        size = sum(p.numel() for p in model.parameters())
        try:
            with safe_open(path, "pt") as file:
                about = file.metadata() or {}
                steps, losses = json.loads(about["steps"]), json.loads(about["losses"])
                params, buffers = file.get_slice("params"), file.get_slice("buffers")
                if params.get_shape()[1] != size or (
                    buffers.get_shape()[1] != found._flat_buffers.size
                ):
                    raise must("file", f"of a model with {size:,} weights", str(path))
                for first in range(0, len(steps), READ_AT_ONCE):
                    some = slice(first, first + READ_AT_ONCE)
                    for row in zip(steps[some], params[some], buffers[some], losses[some],
                                   strict=True):  # fmt: skip
                        found.add(*row)
        except (OSError, LookupError, TypeError, ValueError, SafetensorError) as error:
            if isinstance(error, InputError):
                raise
            reason = " ".join(str(error).split())[:200]
            raise InputError(
                f"file must be one that Recorder.save wrote; not {path}: {reason}"
            ) from None
        return found
