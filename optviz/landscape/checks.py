"""Checks of what a landscape is made of, before any work is done; one line for each mistake."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from optviz.landscape.recording import Recording
from surfaces.errors import InputError, must

KINDS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
VECTORS = 8  # of all weights in float64, that are held at once


def check_model(model: Any) -> None:
    """Refuse what no recording or landscape can be made of."""
    if not isinstance(model, nn.Module):
        raise must("model", "a torch module", model)
    kinds, name = set(), type(model).__name__
    for p in model.parameters():
        if is_lazy(p):
            raise InputError(f"model must have been called once; {name} has no sizes yet")
        if p.is_meta or p.dtype not in KINDS:
            given = f"{name}, with some on no device" if p.is_meta else f"{name}, with {p.dtype}"
            raise must("model", "of real floating point weights", given)
        kinds.add(p.dtype)
    if not kinds:
        raise InputError(f"model must have parameters; {name} has none")
    if len(kinds) > 1:
        raise must("model", "of weights of one type", ", ".join(sorted(map(str, kinds))))


def series(recorders: Any) -> list[Recording]:
    """Recordings as a list, of one or of several in a sequence or a mapping; or an error."""
    if isinstance(recorders, Recording):
        recorders = [recorders]
    elif isinstance(recorders, Mapping):
        recorders = recorders.values()
    found = list(recorders) if hasattr(recorders, "__iter__") else []
    if not found or not all(isinstance(each, Recording) for each in found):
        raise must("recorders", "at least one optviz.Recorder", recorders)
    return found


def check_alike(recordings: Sequence[Recording]) -> None:
    """Refuse recordings without a snapshot, or of models of different shapes."""
    for i, each in enumerate(recordings, 1):
        if not len(each):
            raise InputError(f"recorders must hold snapshots; not number {i}, which has none")
    for what in ("params", "buffers"):
        sizes = list(dict.fromkeys(getattr(each, what).width for each in recordings))
        if len(sizes) > 1:
            given = " and ".join(f"{size:,}" for size in sizes)
            name = "weights" if what == "params" else "numbers in buffers"
            raise InputError(f"recorders must be of models of one shape; not of {given} {name}")


def check_room(size: int) -> None:
    """Refuse a plane of so many weights that it does not fit into memory."""
    needed, there = 8 * VECTORS * size, _memory()
    if needed > there:
        raise InputError(
            f"plane must fit into memory ({there / 2**30:.3g} GB); not one of {size:,} weights, "
            f"which needs {needed / 2**30:.3g} GB"
        )


def _memory() -> float:
    """The machine's memory in bytes; without bounds where the system does not tell."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):
        return float("inf")
