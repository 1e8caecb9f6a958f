"""The legend at the foot of the picture, with the steps at which runs ended early."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from optviz.records.labels import class_labels, labels
from optviz.records.record import Record
from optviz.scene.fonts import fonts_of
from optviz.scene.panels.base import LINE, PictureStyle
from optviz.scene.panels.trail import PATTERNS

LARGEST_SHARE = 1 / 3  # of the picture's height that the legend may take
LINES, BLANK = 1.7, 0.4  # heights of the text: from row to row, and of the gap above


class Notice(NamedTuple):
    """A text that says something else from each of some steps on, and nothing before the first."""

    steps: list[int]
    said: list[str]
    text: Text


class Entry(NamedTuple):
    """The artists of a run or of several together, and the width that they need in pixels."""

    mark: Line2D | None
    texts: list[Text]
    wide: float
    notice: Notice | None = None


class Legend:
    """Mark, name and settings of each optimizer, in as many rows as the width needs.

    Rows are of about one length, so that no name stands alone under a full row. Room for "diverged
    at step k" and the like is kept from the beginning; it appears at that step. The legend stands
    above ``foot`` pixels, and `height` is where it ends.

    Where the runs one by one would take more than `LARGEST_SHARE` of the picture's height, those of
    a class are named together; where that is still too much, the rest is counted.
    """

    def __init__(
        self, figure: Figure, runs: Sequence[Record], style: PictureStyle, foot: float = 0.0
    ) -> None:
        self.figure, self.style, self.runs = figure, style, runs
        unit, language = style.unit, style.spec.language
        # Where variants of a class are told apart by dashes, the legend shows them.
        self.handle = 2.6 if any(style.variants) else 0.0
        room = figure.bbox.width - 1.6 * unit
        most = max(1, int((LARGEST_SHARE * figure.bbox.height / unit - BLANK) / LINES))
        named = [(label, [i]) for i, label in enumerate(labels(runs, language))]
        entries = self._entries(named, room)
        rows, column = arrange([entry.wide for entry in entries], room)
        if len(rows) > most:
            self._remove(entries)
            if all(run.value is None for run in runs):  # else it is not the class that has a colour
                named = class_labels(runs, language)
            entries = self._entries(named, room)
            entries = self._shortened(entries, named, most, room)
            rows, column = arrange([entry.wide for entry in entries], room)
        self.entries = entries
        self.height = foot + (LINES * len(rows) + BLANK) * unit
        for number, row in enumerate(rows):
            y = foot + (LINES * (len(rows) - number) - 0.75) * unit
            widths = [entries[i].wide if column is None else column for i in row]
            # Columns begin one under the other: an unfinished row does too.
            total = sum(widths) if column is None else column * max(map(len, rows))
            x = max(0.8 * unit, (figure.bbox.width - total + unit) / 2)
            for i, wide in zip(row, widths, strict=True):
                self._place(entries[i], x, y)
                x += wide

    def _entries(self, named: Sequence[tuple[str, list[int]]], room: float) -> list[Entry]:
        return [self._shrunk(self._entry(label, some), room) for label, some in named]

    def _shortened(
        self, entries: list[Entry], named: Sequence[tuple[str, list[int]]], most: int, room: float
    ) -> list[Entry]:
        """As many of the first entries as fit into the rows, the other runs counted in the last."""
        rest: list[Entry] = []
        while len(entries) > 1 and (
            len(arrange([entry.wide for entry in entries + rest], room)[0]) > most
        ):
            self._remove([entries[-1], *rest])
            entries = entries[:-1]
            count = sum(len(some) for _, some in named[len(entries) :])
            text = self.figure.text(
                0, 0, self.style.say("more_runs", n=count), va="center",
                color=self.style.theme.quiet,
            )  # fmt: skip
            rest = [Entry(None, [text], self._width([text]))]
        return entries + rest

    def _remove(self, entries: Sequence[Entry]) -> None:
        """Take the artists of entries out of the figure."""
        for entry in entries:
            for artist in filter(None, [entry.mark, *entry.texts]):
                artist.remove()

    def _entry(self, label: str, some: Sequence[int]) -> Entry:
        """Of the runs with these indices together."""
        figure, style, i = self.figure, self.style, some[0]
        unit, (colour, shape) = style.unit, style.marks[i]
        lengths = [length / LINE for length in PATTERNS[style.variants[i] % len(PATTERNS)]]
        mark = Line2D(
            [], [], marker=shape, color=colour, linewidth=LINE * unit * 0.72, markevery=[1],
            linestyle=(0, lengths) if lengths else "solid" if self.handle else "none",
            markersize=0.75 * unit * 0.72, markeredgecolor=style.theme.casing,
            markeredgewidth=0.06 * unit, dash_capstyle="round",
        )  # fmt: skip
        figure.add_artist(mark)
        families = fonts_of(label, style.spec.language)
        texts = [figure.text(0, 0, label, va="center", fontfamily=families, parse_math=False)]
        quiet: dict[str, Any] = {"va": "center", "color": style.theme.quiet, "style": "italic"}
        if any(self.runs[k].rate_fits is False for k in some):
            texts.append(figure.text(0, 0, style.say("no_rate_fits"), **quiet))
        notice = None
        if lost := list(self._said([self.runs[k] for k in some])):
            steps, said = ([*column] for column in zip(*lost, strict=True))
            notice = Notice(steps, said, figure.text(0, 0, said[-1], animated=True, **quiet))
            texts.append(notice.text)
        return Entry(mark, texts, self._width(texts), notice)

    def _said(self, runs: Sequence[Record]) -> Iterator[tuple[int, str]]:
        """What is said of the lost among some runs, each from a step on."""
        found = [run.notice for run in runs if run.notice is not None]
        steps = [step for _, step in found]
        for phrase, step in sorted(found, key=itemgetter(1)):
            if len(runs) == 1:
                yield step, phrase.text(self.style.spec.language)
            else:
                lost = sum(other <= step for other in steps)
                yield step, self.style.say("lost", k=lost, n=len(runs))

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
        if entry.mark is not None:
            entry.mark.set_data((x + ends * unit) / width, [y / height] * 3)
        left = x + (1.5 + self.handle) * unit
        for text in entry.texts:
            text.set_position((left / width, y / height))
            left = text.get_window_extent().x1 + 0.4 * unit

    def artists_at(self, at: float) -> Iterator[Artist]:
        """The notices about runs that are lost by then."""
        for entry in self.entries:
            if entry.notice is not None and at >= entry.notice.steps[0]:
                steps, said, text = entry.notice
                text.set_text(said[bisect_right(steps, at) - 1])
                yield text


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
