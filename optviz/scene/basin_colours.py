"""Colours of maps of runs: a hue for each minimum, a shade for the steps, greys for the rest."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.colors import to_hex, to_rgb

from optviz.records.basin_map import DIVERGED, UNDECIDED, BasinRecord
from optviz.scene.themes import Theme

# Searched for, with CIEDE2000 distances under simulated deuteranopia, protanopia and tritanopia:
# of one shade any two are at least 9 apart, and each shade of one 4 from each of the others and 8
# from the greys. The first four are the farthest apart.
HUES = ("#542CDB", "#E8E13E", "#39AAEB", "#B6143A", "#858B22", "#9BEBAA", "#D27BA3", "#7E2A82")
SHADES = 5
LIGHTER, DARKER = 0.4, -0.3  # the share of white in the first shade, of black in the last
PALE = 0.6  # the share of white in stripes
DIRECTIONS = 4  # plain, stripes one way, the other way, both
ENDS = 0.02, 0.98  # the shares of runs that have arrived by the first shade and by the last
LOG = 5.0  # the ratio of steps from which shades are even in their logarithm
SIDE = 1600  # pixels of a side that are drawn at most: of a larger map every second, third, ...

# On a light page and on a dark one.
DIVERGED_COLOUR = "#101010"
UNDECIDED_COLOURS = "#E4E4E4", "#454A54"

Image = np.ndarray[tuple[int, ...], np.dtype[np.uint8]]


def mixed(colour: Any, share: float) -> Any:
    """A colour (3,) with so much white in it, or black if the share is negative."""
    rgb = np.array(to_rgb(colour))
    return rgb + (1 - rgb) * share if share > 0 else rgb * (1 + share)


def hues() -> list[list[str]]:
    """Of each hue its shades, from few steps to many, then the colour of its stripes; hex."""
    shares = [*np.linspace(LIGHTER, DARKER, SHADES), PALE]
    return [[to_hex(mixed(hue, share)) for share in shares] for hue in HUES]


def undecided_colour(theme: Theme) -> str:
    """The colour of runs that have not arrived."""
    return UNDECIDED_COLOURS[float(np.mean(to_rgb(theme.page))) < 0.5]


class BasinColours:
    """The colours of all maps of a picture.

    Parameters
    ----------
    theme : Theme
    maps : sequence of BasinRecord
        Their steps share one scale of shades.
    """

    def __init__(self, theme: Theme, maps: Sequence[BasinRecord]) -> None:
        arrived = [found.steps[found.labels >= 0] for found in maps]
        steps = np.concatenate([*arrived, np.zeros(0, np.int32)])
        found = np.quantile(steps, ENDS, method="nearest") if len(steps) else (1, 1)
        high = min(max(int(found[1]), int(found[0]) + SHADES), max(each.budget for each in maps))
        low = max(min(int(found[0]), high - SHADES), 1)
        even = np.geomspace if high > LOG * low else np.linspace
        # Shade k ends before edges[k] steps, the last never.
        self.edges = np.unique(np.ceil(even(low, high, SHADES + 1)[1:-1]).astype(int))
        ramps = [[to_rgb(tone) for tone in tones] for tones in hues()]
        greys = [to_rgb(DIVERGED_COLOUR), to_rgb(undecided_colour(theme))]
        table = np.concatenate([np.reshape(ramps, (-1, 3)), greys])
        self.first_hue = maps[0].first_hue
        self.table: Image = np.round(255 * table).astype(np.uint8)

    def shade(self, steps: Any) -> Any:
        """The number of the shade, from 0, of runs that took so many steps."""
        return np.searchsorted(self.edges, steps, side="right")

    def colour(self, label: int, shade: int = SHADES // 2) -> Any:
        """Of a minimum, (3,) from 0 to 1."""
        return self.table[self._row(label) + shade] / 255

    def _row(self, label: Any) -> Any:
        """Where the shades of a label begin in the table."""
        return (label + self.first_hue) % len(HUES) * (SHADES + 1)

    def image(self, found: BasinRecord, at: float) -> Image:
        """A map after so many steps, uint8 (h, w, 3), row 0 the lowest."""
        every = tuple(slice(None, None, max(math.ceil(n / SIDE), 1)) for n in found.labels.shape)
        labels, steps = found.labels[every], found.steps[every]
        index = self._row(labels) + self.shade(steps)
        stripes = striped(labels)
        index[stripes] += SHADES - self.shade(steps[stripes])
        index[labels == DIVERGED] = len(self.table) - 2
        index[(labels == UNDECIDED) | (steps > at)] = len(self.table) - 1
        picture: Image = self.table[index]
        return picture


def striped(labels: Any) -> Any:
    """Which pixels of labels (h, w) lie in a stripe: of each minimum after the first eight."""
    round_of = labels // len(HUES) % DIRECTIONS * (labels >= 0)
    h, w = labels.shape
    width = max(2, round(max(h, w) / 130))
    i, j = np.arange(h)[:, None], np.arange(w)[None]
    one, other = (i + j) // width % 4 == 0, (i - j) // width % 4 == 0
    return ((round_of % 2 == 1) & one) | ((round_of >= 2) & other)
