"""A training run: what it was asked, what happened, where it ended; and the folder that keeps it.

The folder holds ``config.json``, ``history.csv`` and ``weights.safetensors`` (and snapshots, where
they were asked for): numbers and text, nothing that could run code. Each file appears whole or not
at all, the weights last, so whenever a process is killed the folder shows the end of one epoch.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import nn

from optviz import files
from optviz.mnist.data.dataset import checked_images
from optviz.mnist.training.snapshots import Snapshots
from optviz.optimizers import Optimizer
from optviz.optimizers.base import State
from optviz.torch_bridge.flat_network import logits
from surfaces.errors import InputError, must

FORMAT = 1
CONFIG, HISTORY, WEIGHTS = "config.json", "history.csv", "weights.safetensors"
STATUSES = ("running", "finished", "stopped early", "diverged", "interrupted")
MEAN, DEVIATION = 0.1307, 0.3081  # of MNIST's training pixels between 0 and 1


class Epoch(NamedTuple):
    """What is known at the end of an epoch.

    Loss and accuracy on the training images are means over the epoch's batches, as they were
    seen: before each step, with dropout, without penalties. Validation is nan without such images.
    """

    step: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    seconds: float


@dataclass
class History:
    """``loss[k]``: cross-entropy of step k's batch; ``epochs``: one row an epoch."""

    loss: list[float] = field(default_factory=list)
    epochs: list[Epoch] = field(default_factory=list)

    def column(self, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        """One column of ``epochs`` as an array (number of epochs,)."""
        return np.array([getattr(epoch, name) for epoch in self.epochs], float)

    @property
    def best_epoch(self) -> int:
        """The place in ``epochs`` of the lowest validation loss, the first of equals.

        nan is never lowest; there must be an epoch.
        """
        losses = [epoch.validation_loss for epoch in self.epochs]
        known = [math.inf if math.isnan(loss) else loss for loss in losses]
        return known.index(min(known))

    def csv(self) -> str:
        """One row a step; an epoch's numbers stand in the row of its last step."""
        ends = {epoch.step: (number, *epoch[1:]) for number, epoch in enumerate(self.epochs, 1)}
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["step", "loss", "epoch", *Epoch._fields[1:]])
        for step, loss in enumerate(self.loss, 1):
            row = [step, repr(loss), *(repr(number) for number in ends.get(step, ()))]
            writer.writerow(row + [""] * (len(Epoch._fields) + 2 - len(row)))
        return text.getvalue()

    @staticmethod
    def from_csv(text: str, steps: int) -> History:
        """Read back the first ``steps`` steps; later ones were written, but not their weights."""
        history = History()
        for row in itertools.islice(csv.DictReader(io.StringIO(text)), steps):
            history.loss.append(float(row["loss"]))
            if row["epoch"]:
                numbers = (float(row[name]) for name in Epoch._fields[1:])
                history.epochs.append(Epoch(len(history.loss), *numbers))
        if len(history.loss) < steps:
            raise ValueError(f"{len(history.loss)} steps where there should be {steps}")
        return history


