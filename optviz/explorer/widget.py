"""The explorer in a notebook: an ipywidget whose traits and picture follow each other."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import anywidget
import traitlets

import surfaces as catalogue
from optviz import files
from optviz.descent import CLASSICS, checked_steps, race, tune
from optviz.descent.resolve import as_surface, lacks_rate
from optviz.explorer.data import module_text, rules_of
from optviz.explorer.page import besides_catalogue, page_text
from optviz.optimizers import Optimizer, as_rule
from optviz.records.trajectory import Trajectory
from optviz.words import LANGUAGES
from surfaces.errors import must
from surfaces.surface import Surface
from surfaces.window import checked_domain, checked_point

_ENTRY = "\nexport default { render: (context) => optvizExplorer.openWidget(context, DATA) };\n"


class Explorer(anywidget.AnyWidget):
    """See `explore`.

    Attributes
    ----------
    surface : str
        A name, or a formula in x and y.
    domain : tuple of 4 floats
        x0, x1, y0, y1: the window of a formula.
    optimizers : list of str
        Specs, such as "adam:lr=0.1"; one without ``lr`` is tuned.
    start : tuple of 2 floats
    steps : int
    frame : float
        The step that is shown; may lie between two.
    playing : bool
    speed : float
    noise : float
    seed : int
    language : {"en", "zh"}
    """

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    surface = traitlets.Unicode().tag(sync=True)
    domain = traitlets.Tuple(*(traitlets.CFloat(),) * 4, default_value=(-5, 5, -5, 5)).tag(
        sync=True
    )
    optimizers = traitlets.List(traitlets.Unicode()).tag(sync=True)
    start = traitlets.Tuple(traitlets.CFloat(), traitlets.CFloat()).tag(sync=True)
    steps = traitlets.Int(200).tag(sync=True)
    frame = traitlets.CFloat(0.0).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    speed = traitlets.CFloat(1.0).tag(sync=True)
    noise = traitlets.CFloat(0.0).tag(sync=True)
    seed = traitlets.Int(0).tag(sync=True)
    language = traitlets.Enum(LANGUAGES, default_value="en").tag(sync=True)

    def __init__(
        self, given: Sequence[Surface], kinds: Sequence[type[Optimizer]], **traits: Any
    ) -> None:
        self._given = {surface.name: surface for surface in given}
        self._kinds = list(kinds)
        self._rules: Mapping[str, type[Optimizer]] = rules_of(kinds)
        css = (resources.files(__package__) / "explorer.css").read_text(encoding="utf-8")
        super().__init__(_esm=module_text(given, kinds) + _ENTRY, _css=css, **traits)

    @traitlets.validate("surface")
    def _check_surface(self, proposal: Any) -> str:
        name: str = proposal["value"]
        if name not in self._given and name not in catalogue.names():
            x0, x1, y0, y1 = self.domain
            return catalogue.from_formula(name, ((x0, x1), (y0, y1))).formula or ""
        return name

    @traitlets.observe("surface")
    def _move_start(self, change: Any) -> None:
        """Give up a start kept from another surface where the new surface is not finite there."""
        was_made = change["old"] == ""  # with the start that was given
        if was_made or self.surface in self._given or self.surface in catalogue.names():
            return
        x0, x1, y0, y1 = self.domain
        surface = catalogue.from_formula(self.surface, ((x0, x1), (y0, y1)))
        if not all(map(math.isfinite, surface.at(*self.start))):
            self.start = surface.start

    @traitlets.validate("domain")
    def _check_domain(self, proposal: Any) -> tuple[float, ...]:
        x0, x1, y0, y1 = proposal["value"]
        checked_domain(((x0, x1), (y0, y1)))
        return x0, x1, y0, y1

    @traitlets.validate("start")
    def _check_start(self, proposal: Any) -> tuple[float, float]:
        return checked_point("start", proposal["value"])

    @traitlets.validate("steps")
    def _check_steps(self, proposal: Any) -> int:
        return checked_steps(proposal["value"])

    @traitlets.validate("optimizers")
    def _check_optimizers(self, proposal: Any) -> list[str]:
        specs: list[str] = proposal["value"]
        if not specs:
            raise must("optimizers", "at least one optimizer", specs)
        for spec in specs:
            as_rule(spec, self._rules)
        return specs

    @property
    def _surface(self) -> Surface:
        """The surface that is shown."""
        if self.surface in self._given:
            return self._given[self.surface]
        if self.surface in catalogue.names():
            return catalogue.get(self.surface)
        x0, x1, y0, y1 = self.domain
        return catalogue.from_formula(self.surface, ((x0, x1), (y0, y1)), self.start)

    @property
    def trajectories(self) -> list[Trajectory]:
        """The runs that are shown, computed in Python.

        Without noise they are the same numbers, bit for bit in an engine that uses the platform's
        mathematics; noise has the same size but other numbers there.
        """
        surface = self._surface
        runners = [
            tune(surface, rule, self.start, self.steps) if lacks_rate(spec) else rule
            for spec, rule in ((spec, as_rule(spec, self._rules)) for spec in self.optimizers)
        ]
        return race(surface, runners, self.start, self.steps, noise=self.noise, seed=self.seed)

    def _page(self) -> str:
        name = self.surface if self.surface in (*self._given, *catalogue.names()) else ""
        state = {
            "surface": name,
            "formula": "" if name else self.surface,
            "specs": self.optimizers,
            "starts": [self.start],
            "steps": self.steps,
            "at": self.frame,
            "noise": self.noise,
            "seed": self.seed,
            "language": self.language,
        }
        if not name:
            state["domain"] = self.domain
        return page_text(list(self._given.values()), state, self._kinds)

    def embed(self, height: int = 900) -> Any:
        """The explorer as an HTML frame that works offline, also in a saved or exported notebook.

        Parameters
        ----------
        height : int
            In pixels.
        """
        from IPython.display import HTML

        source = html.escape(self._page())
        show: Any = HTML
        return show(
            f'<div><iframe srcdoc="{source}" title="optviz explorer" width="100%" '
            f'height="{int(height)}" style="border:0"></iframe></div>'
        )

    def save(self, path: str | Path) -> Path:
        """Write what is on screen as one HTML file; see `optviz.page`."""
        target = files.check_writable(path, (".html",))
        with files.replacing(target) as stream:
            stream.write(self._page().encode())
        return target


def explore(
    surface: Surface | str = "himmelblau",
    optimizers: Sequence[Optimizer | str] = CLASSICS,
    *,
    start: Any = None,
    steps: int | None = None,
    noise: float = 0.0,
    seed: int = 0,
    language: str = "en",
) -> Explorer:
    """Explore in a notebook: drag the start, move every slider; all of it runs in the browser.

    Parameters
    ----------
    surface : Surface or name
        A user's own too; the catalogue is there to choose from.
    optimizers : sequence of Optimizer, name or spec
        A name or a spec without ``lr`` is tuned. Classes of the user's own work too.
    start, steps, noise, seed
        As in `race`.
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
    count = shown.steps if steps is None else checked_steps(steps)
    return Explorer(
        besides_catalogue(shown), kinds, surface=shown.name, optimizers=specs, steps=count,
        frame=count, start=checked_point("start", shown.start if start is None else start),
        noise=noise, seed=seed, language=language,
    )  # fmt: skip
