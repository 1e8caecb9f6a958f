"""What every panel is: a background drawn once, and artists that move over it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from optviz.scene.style import Theme
from optviz.trajectory import Trajectory
from surfaces.surface import Floats, Surface


@dataclass(frozen=True)
class Look:
    """What all panels of a picture share."""

    theme: Theme
    language: str
    unit: float  # height of the text in pixels: every width and size is a multiple of it
    marks: Sequence[tuple[str, str]]  # colour and head shape of each trajectory


class Panel:
    """One view of the trajectories; it draws them and never runs an optimizer.

    A subclass draws what stands still in `__init__` and yields what moves from `moving`.
    """

    aspect: ClassVar[float | None] = None  # width over height; None takes what is left

    def __init__(self, axes: Axes, trajectories: Sequence[Trajectory], look: Look) -> None:
        self.axes, self.trajectories, self.look = axes, trajectories, look
        self.surface: Surface = trajectories[0].surface

    @classmethod
    def wanted_aspect(cls, surface: Surface) -> float | None:
        """Width over height that suits the surface."""
        return cls.aspect

    def moving(self, at: float) -> Iterator[Artist]:
        """The artists of a moment, lowest first; ``at`` counts steps and may lie between two."""
        raise NotImplementedError

    def line(self, colour: str, width: float, **settings: Any) -> Line2D:
        """A line of ``width`` units that is drawn only when it moves."""
        line = Line2D(
            [], [], color=colour, linewidth=width * self.look.unit * 0.72,
            solid_capstyle="round", solid_joinstyle="round", **settings,
        )  # fmt: skip
        self._add(line)
        return line

    def head(self, colour: str, shape: str, size: float = 0.75) -> Line2D:
        """The mark at the tip of a trail."""
        head = Line2D(
            [], [], linestyle="none", marker=shape, color=colour,
            markersize=size * self.look.unit * 0.72,
            markeredgecolor=self.look.theme.casing, markeredgewidth=0.08 * self.look.unit * 0.72,
        )  # fmt: skip
        self._add(head)
        return head

    def _add(self, line: Line2D) -> None:
        line.set_animated(True)
        self.axes.add_line(line)


class TrailPanel(Panel):
    """A panel whose moving part is a growing line with a head for each trajectory."""

    def __init__(self, axes: Axes, trajectories: Sequence[Trajectory], look: Look) -> None:
        super().__init__(axes, trajectories, look)
        self.paths = [self.path(trajectory) for trajectory in trajectories]
        self.casings = [self.line(look.theme.casing, 0.30, alpha=0.75) for _ in trajectories]
        self.trails = [self.line(colour, 0.16) for colour, _ in look.marks]
        self.heads = [self.head(*mark) for mark in look.marks]

    def path(self, trajectory: Trajectory) -> Floats:
        """Where the trajectory runs in this panel, shape (n + 1, 2)."""
        raise NotImplementedError

    def moving(self, at: float) -> Iterator[Artist]:
        for path, casing, trail, head in zip(
            self.paths, self.casings, self.trails, self.heads, strict=True
        ):
            shown = part(path, at)
            casing.set_data(shown[:, 0], shown[:, 1])
            trail.set_data(shown[:, 0], shown[:, 1])
            head.set_data(shown[-1:, 0], shown[-1:, 1])
        yield from self.casings
        yield from self.trails
        yield from self.heads


def part(path: Floats, at: float) -> Floats:
    """The first ``at`` steps of a path, its last point on the way to the next one."""
    whole = min(int(at), len(path) - 1)
    shown = path[: whole + 1]
    rest = at - whole
    if rest > 0 and whole + 1 < len(path):
        between = path[whole] + rest * (path[whole + 1] - path[whole])
        shown = np.vstack([shown, between])
    return shown
