"""The figures of a comparison by name, and when each has something to show."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from optviz.mnist.comparison import Comparison
from optviz.mnist.figures import curves, frame, heat, rows, scores, weights
from optviz.still import Still
from surfaces.errors import InputError, unknown

Asked = Callable[[Comparison], str | None]


class Figure(NamedTuple):
    """How to fill a still; what a grid must have for it, and how small it must be (None: it is)."""

    draw: Callable[[Comparison, Still], None]
    lacks: Asked
    too_big: Asked


def _draw_accuracy(comparison: Comparison, still: Still) -> None:
    """Rows for one axis, a map for more."""
    (heat if len(comparison.axes) > 1 else rows).draw(comparison, still)


FIGURES: dict[str, Figure] = {
    "curves": Figure(curves.draw, lambda comparison: None, curves.too_big),
    "accuracy": Figure(_draw_accuracy, heat.lacks, heat.too_big),
    "sizes": Figure(scores.draw_sizes, scores.lacks("hidden"), scores.too_big("hidden")),
    "samples": Figure(scores.draw_samples, scores.lacks("samples"), scores.too_big("samples")),
    "weights": Figure(weights.draw, weights.lacks, weights.too_big),
}


def sorted_out(comparison: Comparison) -> tuple[list[str], dict[str, str]]:
    """Figures that can be drawn; and those for which the grid is too big, with what it must be."""
    fitting, others = [], {}
    for name, figure in FIGURES.items():
        if figure.lacks(comparison) is None:
            reason = figure.too_big(comparison)
            if reason is None:
                fitting.append(name)
            else:
                others[name] = reason
    return fitting, others


def draw(
    comparison: Comparison, name: str, size: tuple[int, int], theme: str, language: str
) -> Still:
    """A figure as a still; its words for those who cannot see are the summary."""
    if name not in FIGURES:
        raise unknown("figure", name, FIGURES)
    figure = FIGURES[name]
    missing = figure.lacks(comparison) or figure.too_big(comparison)
    if missing is not None:
        raise InputError(f"{name} must have {missing}")
    still = Still(size, theme, language)
    with still.drawing():
        figure.draw(comparison, still)
        frame.fit_titles(still)
    still.alt = comparison.summary()
    return still
