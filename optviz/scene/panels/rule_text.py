"""A rule as rows of text: each line in mathematics, and under it the numbers of one step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Text

from optviz.records.trajectory import Trajectory
from optviz.scene.panels.base import PictureStyle
from optviz.translate.latex import Line, lines_of, shown

READABLE = 8.0  # pixels: smaller only where even the shortest rows do not fit
GOOD = 10.0  # pixels: smaller only where results alone would be
LARGEST = 1.5  # times the picture's text
LONG = 36  # characters of a calculation that may have its result in a row of its own
WORTH = 1.1  # how much larger text must become by that
GAP = 0.22  # of a text's height, between rows
SPREAD = 0.8  # of a text's height: at most so much more before each line

Row = tuple[str, bool, int]  # text, whether it is quiet, the line it belongs to
Said = Iterator[tuple[int, str, bool]]  # number of the line, text, whether it is quiet
Detail = Callable[[list[Line], str, str], Said]  # what is said of lines, and of which coordinates


class RuleText:
    """The text rows of a step, in one font size for the whole run.

    Where they would be too small to read they hold less: results instead of calculations, then only
    the result of the step.
    """

    detail: Detail

    def __init__(self, axes: Axes, run: Trajectory, style: PictureStyle, left: float) -> None:
        self.axes, self.run, self.style, self.left = axes, run, style, left
        self.room = (axes.bbox.width - left, axes.bbox.height)
        self.texts: list[Text] = []
        self.fraction = r"\frac"
        steps = np.linspace(0, len(run) - 1, min(len(run), 5))
        samples = sorted(set(steps.astype(int).tolist()))
        good, least = (min(max(size / style.unit, 0.68), 0.95) for size in (GOOD, READABLE))
        ways: tuple[tuple[list[Detail], str, float], ...] = (
            ([_both_rows, _both_broken], r"\dfrac", 1.0),
            ([_all_rows, _all_broken], r"\dfrac", good), ([_results], r"\dfrac", good),
            ([_all_rows], r"\frac", least), ([_results], r"\frac", least),
            ([_formulas], r"\frac", least),
        )  # fmt: skip
        for details, self.fraction, enough in ways:
            first, *others = [(self._least(detail, samples), detail) for detail in details]
            self.scale, self.detail = first
            for scale, detail in others:
                if scale > WORTH * self.scale:
                    self.scale, self.detail = scale, detail
            if self.scale >= enough:
                break

    def _least(self, detail: Detail, samples: list[int]) -> float:
        """The largest size at which the rows of all these steps fit."""
        self.detail = detail
        return min((self._fit(self.rows(k)) for k in samples), default=1.0)

    def lines(self, k: int) -> list[Line]:
        """The rule's lines at step k + 1."""
        run = self.run
        step = run.gradients[k], run.points[k], run.slots(k)
        seen = {"value": run.values[k]}
        if "hessian" in run.optimizer.inputs:
            seen["hessian"] = run.surface.hessian(run.points[k])
        return lines_of(run.optimizer, k + 1, *step, fraction=self.fraction, seen=seen)

    def rows(self, k: int) -> list[Row]:
        """The heading, then the rows of each line."""
        heading = f"{self.run.label}, {self.style.say('at_step', k=k + 1)}"
        said = self.detail(self.lines(k), *self.run.surface.letters.values())
        return [(heading, False, 0), *((text, quiet, i + 1) for i, text, quiet in said)]

    def reached(self, k: int, revealed: float) -> float:
        """``revealed`` rounded down to whole lines: the picture changes only with them."""
        stages = 1 + len(self.lines(k))  # the heading, then each line
        return 1.0 if revealed >= 1 else int(revealed * stages + 1e-9) / stages

    def shown_lines(self, k: int, revealed: float) -> list[Line]:
        """The lines of step ``k + 1`` that have been explained."""
        lines = self.lines(k)
        return lines[: _n_shown(len(lines), revealed)]

    def write(self, k: int, revealed: float = 1.0) -> Iterator[Text]:
        """The texts of step ``k + 1``; of its lines only those that have been explained."""
        rows = self.rows(k)
        size = min(self.scale, self._fit(rows))
        reached = _n_shown(max(line for *_, line in rows), revealed)
        unit, heights = 0.72 * self.style.unit, []
        for text, (content, quiet, line) in zip(self.texts, rows, strict=False):
            # Made visible first: invisible text has no height.
            text.set(text=content, size=size * unit, visible=True)
            text.set_fontweight("bold" if line == 0 else "normal")
            text.set_color(self.style.theme.quiet if quiet else self.style.theme.ink)
            if line == 0:
                excess = text.get_window_extent().width / (0.92 * self.room[0])
                text.set_fontsize(min(size, 1.0) * unit / max(min(size, 1.0) / size * excess, 1.0))
            heights.append(text.get_window_extent().height + GAP * size * self.style.unit)
        n_lines = max(line for *_, line in rows)
        rest = max(0.97 * self.room[1] - sum(heights), 0.0) / max(n_lines, 1)
        spread = min(rest, SPREAD * size * self.style.unit)
        y = self.room[1]
        for text, (_, quiet, line), height in zip(self.texts, rows, heights, strict=False):
            y -= spread if line and not quiet else 0.0
            text.set_position((self.left, y))
            y -= height
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
        return float(min(LARGEST, 0.97 * self.room[0] / wide, 0.97 * self.room[1] / tall))


