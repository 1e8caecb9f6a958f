"""Training loss over the steps: a line for each optimizer, a panel for each activation."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter

from optviz.mnist.comparison import Comparison, Group
from optviz.mnist.figures import frame
from optviz.mnist.worker import Floats
from optviz.scene.words import say
from optviz.still import Still

WINDOWS = 15  # a run's length over the length of what is averaged


def refusal(comparison: Comparison) -> str | None:
    """What the grid must have, if this figure has nothing to show."""
    return frame.too_many(comparison, [frame.lines_of(comparison)])


def draw(comparison: Comparison, still: Still) -> None:
    """Fill a still."""
    language = still.language
    lines = frame.lines_of(comparison)
    marks = frame.marks(comparison, lines, still)
    window = max(1, max(run.steps for run in comparison.runs) // WINDOWS)
    parts = frame.panels(comparison, [lines], language)
    all_axes = frame.axes_for(still, len(parts), sharex=True, sharey=True)
    top = 0.0
    for axes, (title, part) in zip(all_axes, parts, strict=True):
        axes.set_title(title, fontsize=still.point, color=still.theme.ink)
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.grid(axis="y", color=still.theme.level, alpha=0.4, linewidth=0.04 * still.point)
        for group in part.groups:
            top = max(top, _line(axes, group, marks[group.settings[lines]], window, still))
    for axes in all_axes:
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_ylim(top=1.5 * top)
    frame.below(all_axes, say("step", language))
    n = len(comparison.grid.seeds)
    window_words = say("windows" if window > 1 else "no_window", language, n=window)
    seeds = say("band_read", language, n=n) if n > 1 else say("one_seed", language)
    entries = [(marks[v], frame.label(comparison, lines, v, language)) for v in marks]
    frame.finish(still, say("batch_loss", language), frame.strokes(still, entries),
                 [seeds, window_words, frame.rule_of_rates(comparison, language)])  # fmt: skip


def _line(axes: Axes, group: Group, mark: frame.Mark, window: int, still: Still) -> float:
    """One cell's line, band and end; returns the loss at its first step."""
    colour, shape = mark
    curves = [smoothed(run.curve[np.isfinite(run.curve)], window) for run in group.runs]
    curves = [curve for curve in curves if len(curve)]
    if not curves:
        return 0.0
    whole = np.full((len(curves), max(map(len, curves))), np.nan)
    for row, curve in zip(whole, curves, strict=True):
        row[: len(curve)] = curve
    steps = np.arange(1, whole.shape[1] + 1)
    mean = np.nanmean(whole, axis=0)
    axes.fill_between(steps, np.nanmin(whole, axis=0), np.nanmax(whole, axis=0), color=colour,
                      alpha=0.18, linewidth=0)  # fmt: skip
    axes.plot(steps, mean, color=colour, linewidth=0.14 * still.point)
    end = "X" if group.diverged else shape
    axes.plot(steps[-1], mean[-1], end, color=colour, markersize=0.6 * still.point,
              markeredgecolor=still.theme.casing, markeredgewidth=0.05 * still.point,
              clip_on=False)  # fmt: skip
    return float(mean[0])


def smoothed(curve: Floats, window: int) -> Floats:
    """Each value replaced by the mean of the last ``window``; fewer at the beginning."""
    total: Floats = np.concatenate([[0.0], np.cumsum(curve)])
    ends = np.arange(1, len(curve) + 1)
    begins = np.maximum(ends - window, 0)
    means: Floats = (total[ends] - total[begins]) / (ends - begins)
    return means
