"""What a user names becomes one object: a surface by name or formula, an optimizer by spec."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import surfaces
from optviz.optimizers import REGISTRY, Optimizer, parse, spec
from surfaces.errors import InputError
from surfaces.surface import Surface


def as_surface(surface: Surface | str) -> Surface:
    """A surface, or the built-in one of that name."""
    return surface if isinstance(surface, Surface) else surfaces.get(surface)


def choose_surface(
    name: str | None,
    formula: str | None,
    domain: Sequence[float] | None,
    start: Sequence[float] | None = None,
) -> Surface:
    """The one surface meant by a name or by a formula with its window (x0, x1, y0, y1).

    Only a start that will be used is looked at: the one given here, or else the surface's own.
    """
    if (name is None) == (formula is None):
        raise InputError("surface must be given by name or by formula; not by both or neither")
    if name is not None:
        if domain:
            raise InputError("domain must go with a formula; not with a built-in surface")
        return surfaces.get(name)
    if not domain:
        return surfaces.from_formula(formula, start=start)
    x0, x1, y0, y1 = domain
    return surfaces.from_formula(formula, ((x0, x1), (y0, y1)), start)


def as_optimizer(optimizer: Any) -> Optimizer:
    """An optimizer, or the one that a name, a spec or a class means."""
    if isinstance(optimizer, Optimizer):
        return optimizer
    if isinstance(optimizer, type) and issubclass(optimizer, Optimizer):
        try:
            return optimizer()
        except TypeError as error:  # a setting without a default
            name = optimizer.__name__
            raise InputError(f"{name} must be given as {name}(...); not alone: {error}") from None
    return parse(optimizer)


def lacks_rate(optimizer: Any, known: Mapping[str, type[Optimizer]] = REGISTRY) -> bool:
    """True for a name, or a spec without ``lr``: only these may be tuned."""
    return isinstance(optimizer, str) and "lr" not in spec.read(optimizer, known)[1]
