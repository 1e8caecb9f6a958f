"""Checks of parameter groups: unsupported parameters and settings, and misspelt keys."""

from __future__ import annotations

import inspect
import math
import warnings
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import torch

from surfaces.errors import InputError, must, nearest

# How others call what torch calls so; no likeness is seen.
OTHER_NAMES = {"learning_rate": "lr", "epsilon": "eps", "wd": "weight_decay"}
# What torch's schedulers and wrappers write into groups beside the optimizers' own settings.
SCHEDULERS = frozenset(("initial_lr", "max_lr", "min_lr", "base_momentum", "max_momentum"))


def check_group(group: dict[str, Any]) -> None:
    """Refuse parameters that our rules cannot move, and settings that are not one rule's own."""
    for p in group["params"]:
        if not p.is_floating_point() or p.layout != torch.strided:
            raise must("params", "real, dense floating-point tensors", f"{p.dtype}, {p.layout}")
    check_not_differentiable(group)
    rate_of(group)


def check_not_differentiable(group: dict[str, Any]) -> None:
    """Refuse ``differentiable``: autograd cannot record our steps."""
    if group.get("differentiable"):
        raise InputError(
            "differentiable must be False; not True: steps are taken without a graph "
            "(torch.optim's own are recorded)"
        )


def rate_of(group: dict[str, Any]) -> float:
    """A group's learning rate, a number or a tensor of one, as a float."""
    given = group["lr"]
    try:
        rate = float(given)
    except (TypeError, ValueError, RuntimeError):
        rate = math.nan
    if not 0 <= rate < math.inf:
        raise must("lr", "a number in [0, inf)", given)
    return rate


def warn_of_misspelt(keys: Iterable[Any], settings: Sequence[str], kind: str) -> None:
    """Warn of keys that nobody knows and that resemble a setting of this optimizer."""
    for key in keys:
        if not isinstance(key, str) or key in _known():
            continue
        meant = nearest(key.lower(), settings, 0.75) or OTHER_NAMES.get(key.lower())
        if meant in settings:
            warnings.warn(
                f"a group's key {key!r} is no setting of {kind} and changes nothing; "
                f"did you mean {meant!r}?",
                UserWarning,
                stacklevel=3,
            )


@cache
def _known() -> frozenset[str]:
    """The settings of all of torch's optimizers: a user's groups may be meant for several."""
    kinds = [k for k in vars(torch.optim).values() if isinstance(k, type)]
    names = (
        name
        for kind in kinds
        if issubclass(kind, torch.optim.Optimizer)
        for name in inspect.signature(kind).parameters
    )
    return SCHEDULERS | {"param_names", *names}
