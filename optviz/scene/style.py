"""Themes, marks, and the matplotlib settings that pictures are drawn under."""

from __future__ import annotations

import copy
import itertools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, wraps
from itertools import pairwise
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import matplotlib as mpl
import numpy as np
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_hex, to_rgb

from optviz.optimizers import REGISTRY, Optimizer
from optviz.scene.fonts import fonts
from surfaces.errors import unknown

Colours = np.ndarray[Any, np.dtype[np.float64]]

DENSITY = 100  # pixels an inch: a PNG prints as large as the PDF of the same picture


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
             "#6F0D15", "#A05C58", "#DE5A8B", "#7F3E48", "#2B0BA4", "#A072E6", "#1A5BFF",
             "#7B86B2", "#2E615E", "#354754", "#603B89", "#928956", "#C34C2F", "#0B0346",
             "#3B7673", "#270E34")  # fmt: skip
_ON_DARK = ("#3198D6", "#EFCC1D", "#9DE0B5", "#F66C69", "#FB9ACC", "#6D9E6C", "#38D2F3", "#D97BAD",
            "#62B194", "#E6E57A", "#859A33", "#B6C784", "#C6AD3F", "#03B2F6", "#837474", "#C4D7D1",
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

SHAPES = ("o", "s", "^", "D", "P", "v", "X", "<", ">", "p", "h", "8", "d", "*")


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
        return _with_luminance(darkest, darker)
    return _with_luminance(lightest, lighter)


def luminance(colour: Any) -> float:
    """WCAG's relative luminance of an sRGB colour (3,), 0 to 1."""
    return float(_linear(colour) @ [0.2126, 0.7152, 0.0722])


def _with_luminance(colour: Colours, wanted: float) -> Colours:
    """The colour mixed with black or with white until it has the wanted luminance."""
    light, now = _linear(colour), luminance(colour)
    mixed = light * wanted / now if wanted < now else 1 - (1 - light) * (1 - wanted) / (1 - now)
    return np.where(mixed <= 0.0031308, 12.92 * mixed, 1.055 * mixed ** (1 / 2.4) - 0.055)


def _linear(colour: Any) -> Colours:
    """Light from an sRGB colour, by channel."""
    value = np.asarray(colour, float)
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def mark(index: int, colours: Sequence[str]) -> tuple[str, str]:
    """Colour and head shape by index in the registry; the first 168 are all different."""
    return colours[index % len(colours)], SHAPES[index % len(SHAPES)]


def marks(optimizers: Sequence[Optimizer], theme: Theme) -> list[tuple[str, str]]:
    """Colour and head shape of each optimizer in a picture.

    A class of the registry has the mark of its index everywhere; a user's own class has the first
    that no other class of the picture has. A second optimizer of a class has its shape too, and
    another shade of its colour.
    """
    order = list(REGISTRY)
    kinds = [type(optimizer) for optimizer in optimizers]
    names = [kind.__name__.lower() for kind in kinds]
    taken = [order.index(name) for name in names if name in order]
    free = (index for index in itertools.count() if index not in taken)
    indices: dict[type, int] = {}
    for kind, name in zip(kinds, names, strict=True):
        if kind not in indices:
            indices[kind] = order.index(name) if name in order else next(free)
    found = []
    for kind, variant in zip(kinds, variants(optimizers), strict=True):
        colour, shape = mark(indices[kind], theme.colours)
        tones = shades(colour, theme.casing)
        found.append((tones[variant % len(tones)], shape))
    return found


def variants(optimizers: Sequence[Optimizer]) -> list[int]:
    """How many optimizers of its class stand before each in a picture."""
    kinds = [type(optimizer) for optimizer in optimizers]
    return [kinds[:i].count(kind) for i, kind in enumerate(kinds)]


CONTRAST = 3.0  # of every shade to the casing about it: WCAG's least for graphics
DARKEST, LIGHTEST = 20.0, 86.0  # L* of shades: beyond, a colour is hardly one


@cache
def shades(colour: str, casing: str, count: int = 3) -> list[str]:
    """A colour and shades of it, as far apart in lightness as their contrast to a casing allows."""
    ground = _luminance(to_rgb(casing))
    low, high = DARKEST, LIGHTEST
    if ground > 0.18:
        high = min(high, _lightness((ground + 0.05) / CONTRAST - 0.05))
    else:
        low = max(low, _lightness((ground + 0.05) * CONTRAST - 0.05))
    found = [_lightness(_luminance(to_rgb(colour)))]
    ladder = np.linspace(low, high, 41)
    while len(found) < count:
        gaps = np.abs(ladder[:, None] - found).min(axis=1)
        found.append(float(ladder[gaps.argmax()]))
    return [colour, *(_at_lightness(colour, lightness) for lightness in found[1:])]


def _at_lightness(colour: str, lightness: float) -> str:
    """A colour mixed with white or black until it is as light as asked for."""
    own = np.array(to_rgb(colour))
    end = np.full(3, float(lightness > _lightness(_luminance(own))))
    mixed = [own + share * (end - own) for share in np.linspace(0, 1, 201)]
    return to_hex(min(mixed, key=lambda rgb: abs(_lightness(_luminance(rgb)) - lightness)))


def _luminance(rgb: Any) -> float:
    """WCAG's relative luminance of a colour in sRGB."""
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in rgb]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def _lightness(luminance: float) -> float:
    """CIE's L*, from 0 to 100."""
    return float(116 * np.cbrt(luminance) - 16) if luminance > 0.008856 else 903.3 * luminance


