"""Read a run back from its folder; files that do not belong together are refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from optviz.descent.resolve import as_optimizer
from optviz.mnist.data import loading
from optviz.mnist.data.dataset import Dataset
from optviz.mnist.data.provenance import Provenance
from optviz.mnist.settings import declared
from optviz.mnist.training import folder as run_folder
from optviz.mnist.training.config import TrainConfig
from optviz.mnist.training.folder import CONFIG, Saved
from optviz.mnist.training.loop import build_network
from optviz.mnist.training.run import Run
from optviz.mnist.training.snapshots import Snapshots
from optviz.mnist.training.state import read
from optviz.optimizers import Optimizer
from optviz.optimizers.base import State
from optviz.records.ending import Ending
from optviz.torch_bridge import in_place
from optviz.torch_bridge.from_torch import TorchOptimizer
from surfaces.errors import InputError, must

FREE = ("epochs", "device", "data")  # may differ from what the weights were trained with


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
    return restored(folder, optimizer)[0]


def restored(folder: str | Path, optimizer: Optimizer | None) -> tuple[Run, Mapping[str, Any]]:
    """The run of a folder, and the config that was written with its weights."""
    saved = run_folder.read(folder)
    _check_complete(saved, folder)
    weights, tensors = {}, {}
    for name, tensor in saved.tensors.items():
        owner, _, rest = name.partition(".")
        if owner == "model":
            weights[rest] = tensor
        elif owner == "optimizer":
            tensors[rest] = tensor
    slots = read(tensors, saved.numbers)
    try:
        state = State(slots.pop("step"), slots)
        rule = optimizer or _rule_of(saved.config["optimizer"])
        config = TrainConfig.from_dict(saved.config)
        provenance = Provenance.from_dict(saved.config["data"])
        model = _network_of(config)
        model.load_state_dict(weights)
        _check_whole(saved, rule, state, [p.shape for p in model.parameters()])
    except (LookupError, TypeError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"run must be whole; not {folder}: {reason}") from None
    _check_settings_kept(saved, folder)
    run = Run(config, model.eval(), rule, saved.history, saved.status, state,
              provenance=provenance)  # fmt: skip
    run.best, run.last = saved.tensors.get("best"), saved.tensors.get("last")
    if config.record:
        run.snapshots = Snapshots.load(Path(folder), len(run.history.epochs))
    return run, saved.trained


def _rule_of(text: str) -> Optimizer:
    try:
        return as_optimizer(text)
    except InputError as error:
        raise InputError(
            f"{error}; one's own is registered first, by optviz.register or --plugin, or handed "
            "over: mnist.restore(folder, optimizer=...)"
        ) from None


def _network_of(config: TrainConfig) -> torch.nn.Module:
    try:
        return build_network(config)
    except InputError as error:
        raise InputError(
            f"{error}; one's own is registered first under this name, by optviz.register or "
            "--plugin"
        ) from None


def _check_complete(saved: Saved, folder: str | Path) -> None:
    """Refuse a config that lacks a setting; it says which, and what to write."""
    usual = TrainConfig().to_dict()
    needed = [name for name, about in declared(TrainConfig).items() if not about.added_later]
    for name in (*needed, "data"):
        if name not in saved.config:
            value = json.dumps(saved.trained.get(name, usual.get(name)))
            remedy = f'write "{name}": {value} into it, or what else the run had'
            raise InputError(f"run must be whole; not {folder}: {CONFIG} lacks {name!r}; {remedy}")


def _check_settings_kept(saved: Saved, folder: str | Path) -> None:
    """Refuse a config that differs from the one that the weights were trained with."""
    for name, was in saved.trained.items():
        if name in saved.config and name not in FREE and saved.config[name] != was:
            found, remedy = saved.config[name], "put it back, or train a new run"
            raise edited(folder, name, was, found, remedy)


def edited(folder: str | Path, name: str, was: Any, found: Any, remedy: str) -> InputError:
    """The error about a setting that was changed in a run's config.json."""
    return InputError(
        f"{CONFIG} of a run must stay as it was written; not {folder}, where {name} was {was!r} "
        f"and is {found!r}: {remedy}"
    )


def _check_whole(saved: Saved, rule: Optimizer, state: State, shapes: list[torch.Size]) -> None:
    """Raise a LookupError where parts of a folder do not belong together.

    ``shapes`` are those of the network's parameters.
    """
    history, size = saved.history, sum(shape.numel() for shape in shapes)
    for name in ("best", "last"):
        if name in saved.tensors and saved.tensors[name].shape != (size,):
            raise LookupError(f"{name} has another size than the network")
    whole = history.epochs[-1].step if history.epochs else 0
    if saved.status is not Ending.DIVERGED and len(history.loss) != whole:
        raise LookupError(f"{len(history.loss)} steps are not whole epochs")
    if type(state.step) is not int or state.step != whole:
        raise LookupError("the optimizer's steps are not the history's")
    if not isinstance(rule, TorchOptimizer):
        fresh = in_place(rule, shapes).init(torch.zeros(size))
        if _shapes(fresh) != _shapes(state):
            raise LookupError(f"the state is not {type(rule).__name__}'s")


def _shapes(state: State) -> dict[str, Any]:
    return {k: v.shape if isinstance(v, torch.Tensor) else () for k, v in state.slots.items()}


def data_of(run: Run, data_dir: str | Path | None = None) -> Dataset:
    """The images that a run began with, loaded as they were then (or from another folder)."""
    if run.provenance is None:
        raise must("data", "given for a run that does not know its own", None)
    return loading.load_again(run.provenance, data_dir)
