"""Moments of a film in matplotlib figures that the user makes, lays out and saves."""

from __future__ import annotations

from functools import cached_property
from typing import Any, overload

from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase

from optviz.animation.checks import checked_step
from optviz.export.clock import Clock
from optviz.scene.inset import draw_into, figure_of
from optviz.scene.panels.base import Panel
from optviz.scene.views import SceneSpec


class InFigures:
    """The part of an `Animation` that draws into figures; see there for its attributes."""

    trajectories: list[Any]
    clock: Clock
    spec: SceneSpec

    @property
    def _steps(self) -> int:
        return max(map(len, self.trajectories))

    @overload
    def draw(
        self,
        target: Axes,
        step: float = -1,
        view: str | type[Panel[Any]] | None = None,
        *,
        legend: bool = False,
    ) -> Axes: ...
    @overload
    def draw(
        self,
        target: FigureBase,
        step: float = -1,
        view: str | type[Panel[Any]] | None = None,
        *,
        legend: bool = False,
    ) -> list[Axes]: ...
    def draw(
        self,
        target: Any,
        step: float = -1,
        view: str | type[Panel[Any]] | None = None,
        *,
        legend: bool = False,
    ) -> Any:
        """Draw a moment into axes or a figure of your own, in your own style.

        What lies inside the axes looks as in the film: the surface, trails, heads and their names.
        Ticks, labels and fonts around it are yours. It follows the axes when they are laid out
        anew, and is as sharp as the file that the figure is saved to.

        Parameters
        ----------
        target : matplotlib Axes, Figure or SubFigure
            Plain axes take one view; an empty figure takes all of the film's, side by side.
        step : float
            A moment between two steps, too; negative from the end.
        view : str or panel's class, optional
            Any that there is for these runs. Of axes the film's first unless given.
        legend : bool
            Name the runs; ``axes.legend()`` does so later.

        Returns
        -------
        Axes, or list of Axes

        Raises
        ------
        InputError
            A step or a view that there is not, or no place to draw into.

        Examples
        --------
        >>> figure, (left, right) = plt.subplots(1, 2)
        >>> left.hist(grades)
        >>> axes = film.draw(right, step=40, legend=True)
        """
        at = checked_step(step, self._steps)
        return draw_into(target, self.trajectories, self.spec, at, view, legend=legend)

    @cached_property
    def figure(self) -> Figure:
        """The last frame as a matplotlib Figure of its own, for you to change and to save."""
        at = self.clock.progress(len(self.clock) - 1) * self._steps
        return figure_of(self.trajectories, self.spec, at)
