"""The views of a landscape: a network's loss over a plane, and recorded paths that leave it.

A path is drawn where it falls on the plane. What that hides has panels of its own: its true loss
beside the plane's, and its distance from the plane.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from matplotlib.axes import Axes

from optviz.records.recorded_path import RecordedPath
from optviz.records.trajectory import Trajectory
from optviz.scene.panels.base import PictureStyle
from optviz.scene.panels.contour import Contour
from optviz.scene.panels.relief import Relief, TurningRelief
from optviz.scene.panels.training_curves import CurvePanel
from surfaces.surface import Floats


class PlaneContour(Contour):
    """The loss over the plane from above, with the paths as they fall on it."""

    record_kind = "landscape"

    def __init__(self, axes: Axes, runs: Sequence[RecordedPath], style: PictureStyle) -> None:
        super().__init__(axes, _trajectories(runs), style)


class PlaneRelief(Relief):
    """The loss over the plane as a relief; the paths run at the height of their true loss."""

    record_kind = "landscape"

    def __init__(self, axes: Axes, runs: Sequence[RecordedPath], style: PictureStyle) -> None:
        super().__init__(axes, _trajectories(runs), style)


class TurningPlaneRelief(TurningRelief):
    """The same, with a camera that turns while the film runs."""

    record_kind = "landscape"

    def __init__(self, axes: Axes, runs: Sequence[RecordedPath], style: PictureStyle) -> None:
        super().__init__(axes, _trajectories(runs), style)


def _trajectories(runs: Sequence[RecordedPath]) -> list[Trajectory]:
    return [run.as_trajectory() for run in runs]


class TrueLoss(CurvePanel[RecordedPath]):
    """The network's loss at each snapshot, and dashed the plane's where the path falls on it."""

    record_kind = "landscape"
    room = 0.42
    key: ClassVar[tuple[str, str]] = ("loss_of_network", "loss_of_plane")

    def __init__(self, axes: Axes, runs: Sequence[RecordedPath], style: PictureStyle) -> None:
        super().__init__(axes, runs, style)
        values = np.concatenate([path[:, 1] for path in (*self.paths, *self.dashed)])
        known = values[np.isfinite(values)]
        low, high = float(known.min(initial=np.inf)), float(known.max(initial=0.0))
        log = 0 < 10 * low < high
        self.draw_axes("mean_of_loss", (low / 1.5, high * 2.2) if log else (0.0, 1.2 * high or 1.0),
                       log)  # fmt: skip
        self.draw_key()

    def path(self, run: RecordedPath) -> Floats:
        return _over_steps(run, run.true_loss)

    def second(self, run: RecordedPath) -> Floats:
        return _over_steps(run, run.plane_loss)


class Distance(CurvePanel[RecordedPath]):
    """How far each snapshot is from the plane, in the lengths of the plane's axes."""

    record_kind = "landscape"
    room = 0.42

    def __init__(self, axes: Axes, runs: Sequence[RecordedPath], style: PictureStyle) -> None:
        super().__init__(axes, runs, style)
        high = max(float(path[:, 1].max()) for path in self.paths)
        self.draw_axes("distance_from_plane", (0.0, 1.15 * high or 1.0), log=False)

    def path(self, run: RecordedPath) -> Floats:
        return _over_steps(run, run.distance_from_plane)

    def second(self, run: RecordedPath) -> Floats:
        return np.empty((0, 2))


def _over_steps(run: RecordedPath, values: Floats) -> Floats:
    """Numbers of the snapshots against the steps since the first."""
    return np.column_stack([run.steps - run.steps[0], values])
