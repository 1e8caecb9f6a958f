"""A surface turned about the middle of its window: what it shows is what the axes decide."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from surfaces.errors import must
from surfaces.kernel import Floats, spoken
from surfaces.surface import Surface


class TurnedKernel:
    """Another surface's values and derivatives in turned coordinates.

    Parameters
    ----------
    surface : Surface
    degrees : float
        Anticlockwise about the middle of its window.
    """

    def __init__(self, surface: Surface, degrees: float) -> None:
        self.surface = surface
        self.cos, self.sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
        (x0, x1), (y0, y1) = surface.domain
        self.x, self.y = (x0 + x1) / 2, (y0 + y1) / 2
        self.latex = spoken(f"{surface.name} turned")

    def there(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Where a point of the surface is after the turn."""
        x, y = self._direction(x - self.x, y - self.y)
        return self.x + x, self.y + y

    def _back(self, x: Any, y: Any) -> tuple[Any, Any]:
        """Where it was before."""
        x, y = x - self.x, y - self.y
        return self.x + (self.cos * x + self.sin * y), self.y + (self.cos * y - self.sin * x)

    def _direction(self, x: Any, y: Any) -> tuple[Any, Any]:
        return self.cos * x - self.sin * y, self.sin * x + self.cos * y

    def value(self, x: Floats, y: Floats) -> Any:
        return self.surface(*self._back(x, y))

    def value_and_gradient(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        points = np.stack(self._back(x, y), axis=-1)
        value, slope = self.surface.value_and_gradient(points, exact=True)
        return value, *self._direction(slope[..., 0], slope[..., 1])

    def hessian(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        found = self.surface.hessian(np.stack(self._back(x, y), axis=-1), exact=True)
        return self._second(found[..., 0, 0], found[..., 0, 1], found[..., 1, 1])

    def _second(self, xx: Any, xy: Any, yy: Any) -> tuple[Any, Any, Any]:
        """The second derivatives turned: their matrix, from both sides."""
        (top_x, top_y), (low_x, low_y) = self._direction(xx, xy), self._direction(xy, yy)
        (xx, xy), (_, yy) = self._direction(top_x, low_x), self._direction(top_y, low_y)
        return xx, xy, yy

    @cached_property
    def at(self) -> Callable[[float, float], tuple[float, float, float]]:
        own = self.surface.at

        def at(x: float, y: float) -> tuple[float, float, float]:
            value, df_dx, df_dy = own(*self._back(x, y))
            return value, *self._direction(df_dx, df_dy)

        return at

    @cached_property
    def hessian_at(self) -> Callable[[float, float], tuple[float, float, float]]:
        own = self.surface.hessian_at
        return lambda x, y: self._second(*own(*self._back(x, y)))

    def covers(self, x: float, y: float) -> bool:
        return self.surface.covers(*self._back(x, y))

    def __getstate__(self) -> dict[str, Any]:
        # What is made when asked for holds functions, which cannot be pickled.
        return {k: v for k, v in vars(self).items() if k not in ("at", "hessian_at")}


def turned(surface: Surface, degrees: float = 45.0) -> Surface:
    """The surface turned anticlockwise about the middle of its window, in the same window.

    A rule that sees the point as a whole takes the same path on it, turned; one that scales each
    coordinate by itself does not.

    Parameters
    ----------
    surface : Surface
    degrees : float

    Raises
    ------
    InputError
        An angle that is no finite number.
    """
    if not (isinstance(degrees, (int, float)) and math.isfinite(degrees)):
        raise must("degrees", "a finite number", degrees)
    kernel = TurnedKernel(surface, degrees)
    other = replace(
        surface,
        name=f"{surface.name} turned",
        formula=None,
        kernel=kernel,
        start=kernel.there(*surface.start),
        minima=tuple((*kernel.there(x, y), value) for x, y, value in surface.minima),
        saddles=tuple((*kernel.there(x, y), value) for x, y, value in surface.saddles),
        data=None,
    )
    return other.reaching(other.start)
