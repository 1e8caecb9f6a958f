"""Basins of attraction: every pixel a start."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from optviz.cluster import version
from optviz.descent.loop import checked_steps
from optviz.descent.race import with_rate
from optviz.descent.resolve import as_surface
from optviz.ensemble.basin_map import BasinMap
from optviz.ensemble.ensemble import KERNELS, ensemble
from optviz.ensemble.minima import minima_of
from optviz.ensemble.tiles import computed
from optviz.ensemble.watch import Arrived, Nearest, Outside
from optviz.optimizers import Optimizer
from optviz.optimizers.declared import is_ours
from optviz.records.basin_map import DIVERGED, UNDECIDED, starts_in
from surfaces.errors import InputError, must, unknown
from surfaces.surface import Floats, Surface
from surfaces.window import Domain, checked_domain

REACH = 0.01  # of the window: a run that near to a minimum is there
FAR = 100.0  # windows: a run that far outside has diverged
WATCHED = 6  # minima that a step's program looks at; more cost less in a second pass
TILE = 1 << 19  # starts of a tile: its arrays take some 50 MB
MOST = 20_000  # pixels a side


def basins(
    surface: Surface | str,
    optimizer: Optimizer | str,
    resolution: int | tuple[int, int] = 400,
    steps: int = 300,
    *,
    window: Domain | None = None,
    lr: str = "tuned",
    kernel: str = "auto",
    threads: int | None = None,
    dask: Any = None,
    progress: bool = False,
) -> BasinMap:
    """Descend from every pixel of a window, and find which minimum each start reaches.

    Parameters
    ----------
    surface : Surface or name
    optimizer : Optimizer, name or spec
    resolution : int or (width, height)
        Pixels; a single number is the longer side, and pixels are as the window.
    steps : int
    window : ((x0, x1), (y0, y1)), optional
        The surface's own unless given.
    lr : {"tuned", "default"}
        The rate of an optimizer given by name or by a spec without ``lr``: tuned at the surface's
        start, as in `race`, or torch's default.
    kernel : {"auto", "numpy", "numba"}
        "auto" takes numba (the extra ``fast``) where it is installed and pays.
    threads : int, optional
        As many as there are processors unless given.
    dask : str or distributed.Client, optional
        The address of a scheduler, or a client: tiles are then computed by its workers.
    progress : bool
        Show a bar for the tiles of a large map.

    Returns
    -------
    BasinMap

    Raises
    ------
    InputError
        A window without size, a resolution that is too large, an optimizer without a rule.
    """
    task = BasinTask.of(surface, optimizer, resolution, steps, window, kernel, threads, lr)
    return map_of(task, dask, progress)


def map_of(task: BasinTask, dask: Any = None, progress: bool = False) -> BasinMap:
    """The map that a task is of."""
    points, labels, counts = computed(task, dask=dask, progress=progress)
    return BasinMap(task.surface, task.optimizer, task.window, task.steps, task.minima, task.reach,
                    points, labels, counts)  # fmt: skip


@dataclass(frozen=True, eq=False)
class BasinTask:
    """All that decides a map; its rows can be computed in any order, anywhere.

    Attributes
    ----------
    size : (width, height)
    minima : array (m, 2)
    reach : (float, float)
    plane : ((x0, x1), (y0, y1))
        The part of the plane whose size says what is near and what is far.
    """

    surface: Surface
    optimizer: Optimizer
    size: tuple[int, int]
    steps: int
    window: Domain
    minima: Floats
    reach: tuple[float, float]
    plane: Domain
    kernel: str = "auto"
    threads: int | None = None

    @staticmethod
    def of(
        surface: Surface | str,
        optimizer: Optimizer | str,
        resolution: int | tuple[int, int],
        steps: int,
        window: Domain | None,
        kernel: str = "auto",
        threads: int | None = None,
        lr: str = "tuned",
    ) -> BasinTask:
        """The task of `basins`, its arguments checked."""
        surface, steps = as_surface(surface), checked_steps(steps)
        optimizer = with_rate(surface, optimizer, surface.start, steps, lr)[0]
        if kernel not in KERNELS:
            raise unknown("kernel", kernel, KERNELS)
        if threads is not None and (type(threads) is not int or threads < 1):
            raise must("threads", "a whole number from 1", threads)
        window = surface.domain if window is None else checked_domain(window)
        plane = around(surface.domain, window)
        minima = minima_of(surface, plane)
        if not len(minima):
            raise InputError(
                f"surface must have an isolated minimum in the window; {surface.name} has none "
                "there: its runs end in a valley or run away"
            )
        return BasinTask(surface, optimizer, checked_size(resolution, window),
                         steps, window, minima, reach_of(minima, plane), plane,
                         kernel, threads)  # fmt: skip

    def layers(self) -> list[tuple[tuple[int, ...], Any]]:
        """Of ends, labels and steps the shape of a pixel, and the type."""
        return [((2,), np.float64), ((), np.int16), ((), np.int32)]

    def identity(self) -> dict[str, Any] | None:
        """All that decides the numbers; None where the surface or the optimizer is one's own."""
        if self.surface.kernel is not None or not is_ours(type(self.optimizer)):
            return None
        return {
            "version": version(), "formula": self.surface.formula, "optimizer": str(self.optimizer),
            "size": self.size, "steps": self.steps, "window": self.window,
            "minima": self.minima.tolist(), "reach": self.reach,
            "plane": self.plane,
        }  # fmt: skip

    def tiles(self) -> Iterator[tuple[int, int]]:
        """The rows of each tile: the first, and the one after the last."""
        width, height = self.size
        rows = max(TILE // width, 1)
        yield from ((first, min(first + rows, height)) for first in range(0, height, rows))

    def rows(self, first: int, last: int) -> tuple[Floats, Any, Any]:
        """Ends (h, w, 2), labels (h, w) and steps (h, w) of some rows."""
        starts, settings = self.runs(first, last)
        watched = len(self.minima) <= WATCHED
        places = tuple(map(tuple, self.minima.tolist())) if watched else ()
        ends, noted = self._run(starts, Nearest(places, self.reach), settings)
        if watched:
            label, since = noted["label"].astype(int), noted["since"]
        else:
            label = nearest(ends, self.minima, self.reach)
            target = np.where(label[:, None] >= 0, self.minima[label], 0.0)
            own = {"target_x": target[:, 0], "target_y": target[:, 1]}
            since = self._run(starts, Arrived(self.reach), settings | own)[1]["since"]
        return self.shaped(last - first, starts, settings, ends, label, since)

    def runs(self, first: int, last: int) -> tuple[Floats, dict[str, Floats]]:
        """The start (n, 2) of each pixel of some rows, and settings that each has of its own."""
        return starts_in(self.window, self.size, first, last).reshape(-1, 2), {}

    def shaped(
        self, tall: int, starts: Floats, settings: dict[str, Floats], ends: Floats, label: Any,
        since: Any,
    ) -> tuple[Floats, Any, Any]:  # fmt: skip
        """Ends, labels and steps of runs as rows, those that diverged found among them."""
        gone = is_far(ends, self.plane)
        label = np.where(gone, DIVERGED, label)
        steps = np.where(label >= 0, since, self.steps)
        if gone.any():
            low, high = np.array(self.plane).T
            far = Outside(tuple((low + high) / 2), tuple(FAR * (high - low)))
            own = {name: values[gone] for name, values in settings.items()}
            steps[gone] = np.minimum(self._run(starts[gone], far, own)[1]["since"], self.steps)
        shape = tall, self.size[0]
        return (
            ends.reshape(*shape, 2),
            label.reshape(shape).astype(np.int16),
            steps.reshape(shape).astype(np.int32),
        )

    def _run(self, starts: Floats, watch: Any, own: Any) -> tuple[Floats, dict[str, Floats]]:
        runs = ensemble(self.surface, self.optimizer, starts, watch, own, steps=self.steps,
                        kernel=self.kernel, threads=self.threads)  # fmt: skip
        runs.advance(self.steps)
        return runs.points, runs.noted


def nearest(points: Floats, minima: Floats, reach: tuple[float, float]) -> Any:
    """The index of the minimum in whose reach each point (n, 2) is; -1 of none."""
    label = np.full(len(points), UNDECIDED)
    for place, minimum in enumerate(minima):
        with np.errstate(all="ignore"):
            away = (points - minimum) / np.array(reach)
            label[(away * away).sum(axis=1) <= 1.0] = place
    return label


def around(domain: Domain, window: Domain) -> Domain:
    """The smallest window that holds both: what a start leads to is the same in any part of it."""
    (x0, x1), (y0, y1) = (
        (min(a[0], b[0]), max(a[1], b[1])) for a, b in zip(domain, window, strict=True)
    )
    return (x0, x1), (y0, y1)


def is_far(points: Floats, window: Domain) -> Any:
    """Whether each point (n, 2) has diverged."""
    low, high = np.array(window).T
    middle, span = (low + high) / 2, high - low
    with np.errstate(all="ignore"):
        return ~(np.abs(points - middle) <= FAR * span).all(axis=1)


def reach_of(minima: Floats, window: Domain) -> tuple[float, float]:
    """Half axes of what counts as at a minimum: 1 % of the window, less where two are near."""
    low, high = np.array(window).T
    span = high - low
    apart = 1.0
    for i, minimum in enumerate(minima):
        others = np.delete(minima, i, axis=0)
        if len(others):
            apart = min(apart, float(np.linalg.norm((others - minimum) / span, axis=1).min()))
    across, up = (min(REACH, 0.4 * apart) * span).tolist()
    return across, up


def checked_size(resolution: Any, window: Domain) -> tuple[int, int]:
    """Width and height in pixels."""
    (x0, x1), (y0, y1) = window
    given = resolution if isinstance(resolution, (tuple, list)) else None
    if given is None and isinstance(resolution, (int, np.integer)) and resolution >= 1:
        longer = max(x1 - x0, y1 - y0)
        given = [max(round(int(resolution) * side / longer), 1) for side in (x1 - x0, y1 - y0)]
    if given is None or len(given) != 2 or not all(map(_is_side, given)):
        raise must("resolution", f"a whole number of pixels from 1 to {MOST}, or two", resolution)
    return int(given[0]), int(given[1])


def _is_side(pixels: Any) -> bool:
    return isinstance(pixels, (int, np.integer)) and bool(1 <= pixels <= MOST)
