"""The class `Landscape`: the loss over a plane of weights, and recorded paths on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optviz.animation.checks import check_poster
from optviz.animation.film import SECONDS, Animation
from optviz.export.clock import Clock
from optviz.landscape.loss_over_plane import PlaneLoss
from optviz.landscape.planes import Plane
from optviz.records.recorded_path import PlaneFacts, RecordedPath
from optviz.scene.views import SceneSpec, Views
from surfaces.surface import Floats


@dataclass(frozen=True, eq=False)
class Landscape:
    """The loss over a plane of weights, and recorded paths as they fall on it.

    Attributes
    ----------
    plane : Plane
    u, v : array (w,), array (h,)
        Coordinates in the plane.
    loss : array (h, w)
        ``loss[i, j]`` is the mean loss at ``(u[j], v[i])``, computed there; nan where it is not a
        finite number.
    trajectories : list of RecordedPath
        Each with ``.steps``, ``.points``, ``.true_loss``, ``.plane_loss`` and
        ``.distance_from_plane``, a row a snapshot.
    facts : PlaneFacts
    how : str
        How the losses were computed, in words.
    """

    plane: Plane
    u: Floats
    v: Floats
    loss: Floats
    trajectories: list[RecordedPath]
    facts: PlaneFacts
    how: str
    _loss: PlaneLoss = field(repr=False)

    @property
    def captured(self) -> float:
        """The share of the paths' variance that the plane holds."""
        return self.facts.captured

    def loss_at(self, u: Any, v: Any) -> Any:
        """The loss at points, computed there: nothing is interpolated. A float for two numbers."""
        us, vs = np.broadcast_arrays(np.asarray(u, float), np.asarray(v, float))
        pairs = zip(us.ravel().tolist(), vs.ravel().tolist(), strict=True)
        found = np.array([self._loss.at(a, b) for a, b in pairs]).reshape(us.shape)
        return found if found.ndim else float(found)

    def animate(
        self,
        *,
        views: Views | None = None,
        fps: float = 20,
        seconds: float = SECONDS,
        size: tuple[int, int] = (1000, 400),
        theme: str = "light",
        language: str = "en",
        title: str | None = None,
        caption: str | None = None,
        once: bool = False,
        poster: str | int | None = None,
        names: str = "auto",
        cmap: str | None = None,
    ) -> Animation:
        """A film of the paths over the plane.

        Parameters
        ----------
        views : sequence of str, optional
            Panels from left to right: names of ``optviz.scene.LANDSCAPE_PANELS``. Contour, loss
            and distance unless given.
        caption : str, optional
            Said before what is measured: the share of the paths that the plane holds is always
            said.
        fps, seconds, size, theme, language, title, once, poster, names, cmap
            As in `optviz.animate`.

        Returns
        -------
        Animation
            ``.save("landscape.gif")`` writes it; ``.html`` is the explorer's page of the surface
            with the paths as they were recorded.
        """
        check_poster(poster)
        clock = Clock(fps, seconds, once=once)
        spec = SceneSpec(
            size, theme, language, RecordedPath, views, title, caption=caption, names=names,
            cmap=cmap,
        )  # fmt: skip
        return Animation.from_spec(self.trajectories, clock, spec).with_poster(poster)

    def __repr__(self) -> str:
        height, width = self.loss.shape
        paths = ", ".join(path.named() for path in self.trajectories)
        return (
            f"<Landscape {width}x{height} of {paths}: the plane holds {self.captured:.1%} of the "
            f"paths' variance; {self.how}>"
        )
