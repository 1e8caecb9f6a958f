"""The explorer in a notebook: an ipywidget whose traits and picture follow each other."""

from __future__ import annotations

import dataclasses
import html
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from optviz import files
from optviz.descent import CLASSICS, descend
from optviz.descent.loop import starting
from optviz.descent.resolve import as_surface, lacks_rate
from optviz.descent.tune import tuned
from optviz.explorer import checks
from optviz.explorer.checks import CHECKS, is_off
from optviz.explorer.data import contents, module_text
from optviz.explorer.page import besides_catalogue, page_text
from optviz.explorer.traits import Traits
from optviz.optimizers import Optimizer, as_rule
from optviz.records.trajectory import Trajectory
from surfaces.errors import InputError
from surfaces.surface import Surface

_ENTRY = "\nexport default { render: (context) => optvizExplorer.openWidget(context, DATA) };\n"
HEIGHT = 1400  # pixels of a frame that cannot measure itself

# The state that a page opens with, of those traits that it calls the same.
_SAME = (
    "starts", "steps", "noise", "seed", "playing", "speed", "language", "views", "theme", "letters",
    "window", "camera", "colouring", "basins", "selected", "lesson",
)  # fmt: skip


class Explorer(Traits):
    """See `explore`.

    Traits may be set in any order, one by one or together (``with explorer.hold_sync():``). A new
    ``surface`` brings its own start and steps, and is shown whole and at its last step, except for
    what was set in Python or moved in the page. What cannot be shown yet, such as a formula before
    its window is set, is shown as soon as it can be; a warning says what it waits for.

    Attributes
    ----------
    surface : str
        A name, or a formula in x and y.
    domain : tuple of 4 floats
        x0, x1, y0, y1: the window of a formula.
    optimizers : list of str
        Specs of those that run, such as "adam:lr=0.1"; one without ``lr`` is tuned.
    racers : list of str
        All in the page's list; "-" before one that does not run.
    start : tuple of 2 floats
        The first of ``starts``.
    starts : list of tuples of 2 floats
        Each optimizer runs from each.
    steps : int
    frame : float
        The step that is shown; may lie between two. Beyond the last step, that is shown.
    playing : bool
    speed : float
    noise : float
    seed : int
    language : {"en", "zh"}
    views : list of str
        Of "loss", "gradient", "profile", "sweep", "relief" and "anatomy"; the contour is always
        there.
    theme : {"auto", "light", "dark", "print"}
    letters : {"usual", "large"}
    window : None or tuple of 4 floats
        x0, x1, y0, y1: the part of the plane that is shown; None for the whole.
    camera : None or tuple of 2 floats
        Azimuth and elevation of the relief, in radians; None for the usual ones.
    colouring : {"optimizer", "minimum"}
        What colours mean: the optimizer, or the minimum that a run ends at.
    basins : bool
        Whether the contour is coloured by where the selected optimizer ends from each start.
    selected : int
        Which of ``racers`` is taken apart, and whose basins and sweep are shown; -1 for the last.
    lesson : str
        A name of `optviz.scenarios.names`, or "". It sets surface, optimizers, starts, steps, noise
        and seed.
    """

    def __init__(
        self, own: Sequence[Surface], kinds: Sequence[type[Optimizer]], **settings: Any
    ) -> None:
        self._own, self._kinds = list(own), list(kinds)
        css = (resources.files(__package__) / "explorer.css").read_text(encoding="utf-8")
        super().__init__(
            contents(own, kinds), _esm=module_text(own, kinds) + _ENTRY, _css=css, **settings
        )

    def __repr__(self) -> str:
        running = [spec for spec in self.racers if not is_off(spec)]
        starts = ", ".join(f"({x:g}, {y:g})" for x, y in self.starts)
        return (
            f"<Explorer of {self.surface}: {', '.join(running)}; {self.steps} steps from {starts}>"
        )

    @property
    def trajectories(self) -> list[Trajectory]:
        """The runs that are shown, computed in Python: of each optimizer from each start.

        Without noise they are the same numbers, bit for bit in an engine that uses the platform's
        mathematics; noise has the same size but other numbers there.

        Raises
        ------
        InputError
            The formula has no start in its window, or is not finite at a start.
        """
        surface = self._surface
        near, first = starting(surface, self.starts[0])
        runs = []
        for spec, rate in self._rated():
            if is_off(spec):
                continue
            optimizer, fits = as_rule(spec, self._known.rules), None
            if rate is not None:
                optimizer = dataclasses.replace(optimizer, lr=rate)
            elif lacks_rate(spec):
                optimizer, fits = tuned(near, optimizer, first, self.steps)
            for i, start in enumerate(self.starts):
                run = descend(
                    surface, optimizer, start, self.steps, noise=self.noise, seed=self.seed
                )
                runs.append(dataclasses.replace(run, rate_fits=None if i else fits))
        return runs

    def _rated(self) -> list[tuple[str, float | None]]:
        """Each spec of the list, with the rate that the page has found for it, if any."""
        rates = self._rates or [None] * len(self.racers)
        return list(zip(self.racers, rates, strict=True))

    def _page(self) -> str:
        surface, known = self._surface, self._known
        state = {name: getattr(self, name) for name in _SAME}
        if self.surface in known.surfaces:
            state |= {"surface": self.surface, "formula": ""}
        else:
            state |= {"surface": "", "formula": surface.formula, "domain": self.domain}
        specs = []
        for spec, rate in self._rated():
            if rate is not None:  # the page has found it: "~" says that it is tuned
                off, spec = "-" * is_off(spec), spec.removeprefix("-")
                optimizer = dataclasses.replace(as_rule(spec, known.rules), lr=rate)
                spec = f"{off}~{optimizer}"
            specs.append(spec)
        state |= {"specs": specs, "at": min(self.frame, self.steps)}
        return page_text(self._own, state, self._kinds)

    def embed(self, height: int | None = None) -> Any:
        """The explorer as an HTML frame that works offline, also in a saved or exported notebook.

        Parameters
        ----------
        height : int, optional
            In pixels; unless given, the frame is as high as what it shows.
        """
        from IPython.display import HTML

        source = html.escape(self._page())
        fit = "data-fit" if height is None else ""
        show: Any = HTML
        return show(
            f'<div><iframe srcdoc="{source}" title="optviz explorer" width="100%" {fit} '
            f'height="{HEIGHT if height is None else int(height)}" style="border:0"></iframe></div>'
        )

    def save(self, path: str | Path) -> Path:
        """Write what is on screen as one HTML file; see `optviz.page`."""
        target = files.check_writable(path, (".html",))
        text = self._page()
        with files.replacing(target) as stream:
            stream.write(text.encode())
        return target


