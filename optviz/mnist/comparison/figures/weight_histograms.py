"""What penalties do to weights: a histogram for each, on one logarithmic axis of counts."""

from __future__ import annotations

import itertools
import math

import numpy as np
from matplotlib.axes import Axes

from optviz.animation.still import Still
from optviz.mnist.comparison.figures import layout
from optviz.mnist.comparison.results import Results, SeedGroup
from optviz.mnist.comparison.task import EDGES
from optviz.mnist.training.wording import in_words
from optviz.scene.value_marks import value_mark
from optviz.words import say

PENALTIES = ("l1", "l2", "dropout")
MOST_ROWS = 4  # below one another


def lacks(results: Results) -> str | None:
    """What the grid must have, if this figure has nothing to show."""
    if any(name in results.axes for name in PENALTIES):
        return None
    return "several values of l1, l2 or dropout"


def too_big(results: Results) -> str | None:
    """What the grid must be, if it is too big for this figure."""
    rows, columns = (
        math.prod(len(v) for name, v in results.axes.items() if (name in PENALTIES) == penalty)
        for penalty in (True, False)
    )
    if rows * columns <= 2 * MOST_ROWS and (columns == 1 or rows <= MOST_ROWS):
        return None
    return (
        f"at most {MOST_ROWS} penalties for each of two cells, or {2 * MOST_ROWS} for one, not "
        f"{rows} for {columns} (take a part by only())"
    )


def draw(results: Results, still: Still) -> None:
    """Fill a still: a column for each cell, or two for one with many penalties."""
    language = still.language
    parts = layout.panels(results, PENALTIES, language)
    values = [results.grid.values[name] for name in PENALTIES]
    penalties = [dict(zip(PENALTIES, chosen, strict=True)) for chosen in itertools.product(*values)]
    rows = len(penalties) if len(penalties) <= MOST_ROWS else math.ceil(len(penalties) / 2)
    columns = math.ceil(len(parts) * len(penalties) / rows)
    grid = still.figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    counts = np.array([group.of("weights").mean(axis=0) for group in results.groups])
    used = np.flatnonzero(counts.max(axis=0) >= 0.5)
    reach = max(abs(EDGES[used[0]]), abs(EDGES[used[-1] + 1]))
    places = list(grid.T.flat)  # down the columns
    for axes, ((_, part), penalty) in zip(
        places, itertools.product(parts, penalties), strict=False
    ):
        [group] = part.only(**penalty).groups
        colour, _ = value_mark(penalties.index(penalty), still.theme.colours)
        _histogram(axes, group, colour, still)
        room = 1.0 if columns == 1 else 1.3  # for the words at both sides
        axes.set_xlim(-room * reach, room * reach)
        axes.set_ylim(0.5, 3 * counts.max())
    for empty in places[len(parts) * len(penalties) :]:
        empty.remove()
    shown = places[: len(parts) * len(penalties)]
    layout.below(shown, say("weights_value", language))
    if len(parts) > 1:
        for axes, (title, _) in zip(grid[0], parts, strict=True):
            axes.set_title(title, fontsize=still.point, color=still.theme.ink)
    still.figure.supylabel(say("weights_count", language), color=still.theme.quiet,
                           fontsize=still.point)  # fmt: skip
    n = len(results.grid.seeds)
    read = [say("means_read", language, n=n) if n > 1 else say("one_seed", language)]
    if reach >= EDGES[-1]:
        read.append(say("weights_read", language))
    layout.finish(still, say("weights_title", language), [],
                 [*read, layout.rule_of_rates(results, language)])  # fmt: skip


def _histogram(axes: Axes, group: SeedGroup, colour: str, still: Still) -> None:
    """Bars, the penalty's name on their left, on their right what it did."""
    language, size = still.language, 0.8 * still.point
    axes.stairs(group.of("weights").mean(axis=0), EDGES, fill=True, color=colour, alpha=0.55)
    axes.set_yscale("log")
    axes.spines[["top", "right"]].set_visible(False)
    names = [
        in_words(name, group.settings[name], language) for name in PENALTIES if group.settings[name]
    ]
    axes.text(0.015, 0.95, "\n".join(names) or say("no_penalty", language), va="top", fontsize=size,
              transform=axes.transAxes, color=still.theme.ink)  # fmt: skip
    names_of_scores = {"small": "weights_small", "train_accuracy": "train_score",
                       "test_accuracy": "test_score"}  # fmt: skip
    said = [
        say(word, language, share=layout.percent(group.of(name).mean()))
        for name, word in names_of_scores.items()
    ]
    axes.text(0.985, 0.95, "\n".join(said), va="top", ha="right", fontsize=size,
              transform=axes.transAxes, color=still.theme.ink)  # fmt: skip
