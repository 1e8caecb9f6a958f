"""Checks of a config that need torch, and warnings about settings without effect."""

from __future__ import annotations

import torch
from torch import nn

from optviz.mnist.networks import own
from optviz.mnist.networks.models import build
from optviz.mnist.settings import About, declared
from optviz.mnist.training.config import TrainConfig
from surfaces.errors import InputError


def network_of(config: TrainConfig) -> nn.Module:
    """The network that a config describes, with random initial weights."""
    return build(config.model, config.hidden, config.activation, config.dropout)


def check_machine(config: TrainConfig) -> None:
    """Refuse a network that cannot be built, or a device that this machine lacks."""
    device_named(config.device)
    with torch.device("meta"):  # shapes only: no memory, no random numbers
        network_of(config)


def device_named(name: str) -> torch.device:
    """The device of that name, if this machine has it; "auto" is the fastest one."""
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


def without_effect(config: TrainConfig) -> list[str]:
    """A sentence for each setting that was changed and has no effect on the config's network.

    The command line prints them; a program may well give one set of settings to several networks.
    """
    model, usual = config.model, type(config)()
    names = [name for name, about in declared(config).items() if not reads(model, about)]
    network = f"a {model} network"
    if model == "mlp" and not config.hidden:
        names, network = ["activation", "dropout"], "an mlp without hidden layers"
    return [
        f"{name} does nothing to {network}"
        for name in names
        if getattr(config, name) != getattr(usual, name)
    ]


def reads(model: str, about: About) -> bool:
    """Whether a setting has an effect on a model."""
    return not about.models or model in about.models or own.takes_settings(model)


def idle_patience(epochs: int, patience: int | None) -> str | None:
    """A sentence about a patience that cannot end a run of so many epochs early, or None."""
    if patience is None or patience + 1 < epochs:
        return None
    return (
        f"patience {patience} cannot stop a run of {epochs} epoch{'s' * (epochs != 1)} early, only "
        f"one of {patience + 2} or more; the best weights are kept all the same"
    )
