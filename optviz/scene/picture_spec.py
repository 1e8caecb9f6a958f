"""The specification of every picture: size, colours and language, checked once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optviz.scene.fonts import fonts
from optviz.scene.style import DENSITY, rc
from optviz.scene.themes import Theme, theme
from surfaces.errors import InputError, must, shown

SMALLEST, LARGEST = 200, 4000  # pixels of a side
SMALLEST_TEXT = 8.5  # pixels
PRINTED = 7 / 0.72  # pixels of text that is 7 points high, as `rc` sets it
COLUMN = 334  # pixels of a printed column, 85 mm wide; a narrower picture has smaller text


@dataclass(frozen=True)
class PictureSpec:
    """A picture's size, colours and language.

    Attributes
    ----------
    size : (int, int)
        Width and height in pixels.
    theme : {"light", "dark", "print"}
    language : {"en", "zh"}
    cmap : str or None
        The colour map of surfaces, of `optviz.scene.themes.CMAPS`; the theme's own unless given.

    Raises
    ------
    InputError
        A value that no picture can have.
    """

    size: tuple[int, int] = (800, 400)
    theme: str = "light"
    language: str = "en"
    cmap: str | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", _checked_size(self.size))
        theme(self.theme, self.cmap)
        fonts(self.language)

    @property
    def inches(self) -> tuple[float, float]:
        """Width and height in inches, for matplotlib."""
        width, height = self.size
        return width / DENSITY, height / DENSITY

    @property
    def colours(self) -> Theme:
        """The colours of the theme, with the colour map asked for."""
        return theme(self.theme, self.cmap)

    @property
    def text_height(self) -> float:
        """Height of the text in pixels: every width and size is a multiple of it."""
        return self.readable(text_height(*self.size))

    def readable(self, height: float) -> float:
        """A height of text, raised to what can be read on paper where the picture is printed."""
        printed = self.theme == "print" and self.size[0] >= COLUMN
        return max(height, PRINTED) if printed else height

    @property
    def settings(self) -> dict[str, Any]:
        """Matplotlib's settings for this picture: for `optviz.scene.style.drawing`."""
        return rc(self.colours, self.language, self.text_height)


def text_height(width: int, height: int) -> float:
    """Height of the text in pixels, readable on the smallest picture and calm on the largest."""
    return float(np.clip(0.034 * min(height, 0.62 * width), SMALLEST_TEXT, 40))


def _checked_size(size: Any) -> tuple[int, int]:
    """Width and height in pixels, or an `InputError`."""
    try:
        width, height = size
        whole = int(width) == width and int(height) == height
    except (TypeError, ValueError):
        raise must("size", "width and height in pixels, such as (800, 400)", size) from None
    if not (whole and all(SMALLEST <= side <= LARGEST for side in (width, height))):
        needed, most = (f"{4e-6 * pixels:,.0f} MB" for pixels in (width * height, LARGEST**2))
        raise InputError(
            f"size must be {SMALLEST} to {LARGEST} pixels each way, {most} a frame; not "
            f"{shown(f'{width}x{height}')}, {needed} a frame"
        )
    return int(width), int(height)
