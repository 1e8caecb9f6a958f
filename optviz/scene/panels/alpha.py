"""Where each step lands on the parabola along it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedFormatter, FixedLocator

from optviz.scene.panels.base import PictureStyle
from optviz.scene.panels.quantity import Quantity
from surfaces.surface import Floats

FARTHEST = 2.0  # what is beyond leaves the axis
MOST = 0.02  # of the values at each end that may leave it too


class Alpha(Quantity):
    """Where each step lands on the parabola along it: -1 its start, 0 the bottom, 1 opposite."""

    name = "alpha"
    from_zero = False

    def __init__(self, axes: Axes, runs: Sequence[Any], style: PictureStyle) -> None:
        super().__init__(axes, runs, style)
        low, high = axes.get_ylim()
        levels = range(int(np.ceil(low)), int(high) + 1)
        said = {-1: "alpha_start", 0: "alpha_bottom", 1: "alpha_opposite"}
        texts = [style.say(said[k], value=_signed(k)) if k in said else _signed(k) for k in levels]
        axes.yaxis.set_major_locator(FixedLocator(levels))
        axes.yaxis.set_major_formatter(FixedFormatter(texts))
        axes.axhline(0, color=style.theme.quiet, linewidth=0.1 * self.point, zorder=0.6)

    def shown(self, series: Any) -> Floats:
        known = series.values[np.isfinite(series.values)]
        ends = np.quantile(known, [MOST, 1 - MOST]) if known.size else np.empty(0)
        return np.asarray(np.clip(np.append(ends, [-1.0, 1.0]), -FARTHEST, FARTHEST))

    def limits(self, low: float, high: float) -> tuple[float, float]:
        return low - 0.25, high + 0.25


def _signed(level: int) -> str:
    return str(level).replace("-", "\N{MINUS SIGN}")
