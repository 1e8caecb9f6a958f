"""A surface over a square, seen from above at an angle: its pixels, and which points are hidden.

There is no perspective, so each column of the picture shows one straight line of the ground. Along
it the surface is followed away from the camera: what rises above all that stands nearer is seen,
the rest is hidden (the floating horizon: Wright, ACM Transactions on Mathematical Software 1,
1973). All columns are followed at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from surfaces.surface import Floats

Grid = np.ndarray[Any, Any]  # of 32-bit numbers: half the memory, and faster
SUPERSAMPLED = 2  # pixels each way that are averaged to one
SAMPLES = 160  # along the line of a column
TOP, UNDERSIDE, BARE, NOTHING = 0, 1, 2, 3  # what a pixel shows; bare: the floor, if it is there


@dataclass(frozen=True)
class Camera:
    """The view on the box whose ground reaches from -1 to 1 each way.

    Attributes
    ----------
    azimuth, elevation : float
        Radians; at azimuth 0 the camera looks from +x, at -pi/2 from -y.
    middle : float
        The height that is seen in the middle of the picture.
    """

    azimuth: float
    elevation: float
    middle: float

    @cached_property
    def right(self) -> Floats:
        """The direction on the ground that points to the right on the picture."""
        return np.array([-np.sin(self.azimuth), np.cos(self.azimuth)])

    @cached_property
    def away(self) -> Floats:
        """The direction on the ground that leads away from the camera."""
        return np.array([-np.cos(self.azimuth), -np.sin(self.azimuth)])

    def project(self, points: Floats) -> Floats:
        """Points (..., 3) of the box as positions (..., 2) on the picture, in the box's units."""
        across, away = points[..., :2] @ self.right, points[..., :2] @ self.away
        climb, rise = self.raised_by
        return np.stack([across, climb * away + rise * (points[..., 2] - self.middle)], axis=-1)

    @property
    def raised_by(self) -> tuple[float, float]:
        """How much higher something is seen for each unit of distance, and of height."""
        return float(np.sin(self.elevation)), float(np.cos(self.elevation))


class HeightField:
    """Heights over the ground, with the colours of the surface's two sides and of a floor.

    Parameters
    ----------
    heights : array (n, n)
        Rows from y = -1 to 1; nan where there is no surface.
    floor_height : float
    paints : sequence of arrays of uint8
        The colours of the surface from above, of its underside and of the floor, each (n, n, 3),
        and of the page (3,), where nothing is seen.
    """

    def __init__(self, heights: Floats, floor_height: float, paints: Sequence[Any]) -> None:
        self.heights = heights.astype(np.float32)
        self.floor_height = floor_height
        self.whole = bool(np.isfinite(heights).all())
        self.side = len(heights)
        self.paint = np.concatenate([packed(colours).ravel() for colours in paints])

    def height_at(self, x: Grid, y: Grid) -> Grid:
        """Heights between the points of the grid, by bilinear interpolation."""
        n = len(self.heights)
        half = np.float32((n - 1) / 2)
        column, row = np.clip((x + 1) * half, 0, n - 1.001), np.clip((y + 1) * half, 0, n - 1.001)
        i, j = column.astype(np.int32), row.astype(np.int32)
        column -= i
        row -= j
        first = j * n + i
        flat = self.heights.ravel()
        low, low_right = flat.take(first), flat.take(first + 1)
        high, high_right = flat.take(first + n), flat.take(first + n + 1)
        low += (low_right - low) * column
        high += (high_right - high) * column
        low += (high - low) * row
        return low


