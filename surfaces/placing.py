"""Where a descent starts on a surface of the user's, and how its levels are spaced."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from surfaces.declaration import SCALES
from surfaces.errors import FormulaError, InputError, must, shown
from surfaces.surface import Surface
from surfaces.window import Domain, checked_point

GRIDS = (40, 200)  # steps along each side of the window, where a start is looked for


def placed(surface: Surface, start: Any, what: str) -> tuple[tuple[float, float], tuple[str, ...]]:
    """A start where value and slope are finite, and a note if it is not the usual one.

    Parameters
    ----------
    surface : Surface
    start : (x, y) or None
        None: a tenth of the window from its upper left corner or, where the surface is not finite
        there, the nearest point of a grid where it is.
    what : str
        What the surface is made of: "formula", "function" or "z".
    """
    usual = usual_start(surface.domain)
    point = usual if start is None else checked_point("start", start)
    value, *slope = surface.at(*point)
    if all(map(math.isfinite, (value, *slope))):
        return point, ()
    if start is not None:
        error = must("start", f"a point where the {what} and its slope are finite", point)
        found = f"the gradient is ({slope[0]:.3g}, {slope[1]:.3g})"
        raise InputError(
            f"{error}, where {found if math.isfinite(value) else f'the value is {value:.3g}'}"
        )
    point = _nearest_start(surface, what)
    moved, meant = (f"({x:.6g}, {y:.6g})" for x, y in (point, usual))
    note = f"start: {moved}, the nearest point to {meant} where the {what} and its slope are finite"
    return point, (note,)


def scale_of(surface: Surface, asked: str, what: str, resolution: int = 61) -> str:
    """The scale that was asked for, or for "auto" the one that suits the values in the window.

    Refuses values whose range overflows, as no scale suits them.
    """
    if not isinstance(asked, str) or asked not in ("auto", *SCALES):
        raise must("scale", "'auto', 'linear' or 'log'", asked)
    *_, values = surface.samples(resolution)
    values = values[np.isfinite(values)]
    low, high = (values.min().item(), values.max().item()) if values.size else (0.0, 0.0)
    if not math.isfinite(high - low):
        raise _error(what)(
            f"{what} must have a range that floating point holds; not "
            f"{_given(surface)}, which goes from {low:.3g} to {high:.3g}"
        )
    if asked != "auto":
        return asked
    rise = values - low
    # "log" where half of the values lies in the lowest part of their range.
    return "log" if low < high and np.median(rise) < 0.15 * rise.max() else "linear"


def usual_start(window: Domain) -> tuple[float, float]:
    """A tenth of the window from its upper left corner."""
    (x0, x1), (y0, y1) = window
    return x0 + 0.1 * (x1 - x0), y1 - 0.1 * (y1 - y0)


def _nearest_start(surface: Surface, what: str) -> tuple[float, float]:
    """The point of a grid nearest to the usual start where value and slope are finite.

    Distances are measured in shares of the window; of equally near points the lowest is taken, of
    these the one on the left. A finer grid is searched where the first has no such point. Of a
    function and of samples it is, if possible, none at the edge of where they are known.
    """
    blamed, given = what, _given(surface)
    for steps in GRIDS:
        x, y = (np.linspace(*ends, steps + 1) for ends in surface.domain)
        value, gradient = surface.value_and_gradient(np.stack(np.meshgrid(x, y), axis=-1))
        known = np.isfinite(value) & np.isfinite(gradient).all(axis=-1)
        if what != "formula" and _inside(known).any():
            known = _inside(known)  # at the edge slopes are one-sided, and a step leads out
        if what != "formula" and np.isfinite(value).any():
            blamed, given = f"gradient of the {what}", f"that of {_given(surface)}"
        rows, columns = np.nonzero(known)
        if rows.size:
            away = (columns - steps // 10) ** 2 + (rows - (steps - steps // 10)) ** 2
            nearest = int(np.argmin(away))
            return float(x[columns[nearest]]), float(y[rows[nearest]])
    raise _error(what)(
        f"{blamed} must be finite somewhere in the domain {surface.domain}; not "
        f"{given}: give another domain, or a start where it is finite"
    )


def _inside(known: Any) -> Any:
    """Those points of a grid whose neighbours are known too; beyond the grid all count as known."""
    wide = np.pad(known, 1, constant_values=True)
    across, up = wide[1:-1, :-2] & wide[1:-1, 2:], wide[:-2, 1:-1] & wide[2:, 1:-1]
    return known & across & up


def _given(surface: Surface) -> str:
    return shown(surface.formula or surface.name)


def _error(what: str) -> type[InputError]:
    return FormulaError if what == "formula" else InputError
