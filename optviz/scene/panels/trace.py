"""The trace of the Hessian, with the error of its estimate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from optviz.scene.panels.base import PictureStyle, until
from optviz.scene.panels.quantity import Quantity
from surfaces.surface import Floats

BAND = 0.25  # how opaque a band is


class Trace(Quantity):
    """The sum of all curvatures; where it is an estimate, in a band of its standard error."""

    name = "trace"

    def __init__(self, axes: Axes, runs: Sequence[Any], style: PictureStyle) -> None:
        super().__init__(axes, runs, style)
        self.has_beside = any(_errors(each).any() for each in self.series)
        if self.has_beside:
            axes.set_ylabel(style.say("instrument_trace_estimated"))
        self.ends = [
            [self.between(each.steps, each.values + sign * _errors(each)) for sign in (-1, 1)]
            for each in self.series
        ]
        colours = [colour for colour, _ in style.marks]
        self.bands = PolyCollection([], facecolors=colours, edgecolors="none", alpha=BAND)
        self.moves(self.bands)

    def shown(self, series: Any) -> Floats:
        return np.concatenate([series.values - _errors(series), series.values + _errors(series)])

    def beside(self, at: float) -> Iterator[Artist]:
        if self.has_beside:
            shown = [[until(end, at) for end in ends] for ends in self.ends]
            self.bands.set_verts([np.vstack([low, high[::-1]]) for low, high in shown])
            yield self.bands


def _errors(series: Any) -> Floats:
    return np.zeros(len(series)) if series.errors is None else series.errors
