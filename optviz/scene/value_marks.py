"""Marks of what is told apart in a picture without being an optimizer: activations, settings."""

from __future__ import annotations

from collections.abc import Sequence

from optviz.records.record import Record
from optviz.scene.marks import SHAPES

Mark = tuple[str, str]  # colour and head shape

# Optimizers take a theme's colours from the front; of the ten at its end, those of one lesson's
# activations (sigmoid, tanh, relu, prelu) are far apart in every theme.
ORDER = (4, 6, 5, 0, 2, 1, 7, 3, 8, 9)
FIRST_SHAPE = 6  # so that none of these has the colour and the shape of an optimizer


def value_mark(index: int, colours: Sequence[str]) -> Mark:
    """Colour and head shape of a value by its place among those that its setting can have."""
    shapes = SHAPES[FIRST_SHAPE:]
    last = colours[-len(ORDER) :]
    return last[ORDER[index % len(ORDER)]], shapes[index % len(shapes)]


def marks_of_runs(
    runs: Sequence[Record], optimizers: Sequence[Mark], colours: Sequence[str]
) -> list[Mark]:
    """The mark of each run: of its optimizer, unless the picture tells it by another value."""
    return [
        mark if run.value is None else value_mark(run.value, colours)
        for mark, run in zip(optimizers, runs, strict=True)
    ]
