"""Find the object that a user named: a surface by name or formula, an optimizer by spec."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import surfaces
from optviz.optimizers import Optimizer, as_rule, spec
from surfaces.errors import InputError, must
from surfaces.surface import Surface

WITHOUT_TORCH = "or torch must be there (pip install 'optviz[mnist]')"


def as_surface(surface: Surface | str) -> Surface:
    """A surface, or the built-in one of that name."""
    return surface if isinstance(surface, Surface) else surfaces.get(surface)


def choose_surface(
    name: str | None,
    formula: str | None,
    domain: Sequence[float] | None,
    start: Sequence[float] | None = None,
    axes: Sequence[str] | None = None,
) -> Surface:
    """The one surface meant by a name or by a formula, its window (x0, x1, y0, y1) and its axes.

    Only a start that will be used is looked at: the one given here, or else the surface's own.
    """
    if (name is None) == (formula is None):
        raise InputError("surface must be given by name or by formula; not by both or neither")
    if name is not None:
        for option, given in {"domain": domain, "axes": axes}.items():
            if given:
                raise InputError(f"{option} must go with a formula; not with a built-in surface")
        return surfaces.get(name)
    details: dict[str, Any] = {"axes": axes} if axes else {}
    if domain:
        x0, x1, y0, y1 = domain
        details["domain"] = ((x0, x1), (y0, y1))
    return surfaces.from_formula(formula, start=start, **details)


def as_optimizer(optimizer: Any) -> Optimizer:
    """An optimizer, or the one that a name, a spec or a class means: ours, or torch's by its spec.

    Raises
    ------
    InputError
        Unknown name or setting, or torch's where torch is not installed; one line.
    """
    if not spec.is_torchs(optimizer):
        return as_rule(optimizer)
    try:
        from optviz.torch_bridge.from_torch import parse_torch  # torch takes a second to load
    except ModuleNotFoundError:
        raise must("optimizer", f"one of optviz's, {WITHOUT_TORCH}", optimizer) from None
    return parse_torch(optimizer)


def lacks_rate(optimizer: Any) -> bool:
    """True for a name, or a spec without ``lr``: only these may be tuned."""
    return isinstance(optimizer, str) and "lr" not in spec.typed(optimizer)[1]


def check_way_to_rates(lr: Any) -> None:
    """Refuse what does not say how rates are found where none is given."""
    if lr not in ("tuned", "default"):
        raise must("lr", "'tuned' or 'default'", lr)
