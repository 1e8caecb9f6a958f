"""What all figures of a comparison share: panels for the rest of the grid, a legend, a caption."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from optviz.animation.still import Still
from optviz.mnist import figure_text
from optviz.mnist.comparison.grid import Candidate
from optviz.mnist.comparison.results import Results, SeedGroup
from optviz.mnist.networks.models import ACTIVATIONS
from optviz.mnist.training.wording import in_words
from optviz.records.labels import optimizer_label
from optviz.scene.marks import marks as optimizer_marks
from optviz.scene.value_marks import value_mark
from optviz.words import joined, say

MOST_PANELS = 12
CAPTION = 0.78  # its text, of the text's height

Mark = tuple[str, str]  # colour and shape


def lines_of(results: Results, taken: Sequence[str] = ()) -> str:
    """The axis that is told by colour: the optimizers, else the first that is free."""
    free = [name for name in results.axes if name not in taken]
    return "optimizer" if "optimizer" in free or not free else free[0]


def panels(results: Results, taken: Sequence[str], language: str) -> list[
    tuple[str, Results]
]:  # fmt: skip
    """A title and a part of the grid for each combination of the axes that are not ``taken``."""
    free = {name: values for name, values in results.axes.items() if name not in taken}
    found = []
    for chosen in itertools.product(*free.values()):
        cell = dict(zip(free, chosen, strict=True))
        part = results.only(**cell)
        title = ", ".join(label(part, name, value, language) for name, value in cell.items())
        found.append((title, part))
    return found


def too_big(results: Results, taken: Sequence[str]) -> str | None:
    """What the grid must be, if the rest of it is too much for panels."""
    count = math.prod(len(v) for name, v in results.axes.items() if name not in taken)
    if count <= MOST_PANELS:
        return None
    return f"a grid of at most {MOST_PANELS} panels, not {count} (take a part by only())"


def marks(results: Results, name: str, still: Still) -> dict[Any, Mark]:
    """Colour and shape of each value of an axis; optimizers and activations keep their own."""
    values = results.grid.values[name]
    if name == "optimizer":
        rules = [results.grid.candidates[text].rule for text in values]
        return dict(zip(values, optimizer_marks(rules, still.theme), strict=True))
    places = list(ACTIVATIONS if name == "activation" else values)
    return {value: value_mark(places.index(value), still.theme.colours) for value in values}


def label(results: Results, name: str, value: Any, language: str) -> str:
    """A value's words in a legend; of an optimizer its name and its rate, or their range."""
    if name != "optimizer":
        return in_words(name, value, language)
    candidate = results.grid.candidates[value]
    found = {run.rate for run in results.runs if run.settings["optimizer"] == value}
    rates = [rate for rate in found if rate is not None]
    if not rates:
        rules = [other.rule for other in results.grid.candidates.values()]
        return optimizer_label(candidate.rule, language, rules)
    if not (_by_class(results, candidate) or candidate.lacks_rate):
        return candidate.text  # it has the rate in it
    low, high = min(rates), max(rates)
    ends = f"{low:g}" + (f"-{high:g}" if high > low else "")
    return f"{_name(results, candidate)} lr={ends}"


def _by_class(results: Results, candidate: Candidate) -> bool:
    """Whether the name of its class tells an optimizer from the others."""
    kinds = [type(c.rule) for c in results.grid.candidates.values()]
    return kinds.count(type(candidate.rule)) == 1 and not candidate.text.startswith("torch.")


def _name(results: Results, candidate: Candidate) -> str:
    """An optimizer's class where it has one of its own, else as it was given."""
    return type(candidate.rule).__name__ if _by_class(results, candidate) else candidate.text


def rule_of_rates(results: Results, language: str) -> str:
    """Where the learning rates come from, in a sentence."""
    if results.tuning.trials:
        return results.tuning.text(language)
    chosen = [results.grid.candidates[text] for text in results.grid.values["optimizer"]]
    some = any(candidate.lacks_rate for candidate in chosen)
    return say("rates_default" if some else "rates_given", language)


def axes_for(still: Still, titles: Sequence[str], **shared: Any) -> list[Axes]:
    """Axes for panels of these titles, in as many columns as make them largest."""
    count, unit = len(titles), still.unit

    def roominess(columns: int) -> float:
        width, height = still.width / columns, 0.72 * still.height / math.ceil(count / columns)
        return min((width - 3 * unit) / 1.4, height - 3 * unit)

    columns = max(range(1, count + 1), key=roominess)
    grid = still.figure.subplots(math.ceil(count / columns), columns, squeeze=False, **shared)
    for empty in grid.flat[count:]:
        empty.remove()
    room = (still.width - 3 * unit) / columns - unit
    for axes, title in zip(grid.flat, titles, strict=False):
        heading = axes.set_title(title, fontsize=still.point, color=still.theme.ink)
        if heading.get_window_extent().width > room:
            heading.set_text(_in_two(title))
        if count > 4:
            axes.tick_params(labelsize=0.8 * still.point)
    return list(grid.flat[:count])


def _in_two(title: str) -> str:
    """Two lines, broken at the comma nearest to the middle."""
    places = [i for i in range(len(title)) if title.startswith(", ", i)]
    if not places:
        return title
    at = min(places, key=lambda i: abs(2 * i - len(title)))
    return f"{title[: at + 1]}\n{title[at + 2 :]}"


def below(all_axes: Sequence[Axes], words: str) -> None:
    """Labels at the outer sides only: below the lowest panel of each column, left of each row."""
    places = [axes.get_subplotspec() for axes in all_axes]
    lowest = {p.colspan.start: axes for p, axes in zip(places, all_axes, strict=True) if p}
    for axes in all_axes:
        axes.label_outer()
    for axes in lowest.values():
        axes.set_xlabel(words)
        axes.tick_params(labelbottom=True)


