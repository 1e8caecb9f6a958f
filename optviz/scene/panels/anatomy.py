"""The panel that explains one step: its arrows, the accumulated slots, the rule with numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Rectangle
from matplotlib.text import Text

from optviz.records.trajectory import Trajectory
from optviz.scene.panels.arrows import KINDS, Arrows, colours, shown_slots
from optviz.scene.panels.base import Panel, PictureStyle
from optviz.scene.panels.contour import equal_scales
from optviz.scene.panels.rule_text import RuleText
from optviz.translate.contributions import parts_of_step, sources_of
from optviz.translate.latex import letter
from surfaces.surface import Floats


class Anatomy(Panel[Trajectory]):
    """The next step of one optimizer, or its last one at the end.

    At the left, from top to bottom: arrows of the negative gradient, of the memory of gradients and
    of the step, each scaled by the longest of its kind in the run; squares whose area is what each
    coordinate has accumulated; bars of what each source adds to the step along x and y. At the
    right: the rule, line by line, and under each line its numbers.
    """

    room = 0.58
    takes_apart = True

    def __init__(self, axes: Axes, runs: Sequence[Trajectory], style: PictureStyle) -> None:
        super().__init__(axes, runs, style)
        self.run = runs[style.apart]
        self.memories, self.squares = shown_slots(self.run)
        axes.set_axis_off()
        self._take_room_of_labels()
        self.width, self.height = axes.bbox.width, axes.bbox.height
        axes.set(xlim=(0, self.width), ylim=(0, self.height), xticks=[], yticks=[])
        unit = style.unit
        self.column = float(np.clip(0.3 * self.width, 7.5 * unit, 13 * unit))
        self.rule = RuleText(axes, self.run, style, self.column + 0.9 * unit)
        self.sources = [name for name in sources_of(self.run) if name != "memory" or self.memories]
        gap = self._share_height()
        self.centre = np.array([0.5 * self.column, self.height - self.radius - 0.1 * unit])
        self.stretch = np.ones(2)
        if not equal_scales(self.run.surface):  # x and y are told in shares of the window
            self.stretch = 1 / np.ptp(self.run.surface.domain, axis=1)
        self.arrows = Arrows(axes, self.run, style, self.radius, axes.transData, self.stretch)
        axes.add_patch(
            Circle(tuple(self.centre), self.radius, fill=False, color=style.theme.quiet, alpha=0.4)
        )
        top = self._key(self.centre[1] - self.radius - 0.8 * unit - gap) - gap
        self.boxes = self._squares(top)
        self.bars = self._bars(top - (self.side + 1.9 * unit + gap) * bool(self.boxes))

    def _take_room_of_labels(self) -> None:
        """Widen the axes to where those of other panels have tick labels: this one has none."""
        axes, unit = self.axes, self.style.unit
        figure = axes.figure
        assert figure is not None
        x0, y0, x1, y1 = axes.bbox.extents
        others = [other.bbox.x1 for other in figure.axes if other.bbox.x1 < x0]
        left = max(max(others, default=0.0) + 1.4 * unit, x0 - 4.4 * unit)
        low = y0 - 2.2 * unit
        wide, tall = figure.bbox.width, figure.bbox.height
        axes.set_position((left / wide, low / tall, (x1 - left) / wide, (y1 - low) / tall))

    def _share_height(self) -> float:
        """Choose the sizes of circle, squares and bars; returns a gap that spreads them."""
        unit, rows = self.style.unit, 2 * len(self.sources) + 0.35
        each = self.column / max(2 * len(self.squares), 2)
        side = min(0.8 * each, 3.2 * unit) * bool(self.squares)
        radius = 0.5 * self.column - 0.3 * unit
        texts = (1.8 + 1.9 * bool(self.squares) + 0.3) * unit
        room = self.height - texts - 0.9 * unit * rows
        share = min(1.0, room / (2 * radius + side))
        self.radius = max(share * radius, 1.5 * unit)
        self.side = max(share * side, 1.2 * unit)
        left = max(room - share * (2 * radius + side), 0.0)
        self.tall = 0.9 * unit + min(0.5 * unit, 0.5 * left / rows)
        left -= (self.tall - 0.9 * unit) * rows
        return min(left / 3, 1.2 * unit)

    def state(self, at: float, revealed: float) -> tuple[int, float]:
        """The number of steps taken by then, and how much of the next has been explained."""
        if at >= len(self.run):  # after the last step
            return len(self.run) - 1, 1.0
        k = int(at + 1e-9)
        return k, self.rule.reached(k, revealed)

    def artists_at(self, at: float, revealed: float = 1.0) -> Iterator[Artist]:
        k, revealed = self.state(at, revealed)
        if k >= 0:  # else the very first step diverged
            yield from self._show(k, revealed)

    def _show(self, k: int, revealed: float) -> Iterator[Artist]:
        """Draw the part of step ``k + 1`` that has been explained."""
        texts = list(self.rule.write(k, revealed))
        lines = self.rule.shown_lines(k, revealed)
        renewed = {line.target for line in lines if line.renews_slot}
        kinds = list(KINDS)
        if revealed < 1:  # the arrows that the lines so far speak of
            kinds = ["gradient"]
            kinds += ["memory"] * any(name in renewed for name in self.memories)
            kinds += ["step"] * any(line.computes_step for line in lines)
        yield from self.arrows.point(k, self.centre, kinds)
        for name, pair in self.boxes.items():
            self._fill(name, pair, k + 1 if revealed >= 1 or name in renewed else k)
            yield from pair
        if "step" in kinds:
            yield from self._point_bars(k)
        yield from texts

    def _label(
        self,
        x: float,
        y: float,
        text: str,
        colour: str,
        ha: Literal["left", "center", "right"] = "left",
    ) -> Text:
        size = 0.8 * self.point
        return self.axes.text(x, y, text, color=colour, size=size, va="center", ha=ha)

    def _key(self, y: float) -> float:
        """Write what the colours mean, under the circle; returns the height of what follows."""
        words = dict(zip(KINDS, ("gradient", "memory", "update"), strict=True))
        labels = [
            self._label(0, y, self.style.say(words[name]), colour)
            for name, colour in zip(KINDS, colours(self.style), strict=True)
            if name in self.arrows.artists
        ]
        gap, x = 0.5 * self.style.unit, 0.0
        wide = sum(label.get_window_extent().width + gap for label in labels)
        scale = min(1.0, self.column / wide)
        for label in labels:
            label.set(fontsize=scale * 0.8 * self.point, x=x)
            x += label.get_window_extent().width + scale * gap
        return y - 0.8 * self.style.unit

    def _squares(self, top: float) -> dict[str, list[Rectangle]]:
        """A pair of squares for each accumulated slot, side by side, with its letter below."""
        unit, found = self.style.unit, {}
        each = self.column / max(2 * len(self.squares), 2)
        for i, name in enumerate(self.squares):
            pair = []
            for axis, coordinate in enumerate(self.run.surface.letters.values()):
                middle = (2 * i + axis + 0.5) * each
                box = Rectangle(
                    (middle - 0.5, top - 0.5 * self.side - 0.5),
                    1,
                    1,
                    color=self.style.marks[self.style.apart][0],
                    alpha=0.75,
                )
                self.moves(box)
                pair.append(box)
                label = f"${letter(name)}$ {coordinate}"
                self._label(
                    middle, top - self.side - 0.7 * unit, label, self.style.theme.quiet, ha="center"
                )
            found[name] = pair
        return found

    def _fill(self, name: str, pair: list[Rectangle], row: int) -> None:
        most = float(np.nanmax(self.run.states[name])) or 1.0
        for box, value in zip(pair, self.run.states[name][row], strict=True):
            side = float(max(np.sqrt(max(float(value), 0.0) / most) * self.side, 1.0))
            x, y = box.get_x() + box.get_width() / 2, box.get_y() + box.get_height() / 2
            box.set_bounds(x - side / 2, y - side / 2, side, side)

    def _bars(self, top: float) -> list[tuple[Rectangle, Text]]:
        """For x and y a bar of each source, and beside it the share of the step in per cent."""
        unit, (gradient, memory, _) = self.style.unit, colours(self.style)
        tints = {"gradient": gradient, "memory": memory, "decay": self.style.theme.ink}
        tall, bars = self.tall, []
        self.left, self.right = 1.1 * unit, self.column - 2.9 * unit
        bottom = top - 2 * (len(self.sources) + 0.35) * tall
        middle = (self.left + self.right) / 2
        if not self.sources:  # of a step that is no sum of sources
            return []
        self.axes.plot(
            [middle, middle], [bottom, top], color=self.style.theme.quiet, linewidth=0.06 * unit
        )
        for axis, coordinate in enumerate(self.run.surface.letters.values()):
            y = top - (axis * (len(self.sources) + 0.35) + 0.5) * tall
            self._label(0.2 * unit, y - 0.5 * (len(self.sources) - 1) * tall, coordinate,
                        self.style.theme.quiet)  # fmt: skip
            for i, name in enumerate(self.sources):
                bar = Rectangle((0, y - (i + 0.4) * tall), 1, 0.8 * tall, color=tints[name])
                self.moves(bar)
                share = self._label(self.column, y - i * tall, "", tints[name], ha="right")
                share.set(animated=True, size=0.75 * self.point)
                bars.append((bar, share))
        return bars

    def _parts(self, k: int, stretch: Floats) -> dict[str, Floats]:
        run = self.run
        parts = parts_of_step(run.optimizer, k + 1, run.gradients[k], run.points[k], run.slots(k))
        return {name: parts[name] * stretch for name in self.sources}

    def _point_bars(self, k: int) -> Iterator[Artist]:
        parts = self._parts(k, self.stretch)
        most = max((float(np.abs(part).max()) for part in parts.values()), default=0.0)
        middle, half = (self.left + self.right) / 2, (self.right - self.left) / 2
        values = [(parts[name][axis], axis) for axis in range(2) for name in parts]
        for (bar, text), (part, axis) in zip(self.bars, values, strict=True):
            bar.set_x(middle)
            bar.set_width(part / most * half if most else 0)
            step = self.run.steps_taken[k][axis] * self.stretch[axis]
            share = round(100 * part / step) if step else 0
            text.set_text(f"{share} %".replace("-", "−"))
            yield bar
            yield text
