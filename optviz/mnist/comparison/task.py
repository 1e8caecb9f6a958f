"""One task of a comparison, done in a process of its own: a run, or a trial of a rate.

One thread a run makes the results the same whatever the number of processes, and leaves each core
to one process.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch

from optviz.mnist.data.dataset import Dataset
from optviz.mnist.networks import own
from optviz.mnist.networks.inputs import normalize
from optviz.mnist.training.config import TrainConfig
from optviz.mnist.training.loop import ImageChoice, Images, Trainer, images_for
from optviz.mnist.training.run import Run
from optviz.optimizers import Optimizer
from optviz.records.ending import Ending
from optviz.torch_bridge.flat_network import loss_and_accuracy
from surfaces.surface import Floats

SMALL = 1e-3  # a weight below this counts as zero
EDGES = np.linspace(
    -0.505, 0.505, 102
)  # of the histogram of weights; those beyond are put at its ends
SEEN = 5000  # training images, at most, that a finished network is tested on


@dataclass(frozen=True)
class Shared:
    """What all tasks of a comparison share.

    ``key`` identifies the comparison; ``networks`` are the user's own activations and models.
    """

    key: str
    data: Dataset
    networks: tuple[own.Entry, ...] = ()


class Task(NamedTuple):
    """One network to be trained: all the way, or for a trial of so many steps."""

    config: TrainConfig
    rule: Optimizer
    steps: int = 0


@dataclass(frozen=True, eq=False)
class Outcome:
    """The numbers that a comparison keeps of a run.

    Attributes
    ----------
    status : Ending
        "finished", "stopped early" or "diverged"; a diverged run has the weights of its last whole
        epoch.
    curve : float array (steps,)
        Cross-entropy of each step's batch.
    seconds : float
        Of the training.
    trained_on : int
        How many images.
    train_accuracy : float
        Of the finished network, without dropout, on the first 5,000 images that it trained on.
    validation_loss, validation_accuracy, test_loss, test_accuracy : float
        nan without validation images.
    parameters : int
    small : float
        The share of weights below 0.001 in magnitude.
    weights : int array (101,)
        How many weights in each bin of `EDGES`.
    """

    status: Ending
    curve: Floats
    seconds: float
    trained_on: int
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    test_loss: float
    test_accuracy: float
    parameters: int
    small: float
    weights: Floats


_busy = threading.Lock()  # a Dask worker may have several threads; torch's random numbers are one
_kept: dict[str, tuple[Any, Any]] = {}  # the last task's images: many tasks use the same


def run(shared: Shared, task: Task) -> Outcome:
    """Train a network and test it."""
    with _alone():
        own.know(shared.networks)
        trainer = Trainer(task.config, _images(shared, task.config), task.rule)
        began = time.perf_counter()
        done = trainer.train(trainer.begin(), None, progress=False)
        if done.status is Ending.INTERRUPTED:
            raise KeyboardInterrupt
        seconds = time.perf_counter() - began
        images, labels, n_validation = trainer.data
        seen = slice(n_validation, n_validation + SEEN)
        _, train_accuracy = loss_and_accuracy(done.model, images[seen], labels[seen])
        validation = loss_and_accuracy(done.model, images[:n_validation], labels[:n_validation])
        test = loss_and_accuracy(done.model, *_test_images(shared, trainer.device))
        weights = _weights(done)
        return Outcome(
            done.status, np.array(done.history.loss), seconds, trainer.data.train,
            train_accuracy, *validation, *test, len(trainer.network.flat),
            float((np.abs(weights) < SMALL).mean()),
            np.histogram(np.clip(weights, EDGES[0], EDGES[-1]), EDGES)[0],
        )  # fmt: skip


def trial(shared: Shared, task: Task) -> float:
    """The loss on the validation images after a few steps; without such, on training images."""
    with _alone():
        own.know(shared.networks)
        trainer = Trainer(task.config, _images(shared, task.config), task.rule)
        if not trainer.trial(task.steps):
            return float("inf")
        images, labels, n_validation = trainer.data
        chosen = slice(0, n_validation) if n_validation else slice(0, SEEN)
        loss, _ = loss_and_accuracy(trainer.network.model, images[chosen], labels[chosen])
        return loss if np.isfinite(loss) else float("inf")


def forget() -> None:
    """Free the images that were kept for the next task."""
    _kept.clear()


@contextmanager
def _alone() -> Iterator[None]:
    with _busy:
        before = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(before)


def _images(shared: Shared, config: TrainConfig) -> Images:
    choice = ImageChoice.of(config, len(shared.data.train_labels))
    found: Images = _once("train", (shared.key, choice), lambda: images_for(choice, shared.data))
    return found


def _test_images(shared: Shared, device: torch.device) -> tuple[torch.Tensor, torch.Tensor]:
    def make() -> tuple[torch.Tensor, torch.Tensor]:
        labels = torch.from_numpy(shared.data.test_labels.astype(np.int64))
        return normalize(shared.data.test_images, device), labels.to(device)

    found: tuple[torch.Tensor, torch.Tensor] = _once("test", (shared.key, device), make)
    return found


def _once(what: str, key: Any, make: Callable[[], Any]) -> Any:
    """The value made for this key before; else ``make()``, which is kept in its place."""
    if what not in _kept or _kept[what][0] != key:
        _kept.pop(what, None)  # first: two sets would need twice the memory
        _kept[what] = key, make()
    return _kept[what][1]


def _weights(run: Run) -> Floats:
    """All weights; biases and learned slopes are left out, as by L1 and L2."""
    parts = [p.detach().reshape(-1) for p in run.model.parameters() if p.ndim > 1]
    return torch.cat(parts).cpu().double().numpy()
