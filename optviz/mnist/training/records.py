"""Make the records of training runs that films show: losses, accuracies, weights over steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import torch
from sklearn.metrics import confusion_matrix

from optviz.landscape.rows import Rows
from optviz.mnist.data.dataset import Dataset
from optviz.mnist.networks.inputs import normalize
from optviz.mnist.networks.models import ACTIVATIONS
from optviz.mnist.settings import declared
from optviz.mnist.training.config import TrainConfig
from optviz.mnist.training.history import History
from optviz.mnist.training.loop import build_network, split
from optviz.mnist.training.run import Run
from optviz.mnist.training.wording import Label, Setting, Title
from optviz.records.ending import Ending
from optviz.records.labels import OptimizerLabel
from optviz.records.training import TrainingRecord
from optviz.scene.panels.weights import ONE_RUN
from optviz.torch_bridge.flat_network import FlatNetwork, logits, loss_and_accuracy, score
from optviz.words import Text

TRAINING_IMAGES = 1000  # on so many, and on all for validation, each snapshot is evaluated


def records_of(runs: Sequence[Run], data: Dataset | None = None) -> list[TrainingRecord]:
    """The records of runs, named by what they differ in.

    Parameters
    ----------
    runs : sequence of Run
    data : Dataset, optional
        Needed where the runs have snapshots: each is evaluated on all validation images and on
        1,000 of those that it was trained on.
    """
    labels, title, told = _names(runs)
    found = []
    for run, label in zip(runs, labels, strict=True):
        record = _record(run, label, title, data)
        value = list(ACTIVATIONS).index(run.settings.activation) if told else None
        found.append(replace(record, value=value))
    return found


def names_of(runs: Sequence[Run]) -> tuple[list[Label], Title]:
    """The label of each run, what it differs in from the others, and the title of all."""
    labels, title, _ = _names(runs)
    return labels, title


class Names(NamedTuple):
    """The runs' labels, the title, and whether their activations tell the runs apart."""

    labels: list[Label]
    title: Title
    by_activation: bool


def _names(runs: Sequence[Run]) -> Names:
    named = _named(runs)
    shared = {name for name, text in named[0].items() if all(n.get(name) == text for n in named)}
    if len(shared) == len(named[0]):  # equal runs, or a single one: each keeps its optimizer
        shared.discard("optimizer")
    kinds = [names.get("activation") for names in named]  # a run without hidden layers has none
    told = "optimizer" in shared and None not in kinds and len(set(kinds)) == len(runs) > 1
    before = runs[0].provenance
    common = Label(tuple(text for name, text in named[0].items() if name in shared))
    title = Title(None if before is None else before.published, common)
    labels = []
    for own in named:
        rest = [text for name, text in own.items() if name not in {*shared, "optimizer"}]
        first = [] if "optimizer" in shared else [own["optimizer"]]
        labels.append(Label((*first, *rest)))
    return Names(labels, title, told)


def _named(runs: Sequence[Run]) -> list[dict[str, Text]]:
    """The settings of each run by name, without those that all runs leave at their default."""
    worded = [name for name, about in declared(TrainConfig).items() if about.word is not None]
    worded.remove("hidden")  # shown with the model
    worded.sort(key=lambda name: name != "samples")  # first what it was trained on
    values = {name: [getattr(run.settings, name) for run in runs] for name in worded}
    differ = {name for name, found in values.items() if len(set(map(repr, found))) > 1}
    optimizers = tuple(run.optimizer for run in runs)
    named = []
    for run in runs:
        config, usual = run.settings, TrainConfig()
        layers = "-".join(map(str, config.hidden))
        model = f"mlp {layers}".strip() if config.model == "mlp" else config.model
        texts: dict[str, Text] = {"model": model}
        if config.model != "linear":
            texts["activation"] = config.activation
        for name in worded:
            value = getattr(config, name)
            unusual = value != getattr(usual, name) and name not in ("epochs", "validation")
            if name in differ or unusual:
                texts[name] = Setting(name, value)
        named.append(texts | {"optimizer": OptimizerLabel(run.optimizer, optimizers)})
    return named


class Evaluated(NamedTuple):
    """The numbers of a `TrainingRecord` that are known at some steps only; see there."""

    evaluated_steps: Any
    training_accuracy: Any
    validation_accuracy: Any
    validation_loss: Any
    confusion: Any = None
    filters: Any = None


def _record(run: Run, label: Label, title: Title, data: Dataset | None) -> TrainingRecord:
    """A run's record; its snapshots, if there are any, are evaluated on ``data``."""
    loss = np.array(run.history.loss)
    finite = np.isfinite(loss)
    steps = len(loss) if finite.all() else int(finite.argmin())
    if data is not None and len(run.snapshots):
        evaluated = _at_snapshots(run, data)
    else:
        evaluated = _at_epochs(run.history)
    diverged = len(loss) if run.status is Ending.DIVERGED else None
    linear = run.settings.model == "linear"
    units = tuple(data.classes) if linear and data is not None else ()
    return TrainingRecord(run.optimizer, label, title, loss[:steps], **evaluated._asdict(),
                          diverged_at=diverged, units=units)  # fmt: skip


def _at_epochs(history: History) -> Evaluated:
    """The numbers measured at the end of each epoch."""
    steps = np.array([epoch.step for epoch in history.epochs], np.int64)
    names = ("train_accuracy", "validation_accuracy", "validation_loss")
    return Evaluated(steps, *(history.column(name) for name in names))


def _at_snapshots(run: Run, data: Dataset) -> Evaluated:
    """Every snapshot, evaluated on validation images and on images that it was trained on."""
    n_validation, samples = run.settings.split_sizes(len(data.train_labels))
    order = split(run.settings.seed, len(data.train_labels))
    chosen = order[n_validation : n_validation + min(samples, TRAINING_IMAGES)]
    model = build_network(run.settings).eval()
    network, classes = FlatNetwork(model), range(len(data.classes))
    images, labels = _tensors(data, chosen)
    unseen, true = _tensors(data, order[:n_validation])
    training, validation, confusion = [], [], []
    for params in run.snapshots.params:
        network.move(params)
        training.append(loss_and_accuracy(model, images, labels))
        if not n_validation:
            validation.append((np.nan, np.nan))
            continue
        out = logits(model, unseen)
        validation.append(score(out, true))
        confusion.append(confusion_matrix(true, out.argmax(1), labels=classes))
    return Evaluated(
        np.array(run.snapshots.steps, np.int64),
        np.array(training)[:, 1],
        np.array(validation)[:, 1],
        np.array(validation)[:, 0],
        np.array(confusion) if confusion else None,
        _filters(network, run.snapshots.params, len(classes)),
    )


def _tensors(data: Dataset, indices: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """The training images at these positions, and their labels."""
    labels = torch.from_numpy(data.train_labels[indices].astype(np.int64))
    return normalize(data.train_images[indices]), labels


def _filters(network: FlatNetwork, params: Rows, classes: int) -> Any:
    """The first layer's weights at each snapshot, as images (m, units, height, width).

    Units that end with the largest weights come first; softmax regression keeps its classes in
    order.
    """
    first = next(p for p in network.model.parameters() if p.ndim > 1)
    side = (28, 28) if first.ndim == 2 else tuple(first.shape[2:])
    taken = []
    for moment in params:
        network.move(moment)
        taken.append(first.detach().reshape(len(first), *side).numpy().copy())
    filters = np.stack(taken)
    if len(first) > classes:
        size = np.linalg.norm(filters[-1].reshape(len(first), -1), axis=1)
        filters = filters[:, np.argsort(-size, kind="stable")[:ONE_RUN]]
    return filters
