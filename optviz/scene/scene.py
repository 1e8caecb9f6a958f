"""Panels side by side with a title and a legend; pictures of any moment of a race."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from optviz.records.training import TrainingRecord
from optviz.scene import style
from optviz.scene.counter import Counter
from optviz.scene.fonts import fonts
from optviz.scene.layout import Layout
from optviz.scene.legend import Legend
from optviz.scene.panels.anatomy import Anatomy
from optviz.scene.panels.base import Panel, PictureStyle, Record
from optviz.scene.panels.confusion import Confusion
from optviz.scene.panels.contour import Contour
from optviz.scene.panels.learning_rate import Rate
from optviz.scene.panels.line_fit import Data
from optviz.scene.panels.loss import Loss
from optviz.scene.panels.profile import Profile
from optviz.scene.panels.relief import Relief, TurningRelief
from optviz.scene.panels.training_curves import Accuracy, TrainingLoss
from optviz.scene.panels.weights import Weights
from surfaces.errors import InputError, must, shown, unknown

PANELS: dict[str, type[Panel[Any]]] = {
    "contour": Contour,
    "loss": Loss,
    "relief": Relief,
    "relief-turning": TurningRelief,
    "profile": Profile,
    "anatomy": Anatomy,
    "data": Data,
    "lr": Rate,
}

# The views of networks that learn.
LEARNING_PANELS: dict[str, type[Panel[Any]]] = {
    "loss": TrainingLoss,
    "accuracy": Accuracy,
    "weights": Weights,
    "confusion": Confusion,
    "lr": Rate,
}

SMALLEST, LARGEST = 200, 4000  # pixels of a side
Pixels = np.ndarray[Any, np.dtype[np.uint8]]


class Scene:
    """The whole picture of a race.

    What stands still is drawn once; a picture of a moment restores it and draws what moves.

    Parameters
    ----------
    runs : sequence of Trajectory, or of Learning
        All on one surface, or networks.
    views : sequence of str
        Panels from left to right, names of `PANELS` or `LEARNING_PANELS`.
    size : (int, int)
        Width and height in pixels.
    theme : {"light", "dark", "print"}
    language : {"en", "zh"}
    title : str, optional
        Instead of what the runs would be called.
    slow : bool
        Explain each step before it is taken: see `slowly`.
    moments : sequence of float, optional
        Steps (or fractions between) to show side by side in one still picture: then each view is
        a row, and `picture` is the same for every moment.
    """

    def __init__(
        self,
        runs: Sequence[Record],
        views: Sequence[str] = ("contour", "loss"),
        *,
        size: tuple[int, int] = (800, 400),
        theme: str = "light",
        language: str = "en",
        title: str | None = None,
        slow: bool = False,
        moments: Sequence[float] | None = None,
    ) -> None:
        self.title, self.slow, self.moments = title, slow, moments
        self.runs = list(runs)
        panels = LEARNING_PANELS if isinstance(self.runs[0], TrainingRecord) else PANELS
        kinds = [panels[view] for view in checked_views(views, panels)]
        self.width, self.height = checked_size(size)
        palette = style.theme(theme)
        unit = text_height(self.width, self.height)
        if moments is not None:
            unit = text_height(2 * self.width // len(moments), self.height // len(kinds))
        marks = style.marks([t.optimizer for t in runs], palette.colours)
        self.look = PictureStyle(palette, language, unit, marks, Anatomy in kinds)
        self.steps = max(len(t) for t in self.runs)
        self._drawn: dict[int, Any] = {}  # the last state of a panel and its pixels
        self.settings = style.rc(palette, language, unit)
        with style.drawing(self.settings):
            inches = self.width / style.DENSITY, self.height / style.DENSITY
            self.figure = Figure(inches, dpi=style.DENSITY)
            self.canvas = FigureCanvasAgg(self.figure)
            self.legend = Legend(self.figure, self.runs, self.look)
            self._counter = self._title()
            layout = Layout(self.figure, self.runs, self.look, self.legend.height)
            self.panels = layout.fill(kinds, moments)
            self.canvas.draw()
        self._background = self.canvas.copy_from_bbox(self.figure.bbox)
        if moments is None:
            with style.drawing(self.settings):
                self._counter.prepare(self.canvas, self._background)

    @style.drawn
    def picture(self, at: float) -> Pixels:
        """The moment after ``at`` steps, uint8 (height, width, 4), the last channel 255."""
        self.canvas.restore_region(self._background)
        for i, panel in enumerate(self.panels):
            self._draw(i, panel, *self._moment(i, at))
        for artist in self.legend.artists_at(at):
            self.figure.draw_artist(artist)
        picture = np.array(self.canvas.buffer_rgba())
        if self.moments is None:
            self._counter.stamp(picture, min(int(at + 1e-9), self.steps))
        return picture

    @style.drawn
    def draw_still(self, stream: IO[bytes], kind: str, description: str) -> None:
        """The end of the race as a "pdf" or "svg": what `picture` draws, in the same order."""
        moving = [*self._moving(self.steps), self._counter.text]
        save_vector(self.figure, stream, kind, description, moving)

    def _draw(self, i: int, panel: Panel[Any], at: float, revealed: float) -> None:
        """Draw what moves in a panel, or put back the pixels of a moment that looks alike."""
        state = panel.state(at, revealed)
        drawn = self._drawn.get(i)
        if drawn is not None and drawn[0] == state:
            self.canvas.restore_region(drawn[1])
            return
        for artist in panel.artists_at(at, revealed):
            panel.axes.draw_artist(artist)
        if state is not None:
            pixels = panel.axes.bbox.padded(self.look.unit)
            self._drawn[i] = state, self.canvas.copy_from_bbox(pixels)

    def _moment(self, i: int, at: float) -> tuple[float, float]:
        """Where heads are in a panel, and how much of the coming step is known."""
        if self.moments is not None:
            at = self.moments[i % len(self.moments)]
        return slowly(at) if self.slow else (at, 1.0)

    def _moving(self, at: float) -> Iterator[Artist]:
        for i, panel in enumerate(self.panels):
            yield from panel.artists_at(*self._moment(i, at))
        yield from self.legend.artists_at(at)

    def _title(self) -> Counter:
        """Title at the left, the step counter (which moves) at the right."""
        unit = self.look.unit
        heading, formula = self.runs[0].heading(self.look.language)
        baseline = 1 - 1.35 * unit / self.height
        left, right = 0.8 * unit / self.width, 1 - 0.8 * unit / self.width
        title = self.figure.text(
            left,
            baseline,
            self.title or heading,
            weight="bold",
            size=unit * 0.79,
        )
        counter = Counter(self.figure, right, baseline, self.look, self.steps)
        counter.text.set_visible(self.moments is None)
        end = right * self.width
        if self.moments is None:
            end = counter.text.get_window_extent().x0 - unit
        size = unit * 0.79
        while title.get_window_extent().x1 > end and size > 1:  # hinted: no formula
            size *= 0.95
            title.set_fontsize(size)
        if formula:
            self._formula(formula, title, counter.text, baseline)
        return counter

    def _formula(self, latex: str, title: Any, counter: Any, baseline: float) -> None:
        """The formula between title and counter, if there is room for it."""
        unit = self.look.unit
        extent = title.get_window_extent()
        formula = self.figure.text(
            (extent.x1 + unit) / self.width, baseline,
            f"${mathtext(latex)}$", color=self.look.theme.quiet,
        )  # fmt: skip
        box = formula.get_window_extent()
        room = counter.get_window_extent().x0 - unit
        # Fractions and towers of powers may reach beyond the line.
        if box.x1 > room or box.y1 > self.height or box.y0 < self.height - 1.72 * unit:
            formula.remove()


def mathtext(latex: str) -> str:
    """LaTeX as matplotlib reads it: cases stand on one line."""
    for written, drawn in (
        (r"\begin{cases} ", r"\left\{{"), (r" \end{cases}", r"}\right\}"),
        (" & ", r"\ "), (r" \\ ", r";\ \ "),
    ):  # fmt: skip
        latex = latex.replace(written, drawn)
    return latex


class _Layer(Artist):
    """Artists drawn over all others of their figure, one after another whatever their zorder."""

    def __init__(self, artists: Sequence[Artist]) -> None:
        super().__init__()
        self.artists = artists
        self.set_zorder(np.inf)

    def draw(self, renderer: Any) -> None:
        for artist in self.artists:
            artist.draw(renderer)


def save_vector(
    figure: Figure, stream: IO[bytes], kind: str, description: str, moving: Sequence[Artist] = ()
) -> None:
    """A figure as "pdf" (letters stay letters) or "svg" (the same each time), its words inside.

    ``artists_at`` are the animated artists that are seen, lowest first; they are drawn last.
    """
    key = {"pdf": "Subject", "svg": "Description"}[kind]
    on_screen, layer = figure.canvas, figure.add_artist(_Layer(moving))
    dpi = figure.dpi
    # Not figure.savefig: it draws every animated artist among the others, seen or not, and takes
    # whatever backend the user registered for this kind of file.
    canvas: Any = {"pdf": FigureCanvasPdf, "svg": FigureCanvasSVG}[kind](figure)
    try:
        getattr(canvas, f"print_{kind}")(stream, metadata={key: description})
    finally:
        layer.remove()
        figure.set_dpi(dpi)
        figure.set_canvas(on_screen)


MOVE = 0.2  # the share of a step's time in which heads move, where steps are explained


def slowly(at: float) -> tuple[float, float]:
    """Heads stand while a step is explained and move at its end: where they are, what is known."""
    step = int(at + 1e-9)
    share = max(at - step, 0.0)
    return step + max(0.0, (share - 1 + MOVE) / MOVE), min(share / (1 - MOVE), 1.0)


def text_height(width: int, height: int) -> float:
    """Height of the text in pixels, readable on the smallest picture and calm on the largest."""
    return float(np.clip(0.034 * min(height, 0.62 * width), 8.5, 40))


def check_looks(
    views: Any,
    size: Any,
    theme: str,
    language: str,
    slow: bool = False,
    panels: Mapping[str, type[Panel[Any]]] = PANELS,
) -> None:
    """Refuse what a `Scene` would refuse, before anything is run or drawn."""
    if slow and "anatomy" not in checked_views(views):
        raise must("views", "with anatomy among them where steps are shown slowly", views)
    checked_views(views, panels)
    check_page(size, theme, language)


def check_page(size: Any, theme: str, language: str) -> None:
    """Refuse a page that no picture can have, whatever is on it."""
    checked_size(size)
    style.theme(theme)
    fonts(language)


def checked_views(views: Any, panels: Mapping[str, type[Panel[Any]]] = PANELS) -> Sequence[str]:
    """A non-empty list of names of panels, or an `InputError`."""
    if isinstance(views, str):
        views = views.split(",")
    names = [str(view).strip() for view in views or ()]
    if not names:
        raise must("views", "at least one of " + ", ".join(panels), views)
    for name in names:
        if name not in panels:
            raise unknown("view", name, panels)
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
