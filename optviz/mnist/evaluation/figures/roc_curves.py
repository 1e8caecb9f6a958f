"""ROC curves of each class against the rest, with the corner where they bend enlarged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from optviz.animation.still import Still
from optviz.mnist.evaluation.metrics import Roc
from optviz.mnist.evaluation.scores import Scores
from optviz.mnist.figure_text import heading
from optviz.words import say

CORNERS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4)  # sides of what may be shown larger
DASHES: tuple[Any, ...] = ("-", (0, (5, 1.5)), (0, (1.5, 1)))


def draw(still: Still, evaluation: Scores) -> None:
    """One curve a class, their mean, chance; and the corner, where good curves bend, enlarged."""
    e, language = evaluation, still.language
    title = say("roc_title", language)
    heading(still, title)
    curves = {name: e.roc(i) for i, name in enumerate(e.classes)}
    known = {name: curve for name, curve in curves.items() if not np.isnan(curve.auc)}
    side = corner(list(known.values()))
    panels = still.figure.subplots(1, 1 if side is None else 2, squeeze=False)[0]
    for axes in panels:
        _draw_curves(still, axes, curves, e.macro["auc"])
        axes.set_xlabel(say("fpr", language))
        axes.tick_params(length=0.25 * still.point, width=0.05 * still.point,
                         labelsize=0.85 * still.point)  # fmt: skip
    panels[0].set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    panels[0].set_ylabel(say("tpr", language))
    if side is not None:
        edge = 0.02 * side
        panels[1].set(xlim=(-edge, side), ylim=(1 - side, 1 + edge))
        panels[1].set_title(say("corner", language), fontsize=still.point, color=still.theme.quiet)
        frame = Rectangle((-0.01, 1 - side), side, side + 0.01, fill=False, zorder=5,
                          edgecolor=still.theme.quiet, linewidth=0.1 * still.point)  # fmt: skip
        panels[0].add_patch(frame)
    for axes in panels:
        axes.locator_params(nbins=4)
    still.figure.legend(
        *panels[0].get_legend_handles_labels(), loc="outside right center", frameon=False,
        title=say("auc", language), title_fontsize=0.9 * still.point, fontsize=0.9 * still.point,
        handlelength=1.8, borderaxespad=0.2, labelspacing=0.35,
    )  # fmt: skip
    scores = [f"{name} {curve.auc:.4f}" for name, curve in known.items()]
    still.alt = f"{title}. AUC: {', '.join(scores)}."


def _draw_curves(still: Still, axes: Axes, curves: Mapping[str, Roc], mean: float) -> None:
    """Colours in the theme's order, line styles by turns, so that two hints tell them apart."""
    theme, width = still.theme, 0.14 * still.point
    for i, (name, curve) in enumerate(curves.items()):
        colour = theme.colours[1 + i % (len(theme.colours) - 1)]
        said = "–" if np.isnan(curve.auc) else f"{curve.auc:.4f}"
        axes.plot(curve.fpr, curve.tpr, color=colour, linestyle=DASHES[i % len(DASHES)],
                  linewidth=width, label=f"{name}  {said}")  # fmt: skip
    known = [curve for curve in curves.values() if not np.isnan(curve.auc)]
    if known:
        axes.plot(*mean_curve(known), color=theme.ink, linewidth=1.6 * width,
                  label=f"{say('macro', still.language)}  {mean:.4f}")  # fmt: skip
    axes.plot([0, 1], [0, 1], color=theme.quiet, linestyle=":", linewidth=width,
              label=f"{say('chance', still.language)}  0.5")  # fmt: skip


def mean_curve(curves: Sequence[Roc]) -> tuple[Any, Any]:
    """The macro average: the mean height of all curves over the union of their places."""
    across = np.unique(np.concatenate([curve.fpr for curve in curves]))
    heights = [np.interp(across, curve.fpr, curve.tpr) for curve in curves]
    return np.insert(across, 0, 0), np.insert(np.mean(heights, axis=0), 0, 0)


def corner(curves: Sequence[Roc]) -> float | None:
    """Side of the square at (0, 1) in which every curve bends; None if that is half of it all."""
    bends = [float(np.maximum(curve.fpr, 1 - curve.tpr).min()) for curve in curves]
    return next((side for side in CORNERS if 1.5 * max(bends, default=1) <= side), None)
