"""The figures of an evaluation by name, and what each needs; a new one is one entry."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from optviz.animation.still import Still
from optviz.mnist.evaluation.figures import (
    binary_formulas,
    class_metrics,
    confusion_matrix,
    mistakes,
    reliability,
    roc_curves,
)
from optviz.mnist.evaluation.report import notes as notes_of
from optviz.mnist.evaluation.scores import Scores
from optviz.mnist.figure_text import footnotes
from optviz.scene.picture_spec import PictureSpec
from optviz.words import say
from surfaces.errors import InputError, unknown


class Figure(NamedTuple):
    """How it is drawn; the attribute of the evaluation without which it cannot be; its caption."""

    draw: Callable[[Still, Scores], None]
    needs: str = "labels"
    caption: str | None = None  # a word of the catalogue


FIGURES: dict[str, Figure] = {
    "confusion": Figure(confusion_matrix.draw),
    "roc": Figure(roc_curves.draw),
    "metrics": Figure(class_metrics.draw, caption="interval_read"),
    "mistakes": Figure(mistakes.draw, "images"),
    "calibration": Figure(reliability.draw),
    "binary": Figure(binary_formulas.draw, "positive", "interval_brackets"),
}


def possible(evaluation: Scores) -> list[str]:
    """The names of the figures that can be drawn of this evaluation."""
    return [name for name, f in FIGURES.items() if getattr(evaluation, f.needs) is not None]


def draw(evaluation: Scores, name: str, picture: PictureSpec) -> Still:
    """The figure of this name, with the evaluation's notes below it."""
    if name not in FIGURES:
        raise unknown("figure", name, FIGURES)
    if name not in possible(evaluation):
        raise InputError(f"figure {name} must have {FIGURES[name].needs}; not an evaluation "
                         "without")  # fmt: skip
    still = Still(picture)
    with still.drawing():
        FIGURES[name].draw(still, evaluation)
        caption = FIGURES[name].caption
        notes = [] if caption is None else [say(caption, picture.language)]
        notes += notes_of(evaluation, picture.language)
        footnotes(still, notes)
    still.alt = " ".join([still.alt, *notes])
    return still
