"""The figures of a comparison by name, and what each needs; a new one is one entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from optviz.animation.still import Still
from optviz.mnist.comparison.figures import (
    accuracy_against,
    accuracy_map,
    accuracy_rows,
    layout,
    loss_curves,
    weight_histograms,
)
from optviz.mnist.comparison.results import Results
from optviz.mnist.comparison.wording import summary
from optviz.scene.picture_spec import PictureSpec
from surfaces.errors import InputError, unknown

Requirement = Callable[[Results], str | None]


class Figure(NamedTuple):
    """How to fill a still; what a grid must have for it, and how small it must be (None: it is)."""

    draw: Callable[[Results, Still], None]
    lacks: Requirement
    too_big: Requirement


def _draw_accuracy(results: Results, still: Still) -> None:
    """Rows for one axis, a map for more."""
    (accuracy_map if len(results.axes) > 1 else accuracy_rows).draw(results, still)


FIGURES: dict[str, Figure] = {
    "curves": Figure(loss_curves.draw, lambda results: None, loss_curves.too_big),
    "accuracy": Figure(_draw_accuracy, accuracy_map.lacks, accuracy_map.too_big),
    "sizes": Figure(
        accuracy_against.draw_sizes,
        accuracy_against.lacks("hidden"),
        accuracy_against.too_big("hidden"),
    ),
    "samples": Figure(
        accuracy_against.draw_samples,
        accuracy_against.lacks("samples"),
        accuracy_against.too_big("samples"),
    ),
    "weights": Figure(weight_histograms.draw, weight_histograms.lacks, weight_histograms.too_big),
}


def sorted_out(results: Results) -> tuple[list[str], dict[str, str]]:
    """Figures that can be drawn; and those for which the grid is too big, with what it must be."""
    fitting, others = [], {}
    for name, figure in FIGURES.items():
        if figure.lacks(results) is None:
            reason = figure.too_big(results)
            if reason is None:
                fitting.append(name)
            else:
                others[name] = reason
    return fitting, others


def draw(results: Results, name: str, picture: PictureSpec) -> Still:
    """A figure as a still; its words for those who cannot see are the summary."""
    if name not in FIGURES:
        raise unknown("figure", name, FIGURES)
    figure = FIGURES[name]
    missing = figure.lacks(results) or figure.too_big(results)
    if missing is not None:
        raise InputError(f"{name} must have {missing}")
    still = Still(picture)
    with still.drawing():
        figure.draw(results, still)
        layout.fit_titles(still)
    still.alt = summary(results)
    return still
