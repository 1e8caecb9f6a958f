"""Maps of runs as users hold them: records that can be drawn, filmed and saved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optviz.export.clock import Clock
from optviz.records.basin_map import BasinRecord
from optviz.records.basin_series import SeriesRecord
from optviz.records.map_record import MapRecord
from optviz.scene.views import SceneSpec

if TYPE_CHECKING:
    from optviz.animation import Animation

A_SECOND, STILL = 10, Clock(1, 1)  # maps of a series; a picture of one moment


class Drawable(MapRecord):
    """The part of a map, or of a series of maps, that makes pictures of it."""

    def plot(
        self,
        *beside: Drawable,
        size: tuple[int, int] = (800, 400),
        theme: str = "light",
        language: str = "en",
        title: str | None = None,
        caption: str | None = None,
    ) -> Animation:
        """The map as a picture, with others ``beside`` it; of a series the last one.

        Parameters
        ----------
        *beside : BasinMap
            Of other optimizers, on the same surface, window and number of steps.
        size, theme, language, title, caption
            As in `optviz.animate`.

        Returns
        -------
        Animation
            Of one frame: ``.save("basins.png")``; a notebook shows it.

        Raises
        ------
        InputError
            Maps that are no neighbours, or a value that no picture can have.
        """
        from optviz.animation import Animation

        spec = SceneSpec(size, theme, language, type(self), title=title, caption=caption)
        return Animation.from_spec([self, *beside], STILL, spec)

    def animate(
        self,
        *beside: Drawable,
        fps: float = 20,
        seconds: float | None = None,
        size: tuple[int, int] = (800, 400),
        theme: str = "light",
        language: str = "en",
        title: str | None = None,
        caption: str | None = None,
        once: bool = False,
        poster: str | int | None = None,
    ) -> Animation:
        """The film: a pixel of a map appears once its run has arrived or diverged.

        Of a series each map is a frame, ten a second unless ``seconds`` says otherwise.

        Parameters
        ----------
        *beside : BasinMap
            As in `plot`.
        fps, seconds, size, theme, language, title, caption, once, poster
            As in `optviz.animate`.

        Returns
        -------
        Animation
            ``.save("basins.gif")`` writes it; a notebook shows it.
        """
        from optviz.animation import Animation
        from optviz.animation.film import SECONDS

        if seconds is None:
            seconds = (len(self) + 1) / A_SECOND if self.readings else SECONDS
            fps = min(fps, A_SECOND) if self.readings else fps
        spec = SceneSpec(size, theme, language, type(self), title=title, caption=caption)
        clock = Clock(fps, seconds, once=once)
        return Animation.from_spec([self, *beside], clock, spec).with_poster(poster)

    def save(self, path: str | Path, **options: Any) -> Path:
        """Write a picture (``.png``, ``.pdf``, ``.svg``) or a film, as the suffix says.

        ``options`` are those of `animate`.
        """
        return self.animate(**options).save(path)


@dataclass(frozen=True, eq=False, repr=False)
class BasinMap(Drawable, BasinRecord):
    __doc__ = BasinRecord.__doc__


@dataclass(frozen=True, eq=False, repr=False)
class BasinSeries(Drawable, SeriesRecord):
    __doc__ = SeriesRecord.__doc__