def _n_shown(n_lines: int, revealed: float) -> int:
    """How many of a step's lines have been explained; the heading comes before the first."""
    return n_lines if revealed >= 1 else int(revealed * (n_lines + 1) + 1e-9)


def _both_rows(lines: list[Line], x: str, y: str, broken: bool = False) -> Said:
    """Each line, and under it the calculation along x, and what comes of it along y."""
    for i, line in enumerate(lines):
        yield i, f"${line.formula}$", False
        for text in _calculation(line, x, broken):
            yield i, text, True
        if not line.together:
            yield i, f"${y}:\\ {shown(line.value[1])}$", True


def _all_rows(lines: list[Line], x: str, y: str, broken: bool = False) -> Said:
    """Each line, under it the calculation along x, and at the end the step along y."""
    for i, line in enumerate(lines):
        yield i, f"${line.formula}$", False
        for text in _calculation(line, x, broken):
            yield i, text, True
    if not lines[-1].together:
        yield len(lines) - 1, f"${y}:\\ {shown(lines[-1].value[1])}$", True


_both_broken, _all_broken = partial(_both_rows, broken=True), partial(_all_rows, broken=True)


def _results(lines: list[Line], x: str, y: str) -> Said:
    """Each line, and under it its result."""
    for i, line in enumerate(lines):
        yield i, f"${line.formula}$", False
        yield i, _result(line, x, y), True


def _formulas(lines: list[Line], x: str, y: str) -> Said:
    """Each line, and the result of the last one."""
    for i, line in enumerate(lines):
        yield i, f"${line.formula}$", False
    yield len(lines) - 1, _result(lines[-1], x, y), True


def _calculation(line: Line, x: str, broken: bool) -> Iterator[str]:
    """The numbers along x and their result, if they are long and may be in two rows."""
    if line.together:
        yield f"$=\\ {line.numbers}$"
        return
    result = shown(line.value[0])
    if result == line.numbers:
        yield f"${x}:\\ {result}$"
    elif broken and len(line.numbers) > LONG:
        yield f"${x}:\\ {line.numbers}$"
        yield f"$\\quad =\\ {result}$"
    else:
        yield f"${x}:\\ {line.numbers} = {result}$"


def _result(line: Line, x: str, y: str) -> str:
    if line.together:
        return f"$=\\ {line.numbers}$"
    along_x, along_y = map(shown, line.value)
    return f"${x}:\\ {along_x},\\ \\ {y}:\\ {along_y}$"
