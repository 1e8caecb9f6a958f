"""The surface's value over the steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator

from optviz.records.trajectory import Trajectory
from optviz.scene.panels.base import PictureStyle
from optviz.scene.panels.over_steps import StepPanel
from optviz.scene.ticks import shown
from surfaces.surface import Floats

# Shares of the first value below which a log axis ends. Where the axis counts from the lowest value
# seen in the runs, the smallest differences say nothing about a run.
FLOOR, FLOOR_SEEN = 1e-12, 1e-4


class Loss(StepPanel[Trajectory]):
    """Value against step; the surface's ``scale`` says whether on a log axis.

    A logarithm needs a zero: it is the lowest known value, or 0 where the surface stays above it,
    or else the lowest value seen in the window and by the runs. The axis says which.
    """

    def __init__(self, axes: Axes, runs: Sequence[Trajectory], style: PictureStyle) -> None:
        self.log = runs[0].surface.scale == "log"
        self.zero, word, share = _zero(runs) if self.log else (0.0, "loss", 0.0)
        first, (_, high) = float(runs[0].values[0]), _ends(run.values for run in runs)
        rise = (first if first > self.zero else high) - self.zero
        self.floor = max(share * rise, np.finfo(float).tiny) if rise > 0 else share
        super().__init__(axes, runs, style)
        self.draw_axes(word, self._limits(), self.log)
        letters = ", ".join(runs[0].surface.letters.values())
        axes.set_ylabel(axes.get_ylabel().replace("(x, y)", f"({letters})"))
        if self.log and axes.get_ylim()[0] < self.floor:
            self._draw_floor()

    def path(self, trajectory: Trajectory) -> Floats:
        values = trajectory.values
        if self.log:
            values = np.maximum(values - self.zero, self.floor)
        return np.column_stack([np.arange(len(values)), values])

    def _limits(self) -> tuple[float, float]:
        """Limits that hold every run that stays near the window; others may leave the axes."""
        ends = [path[:, 1] for path in self.paths]
        staying = [e for e, t in zip(ends, self.runs, strict=True) if _stays(t)]
        low, high = _ends(staying or [end[:2] for end in ends])
        if self.log:
            if low > self.floor:
                return low / 2, high * 2
            # The shaded band is as high as the text in it.
            thick = 1.3 * self.style.unit / self.axes.bbox.height
            decades = np.log10(high) - np.log10(self.floor)
            return float(self.floor * 10 ** (-decades * thick / (1 - thick))), high * 2
        margin = 0.05 * (high / 2 - low / 2) or max(1.0, 0.05 * abs(high))
        return low - margin, high + margin

    def _draw_floor(self) -> None:
        """Shade what lies below the lowest value drawn: a curve there is cut off, not constant."""
        axes, quiet = self.axes, self.style.theme.quiet
        low = axes.get_ylim()[0]
        axes.axhspan(low, self.floor, color=quiet, alpha=0.15, linewidth=0)
        text = f"< {shown(self.floor, 0.05 * self.floor, digits=2)}"
        left = axes.get_xlim()[1] * 0.3 * self.style.unit / axes.bbox.width
        axes.text(
            left, np.sqrt(low * self.floor), text, color=quiet, va="center", size=0.75 * self.point
        )
        ticks = [tick for tick in axes.yaxis.get_majorticklocs() if tick >= self.floor]
        axes.yaxis.set_major_locator(FixedLocator(ticks))


def _stays(trajectory: Trajectory) -> bool:
    """True for a run that neither diverged nor went further than one window away from it."""
    if trajectory.diverged_at is not None:
        return False
    (x0, x1), (y0, y1) = trajectory.surface.domain
    centre, reach = np.array([x0 + x1, y0 + y1]) / 2, 1.5 * np.array([x1 - x0, y1 - y0])
    return bool((np.abs(trajectory.points - centre) <= reach).all())


def _zero(runs: Sequence[Trajectory]) -> tuple[float, str, float]:
    """What a log axis subtracts, the word for it, and the floor as a share of the first value."""
    surface, first = runs[0].surface, float(runs[0].values[0])
    low, _ = _ends(run.values for run in runs)
    lowest = surface.lowest
    if lowest is not None and low >= lowest - 1e-9 * abs(first - lowest):
        return lowest, "rise", FLOOR
    low = min(low, _ends([surface.samples()[-1]])[0])
    if -FLOOR * first <= low <= 0.01 * first:
        return 0.0, "loss", FLOOR
    return low, "rise_seen", FLOOR_SEEN


def _ends(values: Iterable[Floats]) -> tuple[float, float]:
    """The lowest and the highest finite value."""
    known = np.concatenate([np.ravel(part) for part in values])
    known = known[np.isfinite(known)]
    return float(known.min(initial=np.inf)), float(known.max(initial=-np.inf))
