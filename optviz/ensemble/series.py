"""Maps one after another: over the values of a setting, or ever deeper into the plane."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from optviz.ensemble.basin_map import BasinMap, BasinSeries
from optviz.ensemble.basins import BasinTask, map_of
from optviz.ensemble.ensemble import check_setting
from optviz.ensemble.ranges import SettingRange
from optviz.ensemble.settings_map import with_settings
from optviz.optimizers import Optimizer
from optviz.records.labels import setting_text
from optviz.words import readable
from surfaces.errors import InputError, must
from surfaces.surface import Surface
from surfaces.window import Domain, checked_point

PIXEL = 6  # bytes that a map of a series keeps for each
APART = 64  # last digits in binary that neighbouring pixels must differ by
NOTHING = 1e-100  # a coordinate that small is 0
MOST_MAPS = 1000


def basins_over(
    surface: Surface | str,
    optimizer: Optimizer | str,
    over: SettingRange | str,
    resolution: int | tuple[int, int] = 300,
    steps: int = 300,
    *,
    window: Domain | None = None,
    lr: str = "tuned",
    progress: bool = False,
    **kernel: Any,
) -> BasinSeries:
    """Map the basins at each value of a setting.

    Parameters
    ----------
    surface, optimizer, resolution, steps, window, lr, progress
        As in `basins`.
    over : str or SettingRange
        Such as ``"lr=0.01:1:log:60"``: 60 values, even in their logarithm.
    **kernel
        ``kernel`` and ``threads``, as in `basins`.

    Returns
    -------
    BasinSeries
        Its ``maps`` are `BasinMap` objects without end points; ``.animate()`` is the film.

    Raises
    ------
    InputError
        An unknown setting, a range that is none, or maps that memory has no room for.
    """
    swept = SettingRange.parse(over)
    task = BasinTask.of(surface, optimizer, resolution, steps, window, lr=lr, **kernel)
    check_setting(task.optimizer, swept.name)
    check_room(swept.count, task.size)
    values = swept.values.tolist()
    tasks = [
        dataclasses.replace(
            task, optimizer=with_settings(task.optimizer, {swept.name: value})
        )
        for value in values
    ]  # fmt: skip
    said = [setting_text(swept.name, value, values) for value in values]
    return BasinSeries(tuple(_maps(tasks, progress)), tuple(said), swept.name)


def basins_zoom(
    surface: Surface | str,
    optimizer: Optimizer | str,
    zoom: Sequence[float],
    resolution: int | tuple[int, int] = 300,
    steps: int = 300,
    *,
    frames: int = 60,
    window: Domain | None = None,
    lr: str = "tuned",
    progress: bool = False,
    **kernel: Any,
) -> BasinSeries:
    """Map the basins of ever smaller windows around a point, each computed anew.

    Parameters
    ----------
    surface, optimizer, resolution, steps, window, lr, progress, kernel
        As in `basins_over`; the first map is that of ``window``.
    zoom : (x, y, factor)
        The point that stays where it is, and by how much the last window is narrower.
    frames : int

    Raises
    ------
    InputError
        A point outside the window, or a factor at which pixels are no longer apart in float64.
    """
    task = BasinTask.of(surface, optimizer, resolution, steps, window, lr=lr, **kernel)
    if not (isinstance(frames, int) and 2 <= frames <= MOST_MAPS):
        raise must("frames", f"a whole number from 2 to {MOST_MAPS}", frames)
    point, factor = checked_zoom(zoom, task.window, max(task.size))
    check_room(frames, task.size)
    factors = np.geomspace(1, factor, frames).tolist()
    tasks = [dataclasses.replace(task, window=zoomed(task.window, point, by)) for by in factors]
    said = [f"×{readable(float(f'{by:.3g}'))}" for by in factors]
    return BasinSeries(tuple(_maps(tasks, progress)), tuple(said))


def checked_zoom(zoom: Any, window: Domain, pixels: int) -> tuple[tuple[float, float], float]:
    """The point and the factor of a zoom into a window."""
    try:
        x, y, factor = zoom
    except (TypeError, ValueError):
        raise must("zoom", "a point and a factor, such as (0.1, -0.9, 1000)", zoom) from None
    point = checked_point("zoom", (x, y))
    if not all(low <= at <= high for at, (low, high) in zip(point, window, strict=True)):
        raise must("zoom", "into a point of the window", point)
    most = min(
        (high - low) / (pixels * APART * np.spacing(max(abs(at), NOTHING)))
        for at, (low, high) in zip(point, window, strict=True)
    )
    if not (isinstance(factor, (int, float)) and 1 < factor <= most):
        raise must("zoom's factor", f"above 1, and at most {most:.1g} there: beyond, neighbouring "
                                    "pixels are one number", factor)  # fmt: skip
    return point, float(factor)


def zoomed(window: Domain, point: tuple[float, float], factor: float) -> Domain:
    """The window narrowed around a point that stays where it is."""
    if factor == 1:
        return window
    (x0, x1), (y0, y1) = (
        (at - (at - low) / factor, at + (high - at) / factor)
        for at, (low, high) in zip(point, window, strict=True)
    )
    return (x0, x1), (y0, y1)


def check_room(maps: int, size: tuple[int, int]) -> None:
    """Refuse a series that would take more than half of the machine's memory."""
    needed = maps * size[0] * size[1] * PIXEL
    there = memory()
    if there is not None and needed > there / 2:
        raise InputError(
            f"resolution must leave room in memory; {maps} maps of {size[0]} x {size[1]} pixels "
            f"need {needed / 1e9:.1f} GB, more than half of the {there / 1e9:.1f} GB here"
        )


def memory() -> int | None:
    """Bytes of this machine's memory, where the system says so."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return None


def _maps(tasks: Sequence[BasinTask], progress: bool) -> Iterator[BasinMap]:
    """The maps without their end points, for which a long series has no room."""
    for task in tqdm(tasks, unit="map", disable=not progress, leave=False):
        found = map_of(task)
        nowhere = np.broadcast_to(np.nan, found.points.shape)
        yield dataclasses.replace(found, points=nowhere)
