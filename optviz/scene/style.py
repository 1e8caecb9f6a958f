"""Colours, shapes and fonts: what a picture is painted with, and nothing about what is in it."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from matplotlib import font_manager
from matplotlib.colors import LinearSegmentedColormap

from optviz.optimizers import Optimizer
from surfaces.errors import InputError, unknown


@dataclass(frozen=True)
class Theme:
    """One set of colours.

    ``low`` and ``high`` are the ends of the contour fill: both quiet, so that trails stand out.
    """

    page: str
    ink: str
    quiet: str
    low: str
    high: str
    level: str
    casing: str
    memory: str  # of past gradients, where a step is taken apart
    colours: tuple[str, ...]

    @property
    def fill(self) -> LinearSegmentedColormap:
        """Colour map of the contour bands, from low to high values."""
        return LinearSegmentedColormap.from_list("fill", [self.low, self.high])


# Searched for, with CIEDE2000 distances under simulated deuteranopia, protanopia and tritanopia:
# the first five, the course's, are the farthest apart, and all keep a contrast to the fill. The
# very first is the baseline, gradient descent, in the colour of ink.
_ON_LIGHT = ("#1343C7", "#B48710", "#359282", "#B02A2F", "#591A60", "#7E5DB1", "#7C5180",
             "#6F0D15", "#A05C58", "#DE5A8B", "#7F3E48", "#2B0BA4", "#A072E6")  # fmt: skip
_ON_DARK = ("#3198D6", "#EFCC1D", "#9DE0B5", "#F66C69", "#FB9ACC", "#6D9E6C", "#38D2F3",
            "#D97BAD", "#62B194", "#E6E57A", "#859A33", "#B6C784", "#C6AD3F")  # fmt: skip

THEMES: dict[str, Theme] = {
    "light": Theme(
        page="#FFFFFF", ink="#1F2430", quiet="#6B7280", low="#BFD0E0", high="#F6F8FA",
        level="#9DB2C6", casing="#FFFFFF", memory="#8A4FBF", colours=("#1F2430", *_ON_LIGHT),
    ),
    "dark": Theme(
        page="#15181E", ink="#E6E9EF", quiet="#9AA3B2", low="#10141B", high="#39465A",
        level="#4D5D75", casing="#15181E", memory="#B99AF0", colours=("#F2F4F8", *_ON_DARK),
    ),
    "print": Theme(
        page="#FFFFFF", ink="#000000", quiet="#444444", low="#DDDDDD", high="#FFFFFF",
        level="#AAAAAA", casing="#FFFFFF", memory="#777777", colours=("#000000", *_ON_LIGHT),
    ),
}  # fmt: skip

# The order fixes each optimizer's colour and shape in every picture.
ORDER = ("GD", "Momentum", "AdaGrad", "RMSProp", "Adam", "AdamW", "NAdam", "RAdam", "Adamax",
          "Adadelta", "Rprop", "QHM", "QHAdam", "Lion")  # fmt: skip
SHAPES = ("o", "s", "^", "D", "P", "v", "X", "<", ">", "p", "h", "8", "d", "*")


def theme(name: str) -> Theme:
    """The theme of this name."""
    if name not in THEMES:
        raise unknown("theme", name, THEMES)
    return THEMES[name]


def marks(optimizers: Sequence[Optimizer], colours: Sequence[str]) -> list[tuple[str, str]]:
    """Colour and head shape of each optimizer in a picture.

    A kind that stands in the list keeps its place everywhere; a second of its kind, or a kind of
    the user's own, takes the first place that nobody in this picture has.
    """
    kinds = [type(optimizer).__name__ for optimizer in optimizers]
    places: list[int | None] = [
        ORDER.index(kind) if kind in ORDER and kind not in kinds[:i] else None
        for i, kind in enumerate(kinds)
    ]
    free = [place for place in range(len(colours)) if place not in places]
    taken = [free.pop(0) if place is None and free else place or 0 for place in places]
    return [(colours[place], SHAPES[place]) for place in taken]


LANGUAGES = {"cn": ["zh"], "chinese": ["zh"], "中文": ["zh"], "english": ["en"]}  # as people type
_CHINESE = ("NotoSansCJK", "NotoSansSC", "SourceHanSans", "wqy-", "msyh", "simhei", "PingFang",
            "STHeiti", "Hiragino Sans GB")  # fmt: skip


def fonts(language: str) -> list[str]:
    """Font families to draw a language with, the first that has a letter being used for it.

    Raises
    ------
    InputError
        Chinese is asked for and this machine has no font for it.
    """
    if language == "en":
        return ["DejaVu Sans"]
    if language != "zh":
        raise unknown("language", language, ("en", "zh"), meant=LANGUAGES)
    return ["DejaVu Sans", _chinese_font()]


@lru_cache(maxsize=1)
def _chinese_font() -> str:
    for path in [*sorted(font_manager.findSystemFonts()), *_packaged_fonts()]:
        name = Path(path).name.lower()
        if any(part.lower() in name for part in _CHINESE) and "serif" not in name:
            font_manager.fontManager.addfont(path)
            return font_manager.get_font(path).family_name
    raise InputError(
        "language must be one that this machine has a font for; not 'zh': pip install "
        "'optviz[zh]' brings one, as does Debian's package fonts-noto-cjk"
    )


def _packaged_fonts() -> list[str]:
    """Noto Sans SC as the package zhplot ships it; importing it would change matplotlib."""
    found = importlib.util.find_spec("zhplot")
    folders = (found.submodule_search_locations if found else None) or []
    return [str(path) for folder in folders for path in sorted(Path(folder).glob("fonts/*.ttf"))]


def rc(look: Theme, language: str, pixels: float) -> Any:
    """Matplotlib settings for text ``pixels`` high."""
    return {
        "font.family": fonts(language),
        "font.size": pixels * 0.72,
        "mathtext.fontset": "dejavusans",
        "text.color": look.ink,
        "axes.labelcolor": look.quiet,
        "xtick.color": look.quiet,
        "ytick.color": look.quiet,
        "axes.edgecolor": look.quiet,
        "axes.facecolor": look.page,
        "figure.facecolor": look.page,
        "axes.linewidth": pixels * 0.05,
        "path.simplify": True,
    }
