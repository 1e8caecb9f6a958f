"""The legend at the foot of the picture, with the steps at which runs ended early."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from optviz.records.labels import labels
from optviz.records.record import Record
from optviz.scene.panels.base import LINE, PictureStyle
from optviz.scene.panels.trail import PATTERNS


class Entry(NamedTuple):
    """The artists of one run, and the width that they need in pixels."""

    mark: Line2D
    texts: list[Text]
    wide: float


class Legend:
    """Mark, name and settings of each optimizer, in as many rows as the width needs.

    Rows are of about one length, so that no name stands alone under a full row. Room for "diverged
    at step k" and the like is kept from the beginning; it appears at that step. The legend stands
    above ``foot`` pixels, and `height` is where it ends.
    """

    def __init__(
        self, figure: Figure, runs: Sequence[Record], style: PictureStyle, foot: float = 0.0
    ) -> None:
        self.warnings: list[tuple[int, Text]] = []
        self.figure, self.style = figure, style
        unit = style.unit
        # Where variants of a class are told apart by dashes, the legend shows them.
        self.handle = 2.6 if any(style.variants) else 0.0
        room = figure.bbox.width - 1.6 * unit
        named = labels(runs, style.spec.language)
        entries = [
            self._entry(run, i, label)
            for i, (run, label) in enumerate(zip(runs, named, strict=True))
        ]
        entries = [self._shrunk(entry, room) for entry in entries]
        rows, column = arrange([entry.wide for entry in entries], room)
        self.height = foot + (1.7 * len(rows) + 0.4) * unit
        for number, row in enumerate(rows):
            y = foot + (1.7 * (len(rows) - number) - 0.75) * unit
            widths = [entries[i].wide if column is None else column for i in row]
            # Columns begin one under the other: an unfinished row does too.
            total = sum(widths) if column is None else column * max(map(len, rows))
            x = max(0.8 * unit, (figure.bbox.width - total + unit) / 2)
            for i, wide in zip(row, widths, strict=True):
                self._place(entries[i], x, y)
                x += wide

    def _entry(self, run: Record, i: int, label: str) -> Entry:
        figure, style = self.figure, self.style
        unit, (colour, shape) = style.unit, style.marks[i]
        lengths = [length / LINE for length in PATTERNS[style.variants[i] % len(PATTERNS)]]
        mark = Line2D(
            [], [], marker=shape, color=colour, linewidth=LINE * unit * 0.72, markevery=[1],
            linestyle=(0, lengths) if lengths else "solid" if self.handle else "none",
            markersize=0.75 * unit * 0.72, markeredgecolor=style.theme.casing,
            markeredgewidth=0.06 * unit, dash_capstyle="round",
        )  # fmt: skip
        figure.add_artist(mark)
        texts = [figure.text(0, 0, label, va="center")]
        quiet: dict[str, Any] = {"va": "center", "color": style.theme.quiet, "style": "italic"}
        if run.rate_fits is False:
            texts.append(figure.text(0, 0, style.say("no_rate_fits"), **quiet))
        if run.notice is not None:
            notice, step = run.notice
            warning = figure.text(0, 0, notice.text(style.spec.language), **quiet)
            warning.set_animated(True)
            self.warnings.append((step, warning))
            texts.append(warning)
        return Entry(mark, texts, self._width(texts))

    def _width(self, texts: Sequence[Text]) -> float:
        unit = self.style.unit
        wide = sum(text.get_window_extent().width + 0.4 * unit for text in texts)
        return float(wide + (2.4 + self.handle) * unit)

    def _shrunk(self, entry: Entry, room: float) -> Entry:
        """An entry that is wider than a whole row, in smaller letters."""
        size = float(entry.texts[0].get_fontsize())
        wide = entry.wide
        while wide > room and size > 1:  # by trial: hinted letters are not in proportion
            size *= 0.95
            for text in entry.texts:
                text.set_fontsize(size)
            wide = self._width(entry.texts)
        return entry._replace(wide=wide)

    def _place(self, entry: Entry, x: float, y: float) -> None:
        unit = self.style.unit
        width, height = self.figure.bbox.width, self.figure.bbox.height
        half = self.handle / 2
        ends = np.array([0.6, 0.6 + half, 0.6 + 2 * half])
        entry.mark.set_data((x + ends * unit) / width, [y / height] * 3)
        left = x + (1.5 + self.handle) * unit
        for text in entry.texts:
            text.set_position((left / width, y / height))
            left = text.get_window_extent().x1 + 0.4 * unit

    def artists_at(self, at: float) -> Iterator[Artist]:
        """The warnings about runs that are lost by then."""
        return (warning for step, warning in self.warnings if at >= step)


def arrange(widths: Sequence[float], room: float) -> tuple[list[list[int]], float | None]:
    """Rows of entries in their order, as few as fit and then as even as can be.

    Returns
    -------
    rows : list of lists of int
    column : float or None
        The width of each column, where columns of one width fit into so few rows.
    """
    count, widest = len(widths), max(widths)
    fewest = len(_rows(widths, room))
    columns = max(1, min(count, int(room // widest)))
    if -(-count // columns) <= fewest:
        ends = [-(-count * (row + 1) // fewest) for row in range(fewest)]
        return [list(range(a, b)) for a, b in zip([0, *ends], ends, strict=False)], widest
    # The narrowest room that needs no more rows makes them even.
    narrow = min(
        (sum(widths[i:j]) for i in range(count) for j in range(i + 1, count + 1)),
        key=lambda limit: (limit < widest or len(_rows(widths, limit)) > fewest, limit),
    )
    return _rows(widths, min(narrow, room)), None


def _rows(widths: Sequence[float], room: float) -> list[list[int]]:
    """Entries in rows, each as full as the room allows."""
    rows: list[list[int]] = [[]]
    used = 0.0
    for i, wide in enumerate(widths):
        if rows[-1] and used + wide > room * (1 + 1e-9):
            rows.append([])
            used = 0.0
        rows[-1].append(i)
        used += wide
    return rows
