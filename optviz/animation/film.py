"""Films: a sequence of pictures of a race or a training, made one at a time and saved to a file."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import IO, Any, overload

import numpy as np

from optviz import export
from optviz.animation.alt import describe
from optviz.animation.checks import check_output, check_poster, check_strip, checked_frame
from optviz.animation.in_figures import InFigures
from optviz.animation.moments import moments
from optviz.export.clock import Clock
from optviz.records.labels import labels
from optviz.records.record import Record
from optviz.scene import Scene
from optviz.scene.picture_spec import LARGEST, SMALLEST
from optviz.scene.scene import Pixels, checked_runs, measured_of
from optviz.scene.slow import MOVE
from optviz.scene.views import SceneSpec, Views
from optviz.words import joined
from surfaces.errors import InputError, must

SECONDS = 6  # of a film's moving part; where steps are explained, of each step
SAVED_WITH_NOTEBOOK = 500_000  # bytes
NAMED = 6  # runs in a film's repr


class Animation(InFigures):
    """A film of runs: frames by number, made when asked for.

    Parameters
    ----------
    trajectories : sequence of Trajectory, or of TrainingRecord
        On one surface, or of networks.
    clock : Clock
    views, size, theme, language, title, slow, moments, caption, names, cmap, apart
        As in `Scene`.

    Raises
    ------
    InputError
        No run, or runs that no picture has room for together: on two surfaces, or descents and
        trainings; or a value that no picture can have.

    Notes
    -----
    A film can be copied, pickled, and asked for frames by several threads, which then take turns.
    It is a sequence of its frames, as arrays; a slice of it is a film of those frames.

    Examples
    --------
    >>> film = animate("beale", ["gd", "adam"], steps=50, seconds=2)
    >>> film[10:20].save("part.gif")
    PosixPath('part.gif')

    Frames for other programs: ``imageio.mimsave("film.gif", film, duration=50)``, or of moviepy
    ``VideoClip(lambda t: film[min(int(20 * t), len(film) - 1)], duration=2)``.
    """

    def __init__(
        self,
        trajectories: Sequence[Record],
        clock: Clock | None = None,
        *,
        views: Views | None = None,
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
        runs = checked_runs(trajectories)
        kind = type(runs[0])
        spec = SceneSpec(
            size, theme, language, kind, views, title, slow, moments, caption, names, apart,
            cmap=cmap,
        )  # fmt: skip
        self._hold(runs, clock or Clock(), spec)

    @classmethod
    def from_spec(cls, trajectories: Sequence[Record], clock: Clock, spec: SceneSpec) -> Animation:
        """The film that a spec asks for."""
        film = cls.__new__(cls)
        film._hold(checked_runs(trajectories), clock, spec)
        return film

    def _hold(self, runs: list[Any], clock: Clock, spec: SceneSpec) -> None:
        self.trajectories, self.clock, self.spec = runs, clock, spec
        self.shrunk = ""  # what save() lowered to keep within max_size
        _ = self.scene  # so that runs that a panel cannot show are refused now

    @cached_property
    def scene(self) -> Scene:
        """The picture of the runs, drawn when first needed: copies and pickles do not hold it."""
        return Scene.from_spec(self.trajectories, self.spec)

    def __getstate__(self) -> dict[str, Any]:
        """Runs and settings; the drawing is left out, as it follows from them."""
        drawn = ("scene", "figure")
        return {key: value for key, value in vars(self).items() if key not in drawn}

    def __repr__(self) -> str:
        runs, (width, height) = labels(self.trajectories), self.spec.size
        more = [f"{len(runs) - NAMED} more"] if len(runs) > NAMED else []
        views = [view if isinstance(view, str) else view.__name__ for view in self.spec.views or ()]
        return (
            f"<Animation of {self.trajectories[0].heading('en')[0]}: "
            f"{', '.join([*runs[:NAMED], *more])}; {', '.join(views)}; "
            f"{len(self)} frames of {width}x{height}>"
        )

    def __len__(self) -> int:
        """Number of frames."""
        return len(self.clock)

    def frame(self, i: int) -> Pixels:
        """Frame ``i`` (negative from the end), uint8 (height, width, 3).

        Steps are spread evenly over the frames; between two steps heads are between two points.
        """
        return np.ascontiguousarray(self.rgba(checked_frame(i, len(self)))[:, :, :3])

    def rgba(self, i: int) -> Pixels:
        """Frame ``i`` as the renderer holds it, uint8 (height, width, 4): what writers take."""
        return self.scene.picture(self.clock.progress(i % len(self)) * self.scene.steps)

    @overload
    def __getitem__(self, i: int) -> Pixels: ...
    @overload
    def __getitem__(self, i: slice) -> Animation: ...
    def __getitem__(self, i: int | slice) -> Pixels | Animation:
        """A frame, or the film of a slice of the frames: it can be saved, and be run backwards."""
        if isinstance(i, slice):
            if i.step == 0:
                raise must("slice", "in steps that are not 0", i)
            return self._timed(self.clock.excerpt(range(len(self))[i]))
        try:
            return self.frame(i)
        except InputError as error:  # Python's iteration ends by it
            raise (IndexError if isinstance(i, (int, np.integer)) else TypeError)(error) from None

    def __iter__(self) -> Iterator[Pixels]:
        return (self.frame(i) for i in range(len(self)))

    @overload
    def save(
        self, path: str | Path, *, format: str | None = None, max_size: str | int | None = None,
        progress: bool = False,
    ) -> Path: ...  # fmt: skip
    @overload
    def save(
        self, path: IO[bytes], *, format: str, max_size: str | int | None = None,
        progress: bool = False,
    ) -> None: ...  # fmt: skip
    def save(
        self, path: export.Target, *, format: str | None = None,
        max_size: str | int | None = None, progress: bool = False,
    ) -> Path | None:  # fmt: skip
        """Write the film; the suffix decides the kind of file.

        Parameters
        ----------
        path : str, Path or stream of bytes
            Ends in one of ``optviz.export.WRITERS``, or in ``.html`` for the explorer's page of
            these runs. PNG, PDF and SVG show the last frame.
        format : str
            Of a stream, such as ``io.BytesIO()``, the kind of file: "gif".
        max_size : str or int, optional
            The most that a GIF may take, as in "500kB": frames a second, then colours, then pixels
            are lowered until it fits. `shrunk` says what was.
        progress : bool
            Show a bar on stderr.

        Raises
        ------
        InputError
            Unknown suffix or format, a path that cannot be written, a rate the kind of file cannot
            keep, or a size that cannot be kept.
        """
        from tqdm import tqdm

        still = self.spec.moments is not None
        suffix = check_output(
            path, self.clock, max_size, still=still, record=self.spec.record, format=format
        )
        with tqdm(total=len(self), unit="frame", leave=False, disable=not progress) as bar:
            if suffix == ".html":
                from optviz.explorer.recorded import save_page

                save_page(self.trajectories, path, self.spec)
            elif max_size is None:
                export.save(self, path, bar.update, format=format)
            else:
                self.shrunk = export.save_within(self, path, max_size, bar.update, format=format)
        return Path(path) if isinstance(path, (str, Path)) else None

    def strip(self, n: int, size: tuple[int, int] | None = None) -> Animation:
        """A still picture of ``n`` moments side by side, from the start to the end, for print.

        The moments are whole steps between which the runs go equally far (`moments`).

        Parameters
        ----------
        n : int
            At least 2.
        size : (int, int), optional
            Of the whole picture. Unless given, it grows with ``n`` and with the number of views,
            each of which is a row.

        Returns
        -------
        Animation
            Of one frame: save it as PNG, PDF or SVG.
        """
        check_strip(n)
        wide, tall = (520, 380) if self.scene.style.takes_apart else (280, 280)
        grown = min(n * wide, LARGEST), len(self.spec.panels) * tall + 60
        spec = replace(self.spec, size=size or grown, moments=moments(self.trajectories, n))
        return Animation.from_spec(self.trajectories, Clock(1, 1), spec)

    def with_poster(self, poster: str | int | None) -> Animation:
        """The film with one frame more before all others; itself if None.

        Parameters
        ----------
        poster : "last", int or None
            The last frame, or that after so many steps.
        """
        check_poster(poster)
        if poster is None:
            return self
        steps = self.scene.steps
        if poster != "last" and int(poster) > steps:
            raise must("poster", f"'last' or a step from 0 to {steps}", poster)
        step = steps if poster == "last" else int(poster)
        # In a slow film the moment at which the step is explained.
        share = min((step + (1 - MOVE if self.spec.slow else 0)) / max(steps, 1), 1.0)
        return self._timed(replace(self.clock, poster=share))

    def _timed(self, clock: Clock) -> Animation:
        """The same pictures at other times."""
        film = copy(self)
        film.clock, film.shrunk, film.scene = clock, "", self.scene
        return film

    def coarser(self, rate: float, scale: float) -> Animation | None:
        """The same film with fewer frames and pixels; None if it would have too few to be seen."""
        width, height = (round(side * scale) for side in self.spec.size)
        if min(width, height) < SMALLEST or (rate < 1 and self.clock.fps * rate < 4):
            return None
        clock = replace(self.clock, fps=round(self.clock.fps * rate, 2))
        spec = replace(self.spec, size=(width, height))
        return Animation.from_spec(self.trajectories, clock, spec)

    @cached_property
    def alt(self) -> str:
        """The alternative text: the film in sentences, for those who cannot see it."""
        language = self.spec.language
        measured = measured_of(self.trajectories, self.spec)
        sentences = [self.spec.caption, describe(self.trajectories, language, measured)]
        # Spaces at which no line may end are for pictures.
        return joined(filter(None, sentences), language).replace("\N{NO-BREAK SPACE}", " ")

    def draw_still(self, stream: IO[bytes], kind: str) -> None:
        """The last frame as "pdf" or "svg"."""
        at = self.clock.progress(len(self) - 1) * self.scene.steps
        self.scene.draw_still(stream, kind, self.alt, at)

    def _repr_mimebundle_(self, **kinds: Any) -> dict[str, str]:
        """The film as a notebook shows and keeps it: a GIF of at most 500 kB.

        A film that cannot be made that small shows its last frame, and a strip is one. Where
        there is no HTML, every film is its last frame.
        """
        if self.spec.moments is None:
            stream = io.BytesIO()
            try:
                export.shrink.write(self, stream, lambda frames: None, SAVED_WITH_NOTEBOOK)
                return export.notebook(self, stream.getvalue())
            except InputError:
                pass  # too large at its smallest
        return export.notebook(self)
