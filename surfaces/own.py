"""Surfaces that a user brings: a formula typed at the command line, in a widget, in Python."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from surfaces.errors import FormulaError, must, shown
from surfaces.surface import Domain, Surface, checked_domain, checked_point


def from_formula(
    text: str,
    domain: Any = ((-5, 5), (-5, 5)),
    start: Any = None,
    *,
    name: str = "formula",
    scale: str = "auto",
    **details: Any,
) -> Surface:
    """Make a surface of a formula.

    Parameters
    ----------
    text : str
        In ``x`` and ``y``, for example ``"x**2 + 3*sin(y)"``; `surfaces.formula.parse` says what
        is allowed. A formula in x alone is a surface constant in y.
    domain : ((x0, x1), (y0, y1))
        The window that is drawn.
    start : (x, y), optional
        Unless given, a tenth of the window from its upper left corner.
    scale : {"auto", "linear", "log"}
        Spacing of levels; "auto" takes "log" where half of the window lies in the lowest
        15 % of the range of values.
    **details
        Other fields of `Surface`.

    Raises
    ------
    FormulaError
        The text is not a formula, or it is not finite anywhere in the window.
    InputError
        The domain is empty, or the formula is not finite at the start.
    """
    if not isinstance(text, str):
        raise FormulaError(f"formula must be text; not {shown(text)}")
    window = checked_domain(domain)
    point = _default_start(window) if start is None else checked_point("start", start)
    surface = Surface(name, text, domain=window, start=point, **details)
    values = window_values(surface)
    if not np.isfinite(values).any():
        raise FormulaError(
            f"formula must be finite somewhere in the domain {window}; not {shown(text)}, which is "
            "infinite or undefined all over it"
        )
    low, high = (end(values[np.isfinite(values)]).item() for end in (np.min, np.max))
    if not math.isfinite(high - low):
        raise FormulaError(
            f"formula must have a range that floating point holds; not {shown(text)}, which goes "
            f"from {low:.3g} to {high:.3g}"
        )
    if not all(map(math.isfinite, surface.at(*surface.start))):
        raise must("start", "a point where the formula and its slope are finite", surface.start)
    if scale == "auto":
        scale = "log" if _spans_decades(values) else "linear"
    return Surface(name, text, domain=window, start=point, scale=scale, **details)


def window_values(surface: Surface, resolution: int = 61) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Values (resolution, resolution) on a grid over the drawn window, rows along y."""
    (x0, x1), (y0, y1) = surface.domain
    x = np.linspace(x0, x1, resolution)
    y = np.linspace(y0, y1, resolution)
    values: np.ndarray[Any, np.dtype[np.float64]] = surface(*np.meshgrid(x, y))
    return values


def _default_start(window: Domain) -> tuple[float, float]:
    (x0, x1), (y0, y1) = window
    return x0 + 0.1 * (x1 - x0), y1 - 0.1 * (y1 - y0)


def _spans_decades(values: np.ndarray[Any, np.dtype[np.float64]]) -> bool:
    """True where half of the window lies in the lowest part of the range of values."""
    rise = values[np.isfinite(values)]
    rise = rise - rise.min()
    return bool(np.median(rise) < 0.15 * rise.max())
