"""The settings of a run: which are allowed, and which do nothing beside others."""

from __future__ import annotations

import math
from typing import Any

import torch

from optviz.mnist.networks.models import build
from surfaces.errors import InputError, must

COUNTS = {"epochs": 1, "batch_size": 1, "seed": 0}  # and the least that is allowed
OPTIONAL = {"samples": 1, "validation": 0, "patience": 1, "record": 1}
NUMBERS = (*COUNTS, *OPTIONAL, "l1", "l2", "dropout")


def check_settings(config: dict[str, Any]) -> None:
    """Refuse what no data could make right; nothing is read or built."""
    for name, low in (COUNTS | OPTIONAL).items():
        value = config[name]
        if name in OPTIONAL and value is None:
            continue
        if type(value) is not int or not low <= value < 2**31:
            raise must(name, f"a whole number from {low} to {2**31 - 1}", value)
    for name in ("l1", "l2"):
        if type(config[name]) not in (int, float) or not 0 <= config[name] < math.inf:
            raise must(name, "a number in [0, inf)", config[name])
    if config["validation"] == 0 and config["patience"] is not None:
        raise InputError("patience must have validation images to look at; not 0")
    if config["samples"] is not None:
        _check_batches(config["batch_size"], config["samples"])


def check(config: dict[str, Any], total: int) -> tuple[int, int]:
    """Refuse a config that cannot be trained on ``total`` images, before any work is done.

    Returns
    -------
    (int, int)
        How many images are kept for validation, and how many are trained on.
    """
    check_settings(config)
    n_validation = min(5000, total // 10) if config["validation"] is None else config["validation"]
    samples = total - n_validation if config["samples"] is None else config["samples"]
    if not 0 <= n_validation < total:
        raise must("validation", f"from 0 to {total - 1:,} images", n_validation)
    if not 1 <= samples <= total - n_validation:
        raise must("samples", f"from 1 to {total - n_validation:,} images", samples)
    if not n_validation and config["patience"] is not None:
        raise InputError("patience must have validation images to look at; not 0")
    _check_batches(config["batch_size"], samples)
    return n_validation, samples


def _check_batches(size: int, samples: int) -> None:
    if size > samples:
        raise must("batch_size", f"at most the {samples:,} images to train on", size)


def check_machine(config: dict[str, Any]) -> None:
    """Refuse a network that cannot be built, or a device that is not here."""
    device_named(config["device"])
    with torch.device("meta"):  # shapes only: no memory, no random numbers
        build(*(config[name] for name in ("model", "hidden", "activation", "dropout")))


def device_named(name: str) -> torch.device:
    """The device of that name, if it is here; "auto" is the quickest."""
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


def unheard(config: dict[str, Any], usual: dict[str, Any]) -> list[str]:
    """What is to be said of settings that the network does not look at.

    For one who typed them; a program may well give one set of settings to several networks.

    Parameters
    ----------
    config : dict
        Of a run; checked.
    usual : dict
        What the settings are unless given: these need not be spoken of.
    """
    model, hidden = config["model"], tuple(config["hidden"])
    names = [] if model == "mlp" else ["hidden"]
    if model == "linear" or (model == "mlp" and not hidden):
        names += ["activation", "dropout"]
    network = "an mlp without hidden layers" if model == "mlp" else f"a {model} network"
    given = config | {"hidden": hidden}
    return [f"{name} does nothing to {network}" for name in names if given[name] != usual[name]]


def idle_patience(epochs: int, patience: int | None) -> str | None:
    """What is to be said of a patience that cannot end a run of so many epochs early."""
    if patience is None or patience + 1 < epochs:
        return None
    return (
        f"patience {patience} cannot stop a run of {epochs} epoch{'s' * (epochs != 1)} early, only "
        f"one of {patience + 2} or more; the best weights are kept all the same"
    )