def rc(theme: Theme, language: str, pixels: float) -> dict[str, Any]:
    """All matplotlib settings of a picture whose text is ``pixels`` high, for `drawing`.

    What is not ours is matplotlib's own default, never the user's.
    """
    ours = {
        "font.family": fonts(language),
        "font.size": pixels * 0.72,
        "mathtext.fontset": "dejavusans",
        "text.color": theme.ink,
        "axes.labelcolor": theme.quiet,
        "xtick.color": theme.quiet,
        "ytick.color": theme.quiet,
        "axes.edgecolor": theme.quiet,
        "axes.facecolor": theme.page,
        "figure.facecolor": theme.page,
        "axes.linewidth": pixels * 0.05,
        "path.simplify": True,
        "path.effects": [],  # the default is a list that users append to
        "pdf.fonttype": 42,  # letters stay letters
        "svg.hashsalt": "optviz",  # the same names each time
    }
    return _defaults() | dict(mpl.RcParams(ours))


@cache
def _defaults() -> dict[str, Any]:
    """Matplotlib's own defaults, except for the settings that choose a backend."""
    elsewhere = ("backend", "backend_fallback", "interactive")
    return {
        key: copy.deepcopy(value)
        for key, value in dict.items(mpl.rcParamsDefault)
        if key not in elsewhere
    }


# Matplotlib's settings, its parser of formulas and its list of fonts are one for the process.
_ALONE = threading.RLock()


@contextmanager
def drawing(settings: Mapping[str, Any]) -> Iterator[None]:
    """Apply the settings of `rc` to matplotlib while a picture is built, measured, drawn or saved.

    The user's settings can't reach our pictures, and are as before when the block ends. Threads
    that draw pictures of ours take turns. Settings are matplotlib's for the whole process, so a
    thread of the user's own that uses matplotlib just then sees ours; what it sets, it keeps.

    Parameters
    ----------
    settings : mapping
        From `rc`: checked already, so that a frame need not pay for it.
    """
    theirs: Any = mpl.rcParams
    with _ALONE:
        # Below RcParams' own methods, which check values anew and choose a backend on the way.
        get = dict.__getitem__
        before = {k: get(theirs, k) for k, value in settings.items() if get(theirs, k) is not value}
        try:
            dict.update(theirs, {key: settings[key] for key in before})
            yield
        finally:
            for key, value in before.items():
                if dict.__getitem__(theirs, key) is settings[key]:
                    dict.__setitem__(theirs, key, value)


class _Drawn(Protocol):
    settings: dict[str, Any]


P = ParamSpec("P")
T = TypeVar("T")
D = TypeVar("D", bound=_Drawn)


def drawn(method: Callable[Concatenate[D, P], T]) -> Callable[Concatenate[D, P], T]:
    """Decorate a method of a picture so that it draws under the picture's own ``settings``."""

    @wraps(method)
    def alone(self: D, /, *args: P.args, **kinds: P.kwargs) -> T:
        with drawing(self.settings):
            return method(self, *args, **kinds)

    return alone
