"""Optimizers by hand: each a frozen object of hyper-parameters and one readable rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optviz.optimizers import schedules as schedules
from optviz.optimizers import spec
from optviz.optimizers.base import Optimizer as Optimizer
from optviz.optimizers.clipping import clip as clip
from optviz.optimizers.hyper import hyper as hyper
from optviz.optimizers.line_search import LineSearch as LineSearch
from optviz.optimizers.lookahead import Lookahead as Lookahead
from optviz.optimizers.sam import SAM as SAM
from optviz.optimizers.schedule_free import ScheduleFree as ScheduleFree
from optviz.optimizers.schedules import Rate as Rate
from surfaces.errors import InputError, must
from surfaces.registry import Registry

# isort: off
# A row a file: all that a new rule needs (type checkers see it in `optviz` once docs/stub.py has
# run, of which a test reminds). The order, that of history, is the order of every list, and fixes
# each optimizer's colour and shape; so a new row comes last.
from optviz.optimizers.gd import GD as GD
from optviz.optimizers.momentum import Momentum as Momentum
from optviz.optimizers.adagrad import AdaGrad as AdaGrad
from optviz.optimizers.rmsprop import RMSProp as RMSProp
from optviz.optimizers.adam import Adam as Adam, AdamW as AdamW
from optviz.optimizers.nadam import NAdam as NAdam
from optviz.optimizers.radam import RAdam as RAdam
from optviz.optimizers.adamax import Adamax as Adamax
from optviz.optimizers.adadelta import Adadelta as Adadelta
from optviz.optimizers.rprop import Rprop as Rprop
from optviz.optimizers.qhm import QHM as QHM, QHAdam as QHAdam
from optviz.optimizers.lion import Lion as Lion
from optviz.optimizers.newton import Newton as Newton
from optviz.optimizers.muon import Muon as Muon
from optviz.optimizers.full_adagrad import FullAdaGrad as FullAdaGrad
from optviz.optimizers.shampoo import Shampoo as Shampoo
from optviz.optimizers.soap import SOAP as SOAP
from optviz.optimizers.prodigy import Prodigy as Prodigy
from optviz.optimizers.sophia import Sophia as Sophia
from optviz.optimizers.ademamix import AdEMAMix as AdEMAMix
from optviz.optimizers.adan import Adan as Adan
from optviz.optimizers.asgd import ASGD as ASGD
from optviz.optimizers.adafactor import Adafactor as Adafactor
from optviz.optimizers.lbfgs import LBFGS as LBFGS
# isort: on

_BUILT_IN: dict[str, type[Optimizer]] = {
    kind.__name__.lower(): kind
    for kind in tuple(vars().values())
    if isinstance(kind, type) and issubclass(kind, Optimizer) and kind is not Optimizer
}
REGISTRY: Registry[type[Optimizer]] = Registry("optimizer", _BUILT_IN)


vars()["__all__"] = [  # not written out: the optimizers follow from the files above
    *(kind.__name__ for kind in _BUILT_IN.values()),
    *(
        "REGISTRY",
        "Optimizer",
        "Rate",
        "LineSearch",
        "Lookahead",
        "SAM",
        "ScheduleFree",
        "clip",
        "hyper",
    ),
    *("names", "parse", "schedules"),
]


def names() -> list[str]:
    """Names that a spec may begin with: ours in the order of history, then registered ones."""
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
