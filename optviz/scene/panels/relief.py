"""The surface as a relief with the trails on it, hidden parts faint, over its level lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.transforms import Affine2D
from PIL import Image

from optviz.records.trajectory import Trajectory
from optviz.scene.panels.base import PictureStyle, TrailPanel, part
from optviz.scene.panels.contour import level_position, levels
from optviz.scene.panels.head_names import HeadNames
from optviz.scene.panels.height_field import Camera, HeightField, View
from optviz.scene.panels.relief_box import Box
from optviz.scene.panels.relief_paint import paint
from optviz.scene.panels.trail import Trail
from optviz.scene.style import DENSITY
from surfaces.surface import Floats

ELEVATION = np.deg2rad(37.0)
AZIMUTH = np.deg2rad(-60.0)
TURN = np.deg2rad(120.0)  # how far a turning camera goes during a film
HEIGHT = 1.0  # of the surface; the sides of its ground are 2
FLOOR = -0.45
FAINT = 0.45  # how opaque the hidden parts of trails are
LIFT = 0.012  # trails float this much above the surface
FARTHEST = 1e6  # sides of the ground: a run farther away is marked as if it were there
PRINTED = 3  # pixels of a vector file's relief for each one on a screen


class Relief(TrailPanel[Trajectory]):
    """Height is the value on the scale of the contour's levels, and so is the colour.

    Where the surface has no value nothing is drawn.
    """

    aspect = 1.1
    turns = False
    reach = 1.38  # half of what is seen from left to right: of the ground, and a little more
    levels_in_band = 1  # of the contour's
    shades = 24  # of light
    fineness = 7  # points each way for each pixel in a unit of the box, whose sides are 2

    def __init__(self, axes: Axes, runs: Sequence[Trajectory], style: PictureStyle) -> None:
        self.surface = runs[0].surface
        (x0, x1), (y0, y1) = self.surface.domain
        self.low, self.span = np.array([x0, y0]), np.array([x1 - x0, y1 - y0])
        axes.set_axis_off()
        tall = self.reach * np.sin(ELEVATION) + (HEIGHT - FLOOR) / 2 * np.cos(ELEVATION)
        axes.set(
            xlim=(-self.reach, self.reach), ylim=(-tall, tall), aspect="equal", xticks=[], yticks=[]
        )
        axes.autoscale(False)
        axes.apply_aspect()
        box = axes.bbox
        self.scale = box.width / (2 * self.reach)  # pixels in a unit of the box
        self.corner = np.floor(box.min)  # of the whole pixels that hold the panel
        self.size = np.ceil(box.max - self.corner).astype(int)
        self.middle = 0.5 * np.add(box.min, box.max) - self.corner
        self._shape(style)
        super().__init__(axes, runs, style)
        self.image = _Image(self)
        self.faint = LineCollection(
            [], colors=[colour for colour, _ in style.marks], linewidths=0.12 * self.point,
            alpha=FAINT,
        )  # fmt: skip
        self.box = Box(axes, self.surface, self.edges, style, HEIGHT, FLOOR, self.scale)
        self.stars, self.faint_stars = self._stars(1.0), self._stars(FAINT)
        self.ground = [self.image, self.box, self.faint_stars, self.stars]
        self.minima = self._in_box(np.array(self.surface.minima, float).reshape(-1, 3))
        self._turn_to(AZIMUTH)
        for artist in self.ground:
            axes.add_artist(artist)
            artist.set_animated(self.turns)
        self.moves(self.faint)

    def _stars(self, alpha: float) -> Line2D:
        """Marks of minima, whose places follow the camera."""
        theme = self.style.theme
        return Line2D(
            [], [], linestyle="none", marker="*", markersize=0.85 * self.point, color=theme.page,
            markeredgecolor=theme.ink, markeredgewidth=0.06 * self.point, alpha=alpha,
        )  # fmt: skip

    def _shape(self, style: PictureStyle) -> None:
        """Sample the surface as finely as its steepest parts are seen, and paint it."""
        side = int(np.clip(self.fineness * self.scale, 256, 1200))
        x, y = (np.linspace(low, high, side) for low, high in self.surface.domain)
        values = self.surface(*np.meshgrid(x, y))
        values[~np.isfinite(values)] = np.nan
        self.edges = levels(self.surface, values)
        heights = self._height(values)
        bands = max(1, (len(self.edges) - 1) // self.levels_in_band)
        paints = paint(heights / HEIGHT, HEIGHT, bands, self.shades, style, self.scale)
        self.field = HeightField(heights, FLOOR, paints)

    def _height(self, values: Floats) -> Floats:
        return HEIGHT * level_position(self.surface, self.edges, values)

    def _in_box(self, points: Floats) -> Floats:
        """Points (n, 3) of the surface in the box; outside the window they are nan."""
        scaled = self._on_ground(points[:, :2])
        scaled[(np.abs(scaled) > 1).any(axis=1)] = np.nan
        return np.column_stack([scaled, self._height(points[:, 2]) + LIFT])

    def _on_ground(self, points: Floats) -> Floats:
        """Points (n, 2) as places on the ground of the box, whose sides are at -1 and 1."""
        return np.asarray((points - self.low) / self.span * 2 - 1)

    def path(self, trajectory: Trajectory) -> Floats:
        return self._in_box(np.column_stack([trajectory.points, trajectory.values]))

    def _turn_to(self, azimuth: float) -> None:
        """Show the surface, its box and its minima from there."""
        self.camera = Camera(azimuth, ELEVATION, (HEIGHT + FLOOR) / 2)
        self.view = self.view_at(1)
        self.box.place(self.camera)
        stars, hidden = self.camera.project(self.minima), self.view.hidden(self.minima)
        self.stars.set_data(*stars[~hidden].T)
        self.faint_stars.set_data(*stars[hidden].T)

    def view_at(self, density: int) -> View:
        """The surface on its panel's pixels, so many each way for each of the screen's."""
        return View(self.field, self.camera, self.size, self.scale, self.middle, density)

    def artists_at(self, at: float, revealed: float = 1.0) -> Iterator[Artist]:
        if self.turns:
            self._turn_to(self._azimuth(at))
            yield from self.ground
        parts = [part(path, at) for path in self.paths]
        ends = np.cumsum([len(path) for path in parts])[:-1]
        whole = np.concatenate(parts)
        flat = self.camera.project(whole)
        seen = np.where(self.view.hidden(whole)[:, None], np.nan, flat)
        shown, faint = np.split(seen, ends), np.split(flat, ends)
        self.faint.set_segments(faint)
        self.casings.set_segments(shown)
        self.trails.set_segments(shown)
        self.heads.set_offsets([flat[-1] for flat in faint])
        yield self.faint
        yield self.casings
        yield self.trails
        yield self.heads
        if self._mark_lost(at):
            yield self.edge_marks.artist
        if self.head_names is not None:
            self.head_names.move_to(at)
            yield self.head_names

    def _mark_lost(self, at: float) -> bool:
        """Mark runs that are outside where the surface ends; whether there are any."""
        points = np.array([part(run.points, at)[-1] for run in self.runs])
        there = np.clip(self._on_ground(points), -FARTHEST, FARTHEST)
        rim = np.clip(there, -1, 1)
        lost = (rim != there).any(axis=1)
        if not lost.any():
            return self.edge_marks.point(lost, rim, there)
        values = self.surface(*((rim + 1) / 2 * self.span + self.low).T)
        height = np.nan_to_num(self._height(values), nan=0.0) + LIFT
        ends = [self._pixels(np.column_stack([side, height]), at) for side in (rim, there)]
        return self.edge_marks.point(lost, ends[0], ends[1] - ends[0])

    def _azimuth(self, at: float) -> float:
        """Where the camera stands after ``at`` steps."""
        if not self.turns:
            return float(AZIMUTH)
        return float(AZIMUTH + TURN * (at / max(len(run) for run in self.runs) - 0.5))

    @cached_property
    def head_names(self) -> HeadNames | None:
        """The names at the heads, made when first drawn; None where they are off or lack room."""
        lines = [] if self.turns else [Trail(self._pixels(path, 0.0)) for path in self.paths]
        return HeadNames.where_asked(self, self._places_at, lines)

    def _places_at(self, at: float) -> Floats:
        """The heads' places in pixels after ``at`` steps, shape (runs, 2)."""
        return self._pixels(np.array([part(path, at)[-1] for path in self.paths]), at)

    def _pixels(self, points: Floats, at: float) -> Floats:
        """Points (n, 3) of the box as they are seen after ``at`` steps."""
        camera = Camera(self._azimuth(at), ELEVATION, (HEIGHT + FLOOR) / 2)
        return np.asarray(self.axes.transData.transform(camera.project(points)))


