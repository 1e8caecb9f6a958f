"""The step counter of a film, drawn fast because it changes with every frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from optviz.scene.panels.base import PictureStyle
from optviz.words import text_of

FIGURE_SPACE = "\u2007"  # as wide as a digit


class Counter:
    """``step 117 of 200`` at the right end of the title line.

    Laying out a text costs as much as drawing all trails, so each digit is drawn once at each of
    its positions and then copied as pixels. All digits of our fonts have one width.
    """

    def __init__(
        self, figure: Figure, right: float, baseline: float, style: PictureStyle, n: int
    ) -> None:
        self.style, self.n, self.places = style, n, len(str(n))
        self.text = figure.text(
            right, baseline, self._text_of(str(n)), ha="right", color=style.theme.quiet
        )
        self.text.set_animated(True)

    def _text_of(self, k: str) -> str:
        return self.style.say("step_of", k=k, n=self.n)

    def at(self, k: int) -> Text:
        """The text of a step, which stays: for pictures that are not made fast."""
        self.text.set_text(self._text_of(str(k).rjust(self.places, FIGURE_SPACE)))
        return self.text

    def prepare(self, canvas: FigureCanvasAgg, background: Any) -> None:
        """Draw every digit over the background and keep the pixels."""
        height = canvas.get_width_height()[1]
        box = self.text.get_window_extent()
        top, bottom = int(height - box.y1) - 2, int(height - box.y0) + 3
        self._rows = slice(max(top, 0), bottom)
        self._columns = slice(int(box.x0) - 2, int(box.x1) + 3)
        canvas.restore_region(background)
        blank = canvas.copy_from_bbox(box.padded(4))
        self._patches = {
            digit: self._drawn(canvas, blank, digit * self.places)
            for digit in (FIGURE_SPACE, *"0123456789")
        }
        # Where the digits stand: the columns in which a text of eights differs from blanks.
        ink = self._patches["8"] != self._patches[FIGURE_SPACE]
        inked = np.flatnonzero(ink.any(axis=(0, 2)))
        first, last = int(inked[0]), int(inked[-1]) + 1
        self._edges = np.linspace(first, last, self.places + 1).round().astype(int)
        self._edges[0], self._edges[-1] = first - 1, last + 1

    def _drawn(self, canvas: FigureCanvasAgg, blank: Any, k: str) -> Any:
        canvas.restore_region(blank)
        self.text.set_text(self._text_of(k))
        canvas.figure.draw_artist(self.text)
        self.text.set_text(self._text_of(str(self.n)))
        return np.asarray(canvas.buffer_rgba())[self._rows, self._columns].copy()

    def stamp(self, picture: Any, k: int) -> None:
        """Write the step into a picture (height, width, 4)."""
        patch = self._patches[FIGURE_SPACE].copy()
        for place, digit in enumerate(str(k).rjust(self.places, FIGURE_SPACE)):
            cell = slice(self._edges[place], self._edges[place + 1])
            patch[:, cell] = self._patches[digit][:, cell]
        picture[self._rows, self._columns] = patch


class Reading(Counter):
    """What tells a moment from the others where they are no steps, such as ``lr=0.1``.

    Parameters
    ----------
    texts : sequence of str
        Of each moment.
    """

    def __init__(
        self, figure: Figure, right: float, baseline: float, style: PictureStyle,
        texts: Sequence[str],
    ) -> None:  # fmt: skip
        self.texts = texts
        super().__init__(figure, right, baseline, style, len(texts) - 1)
        self.text.set_text(max(texts, key=len))

    def at(self, k: int) -> Text:
        self.text.set_text(self.texts[k])
        return self.text

    def prepare(self, canvas: FigureCanvasAgg, background: Any) -> None:
        """Keep what lies behind the texts."""
        self._canvas = canvas
        height, box = canvas.get_width_height()[1], self.text.get_window_extent()
        self._rows = slice(max(int(height - box.y1) - 4, 0), int(height - box.y0) + 5)
        self._columns = slice(max(int(box.x0) - 4, 0), int(box.x1) + 5)

    def stamp(self, picture: Any, k: int) -> None:
        """Write the reading into a picture (height, width, 4) that the canvas shows."""
        self._canvas.figure.draw_artist(self.at(k))
        drawn = np.asarray(self._canvas.buffer_rgba())
        picture[self._rows, self._columns] = drawn[self._rows, self._columns]


def counter_of(
    figure: Figure, right: float, baseline: float, style: PictureStyle, run: Any, steps: int
) -> Counter:
    """The counter of steps, or the readings of a run that has such."""
    readings = run.readings
    if not readings:
        return Counter(figure, right, baseline, style, steps)
    texts = [text_of(reading, style.spec.language) for reading in readings]
    return Reading(figure, right, baseline, style, texts)
