"""The class `Run`: a trained network with its settings, history and state."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from optviz import files
from optviz.mnist.data.provenance import Provenance
from optviz.mnist.networks.inputs import normalize
from optviz.mnist.training import folder as run_folder
from optviz.mnist.training.config import TrainConfig
from optviz.mnist.training.history import History
from optviz.mnist.training.snapshots import Snapshots
from optviz.mnist.training.state import written
from optviz.optimizers import Optimizer
from optviz.optimizers.base import State
from optviz.records.ending import Ending
from optviz.torch_bridge.flat_network import logits
from optviz.torch_bridge.movers import OF_VECTORS


@dataclass
class Run:
    """A network with the settings, history and state of its training.

    Attributes
    ----------
    settings : TrainConfig
        The arguments of `train`.
    model : torch.nn.Module
        From normalized images (n, 1, 28, 28) to logits (n, 10).
    optimizer : Optimizer
    history : History
    status : Ending
        "running", "finished", "stopped early", "diverged" or "interrupted".
    state : State
        The optimizer's state after the last whole epoch.
    best : tensor (d,) or None
        With ``patience``: the parameters at the lowest validation loss.
    last : tensor (d,) or None
        The parameters after the last epoch, where the model was given the best ones instead.
    snapshots : Snapshots
        With ``record``: the parameters at many moments.
    resumed_at : int
        How many steps it had when this process took it up.
    provenance : Provenance or None
        Where its images came from; None for a run of a comparison, which keeps it once for all.
    """

    settings: TrainConfig
    model: nn.Module
    optimizer: Optimizer
    history: History
    status: Ending = Ending.RUNNING
    state: State = field(default_factory=State)
    best: torch.Tensor | None = None
    last: torch.Tensor | None = None
    snapshots: Snapshots = field(default_factory=Snapshots)
    resumed_at: int = 0
    provenance: Provenance | None = None

    @property
    def config(self) -> dict[str, Any]:
        """The content of config.json: each setting by name, and under ``data`` the provenance."""
        data = {} if self.provenance is None else {"data": self.provenance.to_dict()}
        return self.settings.to_dict() | data

    @property
    def params(self) -> torch.Tensor:
        """All parameters as one new vector (d,)."""
        return torch.cat([p.detach().reshape(-1) for p in self.model.parameters()])

    def scores(self, images: Any) -> np.ndarray[Any, Any]:
        """Probabilities (n, 10) for uint8 images (n, 28, 28)."""
        device = next(self.model.parameters()).device
        return logits(self.model, normalize(images, device)).softmax(1).cpu().numpy()

    def accuracy(self, images: Any, labels: Any) -> float:
        """The share of images that is classified right."""
        return float((self.scores(images).argmax(1) == np.asarray(labels)).mean())

    def summary(self) -> str:
        """One line: the network, how long it was trained, and its accuracy."""
        steps = len(self.history.loss)
        where = f" at step {steps:,}" if self.status is Ending.DIVERGED else ""
        beside = f" (vectors by {OF_VECTORS})" if self.optimizer.matrices_only else ""
        words = [f"{self.settings.model} by {self.optimizer}{beside}: {self.status}{where}"]
        epochs = len(self.history.epochs)
        words.append(f"{epochs} epoch{'s' * (epochs != 1)}, {steps:,} step{'s' * (steps != 1)}")
        if self.history.epochs:
            restored = self.best is not None and self.status.is_complete
            index = self.history.best_epoch if restored else -1
            shown = self.history.epochs[index]
            if restored:
                words.append(f"best weights, of epoch {index + 1}")
            words.append(
                f"training loss {shown.train_loss:.4f}, accuracy {shown.train_accuracy:.2%}"
            )
            if not math.isnan(shown.validation_loss):
                words.append(
                    f"validation loss {shown.validation_loss:.4f}, "
                    f"accuracy {shown.validation_accuracy:.2%}"
                )
        return "; ".join(words)

    def __repr__(self) -> str:
        return f"<Run {self.summary()}>"

    def save(self, folder: str | Path) -> Path:
        """Write the files; the folder is made if needed.

        Raises
        ------
        InputError
            A path that cannot be written.
        """
        target = Path(folder)
        files.make_folder(target)
        if self.snapshots:
            ends = [epoch.step for epoch in self.history.epochs]
            self.snapshots.save(target, ends, self.config)
        run_folder.write(self._saved(), target)
        return target

    def _saved(self) -> run_folder.Saved:
        """The run as its folder keeps it."""
        tensors = {f"model.{k}": v for k, v in self.model.state_dict().items()}
        slots, numbers = written(self.state.slots)
        tensors |= {f"optimizer.{k}": v for k, v in slots.items()}
        numbers["step"] = self.state.step  # no slot may have that name
        for name, tensor in (("best", self.best), ("last", self.last)):
            if tensor is not None:
                tensors[name] = tensor
        config = self.config
        return run_folder.Saved(config, config, self.status, self.history, tensors, numbers)
