"""Test surfaces for optimizers: formulas with their minima, starts and lessons.

``surfaces.rosenbrock`` (or ``surfaces.get("rosenbrock")``) is a `Surface`; `names` lists them all.
"""

from __future__ import annotations

import re

from surfaces import bowls, multipeak, plateaus, saddles, valleys, waves
from surfaces.errors import OF_FUNCTION, FormulaError, InputError, must, unknown
from surfaces.fit import fit_line
from surfaces.registry import Registry
from surfaces.sampled import from_samples
from surfaces.slices import slice_of
from surfaces.surface import Surface
from surfaces.turning import turned
from surfaces.user_formula import from_formula
from surfaces.user_function import from_function

__all__ = [
    "FormulaError",
    "InputError",
    "Surface",
    "fit_line",
    "from_formula",
    "from_function",
    "from_samples",
    "get",
    "names",
    "slice_of",
    "turned",
]

CATALOGUE: Registry[Surface] = Registry("surface", {
    surface.name: surface
    for family in (bowls, valleys, plateaus, saddles, multipeak, waves)
    for surface in family.SURFACES
})  # fmt: skip


def names(family: str | None = None) -> list[str]:
    """Names of the built-in surfaces by family, in the order of the catalogue; then registered."""
    return [s.name for s in CATALOGUE.values() if family in (None, s.family)]


def get(name: str) -> Surface:
    """Return the built-in or registered surface of this name.

    Raises
    ------
    InputError
        No such surface; the message names the nearest.
    """
    try:
        return CATALOGUE[name]
    except (KeyError, TypeError):
        if callable(name):
            raise must("surface", f"a Surface or a name; {OF_FUNCTION}", name) from None
        if re.search("[+*/^()|²³]|^[0-9]", str(name)):
            allowed = "a name, or a formula given by --formula or surfaces.from_formula"
            raise must("surface", allowed, name) from None
        raise unknown("surface", name, CATALOGUE, "optviz list surfaces") from None


def __getattr__(name: str) -> Surface:
    if name in CATALOGUE.so_far:
        return CATALOGUE[name]
    raise AttributeError(f"module 'surfaces' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *CATALOGUE])
