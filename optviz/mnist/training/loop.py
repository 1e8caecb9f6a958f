"""The loop of training: mini-batches, `optviz.iterate`, and a checkpoint after each epoch."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from tqdm.auto import tqdm

from optviz.descent.loop import Iterate, iterate
from optviz.descent.objective import Objective
from optviz.mnist.data.dataset import Dataset
from optviz.mnist.data.provenance import Provenance
from optviz.mnist.networks.inputs import normalize
from optviz.mnist.training.checks import device_named, network_of
from optviz.mnist.training.config import TrainConfig
from optviz.mnist.training.history import Epoch, History
from optviz.mnist.training.objective import Batch, MiniBatches
from optviz.mnist.training.run import Run
from optviz.mnist.training.state import mapped
from optviz.optimizers import Optimizer
from optviz.optimizers.base import State
from optviz.records.ending import Ending
from optviz.torch_bridge import in_place
from optviz.torch_bridge.flat_network import FlatNetwork, loss_and_accuracy


class Images(NamedTuple):
    """Normalized images and labels on the device; the first ``n_validation`` are for validation."""

    images: torch.Tensor
    labels: torch.Tensor
    n_validation: int

    @property
    def train(self) -> int:
        """The images that are trained on: those after the first ``n_validation``."""
        return len(self.labels) - self.n_validation


class Checkpoint(NamedTuple):
    """A run at the end of an epoch, replaced as one object: Ctrl-C never finds half of one."""

    params: torch.Tensor
    state: State
    best: torch.Tensor | None
    steps: int
    epochs: int


class ImageChoice(NamedTuple):
    """All that decides which images a run uses, in which order and where they lie."""

    seed: int
    n_validation: int
    samples: int
    device: str

    @staticmethod
    def of(config: TrainConfig, total: int) -> ImageChoice:
        """The choice that a config makes among ``total`` training images."""
        return ImageChoice(config.seed, *config.split_sizes(total), config.device)


def images_for(choice: ImageChoice, data: Dataset) -> Images:
    """The images of a run, for validation and to train on.

    A choice instead of the whole config: runs of equal choices share these images.
    """
    seed, n_validation, samples, device_name = choice
    device = device_named(device_name)
    chosen = split(seed, len(data.train_labels))[: n_validation + samples]
    labels = torch.from_numpy(data.train_labels[chosen].astype(np.int64)).to(device)
    return Images(normalize(data.train_images[chosen], device), labels, n_validation)


class Trainer:
    """The network, images and loop of a run, made from its config.

    ``data`` is a `Dataset`, or what `images_for` has made of it before.
    """

    def __init__(self, config: TrainConfig, data: Dataset | Images, optimizer: Optimizer) -> None:
        if not isinstance(data, Images):
            data = images_for(ImageChoice.of(config, len(data.train_labels)), data)
        self.data = data
        self.config, self.optimizer = config, optimizer
        self.device = self.data.images.device
        net = build_network(config).to(self.device)
        self.network = FlatNetwork(net, config.l1, config.l2)
        self.in_place = in_place(optimizer, [p.shape for p in net.parameters()])
        self.steps = math.ceil(self.data.train / config.batch_size)

    def begin(self, provenance: Provenance | None = None) -> Run:
        """A new run, before its first step."""
        run = Run(self.config, self.network.model, self.optimizer, History(),
                  provenance=provenance)  # fmt: skip
        run.state = self.in_place.init(self.network.flat)
        return run

    def train(self, run: Run, folder: Path | None, progress: bool) -> Run:
        """Train a run from where it stopped to its end; a trainer can do so once."""
        run.status = status_of(run.history, run.settings)
        self.kept = Checkpoint(self.network.flat.clone(), run.state, run.best,
                          len(run.history.loss), len(run.history.epochs))  # fmt: skip
        with self._own_random_numbers():
            try:
                if folder is not None:
                    run.save(folder)
                if run.status is Ending.RUNNING:
                    self._descend(run, folder, progress)
            except KeyboardInterrupt:
                del run.history.loss[self.kept.steps :], run.history.epochs[self.kept.epochs :]
                run.snapshots.cut(self.kept.steps)
                # It may have come after the last epoch.
                ended = status_of(run.history, run.settings)
                run.status = Ending.INTERRUPTED if ended is Ending.RUNNING else ended
        run.state, run.best = self.kept.state, self.kept.best
        restored = run.best if run.status.is_complete else None
        run.last = None if restored is None else self.kept.params
        self.network.move(self.kept.params if restored is None else restored)
        self.network.release()
        run.model.eval()
        if folder is not None:
            run.save(folder)
        return run

    def trial(self, steps: int) -> bool:
        """Take ``steps`` steps from the start, without validation; False if it diverged."""
        objective = self._objective(0, math.ceil(steps / self.steps))
        with self._own_random_numbers():
            walk = iterate(objective, self.in_place, self.network.flat)
            for _ in range(steps):
                next(walk)
                if not math.isfinite(self.network.loss):
                    return False
            next(walk)  # the last step; the gradient behind it is of no use
        return bool(self.network.flat.isfinite().all())

    def _own_random_numbers(self) -> Any:
        """A context that restores torch's global random generator when it ends."""
        return torch.random.fork_rng([self.device] if self.device.type == "cuda" else [])

    def _descend(self, run: Run, folder: Path | None, progress: bool) -> None:
        """`iterate` over the batches, until the run has come to its end."""
        history, network, last = run.history, self.network, run.settings.epochs
        losses: list[float] = []
        correct = 0.0
        objective = self._objective(len(history.epochs), last)
        walk = iterate(objective, self.in_place, network.flat, state=_copied(self.kept.state))
        bar = tqdm(total=last * self.steps, initial=len(history.loss), disable=not progress,
                   unit="batch", dynamic_ncols=True)  # fmt: skip
        began = time.perf_counter()
        with bar:
            for reached in walk:
                self._record(run, len(losses))
                if len(losses) == self.steps and network.flat.isfinite().all():
                    seconds = time.perf_counter() - began
                    self._end_epoch(run, reached, losses, correct / self.data.train, seconds)
                    if run.status is not Ending.RUNNING:
                        return
                    if folder is not None:
                        run.save(folder)
                    losses, correct, began = [], 0.0, time.perf_counter()
                if len(losses) == self.steps or not math.isfinite(network.loss):
                    history.loss += [*losses, network.loss]
                    run.status = Ending.DIVERGED
                    return
                losses.append(network.loss)
                correct += network.correct
                bar.update()
                if progress and len(losses) % 20 == 0:
                    seen = min(len(losses) * self.config.batch_size, self.data.train)
                    _show(bar, losses, correct / seen, history.epochs)

    def _record(self, run: Run, taken: int) -> None:
        """Keep a snapshot, ``taken`` steps into the epoch, if one is due."""
        every, step = run.settings.record, len(run.history.loss) + taken
        wanted = every and (step % every == 0 or taken == self.steps)
        if wanted and self.network.flat.isfinite().all():
            run.snapshots.add(step, self.network.flat)

    def _batches(self, first: int, last: int) -> Iterator[Batch]:
        """The images and labels of each step of these epochs.

        Each epoch's order and dropout come from (seed, epoch) alone: no generator's state has to
        be kept for a run that goes on.
        """
        data, size = self.data, self.config.batch_size
        for epoch in range(first, last):
            torch.manual_seed(_mix(self.config.seed, 3, epoch))
            order = np.random.default_rng([self.config.seed, 4, epoch]).permutation(data.train)
            indices = torch.from_numpy(data.n_validation + order).to(self.device)
            for i in range(0, len(indices), size):
                batch = indices[i : i + size]
                yield data.images.index_select(0, batch), data.labels.index_select(0, batch)

    def _objective(self, first: int, last: int) -> Objective:
        """The loss on the batches of these epochs, as `iterate` asks it."""
        return MiniBatches(self.network, self._batches(first, last), self.in_place).objective

    def _end_epoch(
        self, run: Run, reached: Iterate, losses: list[float], accuracy: float, seconds: float
    ) -> None:
        """Evaluate on the validation images; record the numbers, the parameters and the state."""
        history, n_validation = run.history, self.data.n_validation
        validation = loss_and_accuracy(
            self.network.model, self.data.images[:n_validation], self.data.labels[:n_validation]
        )
        history.loss += losses
        mean = float(np.mean(losses))
        history.epochs.append(Epoch(len(history.loss), mean, accuracy, *validation, seconds))
        run.state = _copied(reached.state)
        params = self.network.flat.detach().clone()
        if run.settings.patience is not None and history.best_epoch == len(history.epochs) - 1:
            run.best = params
        self.kept = Checkpoint(params, run.state, run.best, len(history.loss), len(history.epochs))
        run.status = status_of(history, run.settings)


