"""Loss and accuracy of networks over the steps: solid for training, dashed for validation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.legend import Legend
from matplotlib.lines import Line2D

from optviz.records.training import TrainingRecord
from optviz.scene.panels.base import PictureStyle, R, until
from optviz.scene.panels.over_steps import StepPanel
from surfaces.surface import Floats

DASHES: tuple[float, tuple[float, ...]] = (0, (2.2, 1.4))
DENSE = 400  # points of a curve that are asked whether a key covers them
MEANS = 30  # a running mean takes a 30th of the shortest run: single batches are too noisy


class CurvePanel(StepPanel[R]):
    """Two growing lines for each run; the head is on the training line."""

    places: ClassVar[tuple[Any, ...]] = (
        "upper right",
        "lower left",
        "center right",
        "upper center",
    )
    room = 0.27
    key: ClassVar[tuple[str, str]] = ("training", "validation")  # words for solid and dashed

    def __init__(self, axes: Axes, runs: Sequence[R], style: PictureStyle) -> None:
        super().__init__(axes, runs, style)
        self.dashed = [self.second(run) for run in runs]
        self.beside = LineCollection(
            [], colors=[colour for colour, _ in style.marks], linewidths=0.13 * self.point,
            linestyles=[DASHES],
        )  # fmt: skip
        self.moves(self.beside)

    def second(self, run: R) -> Floats:
        """The dashed line, shape (m, 2)."""
        raise NotImplementedError

    def settled(self, at: float) -> int:
        return 0  # solid lines lie above all dashed ones

    def artists_above(self, settled: int, at: float, revealed: float = 1.0) -> Iterator[Artist]:
        shown = [until(path, at) for path in self.paths]
        self.casings.set_segments(shown)
        self.trails.set_segments(shown)
        self.beside.set_segments([until(path, at) for path in self.dashed])
        nowhere = np.full(2, np.nan)
        self.heads.set_offsets([path[-1] if len(path) else nowhere for path in shown])
        yield self.casings
        yield self.beside
        yield self.trails
        yield self.heads

    def draw_key(self) -> None:
        """Draw a key of solid and dashed lines, where the curves leave most room."""
        quiet, wide = self.style.theme.quiet, 0.13 * self.point
        solid, dashed = (self.style.say(word) for word in self.key)
        lines = [Line2D([], [], color=quiet, linewidth=wide, label=solid)]
        if any(np.isfinite(path).any() for path in self.dashed):
            lines.append(
                Line2D([], [], color=quiet, linewidth=wide, linestyle=DASHES, label=dashed)
            )
        box = self.axes.legend(
            handles=lines, loc=self.places[0], fontsize=self.point,
            labelcolor=quiet, handlelength=1.9, facecolor=self.style.theme.page,
            edgecolor="none", framealpha=0.8, borderpad=0.2, borderaxespad=0.2,
        )  # fmt: skip
        box.set_zorder(0.5)
        box.set_loc(min(self.places, key=lambda place: self._covered(box, place)))

    def _covered(self, box: Legend, place: Any) -> int:
        """How many points of the whole curves, close together, a key at a place would lie on."""
        box.set_loc(place)
        extent = box.get_window_extent()
        count = 0
        for path in (*self.paths, *self.dashed):
            if len(path):
                points = self.axes.transData.transform(path)
                ends = np.linspace(0, len(points) - 1, DENSE)
                xy = [np.interp(ends, np.arange(len(points)), column) for column in points.T]
                count += int(np.count_nonzero(
                    (extent.x0 < xy[0]) & (xy[0] < extent.x1)
                    & (extent.y0 < xy[1]) & (xy[1] < extent.y1)
                ))  # fmt: skip
        return count


class TrainingLoss(CurvePanel[TrainingRecord]):
    """Cross-entropy: of the batches as a running mean, of the validation images as evaluated."""

    def __init__(self, axes: Axes, runs: Sequence[TrainingRecord], style: PictureStyle) -> None:
        self.width = max(1, round(min(len(run) for run in runs) / MEANS))
        super().__init__(axes, runs, style)
        low, high, log = self._limits()
        self.draw_axes("cross_entropy", (low, high), log)
        if self.width > 1:
            axes.set_ylabel(style.say("mean_loss", n=self.width))
        self.draw_key()

    def path(self, run: TrainingRecord) -> Floats:
        return np.column_stack([np.arange(1, len(run) + 1), run.smoothed(self.width)])

    def second(self, run: TrainingRecord) -> Floats:
        return np.column_stack([run.evaluated_steps, run.validation_loss])

    def _limits(self) -> tuple[float, float, bool]:
        """Limits for losses up to three times the first; higher ones leave the axes."""
        values = [path[:, 1] for path in (*self.paths, *self.dashed)]
        known = np.concatenate([v[np.isfinite(v)] for v in values] or [np.ones(1)])
        first = [path[0, 1] for path in self.paths if len(path)]
        roof = 3 * max(first, default=1.0)
        low, high = float(known.min(initial=roof)), float(min(known.max(initial=0.0), roof))
        if 0 < 10 * low < high:
            return low / 1.5, high * 2.2, True  # the key stands above
        return 0.0, 1.2 * high or 1.0, False


class Accuracy(CurvePanel[TrainingRecord]):
    """The share of images that are classified correctly."""

    places = ("lower right", "lower center", "center right", "upper left", "center")

    def __init__(self, axes: Axes, runs: Sequence[TrainingRecord], style: PictureStyle) -> None:
        super().__init__(axes, runs, style)
        self.draw_axes("accuracy", self._limits(), log=False)
        self.draw_key()

    def path(self, run: TrainingRecord) -> Floats:
        return np.column_stack([run.evaluated_steps, run.training_accuracy])

    def second(self, run: TrainingRecord) -> Floats:
        return np.column_stack([run.evaluated_steps, run.validation_accuracy])

    def _limits(self) -> tuple[float, float]:
        """Limits of the axis from the last four fifths of the steps: the first rise is left out."""
        late = 0.2 * max(len(run) for run in self.runs)
        paths = (*self.paths, *self.dashed)
        ends = [path[path[:, 0] >= late, 1] for path in paths]  # and where short runs end
        known = np.concatenate([*ends, *(path[-1:, 1] for path in paths)])
        known = known[np.isfinite(known)]
        low = float(known.min()) if len(known) else 0.0
        return max(0.0, low - 0.15 * (1 - low) - 0.01), 1.005
