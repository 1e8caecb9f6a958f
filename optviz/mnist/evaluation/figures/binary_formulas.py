"""One class against the rest: four counts, and the formulas with these numbers in them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from optviz.animation.still import Still
from optviz.mnist.evaluation.binary import Binary
from optviz.mnist.evaluation.metrics import SHARES, interval, share_counts
from optviz.mnist.evaluation.rounding import decimals, rounded, with_interval
from optviz.mnist.evaluation.scores import Scores
from optviz.mnist.figure_text import fitting, heading, heat, readable, wrapped
from optviz.scene.style import DENSITY
from optviz.words import say

# Above and below the line; {TP} is "TP" in the formula and its count in the numbers.
FORMULAS = {
    "sensitivity": ("{TP}", "{TP} + {FN}"),
    "specificity": ("{TN}", "{TN} + {FP}"),
    "precision": ("{TP}", "{TP} + {FP}"),
    "accuracy": ("{TP} + {TN}", "{TP} + {TN} + {FP} + {FN}"),
    "f1": (r"2 \cdot {TP}", r"2 \cdot {TP} + {FP} + {FN}"),
}
WORDS = {"sensitivity": "sensitivity_recall"}
RIGHT = 0.56  # share of the width for the formulas
CELLS = (("TP", "FN"), ("FP", "TN"))


def draw(still: Still, evaluation: Scores) -> None:
    """On the left the 2x2 of the counts, on the right what is made of them."""
    view, language = evaluation.binary(), still.language
    title = say("binary_title", language, name=view.name)
    heading(still, title)
    engine: Any = still.figure.get_layout_engine()
    engine.set(w_pad=0.6 * still.unit / DENSITY, h_pad=0.6 * still.unit / DENSITY)
    left, right = still.figure.subplots(1, 2, width_ratios=[1 - RIGHT, RIGHT])
    _draw_cells(still, left, view)
    _draw_formulas(still, right, view)
    counts = ", ".join(f"{name} {getattr(view, name):,}" for row in CELLS for name in row)
    shares = ", ".join(_said(view, name, language) for name in FORMULAS)
    still.alt = f"{title}. {counts}; {shares}. {_warning(view, language)}"


def _draw_cells(still: Still, axes: Axes, view: Binary) -> None:
    counts = np.array([[getattr(view, name) for name in row] for row in CELLS])
    share = counts / np.maximum(counts.sum(1, keepdims=True), 1)
    colours, language = heat(still.theme), still.language
    axes.imshow(share, colours, vmin=0, vmax=1)
    for i, j in np.ndindex(2, 2):
        colour = readable(colours(share[i, j]), still.theme)
        axes.text(j, i - 0.08, CELLS[i][j], ha="center", va="bottom", color=colour)
        axes.text(j, i, f"{counts[i, j]:,}", ha="center", va="top", color=colour,
                  fontsize=1.4 * still.point, fontweight="bold")  # fmt: skip
    name, wide = view.name, 0.16 * still.width
    across = [say("said_is", language, name=name), say("said_not", language)]
    down = [say("is", language, name=name), say("is_not", language)]
    axes.xaxis.tick_top()
    axes.set_xticks([0, 1], [wrapped(still, text, wide, still.point) for text in across])
    axes.set_yticks([0, 1], down, rotation=90, va="center")
    axes.tick_params(length=0, labelcolor=still.theme.ink)
    for spine in axes.spines.values():
        spine.set(color=still.theme.level, linewidth=0.05 * still.point)


def _draw_formulas(still: Still, axes: Axes, view: Binary) -> None:
    """A line for each measure, and below them why accuracy alone tells little."""
    axes.axis("off")
    lines, wide = len(FORMULAS) + 1, RIGHT * still.width
    texts = [_equation(view, name) for name in FORMULAS]
    size = fitting(still, texts, 0.9 * wide, 0.95 * still.point)
    said = [_said(view, name, still.language) for name in FORMULAS]
    bold = fitting(still, said, 0.85 * wide, still.point)  # it is measured as normal letters
    for i, (name, text) in enumerate(zip(said, texts, strict=True)):
        y = 1 - i / lines
        axes.text(0, y, name, ha="left", va="top", fontsize=bold, fontweight="bold")
        axes.text(0, y - 0.58 / lines, text, ha="left", va="center", fontsize=size)
    text = wrapped(still, _warning(view, still.language), 0.95 * wide, still.point)
    axes.text(0, 0, text, ha="left", va="bottom", color=still.theme.colours[4])


def _equation(view: Binary, name: str) -> str:
    """The formula in letters, then with the numbers put in."""
    letters = {count: rf"\mathrm{{{count}}}" for row in CELLS for count in row}
    numbers = {count: str(getattr(view, count)) for count in letters}
    return f"$= {_fraction(FORMULAS[name], letters)} = {_fraction(FORMULAS[name], numbers)}$"


def _fraction(formula: tuple[str, str], values: dict[str, str]) -> str:
    over, under = (part.format(**values) for part in formula)
    return rf"\dfrac{{{over}}}{{{under}}}"


def _said(view: Binary, name: str, language: str) -> str:
    """The measure and its number, with the interval where it is a share of images."""
    word, value = say(WORDS.get(name, name), language), getattr(view, name)
    if math.isnan(value):
        return f"{word} {say('undefined', language)}"
    if name not in SHARES:
        return f"{word} {rounded(value, decimals(view.TP + view.FN))}"
    part, whole = share_counts(name, view.counts)
    if not whole:
        return f"{word} 0"
    return f"{word} {with_interval(value, interval(part, whole), decimals(whole))}"


def _warning(view: Binary, language: str) -> str:
    no = view.always_negative
    sensitivity = say("undefined", language) if math.isnan(no.sensitivity) else "0"
    return say("always_negative", language, name=view.name, sensitivity=sensitivity,
               accuracy=rounded(no.accuracy, decimals(no.total)))  # fmt: skip
