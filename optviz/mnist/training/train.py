"""The front door of training: begin a run, or go on with one."""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from optviz.descent.resolve import as_optimizer
from optviz.mnist.cautions import caution
from optviz.mnist.data import loading
from optviz.mnist.data.dataset import Dataset
from optviz.mnist.training import continuing
from optviz.mnist.training.loop import Trainer, build_network
from optviz.mnist.training.run import STATUSES, Run, Saved, check_new, clean, read_folder
from optviz.mnist.training.settings import (
    NUMBERS,
    check,
    check_machine,
    check_settings,
    idle_patience,
)
from optviz.mnist.training.snapshots import Snapshots
from optviz.optimizers import Optimizer
from optviz.optimizers.base import State
from optviz.optimizers.hyper import plain_number
from optviz.torch_bridge import in_place
from optviz.torch_bridge.from_torch import TorchOptimizer
from surfaces.errors import InputError, must


def train(
    data: Dataset,
    *,
    model: str = "mlp",
    hidden: Sequence[int] = (128, 64),
    activation: str = "relu",
    optimizer: Optimizer | str = "adam",
    epochs: int = 3,
    batch_size: int = 128,
    samples: int | None = None,
    validation: int | None = None,
    l1: float = 0.0,
    l2: float = 0.0,
    dropout: float = 0.0,
    patience: int | None = None,
    device: str = "cpu",
    seed: int = 0,
    record: int | None = None,
    progress: bool = True,
    out: str | Path | None = None,
) -> Run:
    """Train a network.

    Parameters
    ----------
    data : Dataset
        From `load`. The test images are never looked at.
    model : {"mlp", "cnn", "linear"}
    hidden : sequence of int
        Hidden layers of the MLP.
    activation : str
        One of `activations`.
    optimizer : Optimizer, name or spec
        Ours, or torch's by `optviz.from_torch` or as text: ``"torch.optim.ASGD:lr=0.1"``.
    epochs, batch_size : int
        The last batch of an epoch may be smaller.
    samples : int, optional
        Train on that many images only: a few hundred are soon learned by heart.
    validation : int, optional
        How many of the training images are kept apart: 5,000, or a tenth of a small data set,
        unless given.
    l1, l2 : float
        Penalties ``l1`` sum |w| + ``l2`` sum w^2 on all weights w, not on biases. They act through
        the gradient (coupled); decoupled decay is ``"adamw:weight_decay=0.01"``.
    dropout : float
        Share of hidden units that is dropped in training.
    patience : int, optional
        Stop after that many epochs without a lower validation loss, and go back to the weights of
        the lowest.
    device : {"cpu", "auto"} or a torch device
        "auto" takes CUDA or MPS where there is one.
    seed : int
        Of the weights, the split, the order of batches and dropout. Runs of one seed see the same
        batches, whatever else differs, and are equal bit for bit on one machine and one number of
        threads (``torch.set_num_threads``).
    record : int, optional
        Keep the parameters before the first step, after every ``record``-th and at each epoch's
        end: what `animate` makes a film of. They stay in memory: 0.4 MB each for the MLP.
    progress : bool
        Show a bar with loss, accuracy and the time left.
    out : path, optional
        A new folder that holds the run from the first epoch on; `resume` goes on from there.

    Returns
    -------
    Run
        If the loss leaves the finite numbers, status is "diverged"; after Ctrl-C "interrupted".
        Either has the weights of the last whole epoch.

    Raises
    ------
    InputError
        A value that is not allowed.
    """
    # In this order they are written to the run's config.json, and `resume` hands them back.
    config, rule = settled({
        "model": model, "hidden": hidden, "activation": activation, "optimizer": optimizer,
        "epochs": epochs, "batch_size": batch_size, "samples": samples, "validation": validation,
        "l1": l1, "l2": l2, "dropout": dropout, "patience": patience, "device": device,
        "seed": seed, "record": record,
    })  # fmt: skip
    trainer = Trainer(config, data, rule)
    config["data"] = {"source": data.source, "name": data.labelled, "published": data.published,
                      "path": data.path, "fingerprint": data.fingerprint}  # fmt: skip
    run = trainer.begin()
    folder = None if out is None else check_new(out)
    idle = idle_patience(config["epochs"], config["patience"])
    if idle is not None:
        caution(idle)
    return trainer.train(run, folder, progress)


