"""The legend at the foot of the picture, with the steps at which runs ended early."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from optviz.records.record import Record
from optviz.scene.panels.base import PictureStyle


class Legend:
    """Mark, name and rate of each optimizer, in as many rows as the width needs.

    It stands above a height of ``foot`` pixels, and `height` is where it ends.
    Room for "diverged at step k" is kept from the beginning; it appears at that step.
    """

    def __init__(
        self, figure: Figure, runs: Sequence[Record], style: PictureStyle, foot: float = 0.0
    ) -> None:
        self.warnings: list[tuple[int, Text]] = []
        unit = style.unit
        width, height = figure.bbox.width, figure.bbox.height
        entries = [
            self._entry(figure, run, style, *mark)
            for run, mark in zip(runs, style.marks, strict=True)
        ]
        rows: list[list[int]] = [[]]
        used = 0.0
        for i, (_, _, wide) in enumerate(entries):
            if rows[-1] and used + wide > width - 1.6 * unit:
                rows.append([])
                used = 0.0
            rows[-1].append(i)
            used += wide
        self.height = foot + (1.7 * len(rows) + 0.4) * unit
        # Columns of one width look calmer than ragged rows, where they fit.
        columns = max(map(len, rows))
        widest = max(wide for _, _, wide in entries)
        even = widest * columns <= width - 1.6 * unit
        for number, row in enumerate(rows):
            y = foot + (1.7 * (len(rows) - number) - 0.75) * unit
            total = widest * columns if even else sum(entries[i][2] for i in row)
            x = max(0.8 * unit, (width - total + unit) / 2)
            for i in row:
                mark, texts, wide = entries[i]
                mark.set_data([(x + 0.6 * unit) / width], [y / height])
                left = x + 1.5 * unit
                for text in texts:
                    text.set_position((left / width, y / height))
                    left = text.get_window_extent().x1 + 0.4 * unit
                x += widest if even else wide

    def _entry(
        self, figure: Figure, run: Record, style: PictureStyle, colour: str, shape: str
    ) -> tuple[Line2D, list[Text], float]:
        """The artists of one entry and the width that they need."""
        unit = style.unit
        mark = Line2D(
            [], [], marker=shape, color=colour, linestyle="none", markersize=0.75 * unit * 0.72,
            markeredgecolor=style.theme.casing, markeredgewidth=0.06 * unit,
        )  # fmt: skip
        figure.add_artist(mark)
        texts = [figure.text(0, 0, run.named(style.spec.language), va="center")]
        quiet: dict[str, Any] = {"va": "center", "color": style.theme.quiet, "style": "italic"}
        if run.rate_fits is False:
            texts.append(figure.text(0, 0, style.say("no_rate_fits"), **quiet))
        if run.ending is not None:
            ending, step = run.ending
            warning = figure.text(0, 0, ending.sentence(step, style.spec.language), **quiet)
            warning.set_animated(True)
            self.warnings.append((len(run), warning))
            texts.append(warning)
        wide = sum(text.get_window_extent().width + 0.4 * unit for text in texts)
        return mark, texts, wide + 2.4 * unit

    def artists_at(self, at: float) -> Iterator[Artist]:
        """The warnings of runs that have ended early by then."""
        return (warning for step, warning in self.warnings if at >= step)
