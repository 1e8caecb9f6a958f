"""Panels inside axes of any figure, wherever these stand and however the figure is saved."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure, FigureBase
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from optviz.records.labels import labels
from optviz.records.record import Record
from optviz.scene.fonts import add_chinese
from optviz.scene.panels.base import LINE, Panel, PictureStyle, part
from optviz.scene.panels.over_steps import GRID
from optviz.scene.picture_spec import LARGEST, SMALLEST
from optviz.scene.scene import Scene
from optviz.scene.style import ALONE, DENSITY, drawing
from optviz.scene.style_of_runs import style_of
from optviz.scene.views import PANELS_OF, SceneSpec
from surfaces.errors import must, unknown

# The surface lies above a grid that lies behind all (matplotlib's 0.5) and below what users draw,
# the trails above a grid that lies in front (2.5).
GROUND, MOVING = 0.6, 2.6
FLEXIBLE = 1.6  # width over height of a panel that takes what others leave
OF_FILM = 2.0, 1.3  # width and height of the film in which axes would be a panel


def draw_into(
    target: Any,
    runs: Sequence[Record],
    spec: SceneSpec,
    at: float,
    view: str | type[Panel[Any]] | None = None,
    *,
    legend: bool = False,
) -> Any:
    """Draw a moment of runs into axes, or all views of a spec into an empty figure.

    Parameters
    ----------
    target : Axes, Figure or SubFigure
    runs : sequence of Trajectory, or of TrainingRecord
    spec : SceneSpec
        The views, the theme and the language.
    at : float
        Counts steps.
    view : str or panel's class, optional
        One view only.
    legend : bool
        Name the runs beside the picture.

    Returns
    -------
    Axes, or list of Axes

    Raises
    ------
    InputError
        An unknown view, or a target that is no plain axes and no empty figure.
    """
    known = PANELS_OF[spec.record.kind]
    if view is not None and not isinstance(view, type) and str(view) not in known:
        raise unknown("view", view, known)
    views = tuple(spec.views or ()) if view is None else (view,)
    plain = isinstance(target, Axes) and target.name == "rectilinear"
    if not plain and (not isinstance(target, FigureBase) or target.axes):
        raise must("target", "plain matplotlib axes, or a figure without any", target)
    spec = replace(spec, views=views[:1] if plain else views, slow=False)
    with ALONE:  # while another thread makes a picture of ours, the settings are not the user's
        row = [target] if plain else _row(target, runs, spec, legend)
        for place, axes in enumerate(row):
            Inset(axes, runs, spec, place, at).join()
        if legend:
            lines = [line for line in row[0].get_lines() if isinstance(line, _Line)]
            foot = {} if plain else {"loc": "outside lower center", "ncols": 3}
            for text in target.legend(handles=lines, **foot).get_texts():
                text.set_parse_math(False)
                add_chinese(text)
    return target if plain else row


def _row(figure: FigureBase, runs: Sequence[Record], spec: SceneSpec, legend: bool) -> list[Axes]:
    """Axes side by side, one for each view."""
    shares = [kind.wanted_aspect(runs) or FLEXIBLE for kind in spec.panels]
    root = figure.get_figure(root=True)
    laid_out = root is not None and root.get_layout_engine() is not None
    # Where nothing lays the figure out, leave room for labels, and at its foot for the names.
    room = {} if laid_out else {"wspace": 0.45, "bottom": 0.28 if legend else None}
    grid = figure.subplots(1, len(shares), width_ratios=shares, squeeze=False, gridspec_kw=room)
    return list(grid[0])


def figure_of(runs: Sequence[Record], spec: SceneSpec, at: float) -> Figure:
    """A moment as a figure that can be changed, laid out anew and saved at any density."""
    scene = Scene.from_spec(runs, spec)
    shown = {*scene.legend.artists_at(at)}
    if spec.moments is None:
        shown.add(scene.counter.at(min(int(at + 1e-9), scene.steps)))
    for i, panel in enumerate(scene.panels):
        axes = panel.axes
        for artist in [*axes.collections, *axes.lines, *axes.images, *axes.texts, *axes.patches,
                       *axes.artists]:  # fmt: skip
            artist.remove()
        moment, revealed = scene.moment(i, at)
        place = i // len(spec.moments) if spec.moments else i
        Inset(axes, scene.runs, spec, place, moment, revealed, scene.style).show()
    for text in scene.figure.texts:
        if text.get_animated():
            text.set_animated(False)
            text.set_visible(text in shown)
    return scene.figure


class Inset:
    """One view of runs at a moment, inside axes of another figure.

    The panel stands in a figure of its own, of the density that panels are made for, with axes in
    the same place as the host's in theirs. It is made anew when that place, or what of the plane
    the host shows, has changed since it was last drawn.

    Parameters
    ----------
    host : Axes
    runs : sequence of Trajectory, or of TrainingRecord
    spec : SceneSpec
    place : int
        Of the view among those of the spec.
    at, revealed : float
        As in `Panel.artists_at`.
    style : PictureStyle, optional
        Unless given, that which suits the host's size.
    """

    def __init__(
        self, host: Axes, runs: Sequence[Record], spec: SceneSpec, place: int, at: float,
        revealed: float = 1.0, style: PictureStyle | None = None,
    ) -> None:  # fmt: skip
        self.host, self.runs, self.spec, self.place = host, list(runs), spec, place
        self.at, self.revealed, self.style = at, revealed, style
        self._made: _Made | None = None
        self._follows = style is not None  # what of the plane the host shows
        with drawing(spec.settings):
            self._make()  # so that runs that it cannot show are refused now

    def __getstate__(self) -> dict[str, Any]:
        """All but the drawing, which follows from the rest."""
        return vars(self) | {"_made": None}

    def show(self) -> None:
        """Let the host's figure draw it."""
        for zorder in (GROUND, MOVING):
            self.host.add_artist(_Part(self, zorder))

    def join(self) -> None:
        """The same, and give the host the panel's limits, names and lines."""
        assert self._made is not None
        panel, host = self._made.panel, self.host
        paths = getattr(panel, "paths", [np.empty((0, 2))] * len(self.runs))
        for i, (path, label) in enumerate(
            zip(paths, labels(self.runs, self.spec.language), strict=True)
        ):
            colour, shape = panel.style.marks[i]
            host.add_line(
                _Line(*part(path, self.at)[:, :2].T, color=colour, marker=shape, label=label,
                        linewidth=LINE * panel.point, markersize=0.75 * panel.point,
                        markeredgecolor=panel.style.theme.casing)
            )  # fmt: skip
        axes = panel.axes
        if self._made.framed:
            host.set(
                xscale=axes.get_xscale(), yscale=axes.get_yscale(), xlim=axes.get_xlim(),
                ylim=axes.get_ylim(), xlabel=axes.get_xlabel(), ylabel=axes.get_ylabel(),
                facecolor=panel.style.theme.page,
            )  # fmt: skip
            host.set_aspect(axes.get_aspect())
            theme, gridded = panel.style.theme, axes.xaxis.get_gridlines()[0].get_visible()
            host.grid(False)
            if gridded:
                host.grid(color=theme.quiet, alpha=GRID, linewidth=0.05 * panel.point)
            for text in (host.xaxis.label, host.yaxis.label):
                add_chinese(text)
        else:
            host.set_axis_off()
        host.apply_aspect()
        self._follows = True
        if self._made.key[0] == self._key(True)[0]:  # it has kept its place, and shows the same now
            self._made = self._made._replace(key=self._key(self._made.framed))
        self.show()

    def draw(self, renderer: Any, moving: bool) -> None:
        """Draw what moves, or what stands still, with the renderer of the host's figure."""
        with drawing(self.spec.settings):
            made = self._make()
            axes = made.panel.axes
            own: Any = axes.figure
            own.dpi = self._density
            try:
                for artist in made.artists if moving else [axes]:
                    artist.draw(renderer)
            finally:
                own.dpi = DENSITY

    @property
    def extent(self) -> Bbox:
        """What it takes of the host's figure, in pixels: labels of a relief lie around its axes."""
        host: Any = self.host.bbox.extents
        if self._made and self._made.framed:
            return Bbox.from_extents(*host)
        with drawing(self.spec.settings):
            made = self._make()
            drawn = [*made.panel.axes.artists, *made.panel.axes.texts, *made.artists]
            texts = [text for part in drawn for text in part.findobj(Text)]
            boxes = [text.get_window_extent().extents for text in texts if text.get_visible()]
        there = np.reshape(boxes, (-1, 4)) * self._density / DENSITY
        return Bbox.union([Bbox.from_extents(*box) for box in [host, *there.tolist()]])

    @property
    def _density(self) -> float:
        """Pixels an inch of the host's figure, now: 72 while it is saved as a PDF."""
        root = self.host.get_figure(root=True)
        assert root is not None
        return root.dpi

    def _key(self, framed: bool) -> Any:
        """Where the host stands in units of 1/100 inch, and what of the plane it shows."""
        extents: Any = self.host.bbox.extents
        box = np.round(extents * DENSITY / self._density, 2).tolist()
        return (box, self.host.get_xlim(), self.host.get_ylim()) if framed else (box,)

    def _make(self) -> _Made:
        """The panel where the host now is, and its artists of the moment."""
        before = self._made
        if before and before.key == self._key(before.framed):
            return before
        box: Any = self.host.bbox.extents
        x0, y0, x1, y1 = (box * DENSITY / self._density).tolist()
        width, height = math.ceil(x1), math.ceil(y1)
        figure = Figure((width / DENSITY, height / DENSITY), dpi=DENSITY)
        FigureCanvasAgg(figure)
        axes = figure.add_axes((x0 / width, y0 / height, (x1 - x0) / width, (y1 - y0) / height))
        style = self.style
        if style is None:
            sides = np.clip(np.multiply(OF_FILM, (x1 - x0, y1 - y0)), SMALLEST, LARGEST)
            wide, tall = map(int, sides)
            style = style_of(self.runs, replace(self.spec, size=(wide, tall), moments=None))
        panel = self.spec.panels[self.place](axes, self.runs, style)
        framed = axes.axison
        if framed and self._follows:
            axes.set(xlim=self.host.get_xlim(), ylim=self.host.get_ylim())
            axes.set_aspect(self.host.get_aspect())
        axes.set_axis_off()
        axes.apply_aspect()
        artists = list(panel.artists_at(self.at, self.revealed))
        self._made = _Made(self._key(framed), panel, artists, framed)
        return self._made


class _Made(NamedTuple):
    """A panel, for a place and a part of the plane, and its artists of the moment."""

    key: Any
    panel: Panel[Any]
    artists: list[Artist]
    framed: bool  # whether it wants ticks and names around it


class _Part(Artist):
    """What stands still of an inset, or what moves, among the artists of the host."""

    def __init__(self, inset: Inset, zorder: float) -> None:
        super().__init__()
        self.inset = inset
        self.set_zorder(zorder)
        self.set_clip_on(False)  # else layouts take it to end where the axes do

    def get_tightbbox(self, renderer: Any = None) -> Bbox:
        """What layouts and ``bbox_inches="tight"`` leave room for."""
        return self.inset.extent

    def draw(self, renderer: Any) -> None:
        self.inset.draw(renderer, moving=self.zorder == MOVING)


class _Line(Line2D):
    """A run's line as legends and readers of data see it; the panel draws it."""

    def draw(self, renderer: Any) -> None:
        """Nothing."""