# What `train` takes of a network and its training, and what is taken unless given.
DEFAULTS: dict[str, Any] = {
    name: parameter.default
    for name, parameter in inspect.signature(train).parameters.items()
    if name not in ("data", "progress", "out")
}


def settled(settings: Mapping[str, Any]) -> tuple[dict[str, Any], Optimizer]:
    """The config of a run with these settings of `train`, and its optimizer.

    Raises
    ------
    InputError
        A setting that no data could make right: nothing has been read yet.
    """
    config = DEFAULTS | dict(settings)
    rule = as_optimizer(config["optimizer"])
    if isinstance(config["hidden"], tuple):
        config["hidden"] = list(config["hidden"])
    for name in NUMBERS:  # of any library; what is none is refused below
        number = plain_number(config[name])
        config[name] = config[name] if number is None else number
    config |= {"optimizer": str(rule), "device": str(config["device"])}
    check_settings(config)
    check_machine(config)
    return config, rule


def resume(
    folder: str | Path,
    data: Dataset | None = None,
    *,
    epochs: int | None = None,
    optimizer: Optimizer | None = None,
    data_dir: str | Path | None = None,
    progress: bool = True,
) -> Run:
    """Go on with a run whose process was killed or interrupted, or train one further.

    The result is, bit for bit, what the uninterrupted run would have been on the same machine with
    the same number of threads; with ``epochs`` what a run asked for so many from the start is.

    Parameters
    ----------
    folder : path
        The ``out`` of `train`.
    data : Dataset, optional
        The same as before; loaded as before unless given.
    epochs : int, optional
        How many epochs it shall have in all; as many as it was asked for unless given.
    optimizer : Optimizer, optional
        Only for an optimizer of your own, which cannot be read from text.
    data_dir : path, optional
        Where the files are now.

    Returns
    -------
    Run
        A run that had come to its end is returned as it was.

    Raises
    ------
    InputError
        A folder that holds no run, is damaged, edited or newer; other data than before; fewer
        epochs than it has.

    Warns
    -----
    Caution
        More epochs change nothing (it stopped early, or diverged), or come after the end of the
        schedule of its learning rate.
    """
    run, written = _restored(folder, optimizer)
    clean(Path(folder))
    before = run.config["epochs"]
    if epochs is None:
        continuing.check_epochs_kept(run, written, folder)
    else:
        continuing.ask_for(run, plain_number(epochs) or epochs, folder)
    if data is None:
        data = data_of(run, data_dir)
    if data.fingerprint != run.config["data"]["fingerprint"]:
        source = run.config["data"]["source"]
        raise InputError(f"data must be what the run began with, {source}; not {data}")
    run.resumed_at = len(run.history.loss)
    if run.status in continuing.OVER:
        return run
    trainer = Trainer(run.config, data, run.optimizer)
    continuing.mind_schedule(
        run.optimizer, before * trainer.steps, run.config["epochs"] * trainer.steps
    )
    trainer.network.move(run.params if run.last is None else run.last)
    run.model = trainer.network.model
    slots = {
        name: value.to(trainer.device) if isinstance(value, torch.Tensor) else value
        for name, value in run.state.slots.items()
    }
    run.state = State(run.state.step, slots)
    return trainer.train(run, Path(folder), progress)


