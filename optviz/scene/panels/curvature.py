"""The largest curvature that each run meets, over the steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from optviz.optimizers import GD, Momentum
from optviz.scene.panels.base import PictureStyle
from optviz.scene.panels.quantity import Quantity
from optviz.words import readable
from surfaces.surface import Floats

FAR = 2.0  # a limit more than so many times above all curvatures met is not drawn


class Curvature(Quantity):
    """The largest second derivative at each point; dashed, if near, what the rate allows: 2/lr."""

    name = "curvature"

    def __init__(self, axes: Axes, runs: Sequence[Any], style: PictureStyle) -> None:
        self.near: list[tuple[Floats, Any, str]] = []
        self.allowed = [
            (_limit(run), run, colour) for run, (colour, _) in zip(runs, style.marks, strict=True)
        ]
        super().__init__(axes, runs, style)
        for limit, run, colour in self.near:
            axes.plot(limit, linestyle="--", color=colour, linewidth=0.1 * self.point)
            k, side = self._freer_end(limit)
            axes.annotate(
                _named(run), (k, limit[k]), (0.2 * self.point * (k == 0), 0.3 * self.point),
                ha=side, textcoords="offset points", color=colour, size=0.8 * self.point,
            )  # fmt: skip

    def limits(self, low: float, high: float) -> tuple[float, float]:
        self.near = [each for each in self.allowed if 0 < each[0].min() < FAR * high]
        return super().limits(low, max(high, *(limit.min() for limit, _, _ in self.near), 0.0))

    def _freer_end(self, limit: Floats) -> tuple[int, str]:
        """The end of a limit's line above which fewer lines pass: its step, and its side."""
        low, high = self.axes.get_ylim()
        bottom, top = limit[0], limit[0] + 0.08 * (high - low)
        quarter = len(limit) // 4 + 1
        passing = []
        for part in (slice(quarter), slice(-quarter, None)):
            met = [path[part, 1] for path in self.paths]
            lower = np.concatenate([np.minimum(each[1:], each[:-1]) for each in met])
            upper = np.concatenate([np.maximum(each[1:], each[:-1]) for each in met])
            passing.append(np.count_nonzero((lower < top) & (upper > bottom)))
        return (0, "left") if passing[0] < passing[1] else (len(limit) - 1, "right")


def _product(run: Any) -> float:
    """What rate times curvature may be: of rules that do not divide the curvature; 0 of others."""
    known = isinstance(run.optimizer, (GD, Momentum))
    return (run.optimizer.stability_limit() or 0.0) if known else 0.0


def _limit(run: Any) -> Floats:
    """The curvature at which each rate reaches it; weight decay takes its share."""
    rates = np.array([run.optimizer.rate(t) for t in range(1, len(run) + 2)])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(_product(run) / rates - run.optimizer.weight_decay)


def _named(run: Any) -> str:
    decay = run.optimizer.weight_decay
    return f"{readable(_product(run))}/lr" + (f" − {readable(decay)}" if decay else "")