def status_of(history: History, config: TrainConfig) -> Ending:
    """The status of a run after a whole epoch: running, stopped early or finished."""
    done, patience = len(history.epochs), config.patience
    if done and patience is not None and done - 1 - history.best_epoch >= patience:
        return Ending.STOPPED_EARLY
    return Ending.FINISHED if done >= config.epochs else Ending.RUNNING


def _copied(state: State) -> State:
    """A copy of the state, as the run's tensors change in place."""
    return mapped(state, torch.Tensor.clone)


def _show(bar: Any, losses: list[float], accuracy: float, epochs: list[Epoch]) -> None:
    shown = {"loss": f"{np.mean(losses):.4f}", "accuracy": f"{accuracy:.2%}"}
    if epochs:
        shown["validation"] = f"{epochs[-1].validation_accuracy:.2%}"
    bar.set_description(f"epoch {len(epochs) + 1}", refresh=False)
    bar.set_postfix(shown, refresh=False)


def _mix(*numbers: int) -> int:
    """One seed of several numbers."""
    return int(np.random.SeedSequence(numbers).generate_state(1)[0])


def build_network(config: TrainConfig) -> torch.nn.Module:
    """The network that a config describes, with the initial weights of its seed.

    torch's global generator is left as it was.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_mix(config.seed, 1))
        return network_of(config)


def split(seed: int, total: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """A permutation (total,) by the seed: images for validation first, then those to train on."""
    return np.random.default_rng([seed, 2]).permutation(total)
