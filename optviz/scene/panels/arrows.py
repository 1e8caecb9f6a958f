"""Arrows of one step: the negative gradient, the memory of gradients, and the step itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch
from matplotlib.transforms import Transform

from optviz.records.trajectory import Trajectory
from optviz.scene.panels.base import PictureStyle
from optviz.translate.slots import classify_slots
from surfaces.surface import Floats

KINDS = ("gradient", "memory", "step")


class Arrows:
    """An arrow of each kind, from one point of a panel.

    The longest of a kind in the run is ``reach`` long, in the units of ``transform``; the others
    are as long as the square root of their share of it, so that short ones stay visible.
    ``stretch`` holds the scales along x and y.
    """

    def __init__(
        self,
        axes: Axes,
        run: Trajectory,
        style: PictureStyle,
        reach: float,
        transform: Transform,
        stretch: Any = 1.0,
    ) -> None:
        memories, _ = classify_slots(run.optimizer)
        slots = run.states
        before = np.vstack([run.steps_taken, np.full((1, 2), np.nan)])
        self.vectors: dict[str, Floats] = {"gradient": -run.gradients, "step": before}
        if memories:  # the memory after the step, which the step was computed with
            after = np.vstack([-slots[memories[0]][1:], np.full((1, 2), np.nan)])
            self.vectors["memory"] = after
        self.vectors = {name: stretch * vectors for name, vectors in self.vectors.items()}
        self.longest = {
            name: float(np.nanmax(np.linalg.norm(vectors[:-1], axis=1), initial=0.0))
            for name, vectors in self.vectors.items()
        }
        self.reach = reach
        self.artists = {
            name: _arrow(axes, transform, colour, width, 0.72 * style.unit)
            for name, colour, width in zip(KINDS, colours(style), (0.13, 0.2, 0.2), strict=True)
            if name in self.vectors
        }

    def point(self, k: int, centre: Any, kinds: Sequence[str] = KINDS) -> Iterator[Artist]:
        """The arrows of step ``k + 1`` from the point ``centre``, of the given kinds only."""
        for name, arrow in self.artists.items():
            vector = self.vectors[name][k]
            length = float(np.linalg.norm(vector))
            if name in kinds and length > 0:
                share = np.sqrt(length / self.longest[name])
                tip = centre + vector / length * self.reach * max(float(share), 0.3)
                arrow.set_positions(tuple(centre), tuple(tip))
                yield arrow


def _arrow(
    axes: Axes, transform: Transform, colour: str, width: float, point: float
) -> FancyArrowPatch:
    arrow = FancyArrowPatch(
        (0, 0), (1, 1), color=colour, linewidth=width * point, arrowstyle="-|>", shrinkA=0,
        shrinkB=0, mutation_scale=1.1 * point, transform=transform,
    )  # fmt: skip
    arrow.set_animated(True)
    axes.add_artist(arrow)
    return arrow


def colours(style: PictureStyle) -> tuple[str, str, str]:
    """Colours of the gradient, the memory, and the step (the optimizer's own)."""
    return style.theme.quiet, style.theme.memory, style.marks[0][0]
