"""The figures of an evaluation, in one place: a new one is one entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from optviz.animation.still import Still
from optviz.mnist.evaluation.figures import binary, calibration, confusion, metrics, mistakes, roc
from optviz.mnist.figure_text import footnotes
from surfaces.errors import InputError, unknown

if TYPE_CHECKING:
    from optviz.mnist.evaluation.evaluation import Evaluation


class Figure(NamedTuple):
    """How it is drawn, and the attribute of the evaluation without which it cannot be."""

    draw: Callable[[Still, Evaluation], None]
    needs: str = "labels"


FIGURES: dict[str, Figure] = {
    "confusion": Figure(confusion.draw),
    "roc": Figure(roc.draw),
    "metrics": Figure(metrics.draw),
    "mistakes": Figure(mistakes.draw, "images"),
    "calibration": Figure(calibration.draw),
    "binary": Figure(binary.draw, "positive"),
}


def possible(evaluation: Evaluation) -> list[str]:
    """The names of the figures that can be drawn of this evaluation."""
    return [name for name, f in FIGURES.items() if getattr(evaluation, f.needs) is not None]


def draw(
    evaluation: Evaluation, name: str, size: tuple[int, int], theme: str, language: str
) -> Still:
    """The figure of this name, with the evaluation's notes below it."""
    if name not in FIGURES:
        raise unknown("figure", name, FIGURES)
    if name not in possible(evaluation):
        raise InputError(f"figure {name} must have {FIGURES[name].needs}; not an evaluation "
                         "without")  # fmt: skip
    still = Still(size, theme, language)
    with still.drawing():
        FIGURES[name].draw(still, evaluation)
        notes = evaluation.notes(language)
        footnotes(still, notes)
    still.alt = " ".join([still.alt, *notes])
    return still