def strokes(still: Still, entries: Sequence[tuple[Mark, str]], **kind: Any) -> list[Line2D]:
    """The handles of a legend: a line with its mark for each entry."""
    return [
        Line2D([], [], color=colour, marker=shape, label=words, markersize=0.6 * still.point,
               markeredgecolor=still.theme.casing, markeredgewidth=0.05 * still.point,
               linewidth=0.16 * still.point, **kind)
        for (colour, shape), words in entries
    ]  # fmt: skip


def finish(still: Still, title: str, handles: Sequence[Line2D], sentences: Sequence[str]) -> None:
    """Title above; legend and caption below, and the room that they need."""
    figure, unit = still.figure, still.unit
    figure.suptitle(title, fontsize=1.1 * still.point, color=still.theme.ink)
    caption = _caption(still, joined(sentences, still.language))
    floor = 0.5 * unit + caption.get_window_extent().height + 0.5 * unit
    if handles:
        for columns in range(len(handles), 0, -1):
            legend = figure.legend(
                handles=list(handles), loc="lower center", ncols=columns, frameon=False,
                bbox_to_anchor=(0.5, floor / still.height), borderpad=0.1, borderaxespad=0,
                handlelength=1.6, columnspacing=1.4, fontsize=0.9 * still.point,
            )  # fmt: skip
            box = legend.get_window_extent()
            if box.width < still.width - unit or columns == 1:
                break
            legend.remove()
        floor += box.height + 0.3 * unit
    share = floor / still.height
    engine: Any = figure.get_layout_engine()
    pad = 0.4 * unit / 100
    engine.set(rect=(0, share, 1, 1 - share), w_pad=pad, h_pad=pad)


def fit_labels(still: Still, all_axes: Sequence[Axes]) -> None:
    """Where labels below would touch one another, they are set smaller, and then slanted."""
    for turned in (False, True):
        still.canvas.draw()
        boxes = [
            [t.get_window_extent() for t in axes.get_xticklabels() if t.get_visible()]
            for axes in all_axes
        ]
        gaps = [b.x0 - a.x1 for row in boxes for a, b in itertools.pairwise(row)]
        if min(gaps, default=still.unit) > 0.3 * still.unit:
            return
        for axes in all_axes:
            for text in axes.get_xticklabels():
                text.set_fontsize(0.75 * still.point)
                if turned:
                    text.set(rotation=30, ha="right", rotation_mode="anchor")


def fit_titles(still: Still) -> None:
    """Make the panels' titles so small that none meets its neighbour or the picture's edge."""
    titled = [axes for axes in still.figure.axes if axes.get_title()]
    if not titled:
        return
    still.canvas.draw()
    middles = [axes.bbox.x0 + axes.bbox.width / 2 for axes in titled]
    edges = [min(x, still.width - x) for x in middles]
    steps = [b - a for a, b in itertools.pairwise(sorted(set(map(round, middles))))]
    room = min([2 * edge for edge in edges] + steps) - 0.5 * still.unit
    widest = max(axes.title.get_window_extent().width for axes in titled)
    for axes in titled:
        axes.title.set_fontsize(still.point * min(1.0, room / widest))


def _caption(still: Still, text: str) -> Text:
    """Small words at the foot, in as many lines as the width needs."""
    size, edge = CAPTION * still.point, 0.6 * still.unit
    lines = figure_text.wrapped(still, text, still.width - 2 * edge, size)
    return still.figure.text(
        edge / still.width, 0.5 * still.unit / still.height, lines, va="bottom", fontsize=size,
        color=still.theme.quiet, linespacing=1.25,
    )  # fmt: skip


def score(group: SeedGroup, language: str, between: str = "\n") -> str:
    """Mean accuracy on the test images, the spread, and whether runs diverged."""
    found = group.of("test_accuracy")
    parts = [percent(found.mean())]
    if len(found) > 1:
        parts.append(f"± {100 * (found.max() - found.min()) / 2:.1f}")
    if group.diverged == len(found):
        parts.append(say("all_diverged", language))
    elif group.diverged:
        parts.append(say("some_diverged", language, k=group.diverged, n=len(found)))
    return between.join(parts)


def short(results: Results, name: str, value: Any, language: str) -> str:
    """A name for a row or a column; an optimizer without its rate, which changes by cell."""
    if name == "optimizer" and results.grid.candidates[value].tuned:
        return _name(results, results.grid.candidates[value])
    return label(results, name, value, language)


def accuracy_ticks(results: Results) -> list[float]:
    """A scale for accuracies on the test images: round numbers, the first and last its ends.

    It is four times as wide as the seeds' usual spread, and two per cent at least: what differs by
    chance alone has nearly one colour.
    """
    found = [group.of("test_accuracy") for group in results.groups]
    low, high = float(np.min(found)), float(np.max(found))
    least = max(0.02, 4 * float(np.median([np.ptp(shares) for shares in found])) / 2)
    extra = max(0.0, least - (high - low)) / 2
    low, high = max(0.0, low - extra), min(1.0, high + extra)
    ticks = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [float(tick) for tick in ticks if -1e-9 <= tick <= 1 + 1e-9]


def percent(share: float) -> str:
    """A share as a percentage with one decimal."""
    return f"{100 * share:.1f} %"


def rounded(share: float, place: float | None = None) -> str:
    """A round share, as the ticks of `accuracy_ticks` are; ``place`` is matplotlib's."""
    return f"{100 * share:.4g} %"
