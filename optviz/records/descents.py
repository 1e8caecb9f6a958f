"""Checks and sentences for pictures of several descents on one surface."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from optviz.optimizers import Optimizer
from optviz.words import LANGUAGES, Phrase, Series, Text, Translated
from surfaces.axes import X_AND_Y, said
from surfaces.errors import InputError, must, shown
from surfaces.surface import Floats, Surface


class Descent(Protocol):
    """The parts of a `Trajectory` that are needed here."""

    @property
    def surface(self) -> Surface: ...
    @property
    def optimizer(self) -> Optimizer: ...
    @property
    def points(self) -> Floats: ...
    @property
    def values(self) -> Floats: ...
    def __len__(self) -> int: ...


def check_same_surface(runs: Sequence[Descent]) -> None:
    """Refuse runs on different surfaces."""
    first = runs[0].surface
    for run in runs:
        if not _is_on(run, first):
            # Surfaces of the user's own often have one name.
            alike = run.surface.name == first.name
            given = " and ".join(shown(s) if alike else s.name for s in (first, run.surface))
            raise InputError(f"trajectories must be runs on one surface; not {given}")


def in_one_window(runs: Sequence[Any]) -> list[Any]:
    """Trajectories on one surface, each in the window that holds those of all."""
    ends = np.array([run.surface.domain for run in runs])
    (x0, x1), (y0, y1) = zip(ends[..., 0].min(axis=0), ends[..., 1].max(axis=0), strict=True)
    window = (float(x0), float(x1)), (float(y0), float(y1))
    if all(run.surface.domain == window for run in runs):
        return list(runs)
    surface = runs[0].surface.windowed(window)
    return [replace(run, surface=surface) for run in runs]


def _is_on(run: Descent, surface: Surface) -> bool:
    """Whether a run is on the same function, whatever its window.

    A function without a formula may have come out of a pickle, as another object: then the values
    along the run tell.
    """
    own = run.surface
    if own is surface or (own.formula is not None and own.formula == surface.formula):
        return True
    return is_on(surface, run.points, run.values)


def is_on(surface: Surface, points: Floats, values: Floats) -> bool:
    """Whether a surface has, but for rounding, these values at these points."""
    near = 1e-9 * float(np.nanmax(np.abs(values), initial=0.0))
    return np.allclose(surface.value(points), values, 1e-6, near, equal_nan=True)


def taken_apart(runs: Sequence[Any], apart: int) -> int:
    """The index of the run of an optimizer, counted from 1, from the first start."""
    if apart == 1:
        return 0
    start = runs[0].points[0]
    found = [i for i, run in enumerate(runs) if (run.points[0] == start).all()]
    if apart > len(found):
        raise must("apart", f"1 to {len(found)}, the place of an optimizer", apart)
    return found[apart - 1]


def introduction(runs: Sequence[Descent]) -> Phrase:
    """The sentence that names the surface, the number of optimizers and the start or starts."""
    (x, y), surface = runs[0].points[0], runs[0].surface
    starts = list(dict.fromkeys(tuple(run.points[0].tolist()) for run in runs))
    count = len(runs) if len(starts) == 1 else len({str(run.optimizer) for run in runs})
    title = {language: surface.named(language) for language in LANGUAGES}
    if surface.name == "formula" and not surface.title:
        title = dict.fromkeys(LANGUAGES, f"f(x, y) = {surface.formula}")
    optimizers = Phrase("alt_many" if count > 1 else "alt_one", {"n": count})
    texts: dict[str, Text] = {"count": optimizers, "surface": Translated(title)}
    race = Phrase("alt_race", {"x": x, "y": y}, texts)
    if len(starts) > 1:
        points = [
            Phrase("alt_start", {"i": i + 1, "x": x, "y": y}) for i, (x, y) in enumerate(starts)
        ]
        race = Phrase(
            "alt_starts", {"n": len(starts)}, texts | {"starts": Series(points, "listed")}
        )
    if tuple(surface.axes) == X_AND_Y:
        return race
    across, up = (
        Translated({language: said(name, language) for language in LANGUAGES})
        for name in surface.axes
    )
    named = Phrase("alt_axes", texts={"across": across, "up": up})
    return Phrase("two_sentences", texts={"first": race, "second": named})


def outcome(run: Descent, label: Text) -> Phrase:
    """The sentence that says where a run ended, and after how many steps."""
    x, y = run.points[-1]
    numbers = {"x": x, "y": y, "value": run.values[-1], "n": len(run)}
    return Phrase("alt_finished", numbers, {"label": label})
