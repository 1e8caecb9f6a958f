"""Optimizers by hand: each a frozen object of hyper-parameters and one readable rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optviz.optimizers import schedules, spec
from optviz.optimizers.adadelta import Adadelta
from optviz.optimizers.adagrad import AdaGrad
from optviz.optimizers.adam import Adam, AdamW
from optviz.optimizers.adamax import Adamax
from optviz.optimizers.base import Optimizer
from optviz.optimizers.gd import GD
from optviz.optimizers.hyper import hyper
from optviz.optimizers.lion import Lion
from optviz.optimizers.momentum import Momentum
from optviz.optimizers.nadam import NAdam
from optviz.optimizers.qhm import QHM, QHAdam
from optviz.optimizers.radam import RAdam
from optviz.optimizers.rmsprop import RMSProp
from optviz.optimizers.rprop import Rprop
from optviz.optimizers.schedules import Rate
from surfaces.errors import InputError, must

__all__ = [
    "GD",
    "QHM",
    "REGISTRY",
    "AdaGrad",
    "Adadelta",
    "Adam",
    "AdamW",
    "Adamax",
    "Lion",
    "Momentum",
    "NAdam",
    "Optimizer",
    "QHAdam",
    "RAdam",
    "RMSProp",
    "Rate",
    "Rprop",
    "as_rule",
    "hyper",
    "names",
    "parse",
    "schedules",
]

REGISTRY: dict[str, type[Optimizer]] = {
    kind.__name__.lower(): kind
    for kind in (
        GD, Momentum, AdaGrad, RMSProp, Adam,
        AdamW, NAdam, RAdam, Adamax, Adadelta, Rprop, QHM, QHAdam, Lion,
    )
}  # fmt: skip


def names() -> list[str]:
    """Names that a spec may begin with, in the order of history."""
    return list(REGISTRY)


def parse(text: str, known: Mapping[str, type[Optimizer]] = REGISTRY) -> Optimizer:
    """Build the optimizer that a spec describes; ``str(optimizer)`` is the inverse.

    Parameters
    ----------
    text : str
        ``name`` or ``name:setting=value,...``: numbers, ``true``/``false``, pairs as ``0.9/0.99``,
        for ``lr`` also a schedule such as ``cosine(0.1,200)``.
    known : mapping of name to Optimizer subclass
        What it may name: all of ours unless given.

    Raises
    ------
    InputError
        Unknown name, or a value that is not allowed; one line.
    """
    kind, settings = spec.read(text, known)
    optimizer: Optimizer = kind(**settings)
    return optimizer


def as_rule(optimizer: Any, known: Mapping[str, type[Optimizer]] = REGISTRY) -> Optimizer:
    """The optimizer itself, or the one of ours that a name, a spec or a class means.

    Raises
    ------
    InputError
        Unknown, torch's own, or a class with a setting that must be given; one line.
    """
    if isinstance(optimizer, Optimizer):
        return optimizer
    if isinstance(optimizer, type) and issubclass(optimizer, Optimizer):
        try:
            return optimizer()
        except TypeError as error:  # a setting without a default
            name = optimizer.__name__
            raise InputError(f"{name} must be given as {name}(...); not alone: {error}") from None
    if spec.is_torchs(optimizer):
        raise must("optimizer", "one of optviz's rules here, such as 'adam'", optimizer)
    return parse(optimizer, known)
