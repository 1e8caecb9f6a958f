"""Arrows of one step: the negative gradient, the memory of gradients, and the step itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import FancyArrowPatch
from matplotlib.transforms import Transform

from optviz.records.trajectory import Trajectory
from optviz.scene.panels.base import PictureStyle
from optviz.translate.latex import lasting_slots
from optviz.translate.slots import classify_slots
from surfaces.surface import Floats

KINDS = ("gradient", "memory", "step")
APART = 0.09  # in Oklab: what two arrows of one step differ by at least
OTHERS = ("#C75B12", "#F0964B")  # of a memory whose usual colour is like the step's

CONES = np.array([[0.4122214708, 0.5363325363, 0.0514459929],
                  [0.2119034982, 0.6806995451, 0.1073969566],
                  [0.0883024619, 0.2817188376, 0.6299787005]])  # fmt: skip
OKLAB = np.array([[0.2104542553, 0.7936177850, -0.0040720468],
                  [1.9779984951, -2.4285922050, 0.4505937099],
                  [0.0259040371, 0.7827717662, -0.8086757660]])  # fmt: skip


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
        memories, _ = shown_slots(run)
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


def shown_slots(run: Trajectory) -> tuple[list[str], list[str]]:
    """The memories of gradients, and the squares, on which steps depend with these settings."""
    memories, squares = classify_slots(run.optimizer)
    if len(run) and memories + squares:
        lasting = lasting_slots(run.optimizer, run.gradients[0], run.points[0], run.slots(0))
        memories, squares = ([n for n in names if n in lasting] for names in (memories, squares))
    return memories, squares


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
    """Colours of the gradient, the memory, and the step (the optimizer's own).

    The memory's is the theme's, or one that is told apart from the step's where that is alike.
    """
    gradient, step, page = style.theme.quiet, style.marks[style.apart][0], style.theme.page

    def apart(colour: str) -> float:
        return min(_distance(colour, other) for other in (gradient, step, page))

    memory, other = style.theme.memory, max(OTHERS, key=lambda one: _distance(one, page))
    return gradient, memory if apart(memory) > APART else other, step


def _distance(one: str, other: str) -> float:
    """How different two colours look: the distance in Oklab (Ottosson 2020); black to white 1."""
    return float(np.linalg.norm(_oklab(one) - _oklab(other)))


def _oklab(colour: str) -> Floats:
    share = np.array(to_rgb(colour))
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.asarray(OKLAB @ np.cbrt(CONES @ linear))
