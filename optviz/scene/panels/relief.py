"""The surface in three dimensions, hill-shaded, with the trails on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection

from optviz.records.trajectory import Trajectory
from optviz.scene.panels.base import PictureStyle, TrailPanel, part
from optviz.scene.panels.contour import level_position, levels
from surfaces.surface import Floats

ELEVATION = np.deg2rad(42.0)
AZIMUTH = np.deg2rad(-60.0)
TURN = np.deg2rad(120.0)  # how far a turning camera goes during a film
HEIGHT = 0.75  # of the box, whose sides are 2
SUN = np.array([-0.45, -0.35, 0.82])  # from the left and above, as on maps
LIFT = 0.012  # trails float this much above the mesh


class Relief(TrailPanel[Trajectory]):
    """Height is the value on the scale of the contour's levels; hidden parts of trails are faint.

    Where the surface has no value nothing is drawn.
    """

    aspect = 1.15
    mesh_size = 90
    turns = False

    def __init__(self, axes: Axes, runs: Sequence[Trajectory], style: PictureStyle) -> None:
        self.runs = runs
        surface = runs[0].surface
        (x0, x1), (y0, y1) = surface.domain
        self.low, self.span = np.array([x0, y0]), np.array([x1 - x0, y1 - y0])
        side = np.linspace(-1, 1, self.mesh_size)
        x, y = np.meshgrid(side, side)
        values = surface.value(np.stack([x, y], axis=-1) / 2 * self.span + self.low + self.span / 2)
        values[~np.isfinite(values)] = np.nan
        self.edges = levels(surface, values)
        self.mesh = np.stack([x, y, self._height(values)], axis=-1)
        super().__init__(axes, runs, style)
        axes.set_axis_off()
        axes.set(xlim=(-1.43, 1.43), ylim=(-1.24, 1.24), aspect="equal")
        axes.autoscale(False)
        self.faint = LineCollection(
            [],
            colors=[colour for colour, _ in style.marks],
            linewidths=0.12 * self.point,
            alpha=0.3,
        )
        self.moves(self.faint)
        self.faces = PolyCollection([], linewidths=0.3)
        self._face_colours()
        if self.turns:
            self.moves(self.faces)
        else:
            self._place_mesh(AZIMUTH)
            axes.add_collection(self.faces, autolim=False)
            self.hidden = [self._hidden(path, AZIMUTH) for path in self.paths]

    def path(self, trajectory: Trajectory) -> Floats:
        """Points (n + 1, 3) in the box; outside the window they are nan and not drawn."""
        scaled = (trajectory.points - self.low) / self.span * 2 - 1
        scaled[(np.abs(scaled) > 1).any(axis=1)] = np.nan
        return np.column_stack([scaled, self._height(trajectory.values) + LIFT])

    def artists_at(self, at: float, known: float = 1.0) -> Iterator[Artist]:
        azimuth = AZIMUTH
        if self.turns:
            end = max(len(t) for t in self.runs)
            azimuth = AZIMUTH + TURN * (at / end - 0.5)
            self._place_mesh(azimuth)
            yield self.faces
        shown, faint, heads = [], [], []
        for i, path in enumerate(self.paths):
            whole = part(path, at)
            hidden = self._hidden(whole, azimuth) if self.turns else self.hidden[i][: len(whole)]
            hidden = np.append(hidden, [False] * (len(whole) - len(hidden)))
            flat = _project(whole, azimuth)
            heads.append(flat[-1])
            shown.append(np.where(hidden[:, None], np.nan, flat))
            faint.append(flat)
        self.faint.set_segments(faint)
        self.casings.set_segments(shown)
        self.trails.set_segments(shown)
        self.heads.set_offsets(heads)
        yield self.faint
        yield self.casings
        yield self.trails
        yield self.heads

    def _height(self, values: Floats) -> Floats:
        return HEIGHT * level_position(self.runs[0].surface, self.edges, values)

    def _face_colours(self) -> None:
        """Colour by height, brightness by the angle between the face and the sun.

        A face is drawn only if the surface has a value at all four corners.
        """
        mesh = self.mesh
        df_dx, df_dy = mesh[:-1, 1:] - mesh[:-1, :-1], mesh[1:, :-1] - mesh[:-1, :-1]
        normal = np.cross(df_dx, df_dy)
        normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
        light = np.clip(normal @ (SUN / np.linalg.norm(SUN)), 0, 1)
        height = (mesh[:-1, :-1, 2] + mesh[1:, 1:, 2]) / 2 / HEIGHT
        colours = np.asarray(self.style.theme.fill(height))
        # On a dark page the fill is dark already: there the sun must brighten it.
        shade = 0.55 + 0.45 * light if self.style.theme.page == "#FFFFFF" else 0.9 + 1.2 * light
        colours[..., :3] = np.clip(colours[..., :3] * shade[..., None], 0, 1)
        heights = mesh[..., 2]
        corners = heights[:-1, :-1] + heights[:-1, 1:] + heights[1:, 1:] + heights[1:, :-1]
        self.whole = np.flatnonzero(np.isfinite(corners))
        self.colours = colours.reshape(-1, 4)

    def _place_mesh(self, azimuth: float) -> None:
        """Project the faces and order them from far to near."""
        flat = _project(self.mesh, azimuth)
        corners = np.stack([flat[:-1, :-1], flat[:-1, 1:], flat[1:, 1:], flat[1:, :-1]], axis=2)
        centre = (self.mesh[:-1, :-1, :2] + self.mesh[1:, 1:, :2]) / 2
        nearness = centre.reshape(-1, 2) @ _towards_camera(azimuth)[:2]
        order = self.whole[np.argsort(nearness[self.whole], kind="stable")]
        faces: Any = self.faces  # whose annotations know nothing of arrays
        faces.set_verts(corners.reshape(-1, 4, 2)[order])
        faces.set_facecolor(self.colours[order])
        faces.set_edgecolor(self.colours[order])

    def _hidden(self, path: Floats, azimuth: float) -> Any:
        """For each point, whether the mesh stands between it and the camera."""
        towards = _towards_camera(azimuth)
        distances = np.linspace(0.04, 2.5, 60)
        ray = path[:, None, :] + distances[:, None] * towards
        index = (ray[..., :2] + 1) / 2 * (self.mesh_size - 1)
        inside: Any = ((index >= 0) & (index <= self.mesh_size - 1)).all(axis=-1)
        column, row = np.where(inside[..., None], index, 0).round().astype(int).T
        ground = self.mesh[row, column, 2].T
        above: Any = inside & (ground > ray[..., 2] + 0.02)
        return above.any(axis=1)


class TurningRelief(Relief):
    """The same with a coarser mesh, and a camera that turns while the film runs."""

    mesh_size = 56
    turns = True


def _towards_camera(azimuth: float) -> Floats:
    flat = np.cos(ELEVATION)
    return np.array([flat * np.cos(azimuth), flat * np.sin(azimuth), np.sin(ELEVATION)])


def _project(points: Floats, azimuth: float) -> Floats:
    """Project points (..., 3) in the box to positions (..., 2) on the picture, orthographically."""
    right = np.array([-np.sin(azimuth), np.cos(azimuth), 0.0])
    up = np.cross(_towards_camera(azimuth), right)
    centred = points - np.array([0, 0, HEIGHT / 2])
    return np.stack([centred @ right, centred @ up], axis=-1)
