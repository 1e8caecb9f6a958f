"""Panels side by side with a title and a legend; pictures of any moment of the runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from optviz.records.descents import in_one_window
from optviz.records.labels import short_labels
from optviz.records.record import Record
from optviz.scene.caption import Caption
from optviz.scene.counter import Counter, counter_of
from optviz.scene.fonts import fonts_of
from optviz.scene.layout import Layout
from optviz.scene.legends import legend_of
from optviz.scene.panels.base import Panel
from optviz.scene.slow import slowly
from optviz.scene.style import DENSITY, drawing, drawn
from optviz.scene.style_of_runs import style_of
from optviz.scene.views import PANELS_OF, SceneSpec, Views
from optviz.words import joined
from surfaces.errors import must

Pixels = np.ndarray[Any, np.dtype[np.uint8]]
CAPTION_SHARE = 0.22  # of the picture's height that the measured sentence at the foot may take


class Scene:
    """The whole picture of runs.

    What stands still is drawn once; a picture of a moment restores it and draws what moves.

    Parameters
    ----------
    runs : sequence of Trajectory, or of TrainingRecord
        Descents on one surface, or trainings.
    views : sequence of str, optional
        Panels from left to right: names of `PANELS` for descents, of `LEARNING_PANELS` for
        trainings. Contour and loss, or loss and accuracy, unless given.
    size : (int, int)
        Width and height in pixels.
    theme : {"light", "dark", "print"}
    language : {"en", "zh"}
    title : str, optional
        Instead of the runs' own.
    slow : bool
        Explain each step before it is taken: see `slowly`.
    moments : sequence of float, optional
        Steps (or fractions between) to show side by side in one still picture: then each view is
        a row, and `picture` is the same for every moment.
    caption : str, optional
        The sentence at the foot, "" for none; unless given, what is measured from the runs.
    names : {"auto", "on", "off"}
        Whether the contour names the runs at their heads; "auto": where there is room.
    cmap : str, optional
        The colour map of the surface, of `optviz.scene.themes.CMAPS`; the theme's unless given.
    apart : int
        Which optimizer is taken apart where a view does so, counted from 1.

    Raises
    ------
    InputError
        Runs that no picture has room for together, or a value that no picture can have.
    """

    def __init__(
        self,
        runs: Sequence[Record],
        views: Views | None = None,
        *,
        size: tuple[int, int] = (800, 400),
        theme: str = "light",
        language: str = "en",
        title: str | None = None,
        slow: bool = False,
        moments: Sequence[float] | None = None,
        caption: str | None = None,
        names: str = "auto",
        cmap: str | None = None,
        apart: int = 1,
    ) -> None:
        found = checked_runs(runs)
        kind = type(found[0])
        spec = SceneSpec(
            size, theme, language, kind, views, title, slow, moments, caption, names, apart,
            cmap=cmap,
        )  # fmt: skip
        self._build(found, spec)

    @classmethod
    def from_spec(cls, runs: Sequence[Record], spec: SceneSpec) -> Scene:
        """Make the picture of runs that a spec describes; the runs must fit together."""
        scene = cls.__new__(cls)
        scene._build(runs, spec)
        return scene

    def _build(self, runs: Sequence[Record], spec: SceneSpec) -> None:
        """Draw what stands still."""
        self.runs, self.spec = list(runs), spec
        self.width, self.height = spec.size
        self.steps = max(len(run) for run in self.runs)
        self.style = style_of(self.runs, spec)
        self.settings = spec.settings
        self._layers: dict[int, tuple[int, Any]] = {}  # of each panel, how many are drawn
        self._drawn: dict[int, Any] = {}  # the last state of a panel and its pixels
        with drawing(self.settings):
            self.figure = Figure(spec.inches, dpi=DENSITY)
            self.canvas = FigureCanvasAgg(self.figure)
            # What is measured stands in the alternative text too: a small picture leaves it out.
            kept = spec.caption is not None or caption_stays(self.runs)
            most = np.inf if kept else CAPTION_SHARE * self.height
            caption = Caption(self.figure, self.caption, self.style, most)
            legend = legend_of(spec.record.kind)
            self.legend = legend(self.figure, self.runs, self.style, caption.height)
            self.counter = self._title()
            layout = Layout(self.figure, self.runs, self.style, self.legend.height)
            self.panels = layout.fill(spec.panels, spec.moments)
            self.canvas.draw()
            self._renderer = self.canvas.get_renderer()  # looking it up is dear
            self._background = self.canvas.copy_from_bbox(self.figure.bbox)
            if spec.moments is None:
                self.counter.prepare(self.canvas, self._background)

    @property
    def caption(self) -> str:
        """The sentence at the foot; "" where there is none."""
        return foot_of(self.runs, self.spec)

    @drawn
    def picture(self, at: float) -> Pixels:
        """The moment after ``at`` steps, uint8 (height, width, 4), the last channel 255."""
        self._renderer.restore_region(self._background)
        for i, panel in enumerate(self.panels):
            self._draw(i, panel, *self.moment(i, at))
        for artist in self.legend.artists_at(at):
            artist.draw(self._renderer)
        picture = np.array(self._renderer.buffer_rgba())
        if self.spec.moments is None:
            self.counter.stamp(picture, min(int(at + 1e-9), self.steps))
        return picture

    @drawn
    def draw_still(self, stream: IO[bytes], kind: str, description: str, at: float) -> None:
        """A moment as a "pdf" or "svg": what `picture` draws, in the same order."""
        moving = [*self._moving(at), self.counter.at(min(int(at + 1e-9), self.steps))]
        save_vector(self.figure, stream, kind, description, moving)

    def _draw(self, i: int, panel: Panel[Any], at: float, revealed: float) -> None:
        """Draw what moves in a panel, or put back its pixels if its state is that of the last."""
        state = panel.state(at, revealed)
        last = self._drawn.get(i)
        if last is not None and last[0] == state:
            self._renderer.restore_region(last[1])
            return
        settled = self._settle(i, panel, at)
        for artist in panel.artists_above(settled, at, revealed):
            artist.draw(self._renderer)
        if state is not None:
            pixels = panel.axes.bbox.padded(self.style.unit)
            self._drawn[i] = state, self._renderer.copy_from_bbox(pixels)

    def _settle(self, i: int, panel: Panel[Any], at: float) -> int:
        """Draw the layers that stand still by a moment, from pixels kept as far as there are."""
        count = panel.settled(at)
        if not count:
            return 0
        done, pixels = self._layers.get(i, (0, None))
        if done > count:
            done = 0
        if done:
            self._renderer.restore_region(pixels)
        if done < count:
            for artist in panel.layer(done, count):
                artist.draw(self._renderer)
            self._layers[i] = count, self._renderer.copy_from_bbox(panel.axes.bbox.padded(1))
        return count

    def moment(self, i: int, at: float) -> tuple[float, float]:
        """The heads' position in a panel, in steps, and the explained part of the next step."""
        if self.spec.moments is not None:  # a still of a slow film shows its step explained
            return self.spec.moments[i % len(self.spec.moments)], 1.0
        return slowly(at) if self.spec.slow else (at, 1.0)

    def _moving(self, at: float) -> Iterator[Artist]:
        for i, panel in enumerate(self.panels):
            yield from panel.artists_at(*self.moment(i, at))
        yield from self.legend.artists_at(at)

    def _title(self) -> Counter:
        """Draw the title at the left and the step counter, which changes, at the right."""
        unit = self.style.unit
        heading, formula = self.runs[0].heading(self.spec.language)
        baseline = 1 - 1.35 * unit / self.height
        left, right = 0.8 * unit / self.width, 1 - 0.8 * unit / self.width
        size = unit * 0.79
        words = self.spec.title or heading
        title = self.figure.text(
            left, baseline, words, weight="bold", size=size, parse_math=False,
            fontfamily=fonts_of(words, self.spec.language),
        )  # fmt: skip
        counter = counter_of(self.figure, right, baseline, self.style, self.runs[0], self.steps)
        counter.text.set_visible(self.spec.moments is None)
        end = right * self.width
        if self.spec.moments is None:
            end = counter.text.get_window_extent().x0 - unit
        # By trial: with hinted letters the width is not in proportion to the size.
        while title.get_window_extent().x1 > end and size > 1:
            size *= 0.95
            title.set_fontsize(size)
        if formula:
            self._formula(formula, title, counter.text, baseline)
        return counter

    def _formula(self, latex: str, title: Any, counter: Any, baseline: float) -> None:
        """Draw the formula between title and counter, if there is room for it."""
        unit = self.style.unit
        extent = title.get_window_extent()
        formula = self.figure.text(
            (extent.x1 + unit) / self.width, baseline,
            f"${latex}$", color=self.style.theme.quiet,
        )  # fmt: skip
        box = formula.get_window_extent()
        room = counter.get_window_extent().x0 - unit
        # Fractions and towers of powers may reach beyond the line.
        if box.x1 > room or box.y1 > self.height or box.y0 < self.height - 1.72 * unit:
            formula.remove()


