"""The base classes of panels: a background drawn once, and artists that move over it."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.markers import MarkerStyle
from matplotlib.transforms import IdentityTransform

from optviz.records.record import Record
from optviz.scene.panels.edge_marks import EdgeMarks
from optviz.scene.picture_spec import PictureSpec
from optviz.scene.themes import Theme
from optviz.words import say
from surfaces.surface import Floats

if TYPE_CHECKING:
    from typing_extensions import TypeVar  # every type checker has it: a default, for Panel alone

    R = TypeVar("R", bound=Record, default=Any)
else:
    from typing import TypeVar

    R = TypeVar("R", bound=Record)

LINE = 0.16  # a trail's width in heights of the text
HEAD, RING = 0.75, 0.2  # a head's size in heights of the text, and its growth a head on it


@dataclass(frozen=True)
class PictureStyle:
    """The settings that all panels of a picture share.

    Attributes
    ----------
    spec : PictureSpec
    unit : float
        Height of the text in pixels: every width and size is a multiple of it.
    marks : sequence of (str, str)
        Colour and head shape of each run.
    takes_apart : bool
        Whether a panel of the picture takes a step apart.
    variants : sequence of int
        How many runs of its class stand before each run.
    names : sequence of str
        What is written at the head of each run; none where nothing is.
    names_need_room : bool
        Whether a panel too small for the names shows none.
    apart : int
        The index of the run that is taken apart.
    """

    spec: PictureSpec
    unit: float
    marks: Sequence[tuple[str, str]]
    takes_apart: bool = False
    variants: Sequence[int] = ()
    names: Sequence[str] = ()
    names_need_room: bool = True
    apart: int = 0

    @property
    def theme(self) -> Theme:
        """The picture's colours."""
        return self.spec.colours

    def say(self, word: str, **numbers: object) -> str:
        """The text of a word of the catalogue in the picture's language."""
        return say(word, self.spec.language, **numbers)


class Panel(ABC, Generic[R]):
    """One view of the runs; it draws them and never runs an optimizer.

    A subclass draws its background in `__init__` and yields the moving artists in `artists_at`.

    Attributes
    ----------
    aspect : float or None
        Width over height; None: the panel takes what the others leave.
    room : float
        The share of the picture's width that is left for it at least.
    takes_apart : bool
        Whether it takes a step apart: other panels then show that step's arrows.
    record_kind : {"descent", "training", "measurement", "landscape", "matching", "basins"}
        The `kind` of records that it shows, for `optviz.register`.
    """

    aspect: ClassVar[float | None] = None
    room: ClassVar[float] = 0.38
    takes_apart: ClassVar[bool] = False
    record_kind: ClassVar[str] = "descent"

    def __init__(self, axes: Axes, runs: Sequence[R], style: PictureStyle) -> None:
        self.axes, self.runs, self.style = axes, runs, style

    @classmethod
    def wanted_aspect(cls, runs: Sequence[R]) -> float | None:
        """Width over height that suits these runs; None: what the other panels leave."""
        return cls.aspect

    @abstractmethod
    def artists_at(self, at: float, revealed: float = 1.0) -> Iterator[Artist]:
        """The artists of a moment, lowest first.

        Parameters
        ----------
        at : float
            Counts steps, and may lie between two.
        revealed : float
            How much of the coming step has been explained, 0 to 1; only panels that take a step
            apart use it.
        """

    def settled(self, at: float) -> int:
        """How many layers stand as they are from this moment on; Scene draws each of them once."""
        return 0

    def layer(self, first: int, last: int) -> Iterator[Artist]:
        """What the settled layers from ``first`` up to ``last`` consist of, lowest first."""
        return iter(())

    def artists_above(self, settled: int, at: float, revealed: float = 1.0) -> Iterator[Artist]:
        """What `artists_at` yields above a number of settled layers."""
        return self.artists_at(at, revealed)

    def state(self, at: float, revealed: float) -> Any:
        """A key of what is drawn at a moment: while it stays equal, the panel is not redrawn.

        None, as most panels return: the panel is redrawn at each moment.
        """
        return None

    def moves(self, artist: Artist) -> None:
        """Mark an artist as moving: it is left out of the background."""
        artist.set_animated(True)
        self.axes.add_artist(artist)

    @property
    def point(self) -> float:
        """One unit in matplotlib's points, for widths and sizes."""
        return 0.72 * self.style.unit


