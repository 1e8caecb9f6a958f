"""The lightness of colours, and colours of a wanted lightness."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.colors import to_hex, to_rgb

Colours = np.ndarray[Any, np.dtype[np.float64]]


def luminance(colour: Any) -> float:
    """WCAG's relative luminance of an sRGB colour (3,), 0 to 1."""
    return float(_linear(colour) @ [0.2126, 0.7152, 0.0722])


def with_luminance(colour: Colours, wanted: float) -> Colours:
    """The colour mixed with black or with white until it has the wanted luminance."""
    light, now = _linear(colour), luminance(colour)
    mixed = light * wanted / now if wanted < now else 1 - (1 - light) * (1 - wanted) / (1 - now)
    return np.where(mixed <= 0.0031308, 12.92 * mixed, 1.055 * mixed ** (1 / 2.4) - 0.055)


def _linear(colour: Any) -> Colours:
    """Light from an sRGB colour, by channel."""
    value = np.asarray(colour, float)
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lightness_of(luminance: float) -> float:
    """CIE's L*, from 0 to 100."""
    return float(116 * np.cbrt(luminance) - 16) if luminance > 0.008856 else 903.3 * luminance


def at_lightness(colour: str, lightness: float) -> str:
    """A colour mixed with white or black until it is as light as asked for."""
    own = np.array(to_rgb(colour))
    end = np.full(3, float(lightness > lightness_of(luminance(own))))
    mixed = [own + share * (end - own) for share in np.linspace(0, 1, 201)]
    return to_hex(min(mixed, key=lambda rgb: abs(lightness_of(luminance(rgb)) - lightness)))


READABLE = 4.5  # WCAG's least contrast of a text


def readable_on(colour: str, ground: str) -> str:
    """A colour, made darker or lighter where a text of it could hardly be read on a ground."""
    own, behind = (luminance(np.array(to_rgb(each))) for each in (colour, ground))
    if behind > 0.18:
        limit = (behind + 0.05) / READABLE - 0.05
        return colour if own <= limit else at_lightness(colour, lightness_of(limit) - 0.5)
    limit = (behind + 0.05) * READABLE - 0.05
    return colour if own >= limit else at_lightness(colour, lightness_of(limit) + 0.5)
