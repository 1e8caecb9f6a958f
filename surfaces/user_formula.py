"""Make a surface of a user's formula."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from surfaces.placing import placed, scale_of, usual_start
from surfaces.surface import Surface, checked_details
from surfaces.window import checked_domain


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

    checked_details(from_formula, details)
    read = canonical(text)
    window = checked_domain(domain)
    surface = Surface(name, read, domain=window, start=usual_start(window), **details)
    notes = surface.notes
    if "".join(str(text).split()) != "".join(read.split()):
        notes = (*notes, f"formula read as {read}")
    point, moved = placed(surface, start, "formula")
    scale = scale_of(surface.reaching(point), scale, "formula")
    finished = replace(surface, start=point, scale=scale, notes=(*notes, *moved))
    vars(finished)["_kernel"] = surface._kernel  # the same function
    return finished
