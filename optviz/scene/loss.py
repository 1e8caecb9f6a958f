"""The surface's value over the steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from optviz.scene.panel import Look
from optviz.scene.steps import StepPanel
from optviz.trajectory import Trajectory
from surfaces.surface import Floats


class Loss(StepPanel[Trajectory]):
    """Value against step; the rise above the lowest known value, on a log axis, where it helps."""

    def __init__(self, axes: Axes, runs: Sequence[Trajectory], look: Look) -> None:
        self.lowest = _reached(runs)
        super().__init__(axes, runs, look)
        log = self.lowest is not None
        self.draw_axes("rise" if log else "loss", self._limits(), log)

    def path(self, trajectory: Trajectory) -> Floats:
        values = trajectory.values
        if self.lowest is not None:
            # A path that arrives exactly would leave the log axis.
            rise = values - self.lowest
            values = np.maximum(rise, 1e-12 * (rise[0] or 1.0))
        return np.column_stack([np.arange(len(values)), values])

    def _limits(self) -> tuple[float, float]:
        """Room for every run that stays; one that runs away may leave through the roof or floor."""
        ends = [path[:, 1] for path in self.paths]
        staying = [e for e, t in zip(ends, self.runs, strict=True) if _stays(t)]
        shown = np.concatenate(staying or [end[:2] for end in ends])
        low, high = float(shown.min()), float(shown.max())
        if self.lowest is not None:
            return low / 2, high * 2
        margin = 0.05 * (high / 2 - low / 2) or max(1.0, 0.05 * abs(high))
        return low - margin, high + margin


def _stays(trajectory: Trajectory) -> bool:
    """True for a run that neither diverged nor went further than one window away from it."""
    if trajectory.diverged_at is not None:
        return False
    (x0, x1), (y0, y1) = trajectory.surface.domain
    centre, reach = np.array([x0 + x1, y0 + y1]) / 2, 1.5 * np.array([x1 - x0, y1 - y0])
    return bool((np.abs(trajectory.points - centre) <= reach).all())


def _reached(runs: Sequence[Trajectory]) -> float | None:
    """The lowest known value if some run comes within a hundredth of it, else None."""
    lowest = runs[0].surface.lowest
    if lowest is None:
        return None
    first = runs[0].values[0] - lowest
    best = min(float(t.values.min()) for t in runs) - lowest
    # Below the known minimum (an unbounded surface) a logarithm has nothing to show.
    return lowest if -1e-9 * abs(first) <= best < 0.01 * first else None
