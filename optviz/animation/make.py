"""From a surface and optimizers, or a lesson, to a film in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from optviz import scenarios
from optviz.animation.film import SECONDS, Animation
from optviz.descent import CLASSICS, checked_steps, race
from optviz.export.clock import LONGEST, Clock
from optviz.optimizers import Optimizer
from optviz.records.trajectory import Trajectory
from optviz.scene.views import SceneSpec
from surfaces.errors import must
from surfaces.surface import Surface

SLOW_VIEWS, SLOW_STEPS = ("contour", "anatomy"), 8  # where each step is explained


def animate(
    surface: Surface | str,
    optimizers: Sequence[Optimizer | str] = CLASSICS,
    *,
    start: Any = None,
    steps: int | None = None,
    views: Sequence[str] | None = None,
    fps: float = 20,
    seconds: float | None = None,
    size: tuple[int, int] = (800, 400),
    theme: str = "light",
    language: str = "en",
    lr: str = "tuned",
    noise: float = 0.0,
    seed: int = 0,
    slow: bool = False,
) -> Animation:
    """Race optimizers over a surface and film it.

    Parameters
    ----------
    surface : Surface or name
    optimizers : sequence of Optimizer, name or spec
    start, steps, lr, noise, seed
        As in `race`.
    views : sequence of str, optional
        Panels from left to right: names of ``optviz.scene.PANELS``. Contour and loss unless given.
    fps, seconds : float
        Frames a second and length of the moving part (6 s unless given); the last frame is held
        1.5 s more.
    size : (int, int)
        Width and height in pixels.
    theme : {"light", "dark", "print"}
    language : {"en", "zh"}
    slow : bool
        Walk through each step of the first optimizer: its gradient, the rule line by line, then
        the move. Unless given, ``views`` are contour and anatomy, ``steps`` 8 and ``seconds`` 6 a
        step.

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
    if views is None and slow:
        views = SLOW_VIEWS
    if slow:
        steps = SLOW_STEPS if steps is None else checked_steps(steps)
    if seconds is None:
        seconds = SECONDS * steps if slow and steps else SECONDS
        if seconds > LONGEST:
            raise must("steps", f"at most {LONGEST // SECONDS} where each is explained", steps)
    clock = Clock(fps, seconds)
    spec = SceneSpec(size, theme, language, Trajectory, views, slow=slow)
    runs = race(surface, optimizers, start, steps, lr=lr, noise=noise, seed=seed)
    return Animation.from_spec(runs, clock, spec)


def animate_scenario(
    name: str,
    *,
    views: Sequence[str] | None = None,
    fps: float = 20,
    seconds: float = 6,
    size: tuple[int, int] = (800, 400),
    theme: str = "light",
    language: str = "en",
) -> Animation:
    """Film a named lesson with its own settings; see `optviz.scenarios`.

    Parameters
    ----------
    name : str
        One of ``optviz.scenarios.names()``.
    views : sequence of str, optional
        The scenario's own panels unless given.
    fps, seconds, size, theme, language
        As in `animate`.
    """
    scenario = scenarios.get(name)
    clock = Clock(fps, seconds)
    spec = SceneSpec(size, theme, language, Trajectory, views or scenario.views)
    spec = replace(spec, title=scenario.title[language])
    return Animation.from_spec(scenario.run(), clock, spec, claim=scenario.claim[language])
