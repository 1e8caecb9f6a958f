"""A film: the pictures of a race or a training in time, and the files it is saved to."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import numpy as np

from optviz import export, files
from optviz.animation.alt import describe
from optviz.export.clock import Clock
from optviz.records.training import TrainingRecord
from optviz.records.trajectory import Trajectory
from optviz.scene import Scene
from optviz.scene.scene import LARGEST, SMALLEST, Pixels
from surfaces.errors import InputError, must, shown
from surfaces.surface import Surface

SECONDS = 6  # of a film's moving part; where steps are explained, of each step
MOST_STILLS = 12
SAVED_WITH_NOTEBOOK = 500_000  # bytes


class Animation:
    """A film of runs: frames by number, made when asked for.

    Parameters
    ----------
    trajectories : sequence of Trajectory, or of Learning
        On one surface, or of networks.
    views, size, theme, language
        As in `Scene`.
    clock : Clock
    claim : str
        A sentence that begins the film's words.

    Raises
    ------
    InputError
        No run, or runs that no picture has room for together: on two surfaces, or descents and
        trainings.

    Notes
    -----
    A film can be copied, pickled, and asked for frames by several threads, which then take turns.
    """

    def __init__(
        self,
        trajectories: Sequence[Trajectory] | Sequence[TrainingRecord],
        clock: Clock | None = None,
        *,
        claim: str = "",
        **looks: Any,
    ) -> None:
        self.trajectories: list[Any] = checked_runs(trajectories)
        self.clock = clock or Clock()
        self.claim = claim  # what a scenario says, before how its runs ended
        self._looks = looks
        self.shrunk = ""  # what save() had to lower to keep a size
        _ = self.scene  # looks that are none are refused now

    @cached_property
    def scene(self) -> Scene:
        """The picture; drawn anew by whoever unpickles or copies the film."""
        return Scene(self.trajectories, **self._looks)

    def __getstate__(self) -> dict[str, Any]:
        """Runs and settings, of which everything that is drawn follows."""
        return {key: value for key, value in vars(self).items() if key != "scene"}

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
            Ends in one of ``optviz.export.WRITERS``, or in ``.html`` for the explorer's page of the
            same race. PNG, PDF and SVG show the last frame.
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

        still = self.scene.moments is not None
        page = isinstance(self.trajectories[0], Trajectory)
        target = check_output(path, self.clock, max_size, still=still, page=page)
        if target.suffix.lower() == ".html":
            return self._page(target)
        with tqdm(total=len(self), unit="frame", leave=False, disable=not progress) as bar:
            if max_size is None:
                return export.save(self, path, bar.update)
            self.shrunk = export.save_within(self, path, max_size, bar.update)
        return Path(path)

    def _page(self, path: Path) -> Path:
        """The same race in the explorer, as one HTML file."""
        from optviz.explorer import explore

        first = self.trajectories[0]
        runners = [run.optimizer for run in self.trajectories]
        x, y = first.points[0].tolist()
        return explore(
            first.surface, runners, start=(x, y), steps=self.scene.steps, noise=first.noise,
            seed=first.seed, language=self.scene.look.language,
        ).save(path)  # fmt: skip

    def strip(self, n: int, size: tuple[int, int] | None = None) -> Animation:
        """Stills of ``n`` moments side by side, for print: from the start to the end.

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
        moments = np.linspace(0, self.scene.steps, n).tolist()
        wide, tall = (520, 380) if self.scene.look.taken_apart else (280, 280)
        grown = min(n * wide, LARGEST), len(self.scene.panels) * tall + 60
        looks = self._looks | {"size": size or grown, "moments": moments}
        return Animation(self.trajectories, Clock(1, 1), claim=self.claim, **looks)

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

    def _repr_mimebundle_(self, **kinds: Any) -> dict[str, str]:
        """What a notebook shows, and keeps when it is saved: a GIF of at most 500 kB.

        A film that cannot be made that small shows its last frame, and a strip is one. Where
        there is no HTML, every film is its last frame.
        """
        if self.scene.moments is None:
            stream = io.BytesIO()
            try:
                export.shrink.write(self, stream, lambda frames: None, SAVED_WITH_NOTEBOOK)
                return export.notebook(self, stream.getvalue())
            except InputError:
                pass  # too large at its smallest
        return export.notebook(self)


def checked_runs(runs: Any) -> list[Any]:
    """The runs as a list, if one picture can show them all; or an `InputError`."""
    found: list[Any] = list(runs) if isinstance(runs, Iterable) else [runs]
    kinds = [
        kind for kind in (Trajectory, TrainingRecord) if all(isinstance(r, kind) for r in found)
    ]
    if len(kinds) != 1:  # of no runs every kind is true
        raise must("trajectories", "at least one run, all descents or all trainings", runs)
    if kinds == [Trajectory]:
        first = found[0].surface
        for run in found:
            if not _is_on(run, first):
                # Surfaces of the user's own often have one name.
                alike = run.surface.name == first.name
                given = " and ".join(shown(s) if alike else s.name for s in (first, run.surface))
                raise InputError(f"trajectories must be runs on one surface; not {given}")
    return found


def _is_on(run: Trajectory, surface: Surface) -> bool:
    """Whether a run went over this function, in whatever window.

    A function without a formula may have come out of a pickle, as another object: then the values
    along the run tell.
    """
    own = run.surface
    if own is surface or (own.formula is not None and own.formula == surface.formula):
        return True
    near = 1e-9 * float(np.nanmax(np.abs(run.values), initial=0.0))
    return np.allclose(surface.value(run.points), run.values, 1e-6, near, equal_nan=True)


def check_output(
    path: str | Path, clock: Clock, max_size: str | int | None = None, *, still: bool = False,
    page: bool = True,
) -> Path:  # fmt: skip
    """The path, if `Animation.save` can write there; see `optviz.export.check`.

    ``page``: whether the runs can be shown by the explorer.
    """
    if Path(path).suffix.lower() != ".html" or still or max_size is not None or not page:
        return export.check(path, clock, max_size, still=still)
    return files.check_writable(path, (".html",))


def check_strip(n: Any) -> None:
    """Refuse a number of stills that no strip has."""
    if not (isinstance(n, int) and 2 <= n <= MOST_STILLS):
        raise must("strip", f"a whole number from 2 to {MOST_STILLS}", n)