def caption_stays(runs: Sequence[Record]) -> bool:
    """Whether what is measured from runs of this kind stands in every picture of them."""
    return bool(getattr(runs[0], "caption_stays", False))


def foot_of(runs: Sequence[Record], spec: SceneSpec) -> str:
    """The sentence at the foot of a picture: the one given, and what is measured from its runs.

    A given one takes the place of what is measured, unless that always stays.
    """
    sentences = [spec.caption, measured_of(runs, spec)]
    return joined(filter(None, sentences), spec.language) if any(sentences) else ""


def measured_of(runs: Sequence[Record], spec: SceneSpec) -> str:
    """The sentence that is measured from the runs of a picture; "" where another one stands."""
    if spec.caption is not None and not caption_stays(runs):
        return ""
    measured = runs[0].caption(runs[1:], short_labels(runs, spec.language))
    return "" if measured is None else measured.text(spec.language)


class _Layer(Artist):
    """Artists drawn above all others of their figure, in the given order whatever their zorder."""

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
    """Write a figure as "pdf" or "svg", with its description inside.

    ``moving`` are the animated artists to be shown, lowest first; they are drawn last.
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


def checked_runs(runs: Any) -> list[Any]:
    """The runs as a list, if one picture can show them all; or an `InputError`."""
    found: list[Any] = list(runs) if isinstance(runs, Iterable) else [runs]
    kinds = [k for k in PANELS_OF if all(getattr(run, "kind", None) == k for run in found)]
    if len(kinds) != 1:  # of no runs every kind is true
        alike = " or ".join(f"all {kind.removesuffix('s')}s" for kind in PANELS_OF)
        raise must("trajectories", f"at least one run, {alike}", runs)
    found[0].check_beside(found[1:])
    return in_one_window(found) if kinds == ["descent"] else found
