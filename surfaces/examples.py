"""Surfaces that lessons show besides the catalogue; `surfaces.names` does not list them."""

from __future__ import annotations

from surfaces.fit import fit_line
from surfaces.surface import Surface

two_curvatures = Surface(
    "two curvatures",
    "0.5*(x - 2)**2 + 25*(y - 2)**2",
    domain=((-1, 3), (-1, 3)),
    start=(-0.5, 2.6),
    scale="log",
    minima=((2, 2, 0),),
    title={"en": "Two curvatures", "zh": "两种曲率"},
)

five_points = fit_line([0, 1, 2, 3, 4], [1.1, 2.9, 5.2, 6.8, 9.1])

SURFACES = (two_curvatures, five_points)
