"""Final accuracy as a map: optimizer x activation, or the first two axes that there are."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text

from optviz.mnist.comparison import Comparison, Group
from optviz.mnist.figures import common, frame
from optviz.scene.words import say
from optviz.still import Still

MOST_ROWS, MOST_COLUMNS = 20, 12


def _axes_names(comparison: Comparison) -> list[str]:
    """Rows and columns."""
    return list(comparison.axes)[:2]


def lacks(comparison: Comparison) -> str | None:
    """What the grid must have, if this figure has nothing to show."""
    return None if comparison.axes else "a setting with two values or more"


def too_big(comparison: Comparison) -> str | None:
    """What the grid must be, if it is too big for this figure."""
    names = _axes_names(comparison)
    rows, columns = ([len(comparison.axes[name]) for name in names] + [1, 1])[:2]
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        return f"a map of at most {MOST_ROWS} x {MOST_COLUMNS}, not {rows} x {columns}"
    return frame.too_big(comparison, names)


def draw(comparison: Comparison, still: Still) -> None:
    """Fill a still."""
    language, theme = still.language, still.theme
    rows, *more = _axes_names(comparison)
    columns = more[0] if more else None
    parts = frame.panels(comparison, [rows, *more], language)
    means = np.array([group.of("test_accuracy").mean() for group in comparison.groups])
    low, high = float(means.min()), float(means.max())
    colours = common.heat(theme)
    words: list[tuple[Axes, Text]] = []
    all_axes = frame.axes_for(still, [title for title, _ in parts])
    for axes, (_, part) in zip(all_axes, parts, strict=True):
        down = part.grid.values[rows]
        across = part.grid.values[columns] if columns else (None,)
        table = np.array([group.of("test_accuracy").mean() for group in part.groups])
        shades = (table.reshape(len(down), len(across)) - low) / ((high - low) or 1.0)
        axes.imshow(colours(0.06 + 0.94 * shades)[..., :3], aspect="auto", interpolation="none")
        for k, group in enumerate(part.groups):
            i, j = divmod(k, len(across))
            background = colours(0.06 + 0.94 * shades[i, j])
            ink = common.readable(background[:3], theme)
            words.append((axes, axes.text(j, i, _score(group, language), ha="center", va="center",
                                          color=ink, linespacing=1.2)))  # fmt: skip
        place = axes.get_subplotspec()
        outer = place is None or place.is_first_col()
        labels = [_short(comparison, rows, value, language) if outer else "" for value in down]
        axes.set_yticks(range(len(down)), labels)
        if columns:
            labels = [_short(comparison, columns, value, language) for value in across]
            axes.set_xticks(range(len(across)), labels)
        else:
            axes.set_xticks([])
        axes.tick_params(length=0, labelcolor=theme.ink)
        axes.spines[:].set_visible(False)
        axes.set_xticks(np.arange(len(across) + 1) - 0.5, minor=True)
        axes.set_yticks(np.arange(len(down) + 1) - 0.5, minor=True)
        axes.grid(which="minor", color=theme.page, linewidth=0.15 * still.point)
        axes.tick_params(which="minor", length=0)
    n = len(comparison.grid.seeds)
    read = say("cells_read", language, n=n) if n > 1 else say("one_seed", language)
    frame.finish(still, say("test_accuracy", language), [],
                 [read, frame.rule_of_rates(comparison, language)])  # fmt: skip
    frame.fit_labels(still, all_axes)
    _fit(still, words)


def _score(group: Group, language: str) -> str:
    """The mean, the spread, and whether runs diverged."""
    found = group.of("test_accuracy")
    lines = [frame.percent(found.mean())]
    if len(found) > 1:
        lines.append(f"± {100 * (found.max() - found.min()) / 2:.1f}")
    if group.diverged == len(found):
        lines.append(say("all_diverged", language))
    elif group.diverged:
        lines.append(say("some_diverged", language, k=group.diverged, n=len(found)))
    return "\n".join(lines)


def _short(comparison: Comparison, name: str, value: Any, language: str) -> str:
    """A name for a row or a column; an optimizer without its rate, which changes by cell."""
    words = frame.label(comparison, name, value, language)
    tuned = name == "optimizer" and comparison.grid.contestants[value].tuned
    return words.partition(" lr=")[0] if tuned else words


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
