"""Maps over two settings: every pixel a pair of them, all runs from one start."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from optviz.descent.loop import checked_steps, starting
from optviz.descent.race import with_rate
from optviz.descent.resolve import as_surface
from optviz.ensemble.basin_map import BasinMap
from optviz.ensemble.basins import BasinTask, checked_size, reach_of
from optviz.ensemble.ensemble import check_setting
from optviz.ensemble.minima import minima_of
from optviz.ensemble.program import field_of
from optviz.ensemble.ranges import SettingRange, two_ranges
from optviz.ensemble.tiles import computed
from optviz.ensemble.watch import Below
from optviz.optimizers import GD, Momentum, Optimizer
from optviz.records.basin_map import Swept, middles
from surfaces.errors import InputError
from surfaces.surface import Floats, Surface

PROBED = 32  # runs a side that look for the lowest value
NEAR = 0.01  # of the way down to the lowest value: what counts as arrived without a minimum


def settings_map(
    surface: Surface | str,
    optimizer: Optimizer | str,
    axes: str | Sequence[SettingRange | str],
    resolution: int | tuple[int, int] = 400,
    steps: int = 300,
    *,
    start: Any = None,
    lr: str = "tuned",
    kernel: str = "auto",
    threads: int | None = None,
    dask: Any = None,
    progress: bool = False,
) -> BasinMap:
    """Descend from one start with every pair of two settings, and find where each run ends.

    On a surface without an isolated minimum a run has arrived that comes 99 % of the way down to
    the lowest value found and stays there: the lowest that any of 1,024 of the runs ends at.

    Parameters
    ----------
    surface : Surface or name
    optimizer : Optimizer, name or spec
    axes : str, or two SettingRanges
        Along x and y, as in ``"lr=0.001:1:log,momentum=0:0.99"``.
    resolution : int or (width, height)
        A single number makes a square.
    steps : int
    start : (x, y), optional
        The surface's own unless given.
    lr, kernel, threads, dask, progress
        As in `basins`.

    Returns
    -------
    BasinMap
        Its ``limits`` are the line beyond which theory (`Optimizer.stability_limit`) lets the
        optimizer stay at no minimum: of GD and momentum, where the rate is one of the settings.

    Raises
    ------
    InputError
        An unknown setting, a range that is none, or no run that ends in the window.
    """
    across, up = two_ranges(axes)
    task = SettingsTask.of_settings(
        as_surface(surface), optimizer, across, up, resolution, checked_steps(steps), start, lr,
        kernel, threads,
    )  # fmt: skip
    points, labels, counts = computed(task, dask=dask, progress=progress)
    sides = Swept(across.name, across.log), Swept(up.name, up.log)
    return BasinMap(
        task.surface, task.optimizer, task.window, task.steps, task.minima, task.reach, points,
        labels, counts, sides, task.start, None if len(task.minima) else task.level, limits(task),
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class SettingsTask(BasinTask):
    """The task of `settings_map`; its window is that of the settings."""

    axes: tuple[SettingRange, SettingRange] = dataclasses.field(kw_only=True)
    start: tuple[float, float] = dataclasses.field(kw_only=True)
    level: float = dataclasses.field(kw_only=True)

    @staticmethod
    def of_settings(
        surface: Surface, optimizer: Optimizer | str, across: SettingRange, up: SettingRange,
        resolution: Any, steps: int, start: Any, lr: str, kernel: str, threads: int | None,
    ) -> SettingsTask:  # fmt: skip
        """The task, its arguments checked."""
        surface, point = starting(surface, start)
        optimizer = with_rate(surface, optimizer, point, steps, lr)[0]
        for swept in (across, up):
            check_setting(optimizer, swept.name)
            for value in (swept.low, swept.high):
                with_settings(optimizer, {swept.name: value})
        minima = minima_of(surface, surface.domain)
        window = (across.low, across.high), (up.low, up.high)
        size = checked_size(resolution, ((0.0, 1.0), (0.0, 1.0)))
        reach = reach_of(minima, surface.domain)
        task = SettingsTask(
            surface, optimizer, size, steps, window, minima, reach, surface.domain, kernel,
            threads, axes=(across, up), start=point, level=-np.inf,
        )  # fmt: skip
        return task if len(minima) else dataclasses.replace(task, level=task.found_level())

    def found_level(self) -> float:
        """The value that counts as down, from where a few of the runs end in the window."""
        few = dataclasses.replace(self, size=(PROBED, PROBED))
        ends = few.rows(0, PROBED)[0].reshape(-1, 2)
        low, high = np.array(self.plane).T
        with np.errstate(all="ignore"):
            values = self.surface.value(ends[((ends >= low) & (ends <= high)).all(axis=1)])
        first = self.surface.at(*self.start)[0]
        if not (values < first).any():
            raise InputError(
                "axes must hold settings with which a run goes down within the window; none does "
                f"on {self.surface.name}"
            )
        lowest = float(values.min())
        return lowest + NEAR * (first - lowest)

    def identity(self) -> dict[str, Any] | None:
        found = super().identity()
        return found and found | {"axes": list(map(str, self.axes)), "start": self.start}

    def sides(self) -> tuple[Floats, Floats]:
        """The settings of the columns and of the rows."""
        across, up = (
            middles(swept.low, swept.high, count, swept.log)
            for swept, count in zip(self.axes, self.size, strict=True)
        )
        return across, up

    def runs(self, first: int, last: int) -> tuple[Floats, dict[str, Floats]]:
        across, up = self.sides()
        x, y = np.meshgrid(across, up[first:last])
        settings = {self.axes[0].name: x.ravel(), self.axes[1].name: y.ravel()}
        return np.tile(self.start, (x.size, 1)), settings

    def rows(self, first: int, last: int) -> tuple[Floats, Any, Any]:
        if len(self.minima):
            return super().rows(first, last)
        starts, settings = self.runs(first, last)
        ends, noted = self._run(starts, Below(self.level), settings)
        label = np.where(noted["since"] <= self.steps, 0, -1)
        return self.shaped(last - first, starts, settings, ends, label, noted["since"])


def with_settings(optimizer: Optimizer, settings: dict[str, float]) -> Optimizer:
    """The optimizer with other settings, by the names of `SettingRange`."""
    for name, value in settings.items():
        field, member = field_of(optimizer, name)
        changed: Any = float(value)
        if member is not None:
            members = list(getattr(optimizer, field))
            members[member] = changed
            changed = tuple(members)
        optimizer = dataclasses.replace(optimizer, **{field: changed})
    return optimizer


def limits(task: SettingsTask) -> Floats | None:
    """The line (k, 2) in the window of a map beyond which no minimum can be stayed at.

    Along it the rate times the least of the minima's largest curvatures is what
    `Optimizer.stability_limit` allows. None where theory says nothing of the rule, or the map is
    not over the rate.
    """
    names = [swept.name for swept in task.axes]
    rule: Any = task.optimizer
    plain = isinstance(rule, (GD, Momentum)) and not (rule.weight_decay or rule.maximize)
    hessian = task.surface.hessian(task.minima)
    if not plain or "lr" not in names or "weight_decay" in names or not np.isfinite(hessian).all():
        return None
    curvature = np.linalg.eigvalsh(hessian)[:, -1].min(initial=np.inf)
    place = names.index("lr")
    other, rate = task.axes[1 - place], task.axes[place]
    along = middles(other.low, other.high, 4 * max(task.size), other.log)
    allowed = [
        with_settings(task.optimizer, {other.name: value}).stability_limit() for value in along
    ]
    rates = np.array([np.nan if limit is None else limit / curvature for limit in allowed])
    inside = (rates >= rate.low) & (rates <= rate.high)
    line = np.column_stack([rates, along])[inside]
    return (line if place == 0 else line[:, ::-1]) if len(line) > 1 else None
