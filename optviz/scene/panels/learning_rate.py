"""The learning rate over the steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from optviz.records.record import Record
from optviz.scene.panels.base import PictureStyle
from optviz.scene.panels.over_steps import StepPanel
from surfaces.surface import Floats


class Rate(StepPanel[Record]):
    """The rate of each step; on a log axis if rates differ by more than a factor of 100."""

    def __init__(self, axes: Axes, runs: Sequence[Record], style: PictureStyle) -> None:
        super().__init__(axes, runs, style)
        rates = np.concatenate([path[:, 1] for path in self.paths])
        rates = rates[np.isfinite(rates)]  # a solver whose path was given has none
        low, high = float(rates.min(initial=np.inf)), float(rates.max(initial=0.0))
        log = low > 0 and high > 100 * low
        limits = (low / 1.5, high * 1.5) if log else (0.0, 1.1 * high or 1.0)
        self.draw_axes("rate", limits, log)

    def path(self, run: Record) -> Floats:
        # The rate at point k is that of step k + 1, also where that step was never taken.
        rates = np.array([run.optimizer.rate(t) for t in range(1, len(run) + 2)])
        slot, states = run.optimizer.rate_slot, getattr(run, "states", {})
        if slot in states:  # a rule that sets its rate itself
            rates = rates * states[slot][:, 0]
        return np.column_stack([np.arange(len(rates)), rates])
