"""The reliability diagram: accuracy against confidence."""

from __future__ import annotations

import numpy as np
from matplotlib.ticker import PercentFormatter

from optviz.animation.still import Still
from optviz.mnist.evaluation.scores import Scores
from optviz.mnist.figure_text import heading
from optviz.words import say


def draw(still: Still, evaluation: Scores) -> None:
    """Above how often each bin is right, below how many images are in it."""
    theme, language, found = still.theme, still.language, evaluation.calibration
    point, blue = still.point, still.theme.colours[1]
    title = say("calibration_title", language, ece=f"{found.ece:.4f}")
    heading(still, title)
    upper, lower = still.figure.subplots(2, 1, sharex=True, height_ratios=[3, 1.3])
    upper.plot([0, 1], [0, 1], ":", color=theme.quiet, linewidth=0.14 * point,
               label=say("ideal", language))  # fmt: skip
    upper.vlines(found.confidence, found.confidence, found.accuracy, color=theme.colours[4],
                 linewidth=0.2 * point)  # fmt: skip
    upper.plot(
        found.confidence, found.accuracy, "o-", color=blue, linewidth=0.16 * point,
        markersize=0.5 * point, clip_on=False, label=say("right_share", language),
    )  # fmt: skip
    upper.set(xlim=(0, 1), ylim=(0, 1), ylabel=say("right_share", language))
    upper.legend(loc="upper left", frameon=False)
    bins = len(found.share)
    middles = (np.arange(bins) + 0.5) / bins
    lower.bar(middles, found.share, 0.9 / bins, color=blue)
    for x, share in zip(middles, found.share, strict=True):
        if share:
            lower.text(x, share, f"{share:.1%}", ha="center", va="bottom", fontsize=0.8 * point)
    lower.set(ylim=(0, 1.3 * found.share.max()), xlabel=say("confidence", language),
              ylabel=say("image_share", language))  # fmt: skip
    lower.yaxis.set_major_formatter(PercentFormatter(1, 0))
    lower.locator_params(axis="y", nbins=3)
    lower.set_xticks(np.linspace(0, 1, bins + 1))
    still.figure.align_ylabels([upper, lower])
    for axes in (upper, lower):
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(length=0.25 * point, width=0.05 * point)
    pairs = zip(found.confidence, found.accuracy, strict=True)
    listed = ", ".join(f"{sure:.0%} → {right:.0%}" for sure, right in pairs)
    still.alt = f"{title} {say('confidence', language)} → {say('right_share', language)}: {listed}."
