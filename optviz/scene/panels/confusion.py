"""The confusion matrix of the first run's validation images, at each moment of training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap

from optviz.records.training import TrainingRecord
from optviz.scene.panels.base import Panel, PictureStyle
from surfaces.errors import InputError


class Confusion(Panel[TrainingRecord]):
    """Rows are true classes, columns predicted ones; darker means a larger share of its row.

    Raises
    ------
    InputError
        The first run kept no snapshots or no validation images.
    """

    aspect = 1.0

    def __init__(self, axes: Axes, runs: Sequence[TrainingRecord], style: PictureStyle) -> None:
        super().__init__(axes, runs, style)
        if runs[0].confusion is None:
            raise InputError(
                "view 'confusion' must have a run that kept snapshots and validation images: train "
                "with record=20 (--record 20)"
            )
        self.run, self.counts = runs[0], runs[0].confusion
        n = self.counts.shape[1]
        theme, colour = style.theme, style.marks[0][0]
        self.image = axes.imshow(
            np.zeros((n, n)), vmin=0, vmax=1, interpolation="nearest", aspect="equal",
            cmap=LinearSegmentedColormap.from_list("share", [theme.page, colour]),
        )  # fmt: skip
        word = "predicted" if len(runs) == 1 else "predicted_by"
        named = axes.set_xlabel(style.say(word, label=self.run.named(style.spec.language)))
        wide = named.get_window_extent().width
        named.set_fontsize(min(1.0, 1.1 * axes.bbox.width / wide) * self.point)
        down = axes.set_ylabel(style.say("true"))
        tall = down.get_window_extent().height
        down.set_fontsize(min(1.0, 1.05 * axes.bbox.height / tall) * self.point)
        axes.set(xticks=range(n), yticks=range(n))
        axes.spines[:].set_color(theme.level)
        self.moves(self.image)
        self.texts = self._places(axes.bbox.height / n)

    def _places(self, cell: float) -> list[list[Artist]]:
        """A text for each cell, ``cell`` pixels wide; none where counts could not be read."""
        digits = len(str(int(self.counts.max(initial=0))))
        pixels = min(0.8 * self.style.unit, 0.9 * cell / (0.62 * digits), 0.7 * cell)
        if pixels < 6.5:
            return []
        n = self.counts.shape[1]
        texts = [
            [self.axes.text(j, i, "", ha="center", va="center", size=0.72 * pixels)
             for j in range(n)]
            for i in range(n)
        ]  # fmt: skip
        for text in (text for row in texts for text in row):
            text.set_animated(True)
        return [list(row) for row in texts]

    def state(self, at: float, revealed: float) -> int:
        """The latest snapshot."""
        return self.run.last_evaluation(at)

    def artists_at(self, at: float, revealed: float = 1.0) -> Iterator[Artist]:
        counts = self.counts[self.run.last_evaluation(at)]
        shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
        self.image.set_data(shares)
        yield self.image
        for i, row in enumerate(self.texts):
            for j, text in enumerate(row):
                if counts[i, j]:
                    colour = self.style.theme.page if shares[i, j] > 0.5 else self.style.theme.ink
                    text.set(text=str(counts[i, j]), color=colour)
                    yield text