def explore(
    surface: Surface | str = "himmelblau",
    optimizers: Sequence[Optimizer | str] = CLASSICS,
    *,
    start: Any = None,
    starts: Any = None,
    steps: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
    views: Sequence[str] = checks.USUAL_VIEWS,
    theme: str = "auto",
    language: str = "en",
) -> Explorer:
    """Explore in a notebook: drag the start, move every slider; all of it runs in the browser.

    Parameters
    ----------
    surface : Surface or name
        A user's own too; the catalogue is there to choose from.
    optimizers : sequence of Optimizer, name or spec
        A name or a spec without ``lr`` is tuned. Classes of the user's own work too.
    start, starts, steps, noise, seed
        As in `race`.
    views : sequence of str
        Beside the contour, which is always shown: of "loss", "gradient", "profile", "sweep",
        "relief" and "anatomy".
    theme : {"auto", "light", "dark", "print"}
        "auto": as the notebook is, light or dark.
    language : {"en", "zh"}

    Returns
    -------
    Explorer
        An ipywidget: its traits can be read, set, observed and linked. ``trajectories`` holds the
        runs in Python; ``embed()`` and ``save("x.html")`` work without a kernel.

    Raises
    ------
    InputError
        An unknown name, or something that cannot run in a browser (torch's own optimizers).
    """
    shown = as_surface(surface)
    specs, kinds = [], []
    for optimizer in [optimizers] if isinstance(optimizers, (str, Optimizer)) else optimizers:
        if not isinstance(optimizer, str):
            optimizer = as_rule(optimizer)
            kinds.append(type(optimizer))
        specs.append(str(optimizer))
    points = _starts(shown, start, starts)
    given = {"starts": start is not None or starts is not None, "steps": steps is not None}
    count = shown.steps if steps is None else CHECKS["steps"](steps)
    return Explorer(
        besides_catalogue(shown), kinds, by_hand=[name for name, was in given.items() if was],
        surface=shown.name, optimizers=specs, racers=specs, steps=count, frame=count,
        start=points[0], starts=points, noise=noise, seed=seed, views=views, theme=theme,
        language=language,
    )  # fmt: skip


def _starts(surface: Surface, start: Any, starts: Any) -> list[tuple[float, float]]:
    """The starts that were asked for, each a point where the surface is finite."""
    if start is not None and starts is not None:
        raise InputError("start must be given once, as start or among starts; not both")
    points = [surface.start if start is None else start] if starts is None else starts
    return [starting(surface, point)[1] for point in CHECKS["starts"](points)]
