"""The loss over a plane as a surface of samples: its window, its scale, the names of its axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

import surfaces
from optviz.records.recorded_path import percent
from optviz.words import LANGUAGES, say
from surfaces.errors import must
from surfaces.surface import Floats, Surface
from surfaces.window import Domain, checked_domain

MARGIN = 0.15  # of the paths' extent, on each side of them
LEAST_SIDE = 0.6  # of the longer side: a path along one line is shown with its surroundings
DECADES = 1.0  # powers of ten from a low loss to the highest: beyond, levels are logarithmic
LOW = 0.1  # of the points have a loss that is lower
UNIT = {"random": 1.0}  # how far planes are shown at least, on each side of their origin


def window_of(points: Sequence[Floats], kind: str, given: Any = None) -> Domain:
    """The window that was asked for, or the one that holds all paths with a margin."""
    if given is not None:
        return checked_domain(given)
    every = np.concatenate(points)
    reach = UNIT.get(kind)
    if reach is not None:
        every = np.vstack([every, [[-reach, -reach], [reach, reach]]])
    low, high = every.min(axis=0), every.max(axis=0)
    middle, sides = (low + high) / 2, high - low
    if not sides.max() > 0:
        raise must("window", "given where all paths fall on one point of the plane", None)
    sides = np.maximum(sides, LEAST_SIDE * sides.max()) * (1 + 2 * MARGIN)
    (u0, v0), (u1, v1) = (middle - sides / 2).tolist(), (middle + sides / 2).tolist()
    return (u0, u1), (v0, v1)


def surface_of(
    u: Floats, v: Floats, loss: Floats, kind: str, shares: tuple[float, float], start: Floats
) -> Surface:
    """The surface that pictures draw: the axes say what share of the paths they hold.

    ``start`` is where the first path begins.
    """
    return surfaces.from_samples(
        u, v, loss, name="loss", title={lang: say("landscape", lang) for lang in LANGUAGES},
        scale=scale_of(loss), axes=axes_of(kind, shares),
        start=tuple(start.tolist()),
    )  # fmt: skip


def scale_of(loss: Floats) -> str:
    """Logarithmic where losses span more than a power of ten."""
    known = loss[np.isfinite(loss)]
    low, high = np.quantile(known, LOW), known.max()
    return "log" if low > 0 and np.log10(high / low) > DECADES else "linear"


def axes_of(kind: str, shares: tuple[float, float]) -> list[dict[str, str]]:
    """The names of the axes of a plane of some kind, with the share of the variance they hold."""
    if kind == "paths":
        return [
            {lang: say("principal_axis", lang, i=i + 1, percent=percent(share))
             for lang in LANGUAGES}
            for i, share in enumerate(shares)
        ]  # fmt: skip
    both = percent(sum(shares))
    names = [{lang: say(f"axis_{kind}", lang, i=i) for lang in LANGUAGES} for i in (1, 2)]
    second = {
        lang: say("axis_and_share", lang, axis=name, percent=both)
        for lang, name in names[1].items()
    }
    return [names[0], second]
