"""Optimizers as training takes them: ours by spec or object, torch's as text."""

from __future__ import annotations

import ast
from typing import Any

import torch

from optviz.descent import resolve
from optviz.optimizers import Optimizer, spec
from optviz.torch_bridge import from_torch
from surfaces.errors import must


def as_any_optimizer(optimizer: Any) -> Optimizer:
    """Ours by name, spec or object; torch's as text, ``torch.optim.NAME:setting=value,...``."""
    if not (isinstance(optimizer, str) and optimizer.startswith("torch.optim.")):
        return resolve.as_optimizer(optimizer)
    name, _, rest = optimizer.removeprefix("torch.optim.").partition(":")
    kind = getattr(torch.optim, name, None)
    if not (isinstance(kind, type) and issubclass(kind, torch.optim.Optimizer)):
        raise must("optimizer", "a class of torch.optim", optimizer)
    settings = {}
    for part in spec.split(rest) if rest else []:
        key, _, value = part.partition("=")
        try:
            settings[key] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            raise must(key, "a number, a pair or True", value) from None
    return from_torch(kind, **settings)


def lacks_rate(optimizer: Any) -> bool:
    """True for a name, or a spec without ``lr``, ours or torch's: only these may be tuned."""
    if isinstance(optimizer, str) and optimizer.startswith("torch.optim."):
        settings = spec.split(optimizer.partition(":")[2])
        return not any(setting.partition("=")[0].strip() == "lr" for setting in settings)
    return resolve.lacks_rate(optimizer)