class TrailPanel(Panel[R]):
    """A panel whose moving part is a growing line with a head for each trajectory.

    All lines are one artist and all heads another, so that a frame costs few calls.
    """

    def __init__(self, axes: Axes, runs: Sequence[R], style: PictureStyle) -> None:
        super().__init__(axes, runs, style)
        self.paths = [self.path(run) for run in runs]
        colours = [colour for colour, _ in style.marks]
        self.casings = LineCollection(
            [], colors=style.theme.casing, linewidths=0.30 * self.point,
            capstyle="round", joinstyle="round",
        )  # fmt: skip
        self.trails = LineCollection(
            [], colors=colours, linewidths=LINE * self.point, capstyle="round", joinstyle="round"
        )
        shapes = [MarkerStyle(shape) for _, shape in style.marks]
        self.heads = PathCollection(
            [shape.get_path().transformed(shape.get_transform()) for shape in shapes],
            sizes=[(HEAD * self.point) ** 2], facecolors=colours, edgecolors=style.theme.casing,
            linewidths=0.08 * self.point, offset_transform=axes.transData,
        )  # fmt: skip
        # Sizes are areas in points: the collection scales unit markers by their root.
        self.heads.set_transform(IdentityTransform())
        for artist in (self.casings, self.trails, self.heads):
            self.moves(artist)

    @cached_property
    def edge_marks(self) -> EdgeMarks:
        """The marks of runs that are outside, made when first drawn."""
        colours = [colour for colour, _ in self.style.marks]
        marks = EdgeMarks(self.axes, colours, self.style.theme.casing, self.style.unit)
        self.moves(marks.artist)
        marks.artist.set_clip_on(False)  # a mark in a corner is whole
        return marks

    @abstractmethod
    def path(self, run: R) -> Floats:
        """The points of the run's line in this panel, shape (n + 1, 2)."""

    def artists_at(self, at: float, revealed: float = 1.0) -> Iterator[Artist]:
        shown = [part(path, at) for path in self.paths]
        self.casings.set_segments(shown)
        self.trails.set_segments(shown)
        self.heads.set_offsets([path[-1] for path in shown])
        yield self.casings
        yield self.trails
        yield self.heads

    def head_sizes(self, places: Floats) -> list[float]:
        """The heads' areas in square points: one that others lie on is larger, as a ring around.

        ``places`` are those of the heads in pixels; heads may be far outside.
        """
        near, side = HEAD * self.style.unit / 2, HEAD * self.point
        found = places.tolist()
        on_it = [
            sum(math.dist(place, later) < near for later in found[i + 1 :])
            for i, place in enumerate(found)
        ]
        return [(side * (1 + RING * min(count, 4))) ** 2 for count in on_it]


def part(path: Floats, at: float) -> Floats:
    """The first ``at`` steps of a path; a fraction of a step ends between two points."""
    whole = min(int(at), len(path) - 1)
    shown = path[: whole + 1]
    rest = at - whole
    if rest > 0 and whole + 1 < len(path):
        between = path[whole] + rest * (path[whole + 1] - path[whole])
        shown = np.vstack([shown, between])
    return shown


def until(path: Floats, at: float) -> Floats:
    """The points of a path up to step ``at``, ended by the point between two at that step."""
    k = int(np.searchsorted(path[:, 0], at + 1e-9, side="right"))
    shown = path[:k]
    if 0 < k < len(path) and at > path[k - 1, 0]:
        share = (at - path[k - 1, 0]) / (path[k, 0] - path[k - 1, 0])
        shown = np.vstack([shown, path[k - 1] + share * (path[k] - path[k - 1])])
    return shown
