"""Make a surface of a user's formula: choose its window, start and scale of levels."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from surfaces.errors import FormulaError, must, shown
from surfaces.surface import Surface
from surfaces.window import Domain, checked_domain, checked_point

GRIDS = (40, 200)  # steps along each side of the window, where a start is looked for


def from_formula(
    text: Any,
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
    text : str or sympy.Expr
        In ``x`` and ``y``, for example ``"x^2 + 3sin(y)"``; `surfaces.formula.parse` says what
        is allowed. A formula in x alone is a surface constant in y.
    domain : ((x0, x1), (y0, y1))
        The window that is drawn.
    start : (x, y), optional
        Unless given, a tenth of the window from its upper left corner or, where the formula or its
        slope is not finite there, the nearest point of an even grid over the window where both are.
    scale : {"auto", "linear", "log"}
        Spacing of levels; "auto" takes "log" where half of the window lies in the lowest
        15 % of the range of values.
    **details
        Other fields of `Surface`.

    Returns
    -------
    Surface
        Its ``formula`` is the canonical text: ``x**2 + 3*sin(y)``. Its ``notes`` say what was
        understood where that isn't what was typed, and that the start had to move.

    Raises
    ------
    FormulaError
        The text is not a formula, or it is not finite anywhere in the window.
    InputError
        The domain is empty, or the formula is not finite at the start that was given.
    """
    from surfaces.formula import canonical  # SymPy is loaded only for a user's formula

    read = canonical(text)
    notes = details.pop("notes", ())
    if "".join(str(text).split()) != "".join(read.split()):
        notes = (*notes, f"formula read as {read}")
    window = checked_domain(domain)
    usual = _usual_start(window)
    point = usual if start is None else checked_point("start", start)
    surface = Surface(name, read, domain=window, start=point, **details)
    if not all(map(math.isfinite, surface.at(*point))):
        if start is not None:
            raise must("start", "a point where the formula and its slope are finite", point)
        point = _nearest_start(surface)
        moved, meant = (f"({x:.6g}, {y:.6g})" for x, y in (point, usual))
        notes = (*notes, f"start: {moved}, the nearest point to {meant} where the formula and its "
                         "slope are finite")  # fmt: skip
    scale = _scale(surface.reaching(point), scale)
    finished = replace(surface, start=point, scale=scale, notes=notes)
    vars(finished)["_kernel"] = surface._kernel  # the same function
    return finished


def _scale(surface: Surface, scale: str) -> str:
    """The scale that was asked for, or the one that suits the values in the window.

    Refuses values whose range overflows, as no scale suits them.
    """
    *_, values = surface.samples()
    values = values[np.isfinite(values)]
    low, high = (values.min().item(), values.max().item()) if values.size else (0.0, 0.0)
    if not math.isfinite(high - low):
        raise FormulaError(
            "formula must have a range that floating point holds; not "
            f"{shown(surface.formula)}, which goes from {low:.3g} to {high:.3g}"
        )
    if scale != "auto":
        return scale
    rise = values - low
    # "log" where half of the values lies in the lowest part of their range.
    return "log" if low < high and np.median(rise) < 0.15 * rise.max() else "linear"


def _usual_start(window: Domain) -> tuple[float, float]:
    (x0, x1), (y0, y1) = window
    return x0 + 0.1 * (x1 - x0), y1 - 0.1 * (y1 - y0)


def _nearest_start(surface: Surface) -> tuple[float, float]:
    """The point of a grid nearest to the usual start where value and slope are finite.

    Distances are measured in shares of the window; of equally near points the lowest is taken, of
    these the one on the left. A finer grid is searched where the first has no such point.
    """
    for steps in GRIDS:
        x, y = (np.linspace(*ends, steps + 1) for ends in surface.domain)
        value, gradient = surface.value_and_gradient(np.stack(np.meshgrid(x, y), axis=-1))
        rows, columns = np.nonzero(np.isfinite(value) & np.isfinite(gradient).all(axis=-1))
        if rows.size:
            away = (columns - steps // 10) ** 2 + (rows - (steps - steps // 10)) ** 2
            nearest = int(np.argmin(away))
            return float(x[columns[nearest]]), float(y[rows[nearest]])
    raise FormulaError(
        f"formula must be finite somewhere in the domain {surface.domain}; not "
        f"{shown(surface.formula)}: give another domain, or a start where it is finite"
    )
