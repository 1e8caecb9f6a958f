"""One step taken apart: its arrows, what was accumulated, and the rule with this step's numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Circle, FancyArrowPatch, Rectangle
from matplotlib.text import Text

from optviz.notation import Line, letter, lines_of, shown
from optviz.optimizers import Optimizer
from optviz.scene.panel import Look, Panel
from optviz.scene.words import say
from optviz.trajectory import Trajectory


class Anatomy(Panel):
    """The step of the first optimizer that the moment stands before.

    Left: against the gradient (grey), the memory of gradients (hollow) and the step itself (in the
    optimizer's colour), each as long as its share of the longest of its kind in the run; below,
    squares whose area is what each coordinate has accumulated. Right: the rule, line by line, and
    under each line the x coordinate's numbers; last the step along y.
    """

    room = 0.58

    def __init__(self, axes: Axes, trajectories: Sequence[Trajectory], look: Look) -> None:
        super().__init__(axes, trajectories, look)
        self.run = trajectories[0]
        self.memory, self.squares = slot_kinds(self.run.optimizer)
        self.width, self.height = axes.bbox.width, axes.bbox.height
        axes.set(xlim=(0, self.width), ylim=(0, self.height))
        axes.set_axis_off()
        unit, theme = look.unit, look.theme
        self.column = float(np.clip(0.3 * self.width, 6.5 * unit, 12 * unit))
        self.radius = 0.5 * self.column - 0.8 * unit
        self.centre = np.array([0.5 * self.column, self.height - self.radius - 0.3 * unit])
        axes.add_patch(
            Circle(tuple(self.centre), self.radius, fill=False, color=theme.quiet, alpha=0.4)
        )
        colour = look.marks[0][0]
        self.arrows = {
            "gradient": self._arrow(theme.quiet, 0.12),
            "memory": self._arrow(theme.level, 0.22),
            "step": self._arrow(colour, 0.22),
        }
        self.boxes = self._boxes(colour)
        self.texts: list[Text] = []
        self._shown_step: int | None = None

    def _arrow(self, colour: str, width: float) -> FancyArrowPatch:
        arrow = FancyArrowPatch(
            (0, 0), (1, 1), color=colour, linewidth=width * self.point,
            arrowstyle="-|>", mutation_scale=1.1 * self.point, shrinkA=0, shrinkB=0,
        )  # fmt: skip
        self.moves(arrow)
        return arrow

    def _boxes(self, colour: str) -> dict[str, list[Rectangle]]:
        """A pair of squares for each accumulated slot, with its letter and x, y below."""
        unit, found = self.look.unit, {}
        self.side = min(0.36 * self.column, 3.2 * unit)
        top = self.centre[1] - self.radius - 1.6 * unit
        for name in self.squares:
            if top - self.side < 1.3 * unit:  # no room for another row
                break
            pair = []
            for axis, text in enumerate("xy"):
                middle = (0.28 + 0.44 * axis) * self.column
                box = Rectangle((middle, top - self.side / 2), 1, 1, color=colour, alpha=0.75)
                self.moves(box)
                pair.append(box)
                self.axes.text(
                    middle, top - self.side - 0.2 * unit, f"${letter(name)}$, {text}",
                    ha="center", va="top", size=0.85 * self.point, color=self.look.theme.quiet,
                )  # fmt: skip
            found[name] = pair
            top -= self.side + 2.0 * unit
        return found

    def moving(self, at: float) -> Iterator[Artist]:
        k = min(int(at + 1e-9), len(self.run) - 1)
        if k < 0:  # the very first step diverged: there is none to take apart
            return
        if k != self._shown_step:
            self._point_arrows(k)
            self._fill_boxes(k)
            self._write(k)
            self._shown_step = k
        yield from self.arrows.values()
        for pair in self.boxes.values():
            yield from pair
        yield from self.texts

    def _point_arrows(self, k: int) -> None:
        slots = self.run.states
        vectors = {
            "gradient": -self.run.gradients,
            "memory": -slots[self.memory] if self.memory else np.zeros_like(self.run.points),
            "step": self.run.steps_taken,
        }
        row = {"gradient": k, "memory": k + 1, "step": k}
        for name, arrow in self.arrows.items():
            lengths = np.linalg.norm(vectors[name], axis=1)
            vector = vectors[name][row[name]]
            length = float(np.linalg.norm(vector))
            arrow.set_visible(length > 0)
            if length > 0:
                # The root keeps short steps visible beside the longest.
                share = np.sqrt(length / lengths.max())
                tip = self.centre + vector / length * self.radius * max(share, 0.12)
                arrow.set_positions(tuple(self.centre), tuple(tip))

    def _fill_boxes(self, k: int) -> None:
        for name, pair in self.boxes.items():
            most = float(np.nanmax(self.run.states[name])) or 1.0
            for axis, box in enumerate(pair):
                share = max(float(self.run.states[name][k + 1, axis]), 0.0) / most
                side = max(np.sqrt(share) * self.side, 1.0)
                middle = (0.28 + 0.44 * axis) * self.column
                low = box.get_y() + box.get_height() / 2
                box.set_bounds(middle - side / 2, low - side / 2, side, side)

    def lines(self, k: int) -> list[Line]:
        """The rule's lines at step k + 1."""
        slots = {name: state[k] for name, state in self.run.states.items()}
        optimizer, gradient = self.run.optimizer, self.run.gradients[k]
        return lines_of(optimizer, k + 1, optimizer.rate(k + 1), gradient, slots)

    def _write(self, k: int) -> None:
        """Set the texts of a step, as large as fits between the column and the right edge."""
        lines = self.lines(k)
        step = say("step", self.look.language)
        rows = [f"{self.run.label}, {step} {k + 1}"]
        for line in lines:
            result = shown(line.value[0])
            numbers = line.numbers if result == line.numbers else f"{line.numbers} = {result}"
            rows += [f"${line.formula}$", f"$x:\\ {numbers}$"]
        rows.append(f"$y:\\ {shown(lines[-1].value[1])}$")
        while len(self.texts) < len(rows):
            # Later than the scene's settings: the font is that of the other texts.
            family = self.axes.xaxis.label.get_fontfamily()
            text = self.axes.text(0, 0, "", va="top", family=family)
            text.set_animated(True)
            self.texts.append(text)
        left, size = self.column + 0.8 * self.look.unit, 1.0 * self.point
        boxes = []
        for i, (text, row) in enumerate(zip(self.texts, rows, strict=False)):
            text.set(text=row, size=size, weight="bold" if i == 0 else "normal")
            quiet = (i and i % 2 == 0) or i == len(rows) - 1
            text.set_color(self.look.theme.quiet if quiet else self.look.theme.ink)
            boxes.append(text.get_window_extent())
        gap = 0.28 * self.look.unit
        wide = max(box.width for box in boxes)
        tall = sum(box.height + gap for box in boxes)
        scale = min(1.0, 0.97 * (self.width - left) / wide, 0.96 * self.height / tall)
        y = self.height
        for text in self.texts[: len(rows)]:
            text.set(size=size * scale, position=(left, y))
            y -= text.get_window_extent().height + gap * scale
        for text in self.texts[len(rows) :]:
            text.set_text("")


def slot_kinds(optimizer: Optimizer) -> tuple[str | None, list[str]]:
    """The slot that remembers gradients, and those that add up their squares.

    Asked of the rule itself: a memory turns with the gradient, an accumulated square does not but
    grows with it.
    """

    def after(grad: float) -> dict[str, float]:
        state = optimizer.init((0.0,))
        for _ in range(2):
            _, state = optimizer.update((grad,), state, (0.0,))
        return {n: v[0] for n, v in state.items() if n != "step" and not n.startswith("_")}

    plus, minus, double = after(1.0), after(-1.0), after(2.0)
    odd = [n for n, v in plus.items() if v != 0 and minus[n] == -v]
    even = [n for n, v in plus.items() if v > 0 and minus[n] == v and double[n] > 1.5 * v]
    return (odd[0] if odd else None), even
