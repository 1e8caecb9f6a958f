"""The marks of runs: the colour and the head shape by which each is known everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from matplotlib.colors import to_rgb

from optviz.optimizers import REGISTRY, Optimizer
from optviz.records.labels import family
from optviz.scene.colours import at_lightness, lightness_of, luminance
from optviz.scene.themes import Theme

SHAPES = ("o", "s", "^", "D", "P", "v", "X", "<", ">", "p", "h", "8", "d", "*")


COLOURS = 24  # of each theme

# Beyond the registry's: those first that are far from the course's five in every theme.
OWN = (15, 14, 16, 19, 18, 20, 22, 21, 17, 23)


def mark(index: int, colours: Sequence[str]) -> tuple[str, str]:
    """Colour and head shape by index in the registry; the first 168 are all different."""
    return colours[index % len(colours)], SHAPES[index % len(SHAPES)]


def marks(optimizers: Sequence[Optimizer], theme: Theme) -> list[tuple[str, str]]:
    """Colour and head shape of each optimizer in a picture.

    A class of ours has the mark of its index everywhere; a user's own class has one that none of
    these has, and so have each class of torch's and each solver whose path was given. A second
    optimizer of a class has its shape too, and another shade of its colour.
    """
    order = [REGISTRY[name] for name in REGISTRY.built_in]
    kinds = [family(optimizer) for optimizer in optimizers]
    indices = {kind: order.index(kind[0]) for kind in kinds if kind[0] in order}
    for kind in kinds:
        if kind not in indices:
            indices[kind] = _own_mark(list(indices.values()))
    found = []
    for kind, variant in zip(kinds, variants(optimizers), strict=True):
        colour, shape = mark(indices[kind], theme.colours)
        tones = shades(colour, theme.casing)
        found.append((tones[variant % len(tones)], shape))
    return found


def _own_mark(taken: Sequence[int]) -> int:
    """The first mark of a class that is not of the registry, of a shape that no other here has,
    and of another colour if there is one.
    """
    shapes, colours = ({index % count for index in taken} for count in (len(SHAPES), COLOURS))
    free = [index for index in own_marks() if index not in taken]
    unlike = [index for index in free if index % len(SHAPES) not in shapes] or free
    return next((index for index in unlike if index % COLOURS not in colours), unlike[0])


def own_marks() -> list[int]:
    """The indices of marks for classes that are not of the registry, none of which has them."""
    first = [index + round * COLOURS for round in range(2) for index in OWN]
    order = dict.fromkeys([*first, *range(COLOURS, 168)])
    return [index for index in order if index >= len(REGISTRY.built_in)]


def variants(optimizers: Sequence[Optimizer]) -> list[int]:
    """How many optimizers of its class stand before each in a picture."""
    kinds = [family(optimizer) for optimizer in optimizers]
    return [kinds[:i].count(kind) for i, kind in enumerate(kinds)]


CONTRAST = 3.0  # of every shade to the casing about it: WCAG's least for graphics
DARKEST, LIGHTEST = 20.0, 86.0  # L* of shades: beyond, a colour is hardly one


@cache
def shades(colour: str, casing: str, count: int = 3) -> list[str]:
    """A colour and shades of it, as far apart in lightness as their contrast to a casing allows."""
    ground = luminance(to_rgb(casing))
    low, high = DARKEST, LIGHTEST
    if ground > 0.18:
        high = min(high, lightness_of((ground + 0.05) / CONTRAST - 0.05))
    else:
        low = max(low, lightness_of((ground + 0.05) * CONTRAST - 0.05))
    found = [lightness_of(luminance(to_rgb(colour)))]
    ladder = np.linspace(low, high, 41)
    while len(found) < count:
        gaps = np.abs(ladder[:, None] - found).min(axis=1)
        found.append(float(ladder[gaps.argmax()]))
    return [colour, *(at_lightness(colour, lightness) for lightness in found[1:])]
