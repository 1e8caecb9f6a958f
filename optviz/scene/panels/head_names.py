"""Names at the heads: placed beside them, never on each other, and calm while heads move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.collections import LineCollection
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from optviz.scene.colours import readable_on
from optviz.scene.fonts import fonts_of
from optviz.scene.panels.base import Panel
from optviz.scene.panels.trail import Trail
from optviz.scene.picture_spec import PictureSpec
from optviz.scene.style import DENSITY
from surfaces.surface import Floats

MOMENTS = 30  # of a film at which names may change their places
MOST, LARGEST_SHARE = 8, 0.15  # names, and the share of the panel that they take, at most

# Where a name may stand about its head: a direction, and a distance in heights of the text. From
# beyond the first ring a line leads to the head.
_DIRECTIONS = [(1, 0), (-1, 0), (0.8, 0.8), (0.8, -0.8), (-0.8, 0.8), (-0.8, -0.8), (0, 1), (0, -1)]
_RINGS = (0.65, 1.7, 2.9)
SLOTS = np.array([(x * ring, y * ring, ring) for ring in _RINGS for x, y in _DIRECTIONS])
BESIDE, NEAR = 0.8, 3.0  # heights of the text: no line leads to a head so near; how far it may go
GRID = 0.5  # heights of the text between the places at which a line may end
HEAD = 0.45  # half of a head's side, in heights of the text


class Place(NamedTuple):
    """A name at a moment: whose, its box in pixels, and its head where a line leads to it."""

    run: int
    box: Floats
    led_to: Floats | None


class HeadNames(Artist):
    """The names of all runs at their heads.

    A name stands still while its head is near and nothing comes in its way. The places are chosen
    once for the whole film, so that a moment looks the same whichever was asked for before. A name
    that finds no room is left out.

    Parameters
    ----------
    axes : Axes
        At its final place.
    names, colours : sequence of str
    heads_at : callable
        From a step to the heads' places in pixels, shape (runs, 2).
    lines : sequence of Trail
        The runs' lines, beside which a name stands rather than on them.
    steps : int
        Of the longest run.
    spec : PictureSpec
    taken : sequence of array
        Boxes in pixels that no name may cover: x0, y0, x1, y1.
    """

    def __init__(
        self, axes: Axes, names: Sequence[str], colours: Sequence[str],
        heads_at: Callable[[float], Floats], lines: Sequence[Trail], steps: int,
        spec: PictureSpec, taken: Sequence[Floats] = (),
    ) -> None:  # fmt: skip
        super().__init__()
        figure: Any = axes.figure
        self.set_figure(figure)
        self.box, self.unit = axes.bbox.frozen(), spec.text_height
        casing = spec.colours.casing
        stroke = withStroke(linewidth=0.2 * self.unit, foreground=casing)
        points = 0.72 * spec.readable(0.64 / 0.72 * self.unit)
        self.texts = [
            Text(0, 0, name, color=readable_on(colour, casing), size=points, path_effects=[stroke],
                 weight="bold", va="bottom", figure=figure, transform=figure.dpi_scale_trans,
                 parse_math=False, fontfamily=fonts_of(name, spec.language))
            for name, colour in zip(names, colours, strict=True)
        ]  # fmt: skip
        self.leaders = LineCollection(
            [], colors=list(colours), linewidths=0.06 * self.unit, figure=figure,
            transform=figure.dpi_scale_trans,
        )  # fmt: skip
        self.sizes = np.array([text.get_window_extent().size for text in self.texts])
        self.stamps = [self._stamp(text) for text in self.texts]
        self.heads_at, self.taken = heads_at, list(taken)
        self.moments = np.linspace(0, steps, MOMENTS + 1)
        self.samples = _samples(lines)
        self.plan = self._planned([heads_at(at) for at in self.moments])
        self.places: list[Place] = []

    @classmethod
    def where_asked(
        cls, panel: Panel[Any], heads_at: Callable[[float], Floats], lines: Sequence[Trail],
        taken: Sequence[Floats] = (),
    ) -> HeadNames | None:  # fmt: skip
        """The names of a panel's runs; None where they are off or lack room."""
        style = panel.style
        if not style.names:
            return None
        colours, steps = [colour for colour, _ in style.marks], max(map(len, panel.runs))
        names = cls(panel.axes, style.names, colours, heads_at, lines, steps, style.spec, taken)
        return names if names.have_room or not style.names_need_room else None

    @property
    def have_room(self) -> bool:
        """Whether the panel is large enough for them."""
        taken = float(np.prod(self.sizes, axis=1).sum())
        return len(self.texts) <= MOST and taken <= LARGEST_SHARE * self.box.width * self.box.height

    def move_to(self, at: float) -> None:
        """Place the names at a moment."""
        k = int(np.searchsorted(self.moments, at + 1e-9, side="right")) - 1
        heads, boxes = self.heads_at(at), self.plan[k]
        # A head that has left the panel takes its name along.
        shown = np.isfinite(boxes).all(axis=1) & self._inside(np.hstack([heads, heads]))
        # A head that trembles does not move its line: it hides the line's end.
        heads = np.round(heads / GRID / self.unit) * GRID * self.unit
        ends = np.clip(heads, boxes[:, :2], boxes[:, 2:])
        led = shown & (np.hypot(*(heads - ends).T) > BESIDE * self.unit)
        self.places = [
            Place(run, boxes[run], heads[run] if led[run] else None)
            for run in np.flatnonzero(shown).tolist()
        ]
        for place in self.places:
            self.texts[place.run].set_position((place.box[0] / DENSITY, place.box[1] / DENSITY))
        self.leaders.set_segments(np.stack([heads, ends], axis=1)[led] / DENSITY)
        self.leaders.set_color([self.texts[run].get_color() for run in np.flatnonzero(led)])

    def get_children(self) -> list[Artist]:
        """The texts that are shown, for whoever measures them."""
        return [self.texts[place.run] for place in self.places]

    def draw(self, renderer: Any) -> None:
        """Draw lines and names; in a film from pixels kept, as laying out a text is dear."""
        if self.leaders.get_paths():
            self.leaders.draw(renderer)
        context = renderer.new_gc()
        for place in self.places:
            if isinstance(renderer, RendererAgg) and renderer.dpi == DENSITY:
                pixels, margin = self.stamps[place.run]
                x, y = (round(side) - margin for side in place.box[:2].tolist())
                renderer.draw_image(context, x, y, pixels)
            else:
                self.texts[place.run].draw(renderer)
        context.restore()

    def _stamp(self, text: Text) -> tuple[Any, int]:
        """A name's pixels, lowest row first, and their margin."""
        margin = int(0.3 * self.unit) + 2
        wide, tall = (int(side) + 2 * margin for side in text.get_window_extent().size)
        renderer = RendererAgg(wide, tall, DENSITY)
        text.set_position((margin / DENSITY, margin / DENSITY))
        text.draw(renderer)
        return np.array(renderer.buffer_rgba())[::-1].copy(), margin

    def _boxes(self, run: int, head: Floats) -> Floats:
        """Where a name would stand in each slot: x0, y0, x1, y1 in pixels, shape (slots, 4)."""
        middle = head + SLOTS[:, :2] * self.unit
        # To the right of the head a name begins there, to the left it ends there.
        low = middle + (np.sign(np.round(SLOTS[:, :2], 6)) * [1, 0.35] - 1) / 2 * self.sizes[run]
        return np.column_stack([low, low + self.sizes[run]])

    def _planned(self, places: Sequence[Floats]) -> Floats:
        """The box of each name from each moment on, nan where it is left out: (k, names, 4)."""
        plan = np.full((len(places), len(self.texts), 4), np.nan)
        for k, heads in enumerate(places):
            # Neither now nor at the next moment may a head stand on a name.
            obstacles = self._obstacles([*heads, *places[min(k + 1, len(places) - 1)]])
            taken: list[Floats] = []
            for run, head in enumerate(heads):
                if not self._inside(np.append(head, head)[None])[0]:
                    continue
                boxes = np.vstack([self._boxes(run, head), plan[k - 1, run]])
                free = self._inside(boxes) & ~_overlap(boxes, [*taken, *obstacles])
                # It stays where it was for as long as it is free and near.
                if not (k and free[-1] and _distance(boxes[-1], head) < NEAR * self.unit):
                    cost = self._covered(boxes[:-1], self.moments[k]) + 8 * SLOTS[:, 2]
                    chosen = int(np.where(free[:-1], cost, np.inf).argmin())
                    boxes, free = boxes[[chosen]], free[[chosen]]
                if free[-1]:
                    plan[k, run] = boxes[-1]
                    taken.append(boxes[-1])
        return plan

    def _inside(self, boxes: Floats) -> Any:
        """Whether each box lies in the panel."""
        ends = self.box.x0, self.box.y0, self.box.x1, self.box.y1
        return (boxes[:, :2] >= ends[:2]).all(axis=1) & (boxes[:, 2:] <= ends[2:]).all(axis=1)

    def _obstacles(self, heads: Sequence[Floats]) -> list[Floats]:
        """The boxes of all heads, and what else is taken."""
        half = HEAD * self.unit
        return [
            *self.taken,
            *(np.array([x - half, y - half, x + half, y + half]) for x, y in heads),
        ]

    def _covered(self, boxes: Floats, at: float) -> Any:
        """How much of the lines drawn by then each box would cover."""
        x, y = self.samples[self.samples[:, 2] <= at, :2].T
        x0, y0, x1, y1 = boxes.T[..., None]
        return ((x > x0) & (x < x1) & (y > y0) & (y < y1)).sum(axis=1)


def _overlap(boxes: Floats, others: Sequence[Floats]) -> Any:
    """Whether each box lies on one of the others."""
    if not others:
        return np.zeros(len(boxes), bool)
    x0, y0, x1, y1 = np.array(others).T
    left, low, right, high = boxes.T[..., None]
    return ((left < x1) & (right > x0) & (low < y1) & (high > y0)).any(axis=1)


def _distance(box: Floats, place: Floats) -> float:
    """From a place to the nearest point of a box."""
    return float(np.hypot(*(place - np.clip(place, box[:2], box[2:]))))


def _samples(lines: Sequence[Trail]) -> Floats:
    """Places on the lines, 3 pixels apart, each with the step that reaches it: (n, 3)."""
    found = [np.empty((0, 3))]
    for line in lines:
        if line.has_length:
            _, places, steps = line.sampled(3.0)
            found.append(np.column_stack([places, steps]))
    return np.concatenate(found)