class TurningRelief(Relief):
    """The same, with a camera that turns while the film runs."""

    turns = True
    reach = 1.42
    # Lines and tones that move cost a film bytes, and its palette has 255 entries.
    levels_in_band = 2
    shades = 5
    fineness = 5


class _Image(Artist):
    """The pixels of a relief's surface and floor."""

    def __init__(self, relief: Relief) -> None:
        super().__init__()
        self.relief = relief

    def draw(self, renderer: Any) -> None:
        """Draw them; a vector file gets more of them."""
        relief, context = self.relief, renderer.new_gc()
        if renderer.option_scale_image():
            # A vector file has other pixels than the screen, on which the view was made.
            view = relief.view_at(PRINTED)
            x0, y0, x1, y1 = view.extent
            corners = relief.axes.transData.transform([(x0, y0), (x1, y1)])
            place = Affine2D().scale(*(corners[1] - corners[0]))
            renderer.draw_image(context, *corners[0], view.pixels(), place)
        elif renderer.dpi == DENSITY:
            renderer.draw_image(context, *relief.corner, relief.view.pixels())
        else:  # in a figure of the user's
            times = renderer.dpi / DENSITY
            pixels = Image.fromarray(relief.view_at(max(1, round(times))).pixels())
            wide, tall = np.round(relief.size * times).astype(int).tolist()
            sized = np.array(pixels.resize((wide, tall), Image.Resampling.LANCZOS))
            renderer.draw_image(context, *np.round(relief.corner * times), sized)
        context.restore()