class View:
    """A height field as a camera sees it, on a picture of some size.

    Parameters
    ----------
    field : HeightField
    camera : Camera
    size : (int, int)
        Width and height in pixels of the screen.
    scale : float
        Pixels of the screen in a unit of the box.
    middle : (float, float)
        Where the box's middle is seen, in pixels of the screen from the left and from below.
    density : int
        Pixels of the picture each way for each of the screen's.
    """

    def __init__(
        self, field: HeightField, camera: Camera, size: Any, scale: float, middle: Any,
        density: int = 1,
    ) -> None:  # fmt: skip
        self.field, self.camera = field, camera
        finer = density * SUPERSAMPLED
        self.width, self.height = (int(side) * finer for side in size)
        self.scale = scale * finer
        column, self.middle_row = (finer * float(part) - 0.5 for part in middle)
        # Columns that meet the ground, and where along its lines the ground begins and ends.
        across = (np.arange(self.width, dtype=float) - column) / self.scale
        begin, end = _crossing(across, camera)
        self.first = int(np.argmax(begin < end))
        self.columns = int((begin < end).sum())
        seen = slice(self.first, self.first + self.columns)
        self.across, self.begin = across[seen].astype(np.float32), begin[seen].astype(np.float32)
        self.length = (end - begin)[seen].astype(np.float32)
        self._follow()

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """The picture's left, lower, right and upper end, in the box's units."""
        column = self.across[0] * self.scale
        left = (column - self.first - 0.5) / self.scale
        low = -(self.middle_row + 0.5) / self.scale
        return left, low, left + self.width / self.scale, low + self.height / self.scale

    def _follow(self) -> None:
        """Follow the surface along the columns' lines, away from the camera."""
        share = np.linspace(0, 1, SAMPLES, dtype=np.float32)
        away = self.begin[:, None] + share * self.length[:, None]
        right, behind = self.camera.right.astype(np.float32), self.camera.away.astype(np.float32)
        across = self.across[:, None]
        heights = self.field.height_at(
            across * right[0] + away * behind[0], across * right[1] + away * behind[1]
        )
        self.rows = self._row(away, heights)  # of each column's points, from the nearest on
        known = self.rows if self.field.whole else np.nan_to_num(self.rows, nan=-np.inf)
        self.horizon = np.maximum.accumulate(known, axis=1)

    def _row(self, away: Any, height: Any) -> Any:
        """Rows, counted from below, of what is seen at a distance and height."""
        climb, rise = (np.float32(part * self.scale) for part in self.camera.raised_by)
        base = np.float32(self.middle_row) - np.float32(self.camera.middle) * rise
        return away * climb + (height * rise + base)

    def pixels(self) -> Any:
        """The picture, uint8 (height, width, 4), opaque, from the lowest row up."""
        side = self.field.side
        position, part = self._seen()
        # Where nothing of the surface is seen, the floor may be.
        climb = np.float32(self.camera.raised_by[0] * self.scale)
        rows = np.arange(self.height, dtype=np.float32)
        on_floor = (rows - self._row(np.float32(0), np.float32(self.field.floor_height))) / climb
        bare = part == BARE
        np.copyto(position, (on_floor - self.begin[:, None]) / self.length[:, None], where=bare)
        part[bare & ((position < 0) | (position > 1))] = NOTHING
        # Its place on the painted ground.
        half = np.float32((side - 0.01) / 2)  # a little less, so that rounding stays on it
        index = part * np.int32(side * side)
        for axis, stride in ((1, side), (0, 1)):
            behind = np.float32(self.camera.away[axis]) * half
            begin = self.across * np.float32(self.camera.right[axis]) * half + self.begin * behind
            place = position * (self.length * behind)[:, None]
            place += (begin + np.float32(side / 2))[:, None]
            whole = place.astype(np.int32)
            index += whole if stride == 1 else whole * np.int32(stride)
        np.copyto(index, np.int32(len(self.field.paint) - 1), where=part == NOTHING)
        picture = np.full((self.width, self.height), self.field.paint[-1], np.uint32)
        picture[self.first : self.first + self.columns] = self.field.paint.take(index)
        return _averaged(picture)

    def _seen(self) -> tuple[Grid, Any]:
        """For each pixel the place on its column's line that is seen, 0 to 1, and of what."""
        position = self._first_hits(self.rows, self.horizon, self.height)
        part = np.where(np.isnan(position), np.int32(BARE), np.int32(TOP))
        # Rims that hang over show their underside below the nearest point of their column.
        known = self.rows if self.field.whole else np.nan_to_num(self.rows, nan=np.inf)
        lowest = known.min(axis=1)
        over = np.flatnonzero(lowest < known[:, 0] - 0.5)
        if over.size:
            depth = np.minimum.accumulate(known[over], axis=1)
            low, high = np.clip((lowest[over].min(), known[over, 0].max() + 1), 0, self.height - 1)
            low, high = int(low), int(high)
            seen = slice(low, high + 1)
            below = self._first_hits(high - self.rows[over], high - depth, high + 1 - low)
            below = below[:, ::-1]
            under = (part[over, seen] == BARE) & ~np.isnan(below)
            position[over, seen] = np.where(under, below, position[over, seen])
            part[over, seen] = np.where(under, np.int32(UNDERSIDE), part[over, seen])
        return position, part

    def _first_hits(self, rows: Grid, horizon: Grid, height: int) -> Grid:
        """Where on its line each pixel's ray first meets what rises above the horizon, or nan."""
        count = len(rows)
        # A piece of a line owns the pixels from the horizon before it up to its own.
        first = np.clip(np.ceil(horizon), 0, height).astype(np.int32)
        owned = np.diff(first, axis=1, prepend=0, append=height).ravel()
        rise = np.diff(rows, axis=1)
        share = np.zeros((count, SAMPLES + 1), np.float32)
        share[:, 1:-1] = 1 / np.where(rise > 0, rise, np.float32(np.inf))
        begin = np.full((count, SAMPLES + 1), np.nan, np.float32)  # nothing before, nothing behind
        begin[:, 1:-1] = np.arange(SAMPLES - 1, dtype=np.float32) - rows[:, :-1] * share[:, 1:-1]
        position = np.repeat(share.ravel(), owned).reshape(count, height)
        position *= np.arange(height, dtype=np.float32)
        position += np.repeat(begin.ravel(), owned).reshape(count, height)
        position *= np.float32(1 / (SAMPLES - 1))
        return position  # nan also where a line would lead from a hole

    def hidden(self, points: Floats, slack: float = 0.02) -> Any:
        """For each point (n, 3) of the box, whether the surface stands before it."""
        across, away = points[:, :2] @ self.camera.right, points[:, :2] @ self.camera.away
        with np.errstate(invalid="ignore"):
            column = np.nan_to_num((across - self.across[0]) * self.scale).round().astype(int)
            column = np.clip(column, 0, self.columns - 1)
            share = (away - self.begin[column]) / self.length[column] - slack
            nearer = np.nan_to_num(share * (SAMPLES - 1)).astype(int)
            row = self._row(away, points[:, 2])
            before = self.horizon[column, np.clip(nearer, 0, SAMPLES - 1)]
            return (nearer > 0) & (row < before - 1)


