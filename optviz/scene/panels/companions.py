"""The further points that some optimizers keep, drawn beside their heads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.markers import MarkerStyle
from matplotlib.patheffects import withStroke
from matplotlib.transforms import IdentityTransform

from optviz.optimizers import running
from optviz.records.trajectory import Trajectory
from optviz.scene.panels.base import LINE, Panel, part
from surfaces.surface import Floats

SIDE = 0.5  # of a ring, in heights of the text
CLEAR = 1.2  # heights of the text: nearer to its head a ring is not named


class _Companion(NamedTuple):
    run: int
    name: str
    path: Floats


class Companions:
    """Rings where the further points are, each joined to its run's head and named.

    They are the slots that a wrapper declares as `companions`, and where the gradient of the next
    step is taken if that is elsewhere (y).

    Parameters
    ----------
    panel : Panel
        Whose axes show the plane.
    runs : sequence of Trajectory
    """

    def __init__(self, panel: Panel[Any], runs: Sequence[Trajectory]) -> None:
        self.found = [each for i, run in enumerate(runs) for each in _companions_of(i, run)]
        if not self.found:
            return
        style, axes, point = panel.style, panel.axes, panel.point
        self.axes = axes
        colours = [style.marks[each.run][0] for each in self.found]
        self.joins = LineCollection([], colors=colours, linewidths=0.5 * LINE * point)
        ring = MarkerStyle("o")
        self.rings = PathCollection(
            [ring.get_path().transformed(ring.get_transform())], sizes=[(SIDE * point) ** 2],
            facecolors=style.theme.casing, edgecolors=colours, linewidths=0.7 * LINE * point,
            offset_transform=axes.transData,
        )  # fmt: skip
        self.rings.set_transform(IdentityTransform())
        casing = withStroke(linewidth=0.2 * point, foreground=style.theme.casing)
        self.names = [
            axes.annotate(
                _said(style, each.name), (0, 0), (0.45 * point, -0.45 * point), va="top",
                textcoords="offset points", color=colour, size=0.7 * point, path_effects=[casing],
                annotation_clip=True, clip_on=True,
            )
            for each, colour in zip(self.found, colours, strict=True)
        ]  # fmt: skip
        self.clear = CLEAR * style.unit
        for artist in (self.joins, self.rings):
            panel.moves(artist)
        for name in self.names:
            name.set_animated(True)

    def artists_at(self, at: float, heads: Floats) -> Iterator[Artist]:
        """The joins, rings and names of a moment, lowest first; ``heads`` in data coordinates."""
        if not self.found:
            return
        places = np.array([part(each.path, at)[-1] for each in self.found])
        ends = np.array([heads[each.run] for each in self.found])
        self.joins.set_segments(list(np.stack([ends, places], axis=1)))
        self.rings.set_offsets(places)
        yield self.joins
        yield self.rings
        apart = np.hypot(*(self._pixels(places) - self._pixels(ends)).T)
        for name, place, far in zip(self.names, places, apart > self.clear, strict=True):
            name.xy = tuple(place)
            if far:
                yield name

    def _pixels(self, points: Floats) -> Floats:
        return np.asarray(self.axes.transData.transform(points))


def _said(style: Any, name: str) -> str:
    """The name of a point: a letter, or a word of the catalogue."""
    return name if len(name) == 1 else str(style.say(f"companion_{name}"))


def _companions_of(i: int, run: Trajectory) -> Iterator[_Companion]:
    optimizer = run.optimizer
    slots = [name for kind in type(optimizer).__mro__ for name in vars(kind).get("companions", ())]
    for name in slots:
        path = run.states[name].copy()
        path[0] = run.points[0]  # a slot of zeros before the first step
        yield _Companion(i, name, path)
    if optimizer.evaluates_elsewhere:
        taken = [
            running.gradient_point(
                optimizer, k + 1, tuple(point), {n: tuple(s[k]) for n, s in run.states.items()}
            )
            for k, point in enumerate(run.points.tolist())
        ]
        yield _Companion(i, "y", np.array(taken))