def restore(folder: str | Path, optimizer: Optimizer | None = None) -> Run:
    """Read a run from its folder, without data and without going on.

    Parameters
    ----------
    folder : path
        The ``out`` of `train`.
    optimizer : Optimizer, optional
        Only for an optimizer of your own, which cannot be read from text.

    Raises
    ------
    InputError
        A folder that holds no run, is damaged or newer.
    """
    return _restored(folder, optimizer)[0]


def _restored(folder: str | Path, optimizer: Optimizer | None) -> tuple[Run, Mapping[str, Any]]:
    """The run of a folder, and the config that was written with its weights."""
    saved = read_folder(folder)
    config, asked = saved.config, dict(saved.config)
    config.setdefault("record", None)  # older than snapshots
    continuing.check_complete(config, saved.written, DEFAULTS, folder)
    weights, slots = {}, dict(saved.numbers)
    for name, tensor in saved.tensors.items():
        owner, _, rest = name.partition(".")
        if owner == "model":
            weights[rest] = tensor
        elif owner == "optimizer":
            slots[rest] = tensor
    try:
        state = State(slots.pop("step"), slots)
        rule = optimizer or _rule_of(config["optimizer"])
        check(config, sys.maxsize)  # how many images there are is not known yet
        model = build_network(config)
        model.load_state_dict(weights)
        _check_whole(saved, rule, state, sum(p.numel() for p in model.parameters()))
    except (LookupError, TypeError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"run must be whole; not {folder}: {reason}") from None
    continuing.check_settings_kept(asked, saved.written, folder)
    run = Run(config, model.eval(), rule, saved.history, saved.status, state)
    run.best, run.last = saved.tensors.get("best"), saved.tensors.get("last")
    if config["record"]:
        run.snapshots = Snapshots.load(Path(folder), len(run.history.epochs))
    return run, saved.written


def _rule_of(text: str) -> Optimizer:
    try:
        return as_optimizer(text)
    except InputError as error:
        raise InputError(
            f"{error}; one's own is handed over: mnist.restore(folder, optimizer=...)"
        ) from None


def _check_whole(saved: Saved, rule: Optimizer, state: State, size: int) -> None:
    """Raise a LookupError where parts of a folder do not belong together; ``size`` parameters."""
    for key in ("source", "name", "fingerprint"):
        saved.config["data"][key]
    history = saved.history
    if saved.status not in STATUSES:
        raise LookupError(f"status {saved.status!r}")
    for name in ("best", "last"):
        if name in saved.tensors and saved.tensors[name].shape != (size,):
            raise LookupError(f"{name} has another size than the network")
    whole = history.epochs[-1].step if history.epochs else 0
    if saved.status != "diverged" and len(history.loss) != whole:
        raise LookupError(f"{len(history.loss)} steps are not whole epochs")
    if type(state.step) is not int or state.step != whole:
        raise LookupError("the optimizer's steps are not the history's")
    if not isinstance(rule, TorchOptimizer):
        fresh = in_place(rule).init(torch.zeros(size))
        if _shapes(fresh) != _shapes(state):
            raise LookupError(f"the state is not {type(rule).__name__}'s")


def _shapes(state: State) -> dict[str, Any]:
    return {k: v.shape if isinstance(v, torch.Tensor) else () for k, v in state.slots.items()}


def data_of(run: Run, data_dir: str | Path | None = None) -> Dataset:
    """The images that a run began with, loaded as they were then (or from another folder)."""
    before = run.config["data"]
    if "published" not in before:  # an old folder: what it was stands in its words only
        _, _, place = before["source"].partition(" from ")
        subset = before["source"].startswith("the subset")
    else:
        place, subset = before["path"], before["published"] == "subset"
    if subset:
        if data_dir is not None:
            raise InputError(
                f"data-dir must be left out for a run on {before['source']}; not {data_dir}"
            )
        return loading.load(subset=True)
    if not place and data_dir is None:
        raise must("data", "given, where they are one's own", before["source"])
    if data_dir is None and os.path.exists(place):
        data_dir = place
    return loading.load(data_dir, fashion=before["name"] == "fashion")
