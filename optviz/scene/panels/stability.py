"""How near each run's curvature is to the limit of its own optimizer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from optviz.scene.panels.base import PictureStyle
from optviz.scene.panels.quantity import Quantity
from surfaces.surface import Floats

HIGHEST = 3.0  # what is beyond leaves the axis


class Stability(Quantity):
    """Curvature times rate, of each optimizer's own limit; none where theory knows none."""

    name = "stability"

    def __init__(self, axes: Axes, runs: Sequence[Any], style: PictureStyle) -> None:
        super().__init__(axes, runs, style)
        axes.axhline(
            1, color=style.theme.quiet, linewidth=0.1 * self.point, linestyle="--", zorder=0.6
        )

    def shown(self, series: Any) -> Floats:
        return np.asarray(np.clip(np.append(series.values, 1.0), -0.5, HIGHEST))
