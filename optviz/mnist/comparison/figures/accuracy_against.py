"""Accuracy against one setting: depth and width, or the number of training images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator, PercentFormatter

from optviz.animation.still import Still
from optviz.mnist.comparison.figures import layout
from optviz.mnist.comparison.results import Results
from optviz.mnist.settings import as_typed
from optviz.words import say


def lacks(name: str) -> Callable[[Results], str | None]:
    """What the grid must have for accuracies against a setting."""

    def refusal(results: Results) -> str | None:
        return None if name in results.axes else f"several values of {name}"

    return refusal


def too_big(name: str) -> Callable[[Results], str | None]:
    """What the grid must be for accuracies against a setting."""

    def refusal(results: Results) -> str | None:
        return layout.too_big(results, [name, layout.lines_of(results, [name])])

    return refusal


def draw_sizes(results: Results, still: Still) -> None:
    """Depth against width: a place for each network, its parameters written below."""
    sizes = results.grid.values["hidden"]
    parameters = {run.settings["hidden"]: run.parameters for run in results.runs}
    labels = [
        f"{as_typed(size)}\n{say('parameters', still.language, n=f'{parameters[size]:,}')}"
        for size in sizes
    ]
    places = {size: float(i) for i, size in enumerate(sizes)}
    all_axes = _draw(results, still, "hidden", places)
    layout.below(all_axes, "")
    for axes in all_axes:
        axes.set_xticks(range(len(sizes)), labels)
        axes.set_xlim(-0.5, len(sizes) - 0.5)
    _finish(results, still, "sizes_title", "hidden")
    layout.fit_labels(still, all_axes)


def draw_samples(results: Results, still: Still) -> None:
    """Accuracy on the images trained on and on the test images: the gap is overfitting."""
    shown: dict[Any, float] = {}
    for group in results.groups:
        shown[group.settings["samples"]] = float(group.runs[0].trained_on)
    all_axes = _draw(results, still, "samples", shown)
    for axes in all_axes:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(FixedLocator(sorted(shown.values())))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter("{x:,.0f}")
    layout.below(all_axes, say("train_images", still.language))
    _finish(results, still, "samples_title", "samples")
    layout.fit_labels(still, all_axes)


def _draw(results: Results, still: Still, across: str, places: dict[Any, float]) -> list[
    Axes
]:  # fmt: skip
    """A panel for the rest of the grid, in each two lines for each value of the lines' axis."""
    lines = layout.lines_of(results, [across])
    marks = layout.marks(results, lines, still)
    parts = layout.panels(results, [across, lines], still.language)
    all_axes = layout.axes_for(still, [title for title, _ in parts], sharex=True, sharey=True)
    for axes, (_, part) in zip(all_axes, parts, strict=True):
        axes.grid(axis="y", color=still.theme.level, alpha=0.4, linewidth=0.04 * still.point)
        axes.spines[["top", "right"]].set_visible(False)
        axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=None))
        for i, (value, mark) in enumerate(marks.items()):
            groups = [group for group in part.groups if group.settings[lines] == value]
            # Side by side, so that no bar hides another.
            aside = 0.12 * (i - (len(marks) - 1) / 2) if across == "hidden" else 0.0
            x = np.array([places[group.settings[across]] for group in groups]) + aside
            order = np.argsort(x)
            for name in ("train_accuracy", "test_accuracy"):
                found = np.array([groups[k].of(name) for k in order])
                _points(axes, x[order], found, mark, name == "test_accuracy", still)
    return all_axes


def _points(axes: Axes, x: Any, found: Any, mark: layout.Mark, test: bool, still: Still) -> None:
    colour, shape = mark
    mean = found.mean(axis=1)
    reach = [mean - found.min(axis=1), found.max(axis=1) - mean]
    axes.errorbar(
        x, mean, reach, color=colour, marker=shape, linestyle="-" if test else ":",
        linewidth=0.12 * still.point, elinewidth=0.1 * still.point, markersize=0.62 * still.point,
        markerfacecolor=colour if test else still.theme.page, markeredgecolor=colour,
        markeredgewidth=0.09 * still.point, capsize=0.2 * still.point,
        capthick=0.1 * still.point,
    )  # fmt: skip


def _finish(results: Results, still: Still, title: str, across: str) -> None:
    language, ink = still.language, still.theme.ink
    still.figure.supylabel(say("accuracy", language), color=still.theme.quiet,
                           fontsize=still.point)  # fmt: skip
    lines = layout.lines_of(results, [across])
    marks = layout.marks(results, lines, still)
    entries = [(mark, layout.label(results, lines, v, language)) for v, mark in marks.items()]
    handles = layout.strokes(still, entries) if lines in results.axes else []
    for words, test in (("on_test", True), ("on_train", False)):
        [handle] = layout.strokes(still, [((ink, "o"), say(words, language))])
        handle.set(linestyle="-" if test else ":", markeredgecolor=ink,
                   markerfacecolor=ink if test else still.theme.page,
                   markeredgewidth=0.09 * still.point)  # fmt: skip
        handles.append(handle)
    n = len(results.grid.seeds)
    read = say("bars_read", language, n=n) if n > 1 else say("one_seed", language)
    sentences = [read, layout.rule_of_rates(results, language)]
    layout.finish(still, say(title, language), handles, sentences)
