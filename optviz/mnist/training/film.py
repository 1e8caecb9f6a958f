"""Runs as films: what each network had learned at many moments, and the scene that shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.metrics import confusion_matrix

from optviz.animation.film import SECONDS, Animation
from optviz.export.clock import Clock
from optviz.mnist.comparison.tables import in_words
from optviz.mnist.data.dataset import Dataset
from optviz.mnist.data.published import title_of
from optviz.mnist.training.loop import build_network, split
from optviz.mnist.training.run import Run, normalize
from optviz.mnist.training.settings import check
from optviz.mnist.training.train import data_of, restore
from optviz.records.training import TrainingRecord
from optviz.scene.panels.weights import ONE_RUN
from optviz.scene.views import SceneSpec
from optviz.torch_bridge.flat_network import FlatNetwork, logits, score
from optviz.words import Text, text_of
from surfaces.errors import InputError, must

LOOKED_AT = 1000  # training images that a snapshot is tried on, beside all for validation
WORDED = ("samples", "epochs", "batch_size", "validation", "l1", "l2", "dropout", "patience",
          "seed")  # fmt: skip


def animate(
    runs: Run | str | Path | Sequence[Run | str | Path],
    data: Dataset | None = None,
    *,
    data_dir: str | Path | None = None,
    views: Sequence[str] | str | None = None,
    fps: float = 20,
    seconds: float = SECONDS,
    size: tuple[int, int] = (800, 400),
    theme: str = "light",
    language: str = "en",
) -> Animation:
    """Film networks as they learn.

    Parameters
    ----------
    runs : Run, folder, or a sequence of these
        Trained with ``record``, or only their curves can be shown.
    data : Dataset, optional
        What the runs were trained on; loaded as they did unless given.
    data_dir : path, optional
        Where the files are now.
    views : sequence of str, optional
        Panels from left to right: names of ``optviz.scene.LEARNING_PANELS``. Unless given, loss
        and accuracy; for a single run with snapshots loss, weights and confusion.
    fps, seconds, size, theme, language
        As in `optviz.animate`.

    Returns
    -------
    Animation
        ``.save("train.gif")`` writes it; a notebook shows it.

    Raises
    ------
    InputError
        No run, a folder that holds none, runs on different data, a view that needs snapshots.
    """
    clock = Clock(fps, seconds)
    several = [runs] if isinstance(runs, (Run, str, Path)) else list(runs)
    if not several:
        raise must("runs", "at least one run that optviz mnist train made", runs)
    spec = SceneSpec(size, theme, language, TrainingRecord, views)
    found = [run if isinstance(run, Run) else restore(run) for run in several]
    known = {run.config["data"]["fingerprint"] for run in found}
    if len(known) > 1:
        raise InputError("runs must be on the same data; these are not")
    recorded = all(len(run.snapshots) for run in found)
    if views is None and recorded and len(found) == 1:
        spec = replace(spec, views=("loss", "weights", "confusion"))
    if recorded and data is None:
        data = data_of(found[0], data_dir)
    if data is not None and known != {data.fingerprint}:
        source = found[0].config["data"]["source"]
        raise InputError(f"data must be what the runs were trained on, {source}; not {data}")
    return Animation.from_spec(learnings(found, data), clock, spec)


@dataclass(frozen=True)
class Setting:
    """A setting of a run, to be said in any language."""

    name: str
    value: Any

    def text(self, language: str) -> str:
        """Such as "64 images"."""
        return in_words(self.name, self.value, language)


@dataclass(frozen=True)
class Label:
    """What a run differs in from those beside it, to be said in any language."""

    parts: tuple[Text, ...]

    def text(self, language: str) -> str:
        """Such as "relu, 64 images"."""
        return ", ".join(text_of(part, language) for part in self.parts)


@dataclass(frozen=True)
class Title:
    """What is trained, to be said in any language.

    Attributes
    ----------
    published : str or None
        The data set; None for data that are none that is known.
    shared : Label
        The settings that all runs have.
    """

    published: str | None
    shared: Label

    def text(self, language: str) -> str:
        """Such as "MNIST: mlp 128-64, batch 50"."""
        colon = ": " if language == "en" else "："
        data, words = title_of(self.published, language), self.shared.text(language)
        return f"{data}{colon}{words}" if words else data


def learnings(runs: Sequence[Run], data: Dataset | None = None) -> list[TrainingRecord]:
    """The records of runs, named by what they differ in.

    Parameters
    ----------
    runs : sequence of Run
    data : Dataset, optional
        Needed where the runs have snapshots: each is tried on all validation images and on 1,000
        of those that it was trained on.
    """
    differ = {key for key in WORDED if len({repr(run.config[key]) for run in runs}) > 1}
    settings = [[*_settings(run.config, differ), run.optimizer.label] for run in runs]
    shared = set.intersection(*map(set, settings))
    if len(shared) == len(settings[0]):  # equal runs, or a single one: each keeps its optimizer
        shared.discard(settings[0][-1])
    about = runs[0].config["data"]
    # An old folder does not say which set it was by content, only what was asked for.
    published = about.get("published", about["name"])
    title = Title(published, Label(tuple(part for part in settings[0] if part in shared)))
    labels = [Label(tuple(part for part in own[-1:] + own[:-1] if part not in shared))
              for own in settings]  # fmt: skip
    return [
        _learning(run, label, title, data if len(run.snapshots) else None)
        for run, label in zip(runs, labels, strict=True)
    ]


def _settings(config: dict[str, Any], differ: set[str]) -> list[Text]:
    """What a run was, as shortly as a legend needs."""
    layers = "-".join(map(str, config["hidden"]))
    words: list[Text] = [f"mlp {layers}".strip() if config["model"] == "mlp" else config["model"]]
    if config["model"] != "linear":
        words.append(config["activation"])
    usual = {"batch_size": 128, "epochs": config["epochs"], "validation": config["validation"]}
    for key in WORDED:
        value = config[key]
        if key in differ or (value and value != usual.get(key)):
            words.append(Setting(key, value))
    return words


def _learning(run: Run, label: Label, title: Title, data: Dataset | None) -> TrainingRecord:
    loss = np.array(run.history.loss)
    finite = np.isfinite(loss)
    steps = len(loss) if finite.all() else int(finite.argmin())
    epochs = run.history.epochs
    record: dict[str, Any] = {
        "evaluated_steps": np.array([epoch.step for epoch in epochs], np.int64),
        "training_accuracy": run.history.column("train_accuracy"),
        "validation_accuracy": run.history.column("validation_accuracy"),
        "validation_loss": run.history.column("validation_loss"),
    }
    if data is not None:
        record = _looked_at(run, data)
    diverged = len(loss) if run.status == "diverged" else None
    return TrainingRecord(run.optimizer, label, title, loss[:steps], **record, diverged_at=diverged)


def _looked_at(run: Run, data: Dataset) -> dict[str, Any]:
    """Every snapshot tried on images of both kinds."""
    n_validation, samples = check(run.config, len(data.train_labels))
    order = split(run.config["seed"], len(data.train_labels))
    kinds = {
        "validation": order[:n_validation],
        "training": order[n_validation : n_validation + min(samples, LOOKED_AT)],
    }
    model = build_network(run.config).eval()
    network = FlatNetwork(model)
    seen: dict[str, list[tuple[float, float]]] = {kind: [] for kind in kinds}
    counts: list[Any] = []
    images = {kind: normalize(data.train_images[places]) for kind, places in kinds.items()}
    labels = {
        kind: torch.from_numpy(data.train_labels[places].astype(np.int64))
        for kind, places in kinds.items()
    }
    classes = range(len(data.classes))
    for params in run.snapshots.params:
        network.move(params)
        for kind in kinds:
            if not len(labels[kind]):
                seen[kind].append((np.nan, np.nan))
                continue
            out = logits(model, images[kind])
            seen[kind].append(score(out, labels[kind]))
            if kind == "validation":
                counts.append(confusion_matrix(labels[kind], out.argmax(1), labels=classes))
    numbers = {kind: np.array(pairs) for kind, pairs in seen.items()}
    return {
        "evaluated_steps": np.array(run.snapshots.steps, np.int64),
        "training_accuracy": numbers["training"][:, 1],
        "validation_accuracy": numbers["validation"][:, 1],
        "validation_loss": numbers["validation"][:, 0],
        "confusion": np.array(counts) if counts else None,
        "filters": _filters(network, run.snapshots.params, len(classes)),
    }


def _filters(network: FlatNetwork, params: Sequence[torch.Tensor], classes: int) -> Any:
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
