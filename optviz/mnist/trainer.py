"""The work of a run: mini-batches, `optviz.iterate`, and what is kept at the end of each epoch."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm.auto import tqdm

from optviz.descent import iterate
from optviz.mnist.data import Dataset
from optviz.mnist.models import build
from optviz.mnist.network import FlatNetwork, loss_and_accuracy
from optviz.mnist.run import Epoch, Run, standardised
from optviz.optimizers import Optimizer
from optviz.torch_bridge import on_flat
from surfaces.errors import InputError, must


def epochs_since_best(losses: Sequence[float]) -> int:
    """How many epochs ago the validation loss was lowest; nan is never lowest."""
    known = [math.inf if math.isnan(loss) else loss for loss in losses]
    return len(known) - 1 - known.index(min(known))


@dataclass
class _Batches:
    """Images and labels on the device, and which of them are for what."""

    images: torch.Tensor
    labels: torch.Tensor
    train: torch.Tensor
    validation: torch.Tensor


class Trainer:
    """Everything that a run needs and that follows from its config."""

    def __init__(self, config: dict[str, Any], data: Dataset, optimizer: Optimizer) -> None:
        _check(config)
        self.config, self.optimizer = config, optimizer
        self.seed: int = config["seed"]
        self.device = _device(config["device"])
        self.data = self._split(data)
        size = len(self.data.train)
        if config["batch_size"] > size:
            raise must(
                "batch_size", f"at most the {size:,} images to train on", config["batch_size"]
            )
        with torch.random.fork_rng(devices=[]):  # the user's own random numbers stay as they are
            torch.manual_seed(_mix(self.seed, 1))
            names = ("model", "hidden", "activation", "dropout")
            net = build(*(config[name] for name in names)).to(self.device)
        self.network = FlatNetwork(net, config["l1"], config["l2"])
        self.mover = on_flat(optimizer)
        self.steps = math.ceil(size / config["batch_size"])

    def _split(self, data: Dataset) -> _Batches:
        total = len(data.train_labels)
        apart = self.config["validation"]
        if apart is None:
            apart = min(5000, total // 10)
        samples = total - apart if self.config["samples"] is None else self.config["samples"]
        if not 0 <= apart < total:
            raise must("validation", f"from 0 to {total - 1:,} images", apart)
        if not 1 <= samples <= total - apart:
            raise must("samples", f"from 1 to {total - apart:,} images", samples)
        if not apart and self.config["patience"] is not None:
            raise InputError("patience must have validation images to look at; not 0")
        order = torch.from_numpy(np.random.default_rng([self.seed, 2]).permutation(total))
        chosen = order[: apart + samples].numpy()
        images = standardised(data.train_images[chosen], self.device)
        labels = torch.from_numpy(data.train_labels[chosen].astype(np.int64)).to(self.device)
        places = torch.arange(apart + samples, device=self.device)
        return _Batches(images, labels, places[apart:], places[:apart])

    def train(self, run: Run, folder: Path | None, progress: bool) -> Run:
        """From where the run is to its end."""
        run.status = "running"
        with torch.random.fork_rng(devices=[self.device] if self.device.type == "cuda" else []):
            try:
                if folder is not None:
                    run.save(folder)
                self._descend(run, folder, progress)
            except KeyboardInterrupt:
                run.status = "interrupted"
        self._settle(run)
        if folder is not None:
            run.save(folder)
        return run

    def _descend(self, run: Run, folder: Path | None, progress: bool) -> None:
        """`iterate` over the batches; a run is kept as it is at the end of each epoch."""
        self.kept = self.network.flat.clone()
        history, epochs = run.history, run.config["epochs"]
        self.losses: list[float] = []
        self.correct = 0.0
        steps = self._gradients(len(history.epochs), epochs)
        bar = tqdm(total=epochs * self.steps, initial=len(history.loss), disable=not progress,
                   unit="batch", dynamic_ncols=True)  # fmt: skip
        began = time.perf_counter()
        with bar:
            for visit in iterate(steps, self.mover, self.kept, state=_copied(run.state)):
                if len(self.losses) == self.steps:
                    done = self._end_of_epoch(run, visit, time.perf_counter() - began)
                    if folder is not None:
                        run.save(folder)
                    if done:
                        return
                    self.losses, self.correct, began = [], 0.0, time.perf_counter()
                    _show(bar, history.epochs[-1])
                if not math.isfinite(self.network.loss):
                    run.history.loss += [*self.losses, self.network.loss]
                    run.status = "diverged"
                    return
                self.losses.append(self.network.loss)
                self.correct += self.network.correct
                bar.update()

    def _gradients(self, first: int, epochs: int) -> Any:
        """The gradient on the next batch, as a function of the parameters.

        Each epoch's order and dropout come from (seed, epoch) alone: no generator's state has to
        be kept for a run that goes on. `iterate` asks for a gradient at the last point too: there
        the network only moves.
        """
        data, size = self.data, self.config["batch_size"]

        def batches() -> Any:
            for epoch in range(first, epochs):
                torch.manual_seed(_mix(self.seed, 3, epoch))
                order = np.random.default_rng([self.seed, 4, epoch]).permutation(len(data.train))
                places = data.train[torch.from_numpy(order).to(self.device)]
                yield from (places[i : i + size] for i in range(0, len(places), size))

        waiting = batches()

        def gradient(params: torch.Tensor) -> torch.Tensor:
            places = next(waiting, None)
            if places is None:
                self.network.move(params)
                return self.network.grad
            return self.network.gradient(
                params, data.images.index_select(0, places), data.labels.index_select(0, places)
            )

        return gradient

    def _end_of_epoch(self, run: Run, visit: Any, seconds: float) -> bool:
        """Keep parameters, state and numbers; whether the run has come to its end."""
        data, history = self.data, run.history
        images, labels = (t.index_select(0, data.validation) for t in (data.images, data.labels))
        if not visit.params.isfinite().all():
            history.loss += self.losses
            run.status = "diverged"
            return True
        self.network.move(visit.params)
        loss, accuracy = loss_and_accuracy(self.network.model, images, labels)
        history.loss += self.losses
        history.epochs.append(
            Epoch(len(history.loss), float(np.mean(self.losses)), self.correct / len(data.train),
                  loss, accuracy, seconds)
        )  # fmt: skip
        self.kept = visit.params
        run.state = _copied(visit.state)
        patience = run.config["patience"]
        if patience is not None:
            age = epochs_since_best([epoch.validation_loss for epoch in history.epochs])
            if age == 0:
                run.best = visit.params
            if age >= patience:
                run.status = "stopped early"
        if run.status == "running" and len(history.epochs) >= run.config["epochs"]:
            run.status = "finished"
        return run.status != "running"

    def _settle(self, run: Run) -> None:
        """Put the network where the run ended: the last whole epoch, or the best one."""
        best = run.best if run.status in ("finished", "stopped early") else None
        self.network.move(self.kept if best is None else best.to(self.device))
        run.model.eval()


def _copied(state: dict[str, Any]) -> dict[str, Any]:
    """A state of its own: the run's tensors change in place."""
    return {k: v.clone() if isinstance(v, torch.Tensor) else v for k, v in state.items()}


