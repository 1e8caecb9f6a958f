"""Films in one call: `animate` a race of optimizers, or a scenario by its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from optviz import scenarios
from optviz.animation.checks import check_poster
from optviz.animation.film import SECONDS, Animation
from optviz.descent import CLASSICS, checked_steps, race, with_turned
from optviz.export.clock import LONGEST, Clock
from optviz.optimizers import Optimizer
from optviz.records.trajectory import Trajectory
from optviz.scenarios import Scenario
from optviz.scene.panels.turned import Turned
from optviz.scene.views import SceneSpec, Views
from surfaces.errors import must
from surfaces.surface import Surface

SLOW_VIEWS, SLOW_STEPS = ("contour", "anatomy"), 8  # of a film that explains each step


def animate(
    surface: Surface | str,
    optimizers: Sequence[Optimizer | str] = CLASSICS,
    *,
    start: Any = None,
    starts: Sequence[Any] | None = None,
    steps: int | None = None,
    views: Views | None = None,
    fps: float = 20,
    seconds: float | None = None,
    size: tuple[int, int] = (800, 400),
    theme: str = "light",
    language: str = "en",
    lr: str = "tuned",
    noise: float = 0.0,
    seed: int = 0,
    labels: Sequence[str] | None = None,
    slow: bool = False,
    title: str | None = None,
    caption: str | None = None,
    once: bool = False,
    poster: str | int | None = None,
    names: str = "auto",
    cmap: str | None = None,
    apart: int = 1,
) -> Animation:
    """Race optimizers over a surface and film it.

    Parameters
    ----------
    surface : Surface or name
    optimizers : sequence of Optimizer, name or spec
    start, starts, steps, lr, noise, seed, labels
        As in `race`.
    views : sequence of str, optional
        Panels from left to right: names of ``optviz.scene.PANELS``, or subclasses of
        ``optviz.scene.Panel``. Contour and loss unless given.
    fps, seconds : float
        Frames a second and length of the moving part (6 s unless given); the last frame is held
        1.5 s more.
    size, theme, language, names, cmap, apart
        As in `optviz.scene.Scene`.
    slow : bool
        Walk through each step of one optimizer (`apart`): its gradient, the rule line by line, then
        the move. Unless given, ``views`` are contour and anatomy, ``steps`` 8 and ``seconds`` 6 a
        step.
    title : str, optional
        Instead of the surface's.
    caption : str, optional
        The sentence at the foot, "" for none. Unless given, what is measured from the runs.
    once : bool
        Play once; else the film begins again for ever.
    poster : "last" or int, optional
        The last frame, or that after so many steps, comes first, for one frame: it stands for the
        film where nothing plays it.

    Returns
    -------
    Animation
        ``.save("film.gif")`` writes it; a notebook shows it.

    Raises
    ------
    InputError
        An unknown name, or a value that is not allowed.

    Examples
    --------
    >>> animate("himmelblau", ["gd:lr=0.01", "adam:lr=0.1"], seconds=2).save("race.gif")
    PosixPath('race.gif')
    """
    if slow:
        views = SLOW_VIEWS if views is None else views
        steps = SLOW_STEPS if steps is None else checked_steps(steps)
        seconds = _time_for(steps) if seconds is None else seconds
    clock = Clock(fps, SECONDS if seconds is None else seconds, once=once)
    spec = SceneSpec(
        size, theme, language, Trajectory, views, title, slow,
        caption=caption, names=names, cmap=cmap, apart=apart,
    )  # fmt: skip
    check_poster(poster)
    runs = race(
        surface,
        optimizers,
        start,
        steps,
        lr=lr,
        noise=noise,
        seed=seed,
        starts=starts,
        labels=labels,
    )
    return _film(runs, clock, spec).with_poster(poster)


def _film(runs: Sequence[Trajectory], clock: Clock, spec: SceneSpec) -> Animation:
    """The film, its runs run again with the axes turned if it shows that."""
    if any(issubclass(panel, Turned) for panel in spec.panels):
        runs = with_turned(runs)
    return Animation.from_spec(runs, clock, spec)


def _time_for(steps: int) -> int:
    """Length in seconds of a film that explains each of its steps."""
    if steps * SECONDS > LONGEST:
        raise must("steps", f"at most {LONGEST // SECONDS} where each is explained", steps)
    return steps * SECONDS


def animate_scenario(
    scenario: Scenario | str,
    *,
    views: Views | None = None,
    fps: float = 20,
    seconds: float = 6,
    size: tuple[int, int] = (800, 400),
    theme: str = "light",
    language: str = "en",
    title: str | None = None,
    caption: str | None = None,
    once: bool = False,
    poster: str | int | None = None,
    names: str = "auto",
    cmap: str | None = None,
    apart: int = 1,
) -> Animation:
    """Film a scenario with its own surface, optimizers and start; see `optviz.scenarios`.

    Parameters
    ----------
    scenario : Scenario or str
        One of ``optviz.scenarios.names()``, or one of your own.
    views : sequence of str, optional
        The scenario's own panels unless given.
    title, caption : str, optional
        The scenario's own title and claim unless given.
    fps, seconds, size, theme, language, once, poster, names, cmap, apart
        As in `animate`.
    """
    scenario = scenarios.as_scenario(scenario)
    check_poster(poster)
    clock = Clock(fps, seconds, once=once)
    chosen = scenario.views if views is None else views
    spec = SceneSpec(size, theme, language, Trajectory, chosen, names=names, cmap=cmap, apart=apart)
    spec = replace(
        spec,
        title=scenario.title[language] if title is None else title,
        caption=scenario.claim[language] if caption is None else caption,
    )
    return _film(scenario.run(), clock, spec).with_poster(poster)
