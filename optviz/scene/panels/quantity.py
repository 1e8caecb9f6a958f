"""The base class of panels that show an instrument's quantity over the steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes

from optviz.instruments.of_run import series_of
from optviz.scene.panels.base import PictureStyle
from optviz.scene.panels.over_steps import StepPanel
from surfaces.errors import InputError
from surfaces.surface import Floats

WIDE = 100  # times the smallest value: from there on an axis is logarithmic
DEEP = 1e-12  # of the largest value: what is smaller leaves a logarithmic axis


class Quantity(StepPanel[Any]):
    """A line for each run; between two moments measured it is straight on the panel's scale.

    A value of a step stands at the point from which the step is taken.

    Attributes
    ----------
    name : str
        Of the instrument, and in words.json after ``instrument_``; with ``_over`` behind where
        values are of several steps together.
    from_zero : bool
        Whether a linear axis begins at 0.
    wide : bool
        Whether the axis is logarithmic where values differ by more than a factor of `WIDE`.
    has_beside : bool
        Whether there is something to be drawn in each frame below the lines.
    """

    name: ClassVar[str]
    from_zero: ClassVar[bool] = True
    wide: ClassVar[bool] = False
    has_beside = False
    room = 0.27

    def __init__(self, axes: Axes, runs: Sequence[Any], style: PictureStyle) -> None:
        self.series = [series_of(run, self.name) for run in runs]
        self._of = {id(run): each for run, each in zip(runs, self.series, strict=True)}
        low, high = self.range_of(runs)
        self.log = self.wide and 0 < WIDE * low < high
        super().__init__(axes, runs, style)
        gap, *others = sorted({each.gap for each in self.series})
        if others:
            given = " and ".join(map(str, (gap, *others)))
            raise InputError(
                f"view {self.name!r} must have runs recorded at one distance; not {given} steps"
            )
        word = f"instrument_{self.name}" + "_over" * (gap > 1)
        self.draw_axes(word, self.limits(low, high), self.log, k=gap)

    def range_of(self, runs: Sequence[Any]) -> tuple[float, float]:
        """The lowest and the highest value, of the runs that are not lost if there are any."""
        pairs = list(zip(runs, self.series, strict=True))
        staying = [self.shown(each) for run, each in pairs if run.notice is None]
        known = np.concatenate(staying or [self.shown(each)[:2] for each in self.series])
        known = known[np.isfinite(known)]
        if not known.size:
            return 0.0, 1.0
        high = float(known.max())
        if known.min() >= 0 and (known > 0).any():  # a gradient may end at exactly 0
            known = known[known > DEEP * high]
        return float(known.min()), high

    def shown(self, series: Any) -> Floats:
        """The values for which the axis must have room."""
        values: Floats = series.values
        return values

    def limits(self, low: float, high: float) -> tuple[float, float]:
        """The ends of the vertical axis."""
        if self.log:
            return low / 1.6, high * 1.6
        low = min(low, 0.0) if self.from_zero else low
        margin = 0.08 * (high - low) or 1.0
        return low - margin * (low < 0 or not self.from_zero), high + margin

    def beside(self, at: float) -> Iterator[Artist]:
        """Further artists that grow with the lines, below them; see `has_beside`."""
        return iter(())

    def settled(self, at: float) -> int:
        return 0 if self.has_beside else super().settled(at)

    def artists_above(self, settled: int, at: float, revealed: float = 1.0) -> Iterator[Artist]:
        yield from self.beside(at)
        yield from super().artists_above(settled, at, revealed)

    def path(self, run: Any) -> Floats:
        series = self._of[id(run)]
        return self.between(series.steps, series.values)

    def between(self, steps: Any, values: Floats) -> Floats:
        """A line with a point at each step, shape (n, 2): nan before the first measured."""
        if not len(steps):
            return np.array([[0.0, np.nan]])
        at = np.arange(steps[-1] + 1.0)
        if not self.log:
            return np.column_stack([at, np.interp(at, steps, values, left=np.nan)])
        lowest = np.log10(np.finfo(float).tiny)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.maximum(np.log10(values), lowest)  # 0 is far below the axis
        return np.column_stack([at, 10 ** np.interp(at, steps, logs, left=np.nan)])
