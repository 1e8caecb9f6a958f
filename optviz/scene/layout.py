"""The arrangement of panels: side by side, many in rows; in a strip a row for each view."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from optviz.records.record import Record
from optviz.scene.panels.base import Panel, PictureStyle
from optviz.scene.picture_spec import SMALLEST_TEXT
from optviz.scene.ticks import settle

WIDE, BESIDE_WIDE = 1.5, 0.29  # an aspect, and what it leaves of the width to the others
FLAT = 1.3  # width over height up to which a panel of lines over the steps gains by width

# In heights of the text: between two panels, beside all, below the axes, between two rows.
BESIDE, EDGES, BELOW, ROW_GAP = 5.8, 6.1, 3.0, 0.7

Kinds = Sequence[type[Panel[Any]]]


class Layout:
    """Puts panels between the title line and the legend.

    Parameters
    ----------
    figure : Figure
    runs, style
        As of a `Panel`.
    foot : float
        Height in pixels that the legend takes.
    """

    def __init__(
        self, figure: Figure, runs: Sequence[Record], style: PictureStyle, foot: float
    ) -> None:
        self.figure, self.runs, self.style, self.foot = figure, runs, style, foot
        self.width, self.height = figure.bbox.width, figure.bbox.height
        self.spare = 0.0  # heights of the text by which an axis's name may be longer than it

    def fill(self, kinds: Kinds, moments: Sequence[float] | None) -> list[Panel[Any]]:
        """Make one panel of each kind, or for each kind a row with a panel for each moment."""
        if moments is not None:
            return self._strip(kinds, moments)
        high, panels = self.height - 2.2 * self.style.unit, []
        rows = self._rows(kinds)
        self.spare = 0.0 if len(rows) == 1 else 0.7
        tall = (high - self.foot) / len(rows)
        for i, row in enumerate(rows):
            top = high - i * tall
            # Below another row there is room for its names.
            panels += self._row(row, top - tall, top - ROW_GAP * self.style.unit * (i > 0), BESIDE)
        return panels

    def _rows(self, kinds: Kinds) -> list[Kinds]:
        """Panels in rows, where all take what room there is: as many rows as show them largest."""
        if any(kind.wanted_aspect(self.runs) is not None for kind in kinds):
            return [kinds]
        unit, count = self.style.unit, len(kinds)

        def side(rows: int) -> float:
            across = -(-count // rows)
            wide = (self.width - (EDGES + BESIDE * (across - 1)) * unit) / across
            tall = (self.height - 2.2 * unit - self.foot) / rows - (BELOW + ROW_GAP) * unit
            return min(wide / FLAT, tall)

        rows = max(range(1, count + 1), key=side)
        ends = [-(-count * row // rows) for row in range(rows + 1)]
        return [kinds[a:b] for a, b in pairwise(ends)]

    def _strip(self, kinds: Kinds, moments: Sequence[float]) -> list[Panel[Any]]:
        """A row for each view, a column for each moment with its step above."""
        unit = self.style.unit
        low, high = self.foot, self.height - 3.4 * unit
        tall = (high - low) / len(kinds)
        panels = []
        for i, kind in enumerate(kinds):
            top = high - i * tall
            row = self._row([kind] * len(moments), top - tall, top, 2.4)
            for panel, moment in zip(row, moments, strict=True):
                if i == 0:
                    box = panel.axes.get_window_extent()
                    text = self.style.say("at_step", k=f"{moment:.4g}")
                    self.figure.text(
                        (box.x0 + box.x1) / 2 / self.width, (top + 0.3 * unit) / self.height, text,
                        ha="center", color=self.style.theme.quiet,
                    )  # fmt: skip
            panels += row
        return panels

    def _row(self, kinds: Kinds, low: float, high: float, apart: float) -> list[Panel[Any]]:
        """Lay out panels in a row: those with an aspect first, the others share what is left.

        Labels and panels stand between the heights ``low`` and ``high`` in pixels; ``apart`` is
        the gap between two panels in heights of the text.
        """
        unit = self.style.unit
        left, right, gap = 4.9 * unit, (EDGES - 4.9) * unit, apart * unit
        bottom = low + BELOW * unit
        height = high - bottom
        width = self.width - left - right - gap * (len(kinds) - 1)
        aspects = [kind.wanted_aspect(self.runs) for kind in kinds]
        flexible = aspects.count(None)
        kept = max((k.room for k, a in zip(kinds, aspects, strict=True) if a is None), default=0)
        if max((a for a in aspects if a is not None), default=0) > WIDE:
            kept = min(kept, BESIDE_WIDE)
        most = width * (1 - kept) / max(1, len(kinds) - flexible)
        widths = [0.0 if a is None else min(height * a, most) for a in aspects]
        rest = (width - sum(widths)) / max(1, flexible)
        if not flexible:  # no panel takes what is left: centre
            left += rest / 2
        panels = []
        for kind, aspect, wide in zip(kinds, aspects, widths, strict=True):
            wide = rest if aspect is None else wide
            tall = height if aspect is None else min(height, wide / aspect)
            low = bottom + (height - tall) / 2
            across, up = 1 / self.width, 1 / self.height
            axes = self.figure.add_axes((left * across, low * up, wide * across, tall * up))
            axes.tick_params(length=0.25 * unit, width=0.05 * unit, pad=0.2 * unit)
            panels.append(kind(axes, self.runs, self.style))
            axes.xaxis.labelpad = axes.yaxis.labelpad = 0.1 * unit
            settle(axes, unit, gap)
            self._shorten(axes.yaxis.label, tall + self.spare * unit, self._readable)
            self._shorten(axes.yaxis.label, tall + 2.2 * unit)
            self._shorten(axes.xaxis.label, wide + 2.0 * unit)
            left += wide + gap
        if all(kind is kinds[0] for kind in kinds[1:]):  # one scale serves the row
            for panel in panels[1:]:
                panel.axes.set_ylabel("")
                panel.axes.tick_params(labelleft=False)
        self._make_room([panel.axes for panel in panels])
        return panels

    @property
    def _readable(self) -> float:
        """The smallest size of text that can be read, in points."""
        return 0.72 * self.style.spec.readable(SMALLEST_TEXT)

    def _shorten(self, label: Text, most: float, least: float = 1.0) -> None:
        """Write the name of an axis smaller where it is longer than ``most`` pixels.

        No smaller than ``least`` points.
        """
        size = float(label.get_fontsize())
        while max(label.get_window_extent().size) > most and 0.95 * size > least:
            size *= 0.95
            label.set_fontsize(size)

    def _make_room(self, row: Sequence[Axes]) -> None:
        """Narrow a panel whose labels would overlap its left neighbour or the picture's edge."""
        canvas: Any = self.figure.canvas
        renderer, floor = canvas.get_renderer(), 0.0
        for axes in row:
            labels = axes.yaxis.get_tightbbox(renderer) if axes.axison else None
            missing = floor + 0.3 * self.style.unit - labels.x0 if labels is not None else 0.0
            if missing > 0:
                x0, y0, wide, tall = axes.get_position(original=True).bounds
                by = missing / self.width
                axes.set_position((x0 + by, y0, max(wide - by, 0.02), tall))
            floor = axes.get_window_extent(renderer).x1
