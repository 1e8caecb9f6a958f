"""Training loss over the steps: a line for each optimizer, a panel for each activation."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator, NullFormatter

from optviz.animation.still import Still
from optviz.mnist.comparison.figures import layout
from optviz.mnist.comparison.results import Results, SeedGroup
from optviz.records.training import smoothed
from optviz.words import say

WINDOWS = 15  # the shortest run's length over the length of what is averaged


def too_big(results: Results) -> str | None:
    """What the grid must be, if it is too big for this figure."""
    return layout.too_big(results, [layout.lines_of(results)])


def draw(results: Results, still: Still) -> None:
    """Fill a still."""
    language = still.language
    lines = layout.lines_of(results)
    marks = layout.marks(results, lines, still)
    window = max(1, min(run.steps for run in results.runs) // WINDOWS)
    parts = layout.panels(results, [lines], language)
    all_axes = layout.axes_for(still, [title for title, _ in parts], sharex=True, sharey=True)
    # What rises above the beginning leaves through the roof.
    begins = [run.curve[0] for run in results.runs if np.isfinite(run.curve[0])]
    top = 1.5 * max(begins, default=1.0)
    low = top
    for axes, (_, part) in zip(all_axes, parts, strict=True):
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.grid(axis="y", color=still.theme.level, alpha=0.4, linewidth=0.04 * still.point)
        axes.spines[["top", "right"]].set_visible(False)
        for group in part.groups:
            low = min(low, _line(axes, group, marks[group.settings[lines]], window, top, still))
    for axes in all_axes:
        axes.set_ylim(max(0.8 * low, 1e-5 * top), top)
    layout.below(all_axes, say("step", language))
    n = len(results.grid.seeds)
    window_words = say("windows" if window > 1 else "no_window", language, n=window)
    seeds = say("band_read", language, n=n) if n > 1 else say("one_seed", language)
    entries = [(marks[v], layout.label(results, lines, v, language)) for v in marks]
    layout.finish(still, say("batch_loss", language), layout.strokes(still, entries),
                 [seeds, window_words, layout.rule_of_rates(results, language)])  # fmt: skip


def _line(
    axes: Axes, group: SeedGroup, mark: layout.Mark, window: int, top: float, still: Still
) -> float:
    """One cell's line, band and end, a cross where a run diverged; returns the lowest loss."""
    colour, shape = mark
    curves = [smoothed(run.curve[np.isfinite(run.curve)], window) for run in group.runs]
    whole = np.full((len(curves), max(map(len, curves))), np.nan)
    for row, curve in zip(whole, curves, strict=True):
        row[: len(curve)] = curve
    if not whole.size:
        return top
    steps = np.arange(1, whole.shape[1] + 1)
    mean = np.nanmean(whole, axis=0)
    lowest = np.nanmin(whole, axis=0)
    axes.fill_between(steps, lowest, np.nanmax(whole, axis=0), color=colour,
                      alpha=0.18, linewidth=0)  # fmt: skip
    axes.plot(steps, mean, color=colour, linewidth=0.14 * still.point)
    above = np.flatnonzero(mean > top)
    end = above[0] if group.diverged and len(above) else -1
    axes.plot(steps[end], min(mean[end], top), "X" if group.diverged else shape, color=colour,
              markersize=0.6 * still.point, markeredgecolor=still.theme.casing,
              markeredgewidth=0.05 * still.point, clip_on=False)  # fmt: skip
    return float(lowest.min())
