"""The figures of a comparison by name, and when each has something to show."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from optviz.mnist.comparison import Comparison
from optviz.mnist.figures import curves, heat, scores, weights
from optviz.still import Still
from surfaces.errors import InputError, unknown


class Figure(NamedTuple):
    """How to fill a still, and what a grid must have for it (None: it has it)."""

    draw: Callable[[Comparison, Still], None]
    refusal: Callable[[Comparison], str | None]


FIGURES: dict[str, Figure] = {
    "curves": Figure(curves.draw, curves.refusal),
    "accuracy": Figure(heat.draw, heat.refusal),
    "sizes": Figure(scores.draw_sizes, scores.no_sizes),
    "samples": Figure(scores.draw_samples, scores.no_samples),
    "weights": Figure(weights.draw, weights.refusal),
}


def draw(
    comparison: Comparison, name: str, size: tuple[int, int], theme: str, language: str
) -> Still:
    """A figure as a still; its words for those who cannot see are the summary."""
    if name not in FIGURES:
        raise unknown("figure", name, FIGURES)
    figure = FIGURES[name]
    missing = figure.refusal(comparison)
    if missing is not None:
        raise InputError(f"{name} must have {missing}")
    still = Still(size, theme, language)
    with still.drawing():
        figure.draw(comparison, still)
    still.alt = comparison.summary()
    return still
