"""Kernels of a user's function: slopes by central differences, or by a function of their own."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from surfaces.calls import Calls
from surfaces.differences import JUMP, LARGEST, LONGEST, Step, slope
from surfaces.kernel import Floats, spoken
from surfaces.window import Domain

OF_SLOPES = 64  # times the step of differences of values: that of differences of such slopes
ANY = (math.inf, math.inf)  # slope is no jump
NEAR = 100.0  # windows away: farther out nan comes from an overflow

Usual = tuple[float | None, float | None]
At = Callable[[float, float], tuple[float, float, float]]


class Computed(ABC):
    """A function's values and derivatives; a subclass says where its slopes come from.

    Parameters
    ----------
    function : Calls
    domain : ((x0, x1), (y0, y1))
    steps : (Step, Step)
        Of differences along x and y, in the window. Outside they grow with the distance.
    name : str
        What the function is called in titles.
    """

    def __init__(
        self, function: Calls, domain: Domain, steps: tuple[Step, Step], name: str
    ) -> None:
        self.function, self.latex = function, spoken(name)
        self.steps = steps[0].length, steps[1].length
        self.usual = steps[0].usual, steps[1].usual
        (x0, x1), (y0, y1) = domain
        self.middle = (x0 + x1) / 2, (y0 + y1) / 2
        self.sides = x1 - x0, y1 - y0

    @abstractmethod
    def value_and_gradient(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        """Value and both partial derivatives."""

    @property
    @abstractmethod
    def at(self) -> At:
        """The same at two floats."""

    @property
    @abstractmethod
    def steps_of_slopes(self) -> tuple[float, float]:
        """Steps of the differences of slopes."""

    @property
    def vectorized(self) -> bool:
        """Whether whole arrays of points are one call."""
        return self.function.vectorized

    def value(self, x: Floats, y: Floats) -> Floats:
        """Values at arrays of one shape."""
        return self.function(x, y)

    def hessian(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        """The second derivatives xx, xy, yy, by central differences of the slopes."""
        cross = self.cross(x, y, self.steps_of_slopes)
        _, along_x, along_y = self.value_and_gradient(cross.x, cross.y)
        (xx, xy), (yx, yy) = cross.slopes(along_x, ANY), cross.slopes(along_y, ANY)
        return xx, (xy + yx) / 2, yy

    def covers(self, x: float, y: float) -> bool:
        """Whether the function has a value at a point, be it infinite."""
        places = zip((x, y), self.middle, self.sides, strict=True)
        if any(abs(at - middle) > NEAR * side for at, middle, side in places):
            return True  # inf - inf is nan too
        return not math.isnan(self.function.at(x, y))

    def cross(self, x: Floats, y: Floats, steps: tuple[float, float]) -> Cross:
        """Points with their neighbours."""
        (dx, dy), (mid_x, mid_y), (wide, tall) = steps, self.middle, self.sides
        h = dx * np.maximum(1.0, np.abs(x - mid_x) / wide)
        k = dy * np.maximum(1.0, np.abs(y - mid_y) / tall)
        return Cross(np.stack([x, x - h, x + h, x, x]), np.stack([y, y, y, y - k, y + k]))


class Cross(NamedTuple):
    """Points and their neighbours on the left, on the right, below and above: five layers."""

    x: Floats
    y: Floats

    def slopes(self, values: Floats, usual: Usual) -> tuple[Any, Any]:
        """The slopes along x and y of values at all of them; ``usual`` ones are no jumps."""
        here, left, right, below, above = values
        back, forth = self.x[0] - self.x[1], self.x[2] - self.x[0]
        down, up = self.y[0] - self.y[3], self.y[4] - self.y[0]
        along_x = slope(left, here, right, back, forth, usual[0])
        return along_x, slope(below, here, above, down, up, usual[1])


class Differences(Computed):
    """Slopes by central differences of the values."""

    @property
    def steps_of_slopes(self) -> tuple[float, float]:
        (dx, dy), (wide, tall) = self.steps, self.sides
        return min(OF_SLOPES * dx, LONGEST * wide), min(OF_SLOPES * dy, LONGEST * tall)

    def value_and_gradient(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        cross = self.cross(x, y, self.steps)
        values = self.function(cross.x, cross.y)
        return values[0], *cross.slopes(values, self.usual)

    @property
    def at(self) -> At:
        (dx, dy), (mid_x, mid_y), (wide, tall) = self.steps, self.middle, self.sides
        row, whole = self.function.row, self.value_and_gradient
        most_x, most_y = (min(0.5 * JUMP * (usual or 0.0), LARGEST) for usual in self.usual)

        def at(x: float, y: float) -> tuple[float, float, float]:
            reach_x = dx * max(1.0, abs(x - mid_x) / wide)
            reach_y = dy * max(1.0, abs(y - mid_y) / tall)
            left, right, low, high = x - reach_x, x + reach_x, y - reach_y, y + reach_y
            here, before, after, below, above = row([x, left, right, x, x], [y, y, y, low, high])
            df_dx, df_dy = (after - before) / (right - left), (above - below) / (high - low)
            if -most_x <= df_dx <= most_x and -most_y <= df_dy <= most_y:  # finite, and no jump
                return here, df_dx, df_dy
            value, df_dx, df_dy = map(float, whole(np.array(x), np.array(y)))
            return value, df_dx, df_dy

        return at


class WithGradient(Computed):
    """Slopes by a function of their own."""

    def __init__(self, function: Calls, gradient: Calls, *shared: Any) -> None:
        super().__init__(function, *shared)
        self.gradient = gradient

    @property
    def steps_of_slopes(self) -> tuple[float, float]:
        return self.steps

    @property
    def vectorized(self) -> bool:
        return self.function.vectorized and self.gradient.vectorized

    def value_and_gradient(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        df_dx, df_dy = self.gradient(x, y)
        return self.function(x, y), df_dx, df_dy

    @property
    def at(self) -> At:
        value, gradient = self.function.at, self.gradient.at

        def at(x: float, y: float) -> tuple[float, float, float]:
            df_dx, df_dy = gradient(x, y)
            return value(x, y), df_dx, df_dy

        return at
