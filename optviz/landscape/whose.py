"""Which of our optimizers trained a recorded model: its colour, name and settings in pictures."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import torch

from optviz.descent.resolve import as_optimizer
from optviz.optimizers import REGISTRY, Optimizer
from optviz.records.optimizer_record import solver
from optviz.torch_bridge.rule_optimizer import RuleOptimizer
from surfaces.errors import InputError


def optimizer_of(given: Any, name: str) -> Optimizer:
    """The optimizer that pictures show for what a user's loop steps with.

    Parameters
    ----------
    given : torch.optim.Optimizer, Optimizer, name or spec, or None
        Of one of torch's classes that we have too, ours with its settings; of another, its name.
    name : str
        Taken where nothing is given.
    """
    if given is None:
        return solver(name)
    if isinstance(given, RuleOptimizer):
        return given.rule
    if not isinstance(given, torch.optim.Optimizer):
        return as_optimizer(given)
    kind, settings = type(given).__name__.lower(), given.param_groups[0]
    if kind == "sgd":
        kind = "momentum" if settings["momentum"] else "gd"
    if type(given).__module__.startswith("torch.optim") and kind in REGISTRY:
        ours = REGISTRY[kind]
        known = {f.name: settings[f.name] for f in fields(ours) if f.name in settings}
        try:
            return ours(**{key: _plain(value) for key, value in known.items()})
        except InputError:
            pass  # settings that ours does not have: its name alone is shown
    return solver(type(given).__name__)


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, torch.Tensor) else value
