"""What a user writes, with every public name that takes or gives results; checked for its types."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import optviz
import surfaces
from optviz.optimizers.ops import sign
from optviz.scene import Panel, PictureStyle


@dataclass(frozen=True)
class SignDescent(optviz.Optimizer):
    """Steps of one length."""

    lr: optviz.optimizers.Rate = 0.01

    def rule(self, t: Any, lr: Any, grad: Any) -> tuple[Any, dict[str, Any]]:
        return -lr * sign(grad), {}


class Lengths(Panel):
    """How long the steps of the first run were."""

    def __init__(self, axes: Axes, runs: Any, style: PictureStyle) -> None:
        super().__init__(axes, runs, style)
        lengths = np.hypot(*self.runs[0].steps_taken.T)
        self.moves(axes.plot(lengths)[0])

    def artists_at(self, at: float, revealed: float = 1.0) -> Iterator[Artist]:
        yield from self.axes.lines


def films(runs: list[optviz.Trajectory]) -> optviz.Animation:
    film = optviz.Animation(runs, views=("contour", Lengths), size=(600, 300))
    frame = film[3]
    part = film[2:-2]
    total = int(frame.sum()) + len(part)
    stream = io.BytesIO()
    film.save(stream, format="gif")
    path = part.save("part.gif")
    print(path.name, total, film.alt)
    for picture in part:
        print(picture.shape)
    return film


def figures(film: optviz.Animation) -> Figure:
    figure = Figure(figsize=(6, 3))
    left, right = figure.subplots(1, 2)
    left.plot(np.arange(3))
    film.draw(right, step=10, view="contour", legend=True)
    film.figure.savefig("last.png")
    return figure


def main() -> None:
    valley: surfaces.Surface = surfaces.get("rosenbrock")
    runs = optviz.race(valley, ["gd", SignDescent(lr=0.02)], steps=20, labels=["plain", "signs"])
    path = optviz.Trajectory.of_points(valley, np.array([[-1.2, 1.0], [1.0, 1.0]]), label="BFGS")
    film = films([*runs, path])
    figures(film)
    table = optviz.to_frame(film)
    print(table.groupby("label")["value"].min())
    optviz.save_all(runs, "runs.json")
    again = optviz.load_all("runs.json")
    one = optviz.Trajectory.load("run.json", optimizer=SignDescent)
    print(again[0].points[-1], one.lrs.mean(), optviz.explore("beale"))


if __name__ == "__main__":
    main()
