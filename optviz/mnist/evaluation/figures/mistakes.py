"""The most frequent mistakes, with the images themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from optviz.animation.still import Still
from optviz.mnist.evaluation.scores import Scores
from optviz.mnist.figure_text import heading, text_width, wrapped
from optviz.words import say

PAIRS = 4
MOST = 10  # images in a row


def draw(still: Still, evaluation: Scores) -> None:
    """A row for each of the most frequent pairs, the surest mistakes first."""
    e, language = evaluation, still.language
    pairs = e.confused()[:PAIRS]
    if not pairs:
        still.alt = say("no_mistakes", language, n=f"{len(e):,}")
        heading(still, still.alt)
        return
    title = say("mistakes_title", language)
    note = wrapped(still, say("mistakes_note", language), 0.96 * still.width, still.point)
    still.figure.suptitle(f"{title}\n{note}", fontsize=still.point)
    labels = [
        f"{e.classes[i]}\n→ {e.classes[j]}\n"
        + say("times", language, k=f"{k:,}", n=f"{e.support[i]:,}")
        for i, j, k in pairs
    ]
    columns, images = _columns(still, labels), e.images
    assert images is not None  # `registry.FIGURES` asks for them
    grid = still.figure.subplots(PAIRS, columns, squeeze=False)
    for axes in grid.flat:
        axes.axis("off")
    for row, label, (true, predicted, _) in zip(grid, labels, pairs, strict=False):
        where = np.flatnonzero((e.labels == true) & (e.predictions == predicted))
        surest = where[np.argsort(-e.scores[where, predicted], kind="stable")][:columns]
        for axes, i in zip(row, surest, strict=False):
            sure = f"{e.scores[i, predicted]:.0%} ({e.scores[i, true]:.0%})"
            _show(still, axes, images[i], sure)
        row[0].set_ylabel(label, rotation=0, ha="right", va="center", color=still.theme.ink,
                          labelpad=0.4 * still.point)  # fmt: skip
    said_pairs = [f"{e.classes[i]} → {e.classes[j]}: {k:,}" for i, j, k in pairs]
    still.alt = f"{title}: {'; '.join(said_pairs)}."


def _columns(still: Still, labels: list[str]) -> int:
    """As many images as the width has room for, beside the labels."""
    label = max(
        text_width(still, line, still.point) for text in labels for line in text.split("\n")
    )
    tall = (still.height - 7 * still.unit) / PAIRS - 2 * still.unit
    each = max(tall, text_width(still, "100% (99%)", 0.8 * still.point)) + 0.8 * still.unit
    return int(np.clip((still.width - label - 2 * still.unit) / each, 1, MOST))


def _show(still: Still, axes: Axes, image: Any, sure: str) -> None:
    """Ink on the page, in a thin frame, with two numbers below."""
    theme = still.theme
    ink = LinearSegmentedColormap.from_list("ink", [theme.page, theme.ink])
    axes.axis("on")
    axes.imshow(image, ink, vmin=0, vmax=255, interpolation="nearest")
    axes.set(xticks=[], yticks=[])
    axes.set_xlabel(sure, fontsize=0.8 * still.point, labelpad=0.2 * still.point)
    for spine in axes.spines.values():
        spine.set(color=theme.level, linewidth=0.05 * still.point)
