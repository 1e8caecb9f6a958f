"""The edge of trainability over two learning rates, and its box-counting dimension.

Sohl-Dickstein (2024), "The boundary of neural network trainability is fractal": here a network of
two weights, y tanh(x u), each with a rate of its own. Its control is the same without tanh.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from tqdm.auto import tqdm

import surfaces
from optviz.descent.loop import checked_steps
from optviz.ensemble.basin_map import Drawable
from optviz.ensemble.basins import FAR, is_far
from optviz.ensemble.box_counting import box_dimension, edge_of
from optviz.ensemble.ranges import SettingRange
from optviz.ensemble.series import check_room, zoomed
from optviz.ensemble.settings_map import SettingsTask
from optviz.ensemble.tiles import computed
from optviz.ensemble.watch import Below
from optviz.optimizers.base import Optimizer, Rate, Slots
from optviz.optimizers.hyper import hyper, learning_rate
from optviz.optimizers.matrix import Matrix
from optviz.records.basin_map import Swept
from optviz.records.trainability import LOST, TrainabilityRecord, TrainabilitySeries
from optviz.words import readable
from surfaces import examples
from surfaces.errors import must, unknown
from surfaces.surface import Floats, Surface
from surfaces.window import Domain, checked_domain

# What is trained, and two learning rates between which its edge lies.
_WINDOW = (10**-0.2, 10.0), (10**0.2, 10**1.4)
TRAINED: dict[str, tuple[Surface, Domain]] = {
    "network": (examples.tanh_network, _WINDOW),
    "product": (examples.linear_network, _WINDOW),
    "quadratic": (surfaces.sphere, ((0.2, 4.0), (0.2, 4.0))),
}
DEEPEST = 1e9  # zoom: beyond, neighbouring rates are one number
NEAR = 0.88, 0.16  # shares of the height and the width: where a zoom looks for the edge
BETWEEN = 65  # rates between two neighbours that are tried to find the edge between them


@dataclass(frozen=True)
class TwoRates(Optimizer):
    r"""Gradient descent whose second coordinate has a rate of its own, as layers may have.

    .. math:: x_t = x_{t-1} - \eta\, \partial_x f, \qquad y_t = y_{t-1} - \eta_y\, \partial_y f
    """

    lr: Rate = learning_rate(0.01)
    lr_y: float = hyper(0.01, low=1e-5, high=1e3, log=True)

    elementwise = False
    by_layer = False

    def rule(self, t: Any, lr: Any, grad: Any) -> tuple[Any, Slots]:
        return -Matrix([lr, self.lr_y]) * grad, {}


@dataclass(frozen=True, eq=False, repr=False)
class TrainabilityMap(Drawable, TrainabilityRecord):
    __doc__ = TrainabilityRecord.__doc__


@dataclass(frozen=True, eq=False, repr=False)
class TrainabilityZoom(Drawable, TrainabilitySeries):
    __doc__ = TrainabilitySeries.__doc__


def trainability(
    what: str = "network",
    resolution: int = 513,
    steps: int = 500,
    *,
    window: Domain | None = None,
    zoom: float | None = None,
    frames: int = 60,
    kernel: str = "auto",
    threads: int | None = None,
    progress: bool = False,
) -> TrainabilityMap | TrainabilityZoom:
    """Train with every pair of two learning rates, and measure the edge of what stays bounded.

    Parameters
    ----------
    what : {"network", "product", "quadratic"}
        Two weights of ``y tanh(x u)``, of ``y x u``, or x^2 + y^2, whose edge
        is known: rates of 1.
    resolution : int
        Pixels a side.
    steps : int
    window : ((x0, x1), (y0, y1)), optional
        Of the two rates, which are even in their logarithms.
    zoom : float, optional
        By how much the last of ``frames`` windows is narrower; they close in on a point of the
        edge.
    kernel, threads, progress
        As in `basins`.

    Returns
    -------
    TrainabilityMap, or TrainabilityZoom with ``zoom``
        Its ``edge`` is a `BoxDimension`.

    Raises
    ------
    InputError
        A window without an edge, or a value that is not allowed.

    Notes
    -----
    The edge is that between weights that stay bounded and weights that run away. By other criteria
    (the loss fell, the run came to rest) the linear product's edge is rough too. The network's
    dimension rises with the resolution (1.27 at 129 pixels, 1.46 at 513), the product's does not
    (1.01, 1.00); the error is that of one fit over the box sizes, and does not hold that rise.
    Window, data and start were chosen among a few for a clear picture.
    """
    if what not in TRAINED:
        raise unknown("what", what, TRAINED)
    surface, usual = TRAINED[what]
    found = checked_domain(usual if window is None else window)
    if not (isinstance(resolution, int) and resolution >= 65):
        raise must("resolution", "a whole number from 65, as boxes are counted", resolution)
    ranges = [SettingRange(name, *ends, log=True) for name, ends in zip(("lr", "lr_y"), found,
                                                                        strict=True)]  # fmt: skip
    task = TrainabilityTask(
        surface, TwoRates(), (resolution, resolution), checked_steps(steps), found,
        np.zeros((0, 2)), (1.0, 1.0), surface.domain, kernel, threads,
        axes=(ranges[0], ranges[1]), start=surface.start, level=surface.at(*surface.start)[0],
    )  # fmt: skip
    if zoom is None:
        return _map(task, what, progress)
    if not (isinstance(zoom, (int, float)) and 1 < zoom <= DEEPEST):
        raise must("zoom", f"a factor above 1, at most {DEEPEST:g}", zoom)
    if not (isinstance(frames, int) and frames >= 2):
        raise must("frames", "a whole number from 2", frames)
    check_room(frames, task.size)
    first = _map(task, what, progress)
    point = edge_point(task, first)
    factors = np.geomspace(1, zoom, frames).tolist()
    maps = [
        first,
        *(
            _map(task.inside(point, factor), what, progress=False)
            for factor in tqdm(factors[1:], unit="map", disable=not progress, leave=False)
        ),
    ]
    nowhere = np.broadcast_to(np.nan, first.points.shape)
    maps = [dataclasses.replace(each, points=nowhere) for each in maps]
    said = [f"×{readable(float(f'{factor:.3g}'))}" for factor in factors]
    return TrainabilityZoom(tuple(maps), tuple(said))


class TrainabilityTask(SettingsTask):
    """The task of one map: label 0 stays bounded, label 1 diverges."""

    def rows(self, first: int, last: int) -> tuple[Floats, Any, Any]:
        starts, settings = self.runs(first, last)
        ends, label, since = self.trained(starts, settings)
        points, found, steps = self.shaped(last - first, starts, settings, ends, label, since)
        gone = found < 0
        found[gone] = LOST
        stays = np.minimum(since, self.steps).reshape(found.shape).astype(np.int32)
        return points, found, np.where(gone, steps, stays)

    def trained(self, starts: Floats, settings: dict[str, Floats]) -> tuple[Floats, Any, Any]:
        """Ends, labels and steps of some runs."""
        ends, noted = self._run(starts, Below(self.level), settings)
        return ends, np.zeros(len(starts), int), noted["since"]

    def diverges(self, rates: Floats) -> Any:
        """Whether each pair of rates (n, 2) leads out."""
        own = {name: rates[:, i].copy() for i, name in enumerate(("lr", "lr_y"))}
        ends, _, _ = self.trained(np.tile(self.start, (len(rates), 1)), own)
        return is_far(ends, self.plane)

    def inside(self, point: Sequence[float], factor: float) -> TrainabilityTask:
        """The same in a narrower window around a pair of rates that stays where it is."""
        logs: Any = tuple(tuple(np.log(ends)) for ends in self.window)
        window: Any = tuple(
            tuple(np.exp(ends)) for ends in zoomed(logs, tuple(np.log(point)), factor)
        )
        across, up = (
            dataclasses.replace(axis, low=float(low), high=float(high))
            for axis, (low, high) in zip(self.axes, window, strict=True)
        )
        return dataclasses.replace(self, window=window, axes=(across, up))


def edge_point(task: TrainabilityTask, found: TrainabilityRecord) -> tuple[float, float]:
    """A pair of rates on the edge, next to that of its pixels that is nearest to `NEAR`."""
    squares = np.argwhere(edge_of(found.labels))
    wanted = np.multiply(NEAR, np.subtract(found.labels.shape, 2))
    i, j = squares[np.abs(squares - wanted).max(axis=1).argmin()]
    across, up = task.sides()
    corners = np.array([(across[j + b], up[i + a]) for a in (0, 1) for b in (0, 1)])
    ends = task.diverges(corners)
    low, high = np.log(corners[np.argmin(ends)]), np.log(corners[np.argmax(ends)])
    for _ in range(9):
        shares = np.linspace(0, 1, BETWEEN)[:, None]
        between = low + shares * (high - low)
        gone = task.diverges(np.exp(between))
        k = int(np.argmax(gone[1:] != gone[:-1]))
        if gone[k] == gone[k + 1]:  # as near as numbers can be
            break
        low, high = between[k], between[k + 1]
    x, y = np.exp(low).tolist()
    return x, y


def _map(task: TrainabilityTask, what: str, progress: bool) -> TrainabilityMap:
    points, labels, counts = computed(task, progress=progress)
    if (labels == labels[0, 0]).all():
        raise must("window", "one that holds an edge", task.window)
    (x0, x1), _ = task.plane
    return TrainabilityMap(
        task.surface, task.optimizer, task.window, task.steps, np.zeros((0, 2)), task.reach,
        points, labels, counts, (Swept("lr", log=True), Swept("lr_y", log=True)), task.start,
        what=what, edge=box_dimension(edge_of(labels)), far=FAR * (x1 - x0) + abs(x0 + x1) / 2,
    )  # fmt: skip