def _show(bar: Any, epoch: Epoch) -> None:
    bar.set_postfix(loss=f"{epoch.train_loss:.4f}", accuracy=f"{epoch.train_accuracy:.2%}",
                    validation=f"{epoch.validation_accuracy:.2%}", refresh=False)  # fmt: skip


def _mix(*numbers: int) -> int:
    """One seed of several numbers."""
    return int(np.random.SeedSequence(numbers).generate_state(1)[0])


def _check(config: dict[str, Any]) -> None:
    counts = {"epochs": 1, "batch_size": 1, "seed": 0}
    optional = {"samples": 1, "validation": 0, "patience": 1}
    for name, low in (counts | optional).items():
        value = config[name]
        if name in optional and value is None:
            continue
        if type(value) is not int or not low <= value < 2**31:
            raise must(name, f"a whole number from {low}", value)
    for name in ("l1", "l2"):
        if not (isinstance(config[name], (int, float)) and 0 <= config[name] < math.inf):
            raise must(name, "a number in [0, inf)", config[name])


def _device(name: str) -> torch.device:
    if name == "auto":
        for kind, there in (("cuda", torch.cuda.is_available()),
                            ("mps", torch.backends.mps.is_available())):  # fmt: skip
            if there:
                return torch.device(kind)
        return torch.device("cpu")
    try:
        device = torch.device(name)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError, TypeError) as error:
        reason = " ".join(str(error).split())[:100]
        raise InputError(f"device must be one that is here; not {name!r}: {reason}") from None
    return device
