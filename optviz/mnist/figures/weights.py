"""What penalties do to weights: a histogram for each, on one logarithmic axis of counts."""

from __future__ import annotations

import itertools
import math

import numpy as np
from matplotlib.axes import Axes

from optviz.mnist.comparison import Comparison, Group
from optviz.mnist.figures import frame
from optviz.mnist.worker import EDGES
from optviz.scene.words import say
from optviz.still import Still

PENALTIES = ("l1", "l2", "dropout")
MOST_ROWS, MOST_COLUMNS = 8, 4


def refusal(comparison: Comparison) -> str | None:
    """What the grid must have, if this figure has nothing to show."""
    axes = comparison.axes
    if not any(name in axes for name in PENALTIES):
        return "a grid with several values of l1, l2 or dropout"
    rows, columns = (
        math.prod(len(values) for name, values in axes.items() if (name in PENALTIES) == penalty)
        for penalty in (True, False)
    )
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        return (
            f"a grid of at most {MOST_ROWS} penalties x {MOST_COLUMNS} other cells, not "
            f"{rows} x {columns} (take a part by only())"
        )
    return None


def draw(comparison: Comparison, still: Still) -> None:
    """Fill a still."""
    language = still.language
    parts = frame.panels(comparison, PENALTIES, language)
    values = [comparison.grid.values[name] for name in PENALTIES]
    penalties = [dict(zip(PENALTIES, chosen, strict=True)) for chosen in itertools.product(*values)]
    grid = still.figure.subplots(len(penalties), len(parts), squeeze=False, sharex=True,
                                 sharey=True)  # fmt: skip
    counts = np.array([group.of("weights").mean(axis=0) for group in comparison.groups])
    used = np.flatnonzero(counts.max(axis=0) >= 0.5)
    reach = max(abs(EDGES[used[0]]), abs(EDGES[used[-1] + 1]))
    for column, (title, part) in enumerate(parts):
        for row, penalty in enumerate(penalties):
            [group] = part.only(**penalty).groups
            colour = still.theme.colours[row % len(still.theme.colours)]
            axes = grid[row, column]
            _histogram(axes, group, colour, still)
            axes.set_xlim(-reach, reach)
            axes.set_ylim(0.5, 3 * counts.max())
            if row == 0:
                axes.set_title(title, fontsize=still.point, color=still.theme.ink)
    frame.below(list(grid.flat), say("weights_value", language))
    still.figure.supylabel(say("weights_count", language), color=still.theme.quiet,
                           fontsize=still.point)  # fmt: skip
    read = say("weights_read", language, n=len(comparison.grid.seeds))
    frame.finish(still, say("weights_title", language), [],
                 [read, frame.rule_of_rates(comparison, language)])  # fmt: skip


def _histogram(axes: Axes, group: Group, colour: str, still: Still) -> None:
    """Bars, the penalty's name on their left, on their right what it did."""
    language, size = still.language, 0.85 * still.point
    axes.stairs(group.of("weights").mean(axis=0), EDGES, fill=True, color=colour, alpha=0.55)
    axes.set_yscale("log")
    axes.spines[["top", "right"]].set_visible(False)
    names = [
        frame.setting(name, group.settings[name], language)
        for name in PENALTIES
        if group.settings[name]
    ]
    axes.text(0.015, 0.95, "\n".join(names) or say("no_penalty", language), va="top", fontsize=size,
              transform=axes.transAxes, color=still.theme.ink)  # fmt: skip
    small, train, test = (
        frame.percent(group.of(name).mean())
        for name in ("small", "train_accuracy", "test_accuracy")
    )
    said = [
        say("weights_small", language, share=small),
        say("weights_scores", language, train=train, test=test),
    ]
    axes.text(0.985, 0.95, "\n".join(said), va="top", ha="right", fontsize=size,
              transform=axes.transAxes, color=still.theme.ink)  # fmt: skip
