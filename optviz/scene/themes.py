"""Themes: the colours of a picture, and those of the surface in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import matplotlib as mpl
import numpy as np
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_hex

from optviz.scene.colours import Colours, luminance, with_luminance
from surfaces.errors import unknown


@dataclass(frozen=True)
class Theme:
    """One set of colours.

    Attributes
    ----------
    page, ink, quiet, level : str
        Of the page, of text and axes, of less important text, and of thin lines.
    ramp : tuple of str
        The fill of surfaces from low to high values. Its lightness rises all the way, so that it
        is read in grey and by people who see few colours.
    casing : str
        Around trails and heads. It has the lightness that colours of runs have not: a trail stands
        out from it where the fill is as light as the trail.
    memory : str
        Of past gradients, where a step is taken apart.
    colours : tuple of str
        Of the runs.
    cmap : str or None
        A colour map of `CMAPS` in place of ``ramp``.
    """

    page: str
    ink: str
    quiet: str
    ramp: tuple[str, ...]
    level: str
    casing: str
    memory: str
    colours: tuple[str, ...]
    cmap: str | None = None

    @property
    def fill(self) -> Colormap:
        """Colour map of a surface, from low to high values."""
        if self.cmap is not None:
            return mpl.colormaps[self.cmap]
        return LinearSegmentedColormap.from_list("fill", self.ramp)

    @property
    def low(self) -> str:
        """The fill of the lowest values."""
        return to_hex(self.fill(0.0))

    @property
    def high(self) -> str:
        """The fill of the highest values."""
        return to_hex(self.fill(1.0))

    def bands(self, count: int) -> Colours:
        """The fill of so many bands from low to high values, shape (count, 3), 0 to 1."""
        return np.asarray(self.fill(np.linspace(0, 1, count)))[:, :3]

    def level_lines(self, count: int) -> Colours:
        """The colours of the lines between so many bands, shape (count - 1, 3), 0 to 1.

        Each keeps the contrast `LEVEL_CONTRAST` to both bands: darker than they where these are
        light, lighter where they are dark.
        """
        bands = self.bands(count)
        return np.array([_line_between(*pair) for pair in pairwise(bands)])


# Searched for, with CIEDE2000 distances under simulated deuteranopia, protanopia and tritanopia:
# the first five, the course's, are the farthest apart, and all keep a contrast to the fill. The
# first colour of all, that of ink, is for gradient descent, the baseline. From the fifteenth on the
# shapes come again, and the colours stand in the order that keeps those of one shape far apart.
_ON_LIGHT = ("#1343C7", "#B48710", "#359282", "#B02A2F", "#591A60", "#7E5DB1", "#7C5180",
             "#6F0D15", "#A05C58", "#DE5A8B", "#7F3E48", "#2B0BA4", "#A072E6", "#886699",
             "#7B86B2", "#2E615E", "#270E34", "#603B89", "#928956", "#C34C2F", "#0B0346",
             "#3B7673", "#1A5BFF")  # fmt: skip
_ON_DARK = ("#3198D6", "#EFCC1D", "#9DE0B5", "#F66C69", "#FB9ACC", "#6D9E6C", "#38D2F3", "#D97BAD",
            "#62B194", "#E6E57A", "#859A33", "#B6C784", "#C6AD3F", "#80596F", "#837474", "#C4D7D1",
            "#9D768C", "#79F2FD", "#DC2F02", "#AC5897", "#7060EC", "#647C34",
            "#E131B7")  # fmt: skip

THEMES: dict[str, Theme] = {
    "light": Theme(
        page="#FFFFFF", ink="#1F2430", quiet="#6B7280",
        ramp=("#4493C4", "#80C2C0", "#CBE4B8", "#FFF4CC"),
        level="#9DB2C6", casing="#FFFFFF", memory="#8A4FBF", colours=("#1F2430", *_ON_LIGHT),
    ),
    "dark": Theme(
        page="#15181E", ink="#E6E9EF", quiet="#9AA3B2",
        ramp=("#0D0E2A", "#1E2460", "#274E7E", "#2F7C8C"),
        level="#4D5D75", casing="#15181E", memory="#B99AF0", colours=("#F2F4F8", *_ON_DARK),
    ),
    "print": Theme(
        page="#FFFFFF", ink="#000000", quiet="#444444", ramp=("#949494", "#FFFFFF"),
        level="#AAAAAA", casing="#FFFFFF", memory="#777777", colours=("#000000", *_ON_LIGHT),
    ),
}  # fmt: skip

# Matplotlib's colour maps whose lightness changes steadily from end to end. With the suffix _r each
# begins at its other end.
CMAPS = ("viridis", "plasma", "inferno", "magma", "cividis", "Greys", "Purples", "Blues",
               "Greens", "Oranges", "Reds", "YlOrBr", "YlOrRd", "OrRd", "PuRd", "RdPu", "BuPu",
               "GnBu", "PuBu", "YlGnBu", "PuBuGn", "BuGn", "YlGn")  # fmt: skip

LEVEL_CONTRAST = 1.6  # WCAG's, of a level line to the bands on its two sides
_FLARE = 0.05  # of light on a screen, as WCAG counts it


def theme(name: str, cmap: str | None = None) -> Theme:
    """The theme of this name, with its own fill or with a colour map of `CMAPS`."""
    if name not in THEMES:
        raise unknown("theme", name, THEMES)
    if cmap is None:
        return THEMES[name]
    if not isinstance(cmap, str) or cmap.removesuffix("_r") not in CMAPS:
        raise unknown("cmap", cmap, CMAPS)
    return replace(THEMES[name], cmap=cmap)


def _line_between(low: Colours, high: Colours) -> Colours:
    """The colour of a line between two bands, in their hue."""
    darkest, lightest = sorted((low, high), key=luminance)
    darker = (luminance(darkest) + _FLARE) / LEVEL_CONTRAST - _FLARE
    lighter = (luminance(lightest) + _FLARE) * LEVEL_CONTRAST - _FLARE
    if luminance(darkest) > 0.18 or lighter > 1:  # the lightness that halves the scale of contrasts
        return with_luminance(darkest, darker)
    return with_luminance(lightest, lighter)
