"""A rule as rows of text: each line in mathematics, and under it the numbers of one step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text

from optviz.records.trajectory import Trajectory
from optviz.scene.panels.base import PictureStyle
from optviz.translate.latex import Line, lines_of, shown

READABLE = 8.0  # pixels: smaller only where even the shortest rows do not fit
GAP = 0.28  # of a text's height, between rows

Row = tuple[str, bool, int]  # text, whether it is quiet, the line it belongs to
Said = Iterator[tuple[int, str, bool]]  # number of the line, text, whether it is quiet


class RuleText:
    """The text rows of a step, in one font size for the whole run.

    Where they would be too small to read they hold less: results instead of calculations, then only
    the result of the step.
    """

    def __init__(self, axes: Axes, run: Trajectory, style: PictureStyle, left: float) -> None:
        self.axes, self.run, self.style, self.left = axes, run, style, left
        self.room = (axes.bbox.width - left, axes.bbox.height)
        self.texts: list[Text] = []
        self.fraction = r"\frac"
        self.stages = 1 + (len(self.lines(0)) if len(run) else 0)  # the heading, then each line
        samples = sorted(set(np.linspace(0, max(len(run) - 1, 0), 5).astype(int).tolist()))
        least = min(max(READABLE / style.unit, 0.68), 0.95)
        for detail, self.fraction, enough in (
            (_all_rows, r"\dfrac", 1.0), (_all_rows, r"\frac", least),
            (_results, r"\dfrac", 1.0), (_results, r"\frac", least), (_formulas, r"\frac", least),
        ):  # fmt: skip
            self.detail: Callable[[list[Line]], Said] = detail
            self.scale = min(self._fit(self.rows(k)) for k in samples) if len(run) else 1.0
            if self.scale >= enough:
                break

    def lines(self, k: int) -> list[Line]:
        """The rule's lines at step k + 1."""
        run = self.run
        step = run.gradients[k], run.points[k], run.slots(k)
        return lines_of(run.optimizer, k + 1, *step, fraction=self.fraction)

    def rows(self, k: int) -> list[Row]:
        """The heading, then the rows of each line."""
        heading = f"{self.run.label}, {self.style.say('at_step', k=k + 1)}"
        said = self.detail(self.lines(k))
        return [(heading, False, 0), *((text, quiet, i + 1) for i, text, quiet in said)]

    def reached(self, revealed: float) -> float:
        """``revealed`` rounded down to whole lines: the picture changes only with them."""
        return 1.0 if revealed >= 1 else int(revealed * self.stages + 1e-9) / self.stages

    def shown_lines(self, k: int, revealed: float) -> list[Line]:
        """The lines of step ``k + 1`` that have been explained."""
        lines = self.lines(k)
        return lines[: _n_shown(len(lines), revealed)]

    def write(self, k: int, revealed: float = 1.0) -> Iterator[Text]:
        """The texts of step ``k + 1``; of its lines only those that have been explained."""
        rows = self.rows(k)
        size = self.scale * min(1.0, self._fit(rows) / self.scale)
        reached = _n_shown(max(line for *_, line in rows), revealed)
        y, unit = self.room[1], 0.72 * self.style.unit
        for text, (content, quiet, line) in zip(self.texts, rows, strict=False):
            # Made visible first: invisible text has no height.
            text.set(text=content, size=size * unit, position=(self.left, y), visible=True)
            text.set_fontweight("bold" if line == 0 else "normal")
            text.set_color(self.style.theme.quiet if quiet else self.style.theme.ink)
            if line == 0:
                excess = text.get_window_extent().width / (0.92 * self.room[0])
                text.set_fontsize(size * unit / max(excess, 1.0))
            y -= text.get_window_extent().height + GAP * size * self.style.unit
            text.set_visible(line <= reached)
            if line <= reached:
                yield text
        for text in self.texts[len(rows) :]:
            text.set_visible(False)

    def _fit(self, rows: list[Row]) -> float:
        """The largest size, of the picture's text, at which the rows fit."""
        while len(self.texts) < len(rows):
            # The scene's settings may no longer be in force: take the font of the labels.
            family = self.axes.xaxis.label.get_fontfamily()
            text = self.axes.text(0, 0, "", va="top", family=family)
            text.set_animated(True)
            self.texts.append(text)
        boxes: list[Any] = []
        for i, (text, (content, *_)) in enumerate(zip(self.texts, rows, strict=False)):
            text.set(text=content, size=0.72 * self.style.unit, visible=True)
            text.set_fontweight("normal" if i else "bold")
            boxes.append(text.get_window_extent())
        wide = max(box.width for box in boxes[1:])  # a heading too wide is set smaller by itself
        tall = sum(box.height + GAP * self.style.unit for box in boxes)
        return float(min(1.0, 0.97 * self.room[0] / wide, 0.97 * self.room[1] / tall))


def _n_shown(n_lines: int, revealed: float) -> int:
    """How many of a step's lines have been explained; the heading comes before the first."""
    return n_lines if revealed >= 1 else int(revealed * (n_lines + 1) + 1e-9)


def _all_rows(lines: list[Line]) -> Said:
    """Each line, under it the calculation along x, and at the end the step along y."""
    for i, line in enumerate(lines):
        result = shown(line.value[0])
        numbers = line.numbers if result == line.numbers else f"{line.numbers} = {result}"
        yield i, f"${line.formula}$", False
        yield i, f"$x:\\ {numbers}$", True
    yield len(lines) - 1, f"$y:\\ {shown(lines[-1].value[1])}$", True


def _results(lines: list[Line]) -> Said:
    """Each line, and under it its result."""
    for i, line in enumerate(lines):
        yield i, f"${line.formula}$", False
        yield i, _result(line), True


def _formulas(lines: list[Line]) -> Said:
    """Each line, and the result of the last one."""
    for i, line in enumerate(lines):
        yield i, f"${line.formula}$", False
    yield len(lines) - 1, _result(lines[-1]), True


def _result(line: Line) -> str:
    x, y = line.value
    return f"$x:\\ {shown(x)},\\ \\ y:\\ {shown(y)}$"
