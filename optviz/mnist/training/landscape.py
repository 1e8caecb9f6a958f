"""The loss landscape of training runs: one plane through the paths of all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from optviz.landscape.explore import Walk, explore
from optviz.landscape.flat_model import FlatModel
from optviz.landscape.landscape import Landscape
from optviz.landscape.planes import Plane
from optviz.landscape.samples import Samples, drawn
from optviz.mnist.data.dataset import Dataset
from optviz.mnist.networks.inputs import normalize
from optviz.mnist.training.loop import ImageChoice, build_network, split
from optviz.mnist.training.records import names_of
from optviz.mnist.training.run import Run
from optviz.mnist.training.several import Runs, data_for, runs_of
from optviz.mnist.training.train import configured, train
from optviz.optimizers import Optimizer
from optviz.records.ending import Ending
from surfaces.errors import InputError, must

SNAPSHOTS = 60  # of each run that is trained for a landscape


def landscape(
    runs: Runs,
    data: Dataset | None = None,
    *,
    data_dir: str | Path | None = None,
    over: Plane | None = None,
    window: Any = None,
    resolution: int = 51,
    samples: int | None = 2000,
    seed: int = 0,
    progress: bool = True,
) -> Landscape:
    """The loss over one plane of weights through the paths of training runs.

    Parameters
    ----------
    runs : Run, folder, or a sequence of these
        Trained with ``record``, of one network on the same data; from the same initial weights if
        they had the same ``seed``.
    data : Dataset, optional
        What the runs were trained on; loaded as they did unless given.
    data_dir : path, optional
        Where the files are now.
    over, window, resolution, progress
        As in `optviz.landscape.plane`.
    samples : int, optional
        The loss is the mean cross-entropy, without penalties and dropout, on so many of the images
        that the runs were trained on (of all training images if the runs had different ones); None
        for all.
    seed : int
        Of the choice of these.

    Returns
    -------
    Landscape
        ``.animate().save("landscape.gif")`` writes the film.

    Raises
    ------
    InputError
        Runs without snapshots, of several networks or on different data; a value that is not
        allowed.
    """
    found = runs_of(runs)
    for run in found:
        if not len(run.snapshots):
            raise InputError(
                f"runs must have kept snapshots; not {run.optimizer}'s: train with record=20 "
                "(--record 20)"
            )
    kinds = list(dict.fromkeys(map(network_name, found)))
    if len(kinds) > 1:
        raise InputError(f"runs must be of one network; not of {' and '.join(kinds)}")
    images = data_for(found, data, data_dir, needed=True)
    assert images is not None
    labels, title = names_of(found)
    walks = [
        Walk(run.snapshots, run.optimizer, label,
             len(run.history.loss) if run.status is Ending.DIVERGED else None)
        for run, label in zip(found, labels, strict=True)
    ]  # fmt: skip
    model = FlatModel(build_network(found[0].settings).eval())
    chosen = samples_for(found, images, samples, seed)
    return explore(walks, model, chosen, over, window, resolution, title, progress=progress)


def network_name(run: Run) -> str:
    """What decides a network, but for its weights."""
    settings = run.settings
    layers = "-".join(map(str, settings.hidden)) if settings.model == "mlp" else ""
    activation = "" if settings.model == "linear" else settings.activation
    return " ".join(filter(None, [settings.model, layers, activation]))


def samples_for(runs: Sequence[Run], data: Dataset, count: int | None, seed: int) -> Samples:
    """Some of the images that all runs were trained on, or of all if these were not the same."""
    total = len(data.train_labels)
    choices = {ImageChoice.of(run.settings, total)[:3] for run in runs}
    places = np.arange(total)
    if len(choices) == 1:
        shuffled, n_validation, n_train = choices.pop()
        places = np.sort(split(shuffled, total)[n_validation : n_validation + n_train])
    chosen = drawn(torch.from_numpy(places), data.train_labels[places], count, seed)
    images = normalize(data.train_images[chosen.inputs.numpy()])
    return Samples(images, chosen.targets.long(), chosen.population)


def train_each(
    data: Dataset, optimizers: Sequence[Optimizer | str], *, epochs: int = 3, seed: int = 0,
    progress: bool = True, **settings: Any,
) -> list[Run]:  # fmt: skip
    """Train the same network by each of several optimizers, from the same initial weights.

    Parameters
    ----------
    data : Dataset
    optimizers : sequence of Optimizer, name or spec
    epochs, seed, progress, **settings
        As in `train`; about 60 snapshots are kept of each run.

    Returns
    -------
    list of Run
    """
    if not optimizers:
        raise must("optimizers", "at least one", optimizers)
    config, _ = configured(optimizers[0], epochs=epochs, seed=seed, **settings)
    _, samples = config.split_sizes(len(data.train_labels))
    steps = epochs * math.ceil(samples / config.batch_size)
    settings = {"record": max(1, round(steps / SNAPSHOTS))} | settings
    return [
        train(data, optimizer=each, epochs=epochs, seed=seed, progress=progress, **settings)
        for each in optimizers
    ]
