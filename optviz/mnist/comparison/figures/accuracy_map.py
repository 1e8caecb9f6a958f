"""Final accuracy as a map: optimizer x activation, or the first two of several axes."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.text import Text

from optviz.animation.still import Still
from optviz.mnist import figure_text
from optviz.mnist.comparison.figures import layout
from optviz.mnist.comparison.results import Results
from optviz.words import say

MOST_ROWS, MOST_COLUMNS = 20, 12
LIGHTEST = 0.12  # of the page's way to the darkest: a cell is never as the page


def _axes_names(results: Results) -> list[str]:
    """Rows and columns."""
    return list(results.axes)[:2]


def lacks(results: Results) -> str | None:
    """What the grid must have, if this figure has nothing to show."""
    return None if results.axes else "a setting with two values or more"


def too_big(results: Results) -> str | None:
    """What the grid must be, if it is too big for this figure."""
    names = _axes_names(results)
    rows, columns = ([len(results.axes[name]) for name in names] + [1, 1])[:2]
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        return f"a map of at most {MOST_ROWS} x {MOST_COLUMNS}, not {rows} x {columns}"
    return layout.too_big(results, names)


def draw(results: Results, still: Still) -> None:
    """Fill a still."""
    language, theme = still.language, still.theme
    rows, columns = _axes_names(results)
    parts = layout.panels(results, [rows, columns], language)
    ticks = layout.accuracy_ticks(results)
    norm = Normalize(ticks[0], ticks[-1])
    colours = ListedColormap(figure_text.heat(theme)(np.linspace(LIGHTEST, 1, 256)))
    words: list[tuple[Axes, Text]] = []
    all_axes = layout.axes_for(still, [title for title, _ in parts])
    for axes, (_, part) in zip(all_axes, parts, strict=True):
        down, across = part.grid.values[rows], part.grid.values[columns]
        means = np.array([group.of("test_accuracy").mean() for group in part.groups])
        table = means.reshape(len(down), len(across))
        drawn = axes.imshow(table, colours, norm, aspect="auto", interpolation="none")
        for k, group in enumerate(part.groups):
            i, j = divmod(k, len(across))
            ink = figure_text.readable(colours(norm(table[i, j]))[:3], theme)
            words.append((axes, axes.text(j, i, layout.score(group, language), ha="center",
                                          va="center", color=ink, linespacing=1.2)))  # fmt: skip
        place = axes.get_subplotspec()
        outer = place is None or place.is_first_col()
        labels = [layout.short(results, rows, v, language) if outer else "" for v in down]
        axes.set_yticks(range(len(down)), labels)
        labels = [layout.short(results, columns, v, language) for v in across]
        axes.set_xticks(range(len(across)), labels)
        axes.tick_params(length=0, labelcolor=theme.ink)
        axes.spines[:].set_visible(False)
        axes.set_xticks(np.arange(len(across) + 1) - 0.5, minor=True)
        axes.set_yticks(np.arange(len(down) + 1) - 0.5, minor=True)
        axes.grid(which="minor", color=theme.page, linewidth=0.15 * still.point)
        axes.tick_params(which="minor", length=0)
    bar: Any = still.figure.colorbar(drawn, ax=all_axes, pad=0.02, aspect=30, ticks=ticks,
                                     format=layout.rounded)  # fmt: skip
    bar.outline.set_linewidth(0.05 * still.unit)
    bar.ax.tick_params(length=0, labelsize=0.85 * still.point)
    n = len(results.grid.seeds)
    read = say("cells_read", language, n=n) if n > 1 else say("one_seed", language)
    layout.finish(still, say("test_accuracy", language), [],
                 [read, layout.rule_of_rates(results, language)])  # fmt: skip
    layout.fit_labels(still, all_axes)
    _fit(still, words)


def _fit(still: Still, words: list[tuple[Axes, Text]]) -> None:
    """Make all words in the cells so small that the widest fits its cell."""
    still.canvas.draw()
    factor = 1.0
    for axes, text in words:
        box = text.get_window_extent()
        across, down = abs(axes.transData.transform((1, 1)) - axes.transData.transform((0, 0)))
        factor = min(factor, 0.9 * across / box.width, 0.9 * down / box.height)
    for _, text in words:
        text.set_fontsize(factor * still.point)
