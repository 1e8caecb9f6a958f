"""The metrics of each class, as a dot with a whisker on a scale and as a number."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes

from optviz.animation.still import Still
from optviz.mnist.evaluation.metrics import MEASURES, SHARES, share_counts
from optviz.mnist.evaluation.rounding import decimals, rounded, with_interval
from optviz.mnist.evaluation.scores import Scores
from optviz.mnist.figure_text import fitting, heading
from optviz.words import say

HEADS = {"sensitivity": "head_sensitivity", "accuracy": "head_accuracy"}  # words of their own
NARROW = 0.56  # of a column whose numbers have no interval
EDGE = 0.12  # of a whole column, at both sides of each scale
ABOVE = 0.2  # of a row, from its middle up to the dot and down to the number


def draw(still: Still, evaluation: Scores) -> None:
    """A row a class and one for the means, a column a measure, all on one scale up to 1."""
    e, theme, language = evaluation, still.theme, still.language
    title = say("metrics_title", language)
    both = _two_accuracies(e, language)
    heading(still, f"{title}\n{both}")
    rows = len(e.classes) + 1
    widths = [1.0 if name in SHARES else NARROW for name in MEASURES]
    lefts = np.concatenate([[0], np.cumsum(widths)])
    axes = still.figure.add_subplot()
    axes.set(xlim=(0, lefts[-1]), ylim=(rows - 0.4, -0.6))
    axes.axhline(rows - 1.5, color=theme.quiet, linewidth=0.06 * still.point)
    low = _lowest(e)
    texts = [[_number(e, name, i) for i in range(rows)] for name in MEASURES]
    pixels = 0.85 * still.width / lefts[-1]  # of a whole column
    size = min(
        fitting(still, column, 0.95 * wide * pixels, 0.85 * still.point)
        for column, wide in zip(texts, widths, strict=True)
    )
    for j, name in enumerate(MEASURES):
        ends = (lefts[j] + EDGE, lefts[j + 1] - EDGE)
        _draw_column(still, axes, e, name, ends, low)
        for i, text in enumerate(texts[j]):
            axes.text(sum(ends) / 2, i + ABOVE, text, ha="center", va="center", fontsize=size,
                      fontweight="bold" if i == rows - 1 else "normal")  # fmt: skip
    heads = [say(HEADS.get(name, name), language) for name in MEASURES]
    head_size = min(
        fitting(still, head.split("\n"), 0.95 * wide * pixels, still.point)
        for head, wide in zip(heads, widths, strict=True)
    )
    axes.xaxis.tick_top()
    axes.set_xticks((lefts[1:] + lefts[:-1]) / 2, heads, fontsize=head_size, color=theme.ink)
    axes.set_yticks(range(rows), [*e.classes, say("macro", language)], color=theme.ink)
    axes.tick_params(length=0, pad=0.3 * still.point)
    axes.spines[:].set_visible(False)
    means = [
        f"{say(name, language)} {column[-1]}" for name, column in zip(MEASURES, texts, strict=True)
    ]
    still.alt = f"{title}. {both}. {say('macro', language)}: {', '.join(means)}."


def _two_accuracies(evaluation: Scores, language: str) -> str:
    """The accuracy over all classes beside the mean of one-vs-rest accuracies, each by its name."""
    e, digits = evaluation, decimals(len(evaluation))
    return say(
        "two_accuracies", language,
        accuracy=with_interval(e.accuracy, e.accuracy_interval, digits),
        mean=rounded(e.macro["accuracy"], digits),
    )  # fmt: skip


def _lowest(evaluation: Scores) -> float:
    """Where the scale begins: a tenth below everything that is shown."""
    e = evaluation
    shown = np.concatenate(
        [*e.per_class.values(), *(ends.ravel() for ends in e.intervals.values())]
    )
    known = shown[~np.isnan(shown)]
    return min(0.9, max(0.0, math.floor(10 * float(known.min()) - 1e-9) / 10))


def _draw_column(still: Still, axes: Axes, evaluation: Scores, name: str,
                 ends: tuple[float, float], low: float) -> None:  # fmt: skip
    """The scale in each row, on it the whisker and the dot; below all, the scale's numbers."""
    e, theme, point = evaluation, still.theme, still.point
    last = len(e.classes)

    def place(share: float) -> float:
        return ends[0] + (ends[1] - ends[0]) * (share - low) / (1 - low)

    for i, value in enumerate([*e.per_class[name], e.macro[name]]):
        y = i - ABOVE
        axes.plot(ends, [y, y], color=theme.level, linewidth=0.05 * point)
        if math.isnan(value):
            continue
        if name in SHARES and i < last:
            reach = [place(end) for end in e.intervals[name][i]]
            axes.plot(reach, [y, y], "|-", color=theme.ink, linewidth=0.11 * point,
                      markersize=0.42 * point, markeredgewidth=0.08 * point)  # fmt: skip
        axes.plot(place(value), y, "D" if i == last else "o", color=theme.ink,
                  markersize=0.42 * point, clip_on=False)  # fmt: skip
    bottom = last + 0.45
    for share in (low, 1.0):
        axes.plot([place(share)] * 2, [bottom - 0.08, bottom], color=theme.quiet,
                  linewidth=0.05 * point, clip_on=False)  # fmt: skip
        axes.text(place(share), bottom + 0.05, f"{share:.1g}", ha="center", va="top",
                  color=theme.quiet, fontsize=0.85 * point)  # fmt: skip


def _number(evaluation: Scores, measure: str, i: int) -> str:
    """The number as text; a star where the note below says that 0/0 counts as 0."""
    e, of_class = evaluation, i < len(evaluation.classes)
    value = float(e.per_class[measure][i]) if of_class else e.macro[measure]
    if math.isnan(value):
        return "–"
    if measure not in SHARES:  # an AUC is nearer to 1, and so is known better
        digits = decimals(np.median(e.support)) + (measure == "auc")
        return rounded(value, digits)
    digits = decimals(np.median(share_counts(measure, e.counts)[1]))
    if not of_class:
        return rounded(value, digits)
    if measure == "precision" and not e.confusion[:, i].any():
        return "0*"
    low, high = e.intervals[measure][i]
    return with_interval(value, (low, high), digits)