def packed(colours: Any) -> Any:
    """Colours (..., 3) of uint8 as one opaque number each, red in the lowest byte."""
    parts = [colours[..., k].astype(np.uint32) << np.uint32(8 * k) for k in range(3)]
    return parts[0] | parts[1] | parts[2] | np.uint32(0xFF000000)


def _crossing(across: Any, camera: Camera) -> tuple[Any, Any]:
    """Where the lines of the columns enter and leave the ground, as distances."""
    begin, end = np.full_like(across, -np.inf), np.full_like(across, np.inf)
    for axis in (0, 1):
        start, slope = across * camera.right[axis], camera.away[axis]
        if abs(slope) < 1e-9:
            end = np.where(np.abs(start) > 1, -np.inf, end)
            continue
        ends = np.sort([(-1 - start) / slope, (1 - start) / slope], axis=0)
        begin, end = np.maximum(begin, ends[0]), np.minimum(end, ends[1])
    return begin, end


def _averaged(picture: Any) -> Any:
    """The mean of each square of 2 by 2 packed pixels (columns, rows), uint8 (rows, columns, 4)."""
    even = np.uint32(0x00FF00FF)
    low: Any = np.full((picture.shape[0] // 2, picture.shape[1] // 2), 0x00020002, np.uint32)
    high = low.copy()
    for part in (picture[i::2, j::2] for i in (0, 1) for j in (0, 1)):
        low += part & even
        high += (part >> np.uint32(8)) & even
    mean = ((low >> np.uint32(2)) & even) | (((high >> np.uint32(2)) & even) << np.uint32(8))
    upright = np.ascontiguousarray(mean.T)
    return upright.view(np.uint8).reshape(*upright.shape, 4)
