"""The metrics of each class, as a dot on a scale and as a number."""

from __future__ import annotations

import numpy as np

from optviz.animation.still import Still
from optviz.mnist.evaluation.metrics import MEASURES
from optviz.mnist.evaluation.scores import Scores
from optviz.mnist.figure_text import fitting, heading
from optviz.words import say

DOT = (0.08, 0.36)  # where in a column the dots' scale begins and ends; the number stands right


def draw(still: Still, evaluation: Scores) -> None:
    """A row a class and one for the means, a column a measure, all on one scale up to 1."""
    e, theme, language = evaluation, still.theme, still.language
    title = say("metrics_title", language)
    heading(still, f"{title}; {say('accuracy', language)} {e.accuracy:.2%}")
    table = np.array([[*e.per_class[name], e.macro[name]] for name in MEASURES])  # (measure, row)
    known = table[~np.isnan(table)]
    low = np.floor(10 * known.min() - 1e-9) / 10 if known.min() < 1 else 0.9
    low = max(low, 0.0)
    rows, columns = table.shape[1], table.shape[0]
    axes = still.figure.add_subplot()
    axes.set(xlim=(0, columns), ylim=(rows - 0.4, -0.6))
    axes.axhline(rows - 1.5, color=theme.quiet, linewidth=0.06 * still.point)
    wide = 0.8 * still.width / columns
    size = fitting(still, ["0.99999*"], (0.95 - DOT[1]) * wide, still.point)
    # The numbers at a scale's ends stand apart by at least one of them.
    ends = fitting(still, [f"{low:.1g}  1"], (DOT[1] - DOT[0]) * wide, 0.8 * still.point)
    for j, values in enumerate(table):
        start, end = j + DOT[0], j + DOT[1]
        for i, value in enumerate(values):
            last = i == rows - 1
            weight = "bold" if last else "normal"
            axes.plot([start, end], [i, i], color=theme.level, linewidth=0.05 * still.point)
            if not np.isnan(value):
                x = start + (end - start) * (value - low) / (1 - low)
                axes.plot(x, i, "D" if last else "o", color=theme.colours[1 + j],
                          markersize=0.55 * still.point, clip_on=False)  # fmt: skip
            axes.text(j + 0.99, i, _number(evaluation, MEASURES[j], i, value), ha="right",
                      va="center", fontsize=size, fontweight=weight)  # fmt: skip
        for x, end_of_scale in ((start, low), (end, 1.0)):
            axes.plot([x, x], [rows - 0.62, rows - 0.5], color=theme.quiet,
                      linewidth=0.05 * still.point, clip_on=False)  # fmt: skip
            axes.text(x, rows - 0.45, f"{end_of_scale:.1g}", ha="center", va="top",
                      color=theme.quiet, fontsize=ends)  # fmt: skip
    heads = [say(name, language) for name in MEASURES]
    head_size = fitting(still, heads, 0.95 * wide, still.point)
    axes.xaxis.tick_top()
    axes.set_xticks(np.arange(columns) + 0.5, heads, fontsize=head_size, color=theme.ink)
    axes.set_yticks(range(rows), [*e.classes, say("macro", language)], color=theme.ink)
    axes.tick_params(length=0, pad=0.3 * still.point)
    for spine in axes.spines.values():
        spine.set_visible(False)
    means = [f"{head} {number}" for head, number in
             zip(heads, (_number(e, name, rows - 1, e.macro[name]) for name in MEASURES),
                 strict=True)]  # fmt: skip
    still.alt = f"{title}. {say('macro', language)}: {', '.join(means)}."


def _number(evaluation: Scores, measure: str, i: int, value: float) -> str:
    """The number as text; a star where the note below says that 0/0 counts as 0."""
    if np.isnan(value):
        return "–"
    row = i < len(evaluation.classes)
    star = measure == "precision" and row and not evaluation.confusion[:, i].any()
    return f"{value:.4f}" + "*" * star
