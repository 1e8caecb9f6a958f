"""Panels side by side with a title and a legend; pictures of any moment of a race."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import IO, Any

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter

from optviz.scene import style
from optviz.scene.anatomy import Anatomy
from optviz.scene.contour import Contour
from optviz.scene.counter import Counter
from optviz.scene.data import Data
from optviz.scene.legend import Legend
from optviz.scene.loss import Loss
from optviz.scene.panel import Look, Panel
from optviz.scene.profile import Profile
from optviz.scene.rate import Rate
from optviz.scene.relief import Relief, TurningRelief
from optviz.trajectory import Trajectory
from surfaces.errors import InputError, must, shown, unknown

PANELS: dict[str, type[Panel]] = {
    "contour": Contour,
    "loss": Loss,
    "relief": Relief,
    "relief-turning": TurningRelief,
    "profile": Profile,
    "anatomy": Anatomy,
    "data": Data,
    "lr": Rate,
}

SMALLEST, LARGEST = 200, 4000  # pixels of a side
Pixels = np.ndarray[Any, np.dtype[np.uint8]]


class Scene:
    """The whole picture of a race.

    What stands still is drawn once; a picture of a moment restores it and draws what moves.

    Parameters
    ----------
    trajectories : sequence of Trajectory
        All on one surface.
    views : sequence of str
        Panels from left to right, names of `PANELS`.
    size : (int, int)
        Width and height in pixels.
    theme : {"light", "dark", "print"}
    language : {"en", "zh"}
    title : str, optional
        Instead of the surface's.
    """

    def __init__(
        self,
        trajectories: Sequence[Trajectory],
        views: Sequence[str] = ("contour", "loss"),
        *,
        size: tuple[int, int] = (800, 400),
        theme: str = "light",
        language: str = "en",
        title: str | None = None,
    ) -> None:
        self.title = title
        self.trajectories = list(trajectories)
        kinds = [PANELS[view] for view in checked_views(views)]
        self.width, self.height = checked_size(size)
        palette = style.theme(theme)
        unit = text_height(self.width, self.height)
        marks = style.marks([t.optimizer for t in trajectories], palette.colours)
        self.look = Look(palette, language, unit, marks)
        self.steps = max(len(t) for t in self.trajectories)
        settings = style.rc(palette, language, unit)
        with mpl.rc_context(settings):
            self.figure = Figure((self.width / 100, self.height / 100), dpi=100)
            self.canvas = FigureCanvasAgg(self.figure)
            self.legend = Legend(self.figure, self.trajectories, self.look)
            self._counter = self._title()
            self.panels = self._place(kinds)
            self.canvas.draw()
        self._background = self.canvas.copy_from_bbox(self.figure.bbox)
        with mpl.rc_context(settings):
            self._counter.prepare(self.canvas, self._background)

    def picture(self, at: float) -> Pixels:
        """The moment after ``at`` steps, uint8 (height, width, 4), the last channel 255."""
        self.canvas.restore_region(self._background)
        for artist in self._moving(at):
            if artist.axes is not None:
                artist.axes.draw_artist(artist)
            else:
                self.figure.draw_artist(artist)
        picture = np.array(self.canvas.buffer_rgba())
        self._counter.stamp(picture, min(int(at + 1e-9), self.steps))
        return picture

    def draw_still(self, stream: IO[bytes], kind: str, description: str) -> None:
        """The end of the race as a "pdf" or "svg"."""
        key = {"pdf": "Subject", "svg": "Description"}[kind]
        moving = [*self._moving(self.steps), self._counter.text]
        for artist in moving:
            artist.set_animated(False)
        with mpl.rc_context({"pdf.fonttype": 42, "svg.hashsalt": "optviz"}):
            self.figure.savefig(stream, format=kind, metadata={key: description})
        for artist in moving:
            artist.set_animated(True)

    def _moving(self, at: float) -> Iterator[Artist]:
        for panel in self.panels:
            yield from panel.moving(at)
        yield from self.legend.moving(at)

    def _title(self) -> Counter:
        """Title at the left, the step counter (which moves) at the right."""
        unit, surface = self.look.unit, self.trajectories[0].surface
        baseline = 1 - 1.35 * unit / self.height
        left, right = 0.8 * unit / self.width, 1 - 0.8 * unit / self.width
        title = self.figure.text(
            left,
            baseline,
            self.title or surface.named(self.look.language),
            weight="bold",
            size=unit * 0.79,
        )
        counter = Counter(self.figure, right, baseline, self.look, self.steps)
        if surface.formula:
            self._formula(title, counter.text, baseline)
        return counter

    def _formula(self, title: Any, counter: Any, baseline: float) -> None:
        """The formula between title and counter, if there is room for it."""
        unit = self.look.unit
        extent = title.get_window_extent()
        formula = self.figure.text(
            (extent.x1 + unit) / self.width, baseline,
            f"$f = {self.trajectories[0].surface.latex}$", color=self.look.theme.quiet,
        )  # fmt: skip
        box = formula.get_window_extent()
        room = counter.get_window_extent().x0 - unit
        # Fractions and towers of powers may reach beyond the line.
        if box.x1 > room or box.y1 > self.height or box.y0 < self.height - 1.72 * unit:
            formula.remove()

    def _place(self, kinds: Sequence[type[Panel]]) -> list[Panel]:
        """Give each panel its share: those with an aspect first, the others what is left."""
        unit, surface = self.look.unit, self.trajectories[0].surface
        left, right, gap = 4.9 * unit, 1.0 * unit, 5.8 * unit
        bottom, top = self.legend.height + 3.0 * unit, 2.2 * unit
        height = self.height - bottom - top
        width = self.width - left - right - gap * (len(kinds) - 1)
        aspects = [kind.wanted_aspect(surface) for kind in kinds]
        flexible = aspects.count(None)
        kept = max((k.room for k, a in zip(kinds, aspects, strict=True) if a is None), default=0)
        most = width * (1 - kept) / max(1, len(kinds) - flexible)
        widths = [0.0 if a is None else min(height * a, most) for a in aspects]
        rest = (width - sum(widths)) / max(1, flexible)
        if not flexible:  # nobody takes what is left: centre
            left += rest / 2
        panels = []
        for kind, aspect, wide in zip(kinds, aspects, widths, strict=True):
            wide = rest if aspect is None else wide
            tall = height if aspect is None else min(height, wide / aspect)
            low = bottom + (height - tall) / 2
            across, up = 1 / self.width, 1 / self.height
            axes = self.figure.add_axes((left * across, low * up, wide * across, tall * up))
            axes.tick_params(length=0.25 * unit, width=0.05 * unit, pad=0.2 * unit)
            panels.append(kind(axes, self.trajectories, self.look))
            axes.xaxis.labelpad = axes.yaxis.labelpad = 0.1 * unit
            _settle_ticks(axes, unit)
            left += wide + gap
        self._make_room([panel.axes for panel in panels])
        return panels

    def _make_room(self, row: Sequence[Axes]) -> None:
        """Narrow a panel whose labels would stand in its left neighbour or outside the picture."""
        renderer, floor = self.canvas.get_renderer(), 0.0
        for axes in row:
            labels = axes.yaxis.get_tightbbox(renderer) if axes.axison else None
            missing = floor + 0.3 * self.look.unit - labels.x0 if labels is not None else 0.0
            if missing > 0:
                x0, y0, wide, tall = axes.get_position(original=True).bounds
                by = missing / self.width
                axes.set_position((x0 + by, y0, max(wide - by, 0.02), tall))
            floor = axes.get_window_extent(renderer).x1


def _settle_ticks(axes: Axes, unit: float) -> None:
    """Keep ticks between the ends of their axis, and only as many as have room for their labels."""
    for axis, length in ((axes.xaxis, axes.bbox.width), (axes.yaxis, axes.bbox.height)):
        low, high = sorted(axis.get_view_interval())
        ticks = [tick for tick in axis.get_majorticklocs() if low <= tick <= high]
        if axis.get_scale() == "linear":  # matplotlib would put a common factor in a corner
            axis.set_major_formatter(FuncFormatter(lambda tick, _: _label(tick)))
            letters = max((len(_label(tick)) for tick in ticks), default=1)
            wide = (0.65 * letters + 0.7) * unit if axis is axes.xaxis else 1.5 * unit
            while len(ticks) > 2 and length * ((ticks[1] - ticks[0]) / (high - low)) < wide:
                ticks = ticks[::2]
        axis.set_major_locator(FixedLocator(ticks))


def _label(tick: float) -> str:
    """A short label: 2500, 1e4, −8e−5."""
    text = f"{tick:.4g}".replace("e+0", "e").replace("e-0", "e-").replace("e+", "e")
    return text.replace("-", "−")


def text_height(width: int, height: int) -> float:
    """Height of the text in pixels, readable on the smallest picture and calm on the largest."""
    return float(np.clip(0.034 * min(height, 0.62 * width), 8.5, 40))


def check_looks(views: Any, size: Any, theme: str, language: str) -> None:
    """Refuse what a `Scene` would refuse, before anything is run or drawn."""
    checked_views(views)
    checked_size(size)
    style.theme(theme)
    style.fonts(language)


def checked_views(views: Any) -> Sequence[str]:
    """A non-empty list of names of panels, or an `InputError`."""
    if isinstance(views, str):
        views = views.split(",")
    names = [str(view).strip() for view in views or ()]
    if not names:
        raise must("views", "at least one of " + ", ".join(PANELS), views)
    for name in names:
        if name not in PANELS:
            raise unknown("view", name, PANELS)
    return names


def checked_size(size: Any) -> tuple[int, int]:
    """Width and height in pixels, or an `InputError`."""
    try:
        width, height = size
        whole = int(width) == width and int(height) == height
    except (TypeError, ValueError):
        raise must("size", "width and height in pixels, such as (800, 400)", size) from None
    if not (whole and all(SMALLEST <= side <= LARGEST for side in (width, height))):
        needed, most = (f"{4e-6 * pixels:,.0f} MB" for pixels in (width * height, LARGEST**2))
        raise InputError(
            f"size must be {SMALLEST} to {LARGEST} pixels each way, {most} a frame; not "
            f"{shown(f'{width}x{height}')}, {needed} a frame"
        )
    return int(width), int(height)


def parse_size(text: str) -> tuple[int, int]:
    """``"800x400"`` as two numbers."""
    found = re.fullmatch(r"\s*(\d{1,9})\s*[xX×]\s*(\d{1,9})\s*", text)
    if not found:
        raise must("size", "width and height in pixels, such as 800x400", text)
    return checked_size((int(found[1]), int(found[2])))
