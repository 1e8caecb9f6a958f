"""Arrowheads at a panel's edge, where runs that are outside have left it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.path import Path
from matplotlib.transforms import IdentityTransform

from optviz.scene.style import DENSITY
from surfaces.surface import Floats

LONG, WIDE = 0.75, 0.5  # heights of the text: an arrowhead, and half of its back


class Exit(NamedTuple):
    """Where a line leaves the panel: after which step, at which place, in which direction."""

    step: int
    place: Floats
    direction: Floats


class EdgeMarks:
    """An arrowhead for each run whose head is outside the panel.

    Parameters
    ----------
    axes : Axes
        At its final place.
    paths : sequence of array (n + 1, 2)
        The lines of the runs, in data coordinates.
    colours : sequence of str
    casing : str
    unit : float
        Height of the text in pixels.
    """

    def __init__(
        self, axes: Axes, paths: Sequence[Floats], colours: Sequence[str], casing: str, unit: float
    ) -> None:
        figure = axes.figure
        assert figure is not None
        self.box, self.unit, self.colours = axes.bbox.frozen(), unit, colours
        with np.errstate(all="ignore"):
            self.exits = [self._exits(axes.transData.transform(path)) for path in paths]
        self.artist = PathCollection(
            [], offset_transform=figure.dpi_scale_trans, edgecolors=casing,
            linewidths=0.72 * 0.08 * unit,
        )  # fmt: skip
        self.artist.set_transform(figure.dpi_scale_trans + IdentityTransform())

    def show(self, at: float, heads: Floats) -> bool:
        """Put the marks of a moment into `artist`; returns whether there are any.

        ``heads`` are the heads' places in pixels, shape (runs, 2).
        """
        shown = [
            (exits[-1], colour)
            for head, run, colour in zip(heads, self.exits, self.colours, strict=True)
            if not self._inside(head) and (exits := [e for e in run if e.step <= at])
        ]
        self.artist.set_paths([self._arrowhead(gone) for gone, _ in shown])
        self.artist.set_facecolor([colour for _, colour in shown])
        return bool(shown)

    def _inside(self, places: Floats) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether places lie in the panel; a pixel of its frame counts as inside."""
        low, high = np.array(self.box.min) - 1, np.array(self.box.max) + 1
        inside = (places >= low) & (places <= high)
        return np.asarray(inside.all(axis=-1))

    def _exits(self, places: Floats) -> list[Exit]:
        """Every exit of a line, given in pixels (n + 1, 2)."""
        inside = np.atleast_1d(self._inside(places))
        found = []
        for k in np.flatnonzero(inside[:-1] & ~inside[1:]):
            along = places[k + 1] - places[k]
            if not np.isfinite(along).all():
                along = np.nan_to_num(np.sign(along))
            with np.errstate(all="ignore"):
                edges = np.where(along > 0, self.box.max, self.box.min)
                reach = np.where(along == 0, np.inf, (edges - places[k]) / along)
            place = places[k] + max(float(reach.min()), 0.0) * along
            found.append(Exit(int(k), place, along / np.hypot(*along)))
        return found

    def _arrowhead(self, gone: Exit) -> Path:
        """A triangle in inches, its tip at the edge."""
        back = gone.place - LONG * self.unit * gone.direction
        across = WIDE * self.unit * np.array([-gone.direction[1], gone.direction[0]])
        corners = np.array([gone.place, back + across, back - across, gone.place])
        return Path(corners / DENSITY, closed=True)
