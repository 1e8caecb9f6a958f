"""The first layer's weights as images, one for each unit."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from optviz.records.training import TrainingRecord
from optviz.scene.panels.base import Panel, PictureStyle
from surfaces.errors import InputError
from surfaces.surface import Floats

LABEL = 0.2  # of a tile's height, for its name
ONE_RUN, A_ROW = 16, 6  # units that are shown: of one run a square, of several a row each


class Weights(Panel[TrainingRecord]):
    """Tiles, all on one scale of colours: negative, zero (the page) and positive weights.

    Raises
    ------
    InputError
        A run that kept no snapshots.
    """

    def __init__(self, axes: Axes, runs: Sequence[TrainingRecord], style: PictureStyle) -> None:
        super().__init__(axes, runs, style)
        self.filters = _filters(runs)
        self.rows, self.columns = _grid(runs)
        self.tall, self.wide = (max(f.shape[axis] for f in self.filters) for axis in (2, 3))
        self.gap = max(1, self.wide // 9)
        self.label = math.ceil(LABEL * self.tall) if runs[0].units else 0
        last = np.abs(np.concatenate([f[-1].ravel() for f in self.filters]))
        # A few large weights would leave all others pale.
        self.reach = float(np.quantile(last[np.isfinite(last)], 0.995)) or 1.0
        theme = style.theme
        colours = LinearSegmentedColormap.from_list(
            "weights", [theme.colours[1], theme.page, theme.colours[4]]
        ).with_extremes(bad=(0, 0, 0, 0))  # between tiles, where names may stand
        self.image = axes.imshow(
            self._tiles(0.0), cmap=colours, vmin=-self.reach, vmax=self.reach,
            interpolation="nearest", aspect="equal",
        )  # fmt: skip
        named = style.say("first_layer", w=f"{self.reach:.2g}")
        axes.set(xticks=[], yticks=[], xlabel=named)
        axes.spines[:].set_visible(False)
        if len(runs) > 1:
            self._name_rows()
        if self.label:
            self._name_units()
        self.moves(self.image)

    def _name_rows(self) -> None:
        """Draw each run's mark before its row."""
        for row, (colour, shape) in enumerate(self.style.marks):
            self.axes.plot(
                [-0.035], [1 - (row + 0.5) / self.rows], marker=shape, color=colour,
                markersize=0.75 * self.point, transform=self.axes.transAxes, clip_on=False,
            )  # fmt: skip

    def _name_units(self) -> None:
        """Write the name of its class above each tile of softmax regression."""
        per_tile = self.axes.bbox.width / (self.columns * (self.wide + self.gap))
        count = len(self.runs[0].units)
        places = range(min(count, self.columns * (self.rows if len(self.runs) == 1 else 1)))
        for i in places:
            x, y = self._corner(*divmod(i, self.columns))
            text = self.axes.text(
                x + self.wide / 2, y - 1, self.runs[0].units[i], ha="center", va="bottom",
                size=0.9 * self.point, color=self.style.theme.quiet,
            )  # fmt: skip
            wide = text.get_window_extent().width
            text.set_fontsize(min(1.0, per_tile * self.wide / wide) * 0.9 * self.point)

    def _corner(self, row: int, column: int) -> tuple[int, int]:
        """The left upper pixel of a tile in the array of all."""
        tall = self.tall + self.gap + self.label
        return column * (self.wide + self.gap), row * tall + self.label

    @classmethod
    def wanted_aspect(cls, runs: Sequence[TrainingRecord]) -> float | None:
        rows, columns = _grid(runs)
        return columns / rows

    def state(self, at: float, revealed: float) -> tuple[int, ...]:
        """The latest snapshot of each run."""
        return tuple(run.last_evaluation(at) for run in self.runs)

    def artists_at(self, at: float, revealed: float = 1.0) -> Iterator[Artist]:
        self.image.set_data(self._tiles(at))
        yield self.image

    def _tiles(self, at: float) -> Floats:
        """One array of all tiles, nan between them."""
        right, bottom = self._corner(self.rows - 1, self.columns - 1)
        page = np.full((bottom + self.tall, right + self.wide), np.nan)
        alone = len(self.runs) == 1
        shown = self.rows * self.columns if alone else self.columns
        for number, (run, filters) in enumerate(zip(self.runs, self.filters, strict=True)):
            for i, tile in enumerate(filters[run.last_evaluation(at)][:shown]):
                row, column = divmod(i, self.columns) if alone else (number, i)
                x, y = self._corner(row, column)
                page[y : y + tile.shape[0], x : x + tile.shape[1]] = tile
        return page


def _filters(runs: Sequence[TrainingRecord]) -> list[np.ndarray[Any, Any]]:
    found = [run.filters for run in runs]
    if any(f is None for f in found):
        raise InputError(
            "view 'weights' must have runs that kept snapshots: train with record=20 (--record 20)"
        )
    return [f for f in found if f is not None]


def _grid(runs: Sequence[TrainingRecord]) -> tuple[int, int]:
    """Rows and columns of tiles."""
    units = max(f.shape[1] for f in _filters(runs))
    if len(runs) > 1:
        return len(runs), min(units, A_ROW)
    units = min(units, ONE_RUN)
    side = math.ceil(math.sqrt(units))
    columns = next((n for n in range(side, side + 2) if units % n == 0), side)
    return math.ceil(units / columns), columns
