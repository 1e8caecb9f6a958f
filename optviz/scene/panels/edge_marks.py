"""Arrowheads at a panel's edge, which point to the runs that are outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.path import Path

from optviz.scene.style import DENSITY
from surfaces.surface import Floats

FAR = 1e9  # pixels: farther away than any picture is wide
LONG, WIDE = 0.95, 0.38  # heights of the text: an arrowhead, and half of its back


class EdgeMarks:
    """An arrowhead for each run whose head is outside the panel.

    Parameters
    ----------
    axes : Axes
        At its final place.
    colours : sequence of str
    casing : str
    unit : float
        Height of the text in pixels.
    """

    def __init__(self, axes: Axes, colours: Sequence[str], casing: str, unit: float) -> None:
        figure = axes.figure
        assert figure is not None
        self.box, self.unit, self.colours = axes.bbox.frozen(), unit, colours
        # A pixel of the frame counts as inside.
        self.inside = axes.bbox.padded(1).get_points()
        self.artist = PathCollection(
            [], transform=figure.dpi_scale_trans, facecolors="none", edgecolors=casing,
            linewidths=0.72 * 0.08 * unit,
        )  # fmt: skip

    def show(self, heads: Floats) -> bool:
        """Put the marks of a moment into `artist`; returns whether there are any.

        ``heads`` are the heads' places in pixels, shape (runs, 2).
        """
        low, high = self.inside
        lost = ~((heads >= low) & (heads <= high)).all(axis=1)
        lost &= ~np.isnan(heads).any(axis=1) | np.isinf(heads).any(axis=1)  # else it is nowhere
        heads = np.nan_to_num(heads, posinf=FAR, neginf=-FAR)
        places = np.clip(heads, self.box.min, self.box.max)
        return self.point(lost, places, heads - places)

    def point(self, lost: Any, places: Floats, out: Floats) -> bool:
        """The same for runs that are ``lost``: from ``places`` at an edge they went ``out``."""
        found = np.flatnonzero(lost).tolist()
        if found or self.artist.get_paths():
            self.artist.set_paths([self._arrowhead(places[i], out[i]) for i in found])
            self.artist.set_facecolor([self.colours[i] for i in found])
        return bool(found)

    def _arrowhead(self, place: Floats, out: Floats) -> Path:
        """A triangle in inches, its tip at the edge; it points to the head outside."""
        along = out / np.hypot(*out)
        back = place - LONG * self.unit * along
        across = WIDE * self.unit * np.array([-along[1], along[0]])
        corners = np.array([place, back + across, back - across, place])
        return Path(corners / DENSITY, closed=True)
