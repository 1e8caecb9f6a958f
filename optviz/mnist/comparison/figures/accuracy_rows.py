"""Final accuracy by one setting: a row a value, every seed a dot."""

from __future__ import annotations

import numpy as np
from matplotlib.ticker import FixedLocator

from optviz.animation.still import Still
from optviz.mnist.comparison.figures import layout
from optviz.mnist.comparison.results import Results
from optviz.words import say


def draw(results: Results, still: Still) -> None:
    """Fill a still; the grid has one axis."""
    language, theme, point = still.language, still.theme, still.point
    (name,) = results.axes
    values = results.grid.values[name]
    marks = layout.marks(results, name, still)
    axes = still.figure.add_subplot()
    for row, (value, group) in enumerate(zip(values, results.groups, strict=True)):
        colour, shape = marks[value]
        found = group.of("test_accuracy")
        axes.plot([found.min(), found.max()], [row, row], color=colour, linewidth=0.12 * point)
        axes.plot(found, np.full(len(found), row), "o", color=colour, markersize=0.3 * point,
                  clip_on=False)  # fmt: skip
        axes.plot(found.mean(), row, shape, color=colour, markersize=0.8 * point, clip_on=False,
                  markeredgecolor=theme.casing, markeredgewidth=0.05 * point)  # fmt: skip
        axes.text(1.02, row, layout.score(group, language, " "), va="center",
                  transform=axes.get_yaxis_transform())  # fmt: skip
    ticks = layout.accuracy_ticks(results)
    axes.set(xlim=(ticks[0], ticks[-1]), ylim=(len(values) - 0.5, -0.5))
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter(layout.rounded)
    names = [layout.short(results, name, value, language) for value in values]
    axes.set_yticks(range(len(values)), names)
    axes.tick_params(axis="y", length=0, labelcolor=theme.ink)
    axes.grid(axis="x", color=theme.level, alpha=0.4, linewidth=0.04 * point)
    axes.spines[["top", "right", "left"]].set_visible(False)
    n = len(results.grid.seeds)
    read = say("cells_read", language, n=n) if n > 1 else say("one_seed", language)
    dots = [say("dots_read", language)] if n > 1 else []
    layout.finish(still, say("test_accuracy", language), [],
                 [read, *dots, layout.rule_of_rates(results, language)])  # fmt: skip
    layout.fit_labels(still, [axes])
