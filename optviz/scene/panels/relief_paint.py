"""The colours of a relief: of its surface, lit and with level lines, and of the floor below."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import to_rgb

from optviz.scene.colours import Colours, luminance
from optviz.scene.panels.base import PictureStyle
from surfaces.surface import Floats

SUN = np.array([-0.45, -0.35, 0.82])  # from the left and above, as on maps
SUN /= np.linalg.norm(SUN)
UNDERSIDE = 0.6  # of the light, on what is seen from below
FAINT = 0.35  # of the floor's colours, beside the page's
LINE = 0.06  # width of a level line, in heights of the text


def paint(
    shares: Floats, height: float, bands: int, shades: int, style: PictureStyle, scale: float
) -> list[Any]:
    """The colours that `HeightField` takes: of the surface's two sides, floor and page.

    Parameters
    ----------
    shares : array (n, n)
        Heights from 0 to 1 over the ground from -1 to 1; nan where there is no surface.
    height : float
        Of a point whose share is 1.
    bands : int
        Of the value.
    shades : int
        Steps of light: where there are few, more pixels of a film keep their colour.
    style : PictureStyle
    scale : float
        Pixels in a unit of the ground.
    """
    theme = style.theme
    known = np.nan_to_num(shares)
    band = np.clip((known * bands).astype(int), 0, bands - 1)
    fill = theme.bands(bands)
    slopes = np.gradient(shares, 2 / (len(shares) - 1))
    steepness = np.nan_to_num(np.hypot(*slopes))
    light = _light(slopes[1] * height, slopes[0] * height, shades)
    dark = bool(np.mean([luminance(colour) for colour in fill]) < 0.18)
    top = _lit(fill[band], light, dark)
    underside = fill[band] * UNDERSIDE
    page = np.array(to_rgb(theme.page))
    floor = page + FAINT * (fill[band] - page)
    floor[np.isnan(shares)] = page
    half = 0.5 * LINE * style.unit / scale  # of a line's width, in units of the ground
    if bands > 1:
        lines = theme.level_lines(bands)
        nearest = np.clip(np.rint(known * bands).astype(int), 1, bands - 1)
        away = np.abs(known * bands - nearest) / bands
        on_floor = away < half * steepness
        # On the surface the width is measured along its slope.
        drawn = away * np.sqrt(1 + (steepness * height) ** 2) < half * steepness
        colours = lines[nearest - 1]
        top[drawn] = _lit(colours[drawn], light[drawn], dark)
        floor[on_floor] = (page + 0.7 * (colours - page))[on_floor]
    _frame(floor, np.array(to_rgb(theme.quiet)), half)
    return [np.rint(255 * colours).astype(np.uint8) for colours in (top, underside, floor, page)]


def _light(df_dx: Floats, df_dy: Floats, shades: int) -> Floats:
    """The cosine between the sun and the surface's normal, in steps."""
    light = (SUN[2] - df_dx * SUN[0] - df_dy * SUN[1]) / np.sqrt(1 + df_dx**2 + df_dy**2)
    return np.asarray(np.rint(np.nan_to_num(light).clip(0, 1) * shades) / shades)


def _lit(colours: Any, light: Floats, dark: bool) -> Any:
    """Colours in this light; those of level ground stay as they are."""
    if dark:  # the sun must brighten what is dark already
        return np.clip(colours * (0.75 + 0.95 * light[..., None]), 0, 1)
    shadow = np.clip(1 - light / SUN[2], 0, 1)[..., None]
    shine = np.clip(1.2 * (light - SUN[2]), 0, 1)[..., None]
    # A power keeps the hue: a colour that is only darkened looks grey.
    colours = colours ** (1 + 1.2 * shadow) * (1 - 0.25 * shadow)
    return colours + shine * (1 - colours)


def _frame(floor: Any, colour: Colours, half: float) -> None:
    """Draw the floor's border."""
    wide = max(1, round(2 * half * len(floor) / 2))
    for edge in (floor[:wide], floor[-wide:], floor[:, :wide], floor[:, -wide:]):
        edge[:] = colour