@dataclass
class Run:
    """A network, how it was trained, and how far.

    Attributes
    ----------
    config : dict
        The arguments of `train`, the data's source and fingerprint.
    model : torch.nn.Module
        From standardised images (n, 1, 28, 28) to logits (n, 10).
    optimizer : Optimizer
    history : History
    status : str
        "running", "finished", "stopped early", "diverged" or "interrupted".
    state : State
        The optimizer's state after the last whole epoch.
    best : tensor (d,) or None
        With ``patience``: the parameters at the lowest validation loss.
    last : tensor (d,) or None
        The parameters after the last epoch, where the model was given the best ones instead.
    resumed_at : int
        How many steps it had when this process took it up.
    snapshots : Snapshots
        With ``record``: the parameters at many moments.
    """

    config: dict[str, Any]
    model: nn.Module
    optimizer: Optimizer
    history: History
    status: str = "running"
    state: State = field(default_factory=State)
    best: torch.Tensor | None = None
    last: torch.Tensor | None = None
    snapshots: Snapshots = field(default_factory=Snapshots)
    resumed_at: int = 0

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
        """One line: what was trained, how far, how well."""
        steps = len(self.history.loss)
        where = f" at step {steps:,}" if self.status == "diverged" else ""
        words = [f"{self.config['model']} by {self.optimizer}: {self.status}{where}"]
        epochs = len(self.history.epochs)
        words.append(f"{epochs} epoch{'s' * (epochs != 1)}, {steps:,} step{'s' * (steps != 1)}")
        if self.history.epochs:
            restored = self.best is not None and self.status in ("finished", "stopped early")
            place = self.history.best_epoch if restored else -1
            shown = self.history.epochs[place]
            if restored:
                words.append(f"best weights, of epoch {place + 1}")
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
            A place that cannot be written.
        """
        target = Path(folder)
        files.make_folder(target)
        tensors = {f"model.{k}": v for k, v in self.model.state_dict().items()}
        numbers: dict[str, Any] = {"step": self.state.step}  # no slot may have that name
        for name, value in self.state.slots.items():
            if isinstance(value, torch.Tensor):
                tensors[f"optimizer.{name}"] = value
            else:
                numbers[name] = value
        tensors |= {
            name: tensor
            for name, tensor in (("best", self.best), ("last", self.last))
            if tensor is not None
        }
        # How far the run is stands with the weights: they are written last, and all at once.
        about = {"status": self.status, "steps": str(len(self.history.loss)),
                 "optimizer": json.dumps(numbers), "config": json.dumps(self.config)}  # fmt: skip
        settings = {"format": FORMAT} | self.config
        if self.snapshots:
            ends = [epoch.step for epoch in self.history.epochs]
            self.snapshots.save(target, ends, self.config)
        whole = {name: t.detach().cpu().contiguous().clone() for name, t in tensors.items()}
        for file, content in (
            (CONFIG, json.dumps(settings, indent=1).encode()),
            (HISTORY, self.history.csv().encode()),
            (WEIGHTS, save_tensors(whole, about)),
        ):
            with files.replacing(target / file) as stream:
                stream.write(content)
        return target


class Saved(NamedTuple):
    """What a folder holds, before a model is made of it.

    ``written``: the config that was written with the weights; empty in an old folder.
    """

    config: dict[str, Any]
    status: str
    history: History
    tensors: dict[str, torch.Tensor]
    numbers: dict[str, Any]
    written: dict[str, Any]


def read_folder(folder: str | Path) -> Saved:
    """Read a run's folder.

    Raises
    ------
    InputError
        No such folder, a file that is missing or damaged, or a newer format.
    """
    path = Path(folder)
    if not os.path.isdir(path):  # Path.is_dir raises where a folder above may not be looked into
        raise must("run", "a folder that optviz mnist train made", str(folder))
    name = CONFIG
    try:
        config = json.loads((path / name).read_text(encoding="utf-8"))
        if config["format"] > FORMAT:
            raise InputError(
                f"run must be of format {FORMAT} or older; not {path}, of format "
                f"{config['format']}: a newer optviz made it"
            )
        del config["format"]
        name = WEIGHTS
        content = (path / name).read_bytes()
        tensors = load_tensors(content)
        header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
        about = header.get("__metadata__", {})
        if not {"status", "steps", "optimizer"} <= about.keys():
            raise InputError(
                f"run must hold {name} as it was written; not {path / name}, without status, steps "
                "and optimizer: saved anew by another tool? Put the first one back"
            )
        numbers = json.loads(about["optimizer"])
        written = json.loads(about.get("config", "{}"))
        name = HISTORY
        text = (path / name).read_text(encoding="utf-8")
        history = History.from_csv(text, int(about["steps"]))
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError(f"run must hold {name}; {path} does not") from None
    except (OSError, LookupError, TypeError, ValueError, SafetensorError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"run must hold a whole {name}; not {path / name}: {reason}") from None
    return Saved(config, about["status"], history, tensors, numbers, written)


def normalize(images: Any, device: torch.device | str = "cpu") -> torch.Tensor:
    """uint8 images (n, 28, 28) as float32 (n, 1, 28, 28) of mean 0 and deviation 1 on MNIST."""
    pixels = torch.tensor(checked_images("images", images), device=device)[:, None].float()
    return pixels.div_(255).sub_(MEAN).div_(DEVIATION)


def parse_sizes(text: str) -> tuple[int, ...]:
    """Hidden layers as typed: ``128,64``, or ``none``."""
    if text.strip() in ("", "none"):
        return ()
    try:
        return tuple(int(size) for size in text.split(","))
    except ValueError:
        raise must("hidden", "layer sizes such as 128,64, or none", text) from None


NEW_RUN = "a new folder; optviz mnist resume goes on with an old run"


def check_new(folder: str | Path, allowed: str = NEW_RUN) -> Path:
    """The folder, if it is new or empty and can be written; asked before any work is done."""
    return files.check_folder(folder, allowed)


def clean(folder: Path, names: Sequence[str] = (CONFIG, HISTORY, WEIGHTS, "snapshots-")) -> None:
    """Remove what a killed process had begun to write."""
    for name in names:
        for begun in folder.glob(f".{name}*"):
            begun.unlink(missing_ok=True)
