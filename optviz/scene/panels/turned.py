"""The same race with the axes turned, from above."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from optviz.records.descents import in_one_window
from optviz.records.trajectory import Trajectory
from optviz.scene.panels.base import PictureStyle
from optviz.scene.panels.contour import Contour
from surfaces.errors import InputError


class Turned(Contour):
    """The same race on the same surface turned by 45 degrees, from above.

    Raises
    ------
    InputError
        Runs that were not run again so; see `optviz.descent.with_turned`.
    """

    def __init__(self, axes: Axes, runs: Sequence[Trajectory], style: PictureStyle) -> None:
        super().__init__(axes, _again(runs), style)
        theme = style.theme
        axes.annotate(
            style.say("turned"), (0, 1), (0.5 * self.point, -0.5 * self.point),
            xycoords="axes fraction", textcoords="offset points", va="top", color=theme.ink,
            size=0.8 * self.point,
            path_effects=[withStroke(linewidth=0.2 * self.point, foreground=theme.casing)],
        )  # fmt: skip

    @classmethod
    def wanted_aspect(cls, runs: Sequence[Trajectory]) -> float:
        return super().wanted_aspect(_again(runs))


def _again(runs: Sequence[Trajectory]) -> list[Trajectory]:
    again = [run.turned for run in runs if run.turned is not None]
    if len(again) < len(runs):
        raise InputError(
            "view 'turned' must have runs that were run again with the axes turned, as "
            "optviz.animate does; not runs alone"
        )
    return in_one_window(again)
