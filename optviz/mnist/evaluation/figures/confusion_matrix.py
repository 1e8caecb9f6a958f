"""The confusion matrix: a row for each true class, a column for each predicted one."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import PowerNorm
from matplotlib.ticker import PercentFormatter

from optviz.animation.still import Still
from optviz.mnist.evaluation.scores import Scores
from optviz.mnist.figure_text import fitting, heading, heat, readable
from optviz.words import say


def draw(still: Still, evaluation: Scores) -> None:
    """Counts as numbers; the colour is the share of the row, on a root scale that shows few too."""
    e, theme, language = evaluation, still.theme, still.language
    title = say("confusion_title", language, accuracy=f"{e.accuracy:.1%}", n=f"{len(e):,}")
    heading(still, title)
    share = e.confusion / np.maximum(e.support, 1)[:, None]
    axes = still.figure.add_subplot()
    norm = PowerNorm(0.5, 0, 1)
    colours = heat(theme)
    drawn = axes.imshow(share, colours, norm, aspect="auto")
    bar: Any = still.figure.colorbar(
        drawn, ax=axes, pad=0.02, aspect=30, label=say("row_share", language),
        ticks=[0, 0.01, 0.05, 0.1, 0.25, 0.5, 1], format=PercentFormatter(1, 0),
    )  # fmt: skip
    bar.outline.set_linewidth(0.05 * still.unit)
    bar.ax.tick_params(length=0, labelsize=0.85 * still.point)
    cell = 0.62 * still.width / len(e.classes)
    _write(still, evaluation, share, cell)
    names = [max(name.split(), key=len) for name in e.classes]
    crowded = fitting(still, names, 0.9 * cell, still.point) < still.point
    places = range(len(e.classes))
    axes.set_xticks(places, e.classes if crowded else [n.replace(" ", "\n") for n in e.classes])
    if crowded:
        axes.tick_params(axis="x", labelrotation=35)
        for label in axes.get_xticklabels():
            label.set(ha="right", rotation_mode="anchor")
    axes.set_yticks(places, e.classes)
    axes.tick_params(length=0, labelcolor=theme.ink, pad=0.3 * still.point)
    axes.set_xlabel(say("said_class", language))
    axes.set_ylabel(say("true_class", language))
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_xticks(np.arange(len(e.classes) - 1) + 0.5, minor=True)
    axes.set_yticks(np.arange(len(e.classes) - 1) + 0.5, minor=True)
    axes.grid(which="minor", color=theme.level, linewidth=0.03 * still.unit)
    axes.tick_params(which="minor", length=0)
    worst = [f"{e.classes[i]} → {e.classes[j]}: {k:,}" for i, j, k in e.confused()[:3]]
    still.alt = f"{title}. {'; '.join(worst)}"


def _write(still: Still, evaluation: Scores, share: Any, cell: float) -> None:
    """The counts, in the colour that can be read on each cell; zeros are quiet."""
    axes, colours, norm = still.figure.axes[0], heat(still.theme), PowerNorm(0.5, 0, 1)
    counts = evaluation.confusion
    size = fitting(still, [f"{counts.max():,}"], 0.85 * cell, still.point)
    for (i, j), count in np.ndenumerate(counts):
        ground = colours(norm(share[i, j]))
        colour = readable(ground, still.theme) if count else still.theme.quiet
        axes.text(j, i, f"{count:,}", ha="center", va="center", color=colour, fontsize=size,
                  fontweight="bold" if i == j else "normal")  # fmt: skip
