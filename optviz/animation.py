"""animate(): the front door for pictures that move."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import numpy as np

from optviz import export, scenarios
from optviz.clock import Clock
from optviz.descent import FIVE, race
from optviz.describe import describe
from optviz.optimizers import Optimizer
from optviz.scene import Scene
from optviz.scene.scene import SMALLEST, Pixels, check_looks
from optviz.trajectory import Trajectory
from surfaces.errors import must
from surfaces.surface import Surface


class Animation:
    """A film of trajectories: frames by number, made when asked for.

    Parameters
    ----------
    trajectories : sequence of Trajectory
        On one surface.
    views, size, theme, language
        As in `Scene`.
    clock : Clock
    claim : str
        A sentence that begins the film's words.
    """

    def __init__(
        self,
        trajectories: Sequence[Trajectory],
        clock: Clock | None = None,
        *,
        claim: str = "",
        **looks: Any,
    ) -> None:
        self.trajectories = list(trajectories)
        self.clock = clock or Clock()
        self.claim = claim  # what a scenario says, before how its runs ended
        self._looks = looks
        self.scene = Scene(self.trajectories, **looks)
        self.shrunk = ""  # what save() had to lower to keep a size

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.clock)

    def frame(self, i: int) -> Pixels:
        """Frame ``i`` (negative from the end), uint8 (height, width, 3).

        Steps are spread evenly over the frames; between two steps heads are on their way.
        """
        if not -len(self) <= i < len(self):
            raise must("frame", f"from {-len(self)} to {len(self) - 1}", i)
        return np.ascontiguousarray(self.rgba(i)[:, :, :3])

    def rgba(self, i: int) -> Pixels:
        """Frame ``i`` as the renderer holds it, uint8 (height, width, 4): what writers take."""
        return self.scene.picture(self.clock.progress(i % len(self)) * self.scene.steps)

    def __getitem__(self, i: int) -> Pixels:
        if not -len(self) <= i < len(self):  # how Python's iteration learns of the end
            raise IndexError(i)
        return self.frame(i)

    def __iter__(self) -> Iterator[Pixels]:
        return (self.frame(i) for i in range(len(self)))

    def save(
        self, path: str | Path, *, max_size: str | int | None = None, progress: bool = False
    ) -> Path:
        """Write the film; the suffix decides the kind of file.

        Parameters
        ----------
        path : str or Path
            Ends in one of ``optviz.export.WRITERS``. PNG, PDF and SVG show the last frame.
        max_size : str or int, optional
            The most that a GIF may take, as in "500kB": frames a second, then colours, then pixels
            are lowered until it fits. `shrunk` says what was.
        progress : bool
            Show a bar on stderr.

        Raises
        ------
        InputError
            Unknown suffix, a place that cannot be written, a rate the kind of file cannot keep, or
            a size that cannot be kept.
        """
        from tqdm import tqdm

        with tqdm(total=len(self), unit="frame", leave=False, disable=not progress) as bar:
            if max_size is None:
                return export.save(self, path, bar.update)
            self.shrunk = export.save_within(self, path, max_size, bar.update)
        return Path(path)

    def coarser(self, rate: float, scale: float) -> Animation | None:
        """The same film with fewer frames and pixels; None where nothing would be seen."""
        width, height = (round(side * scale) for side in (self.scene.width, self.scene.height))
        if min(width, height) < SMALLEST or (rate < 1 and self.clock.fps * rate < 4):
            return None
        clock = Clock(round(self.clock.fps * rate, 2), self.clock.seconds, self.clock.hold)
        return Animation(
            self.trajectories, clock, claim=self.claim, **(self._looks | {"size": (width, height)})
        )

    @cached_property
    def alt(self) -> str:
        """What is seen, in words."""
        return f"{self.claim} {describe(self.trajectories, self.scene.look.language)}".lstrip()

    def draw_still(self, stream: IO[bytes], kind: str) -> None:
        """The last frame as "pdf" or "svg"."""
        self.scene.draw_still(stream, kind, self.alt)

    @cached_property
    def _gif(self) -> bytes:
        stream = io.BytesIO()
        export.WRITERS[".gif"](self, stream, lambda frames: None)
        return stream.getvalue()

    def _repr_html_(self) -> str:
        data = base64.b64encode(self._gif).decode()
        return f'<img src="data:image/gif;base64,{data}" width="{self.scene.width}">'


def animate(
    surface: Surface | str,
    optimizers: Sequence[Optimizer | str] = FIVE,
    *,
    start: Any = None,
    steps: int | None = None,
    views: Sequence[str] = ("contour", "loss"),
    fps: float = 20,
    seconds: float = 6,
    size: tuple[int, int] = (800, 400),
    theme: str = "light",
    language: str = "en",
    lr: str = "tuned",
    noise: float = 0.0,
    seed: int = 0,
) -> Animation:
    """Race optimizers over a surface and film it.

    Parameters
    ----------
    surface : Surface or name
    optimizers : sequence of Optimizer, name or spec
    start, steps, lr, noise, seed
        As in `race`.
    views : sequence of str
        Panels from left to right: names of ``optviz.scene.PANELS``.
    fps, seconds : float
        Frames a second and length of the moving part; the last frame is held 1.5 s more.
    size : (int, int)
        Width and height in pixels.
    theme : {"light", "dark", "print"}
    language : {"en", "zh"}

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
    clock = Clock(fps, seconds)
    check_looks(views, size, theme, language)
    runs = race(surface, optimizers, start, steps, lr=lr, noise=noise, seed=seed)
    return Animation(runs, clock, views=views, size=size, theme=theme, language=language)


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
    check_looks(views or scenario.views, size, theme, language)
    return Animation(
        scenario.run(), clock, claim=scenario.claim[language], title=scenario.title[language],
        views=views or scenario.views, size=size, theme=theme, language=language,
    )  # fmt: skip
