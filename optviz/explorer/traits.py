"""The traits of the widget: what each may be, and what follows where one of them is set."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import anywidget
import traitlets

import surfaces as catalogue
from optviz.explorer import checks
from optviz.explorer.checks import CHECKS, is_off
from optviz.explorer.data import Contents, settings_of
from optviz.words import LANGUAGES
from surfaces.errors import FormulaError, InputError, must, unknown
from surfaces.surface import Surface

# What a new surface brings along, unless it was set by hand.
FOLLOWERS = frozenset({"starts", "steps", "frame", "window"})
# Two names of one thing.
FIRST_OF = {"start": "starts", "optimizers": "racers"}

_rate = checks.number("a tuned rate", "a finite number of at least 0", lambda rate: rate >= 0)


class RefusedError(InputError, traitlets.TraitError):
    """A value that a trait cannot have; traitlets then keeps all the values before."""


def _synced(kind: type[Any], *arguments: Any, **settings: Any) -> Any:
    return kind(*arguments, **settings).tag(sync=True)


@lru_cache(maxsize=64)
def _formula(text: str, domain: tuple[float, ...], start: Any = None) -> Surface:
    x0, x1, y0, y1 = domain
    return catalogue.from_formula(text, ((x0, x1), (y0, y1)), start)


class Traits(anywidget.AnyWidget):
    """See `Explorer`: what is set in Python, and what the page sends.

    What a surface, a lesson or a number of steps brings along is decided here where Python sets it,
    and in the page where it is changed there; the page then sends all of it as one message.
    """

    _esm = _synced(traitlets.Unicode)
    _css = _synced(traitlets.Unicode)
    surface = _synced(traitlets.Unicode)
    domain = _synced(traitlets.Any, (-5.0, 5.0, -5.0, 5.0))
    optimizers = _synced(traitlets.List, traitlets.Unicode())
    racers = _synced(traitlets.List, traitlets.Unicode())
    start = _synced(traitlets.Any, (0.0, 0.0))
    starts = _synced(traitlets.Any)
    steps = _synced(traitlets.Int, 200)
    frame = _synced(traitlets.CFloat, 0.0)
    playing = _synced(traitlets.Bool, False)
    speed = _synced(traitlets.CFloat, 1.0)
    noise = _synced(traitlets.CFloat, 0.0)
    seed = _synced(traitlets.Int, 0)
    language = _synced(traitlets.Enum, LANGUAGES, default_value="en")
    views = _synced(traitlets.Any)
    theme = _synced(traitlets.Enum, checks.THEMES, default_value="auto")
    letters = _synced(traitlets.Enum, ("usual", "large"), default_value="usual")
    window = _synced(traitlets.Any, None)
    camera = _synced(traitlets.Any, None)
    colouring = _synced(traitlets.Enum, ("optimizer", "minimum"), default_value="optimizer")
    basins = _synced(traitlets.Bool, False)
    selected = _synced(traitlets.Int, -1)
    lesson = _synced(traitlets.Unicode)
    # The rates that the page has found for racers without one; empty where they are still those
    # that `tune` finds for the traits as they are.
    _rates = _synced(traitlets.Any, ())

    _ready = _from_page = _unsure = False

    def __init__(self, known: Contents, by_hand: Sequence[str], **traits: Any) -> None:
        self._known = known
        self._by_hand: set[str] = set()
        self._together: set[str] = set()  # what the outermost `hold_sync` has set
        super().__init__(**traits)
        self._by_hand.update(by_hand)
        self._ready = True

    # Setting: one assignment is one message, with all that follows from it.

    def __setattr__(self, name: str, value: Any) -> None:
        if not (self._ready and self.has_trait(name) and self.trait_metadata(name, "sync")):
            super().__setattr__(name, value)
            return
        with self.hold_sync():
            self._together.add(FIRST_OF.get(name, name))
            super().__setattr__(name, value)
            self._by_hand.add(FIRST_OF.get(name, name))

    @contextmanager
    def hold_sync(self) -> Iterator[None]:
        """Set several traits, in any order; the page gets them together."""
        outermost = not self._holding_sync
        try:
            with super().hold_sync():
                yield
        finally:
            if outermost:
                self._together.clear()
        if outermost and self._unsure:
            self._unsure = False
            if problem := self._problem():
                warnings.warn(f"{problem} (the picture waits for this)", stacklevel=4)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the page sends. What is refused goes back to it, with the reason."""
        self._from_page = True
        try:
            super().set_state(sync_data)
        except traitlets.TraitError as problem:
            self.send_state([name for name in sync_data if name in self.keys])
            self.send({"refused": str(problem)})
        finally:
            self._from_page = False
        self._note_what_was_moved({FIRST_OF.get(name, name) for name in sync_data})

    def _note_what_was_moved(self, names: set[str]) -> None:
        """What the page leaves as it follows from the surface goes on following."""
        if names & {"surface", "domain"}:
            names = names | FOLLOWERS
        if not names & FOLLOWERS:
            return
        usual = self._usual()
        follows = {
            "starts": usual is not None and self.starts == [usual.start],
            "steps": usual is not None and self.steps == usual.steps,
            "frame": self.frame == self.steps,
            "window": self.window is None,
        }
        for name in names & FOLLOWERS:
            (self._by_hand.discard if follows[name] else self._by_hand.add)(name)

    # Checks.

    @traitlets.validate("surface", "racers", "optimizers", "lesson", "_rates", *CHECKS)
    def _check(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        try:
            return CHECKS[name](value) if name in CHECKS else getattr(self, f"_check_{name}")(value)
        except InputError as error:
            raise RefusedError(str(error)) from None

    def _check_surface(self, name: str) -> str:
        if name in self._known.surfaces:
            return name
        from surfaces.formula import canonical  # SymPy is loaded only for a user's formula

        return canonical(name)

    def _check_racers(self, specs: list[str]) -> list[str]:
        return checks.racers(specs, self._known.rules)

    def _check_optimizers(self, specs: list[str]) -> list[str]:
        if not specs and not all(map(is_off, self.racers)):
            raise must("optimizers", "at least one optimizer, or switched off in racers", specs)
        if any(map(is_off, specs)):
            raise must("optimizers", "those that run; others stand in racers", specs)
        return checks.racers(specs, self._known.rules) if specs else []

    def _check_lesson(self, name: str) -> str:
        if name and name not in self._known.lessons:
            raise unknown("lesson", name, self._known.lessons, "optviz list scenarios")
        return name

    def _check__rates(self, rates: Any) -> list[float | None]:
        return [None if rate is None else _rate(rate) for rate in rates]

    # What follows.

    @traitlets.observe("start", "starts", "racers", "optimizers")
    def _keep_equal(self, change: Any) -> None:
        """Of the two names of one thing the other one follows."""
        running = [spec for spec in self.racers if not is_off(spec)]
        if change["name"] == "start" and self.starts[0] != self.start:
            self.set_trait("starts", [self.start, *self.starts[1:]])
        elif change["name"] == "starts":
            self.set_trait("start", self.starts[0])
        elif change["name"] == "optimizers" and self.optimizers != running:
            self.set_trait("racers", self.optimizers)
        elif change["name"] == "racers":
            self.set_trait("optimizers", running)

    @traitlets.observe("surface", "domain", "racers", "starts", "steps")
    def _leave_rates(self, change: Any) -> None:
        """Rates that the page has found are no more those of the runs."""
        if self._ready and not self._from_page:
            self.set_trait("_rates", [])
            self._unsure = self._unsure or change["name"] in ("surface", "domain", "starts")

    @traitlets.observe("surface", "domain")
    def _take_along(self, change: Any) -> None:
        """A surface, or the window of a formula, brings its own start and steps."""
        if not self._ready or self._from_page or "lesson" in self._together:
            return
        if change["name"] == "surface":
            self.set_trait("lesson", "")
        elif self.surface in self._known.surfaces:
            return
        usual = self._usual()
        if usual is None:
            return
        if not all(math.isfinite(v) for at in self.starts for v in usual.at(*at)):
            self._by_hand -= {"starts"} - self._together  # a start kept from another surface
        if "starts" not in self._by_hand:
            self.set_trait("starts", [usual.start])
        if "steps" not in self._by_hand:
            self.set_trait("steps", usual.steps)
        if "window" not in self._by_hand:
            self.set_trait("window", None)
        self._stay_at_the_end(change)

    @traitlets.observe("steps")
    def _stay_at_the_end(self, change: Any) -> None:
        if self._ready and not self._from_page and "frame" not in self._by_hand:
            self.set_trait("frame", self.steps)

    @traitlets.observe("lesson")
    def _take_lesson(self, change: Any) -> None:
        """A lesson sets what belongs to it, except for what is set together with it."""
        if not self._ready or self._from_page or not self.lesson:
            return
        about = settings_of(self._known.lessons[self.lesson])
        settings = {name: about[name] for name in ("surface", "steps", "noise", "seed")} | {
            "racers": about["optimizers"],
            "starts": [about["start"], *about["furtherStarts"]],
            "window": None,
            "selected": -1,
            "colouring": "optimizer",
        }
        self._by_hand -= FOLLOWERS - self._together
        for name in settings.keys() - self._together:
            self.set_trait(name, settings[name])
        self._stay_at_the_end(change)

    # The surface that is shown.

    def _usual(self) -> Surface | None:
        """The surface with its own start, or None for a formula that has none in its window."""
        if self.surface in self._known.surfaces:
            return self._known.surfaces[self.surface]
        try:
            return _formula(self.surface, self.domain)
        except FormulaError:
            return None

    @property
    def _surface(self) -> Surface:
        """The surface with the start that is shown, which must be finite there."""
        if self.surface in self._known.surfaces:
            return self._known.surfaces[self.surface]
        try:
            return _formula(self.surface, self.domain, self.starts[0])
        except InputError:
            _formula(self.surface, self.domain)  # says more where it is finite nowhere
            raise

    def _problem(self) -> InputError | None:
        """Why the page cannot show what is set, or None."""
        try:
            surface = self._surface
        except InputError as error:
            return error
        for point in self.starts:
            if not all(map(math.isfinite, surface.at(*point))):
                return must("start", "a point where the surface and its slope are finite", point)
        return None
