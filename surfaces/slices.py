"""Slices: a function of many numbers over two directions, as a surface."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from surfaces.errors import must
from surfaces.interpolation import finite
from surfaces.kernel import Floats
from surfaces.surface import Surface
from surfaces.user_function import from_function, name_of

PARALLEL = 1e-9  # sine of the angle between directions that are one


def slice_of(
    function: Callable[..., Any],
    origin: Any,
    directions: Sequence[Any] = (0, 1),
    domain: Any = ((-1, 1), (-1, 1)),
    start: Any = (0, 0),
    *,
    gradient: Callable[..., Any] | str | None = None,
    **details: Any,
) -> Surface:
    """Make a surface of a function of many numbers: its values on a plane through a point.

    The surface is ``f(origin + x * u + y * v)``. A descent on it stays on the plane: it sees of the
    gradient the part along ``u`` and ``v``.

    Parameters
    ----------
    function : callable
        Of an array (or a torch tensor, if ``origin`` is one) of the shape of ``origin``.
    origin : array_like or torch.Tensor
        The point where x and y are 0, of any shape.
    directions : (u, v)
        Each an array of the shape of ``origin``, or the number of a coordinate: ``(0, 3)`` are the
        first and the fourth. They need not be of length 1, nor at right angles.
    domain : ((x0, x1), (y0, y1))
        The window that is drawn, in multiples of ``u`` and ``v``.
    start : (x, y)
        Where a descent begins; the origin unless given.
    gradient : callable, "torch" or "jax", optional
        Of the function, at a point, in the shape of ``origin``: its products with ``u`` and ``v``
        are the exact slopes. "torch" is meant where ``origin`` is a tensor. Unless given: central
        differences.
    **details
        What else `surfaces.from_function` takes: ``vectorized`` (the function then gets points of
        shape (..., *origin.shape)), ``axes``, ``minima``, ``title``, ...

    Raises
    ------
    InputError
        Directions that do not fit the origin, or lie on one line; and as `from_function`.

    Examples
    --------
    >>> import numpy as np
    >>> bowl = slice_of(lambda p: float(np.sum(p**2)), np.ones(10), (0, 9))
    >>> bowl(0.0, -1.0)
    9.0
    """
    plane = Plane(function, origin, directions)
    if gradient is None and plane.tensor is not None:
        gradient = "torch"
    elif callable(gradient):
        gradient = Projected(plane, gradient)
    details = {"name": name_of(function)} | details
    return from_function(plane, domain, start, gradient=gradient, **details)


class Plane:
    """A function of many numbers at the points of a plane.

    ``tensor`` is the origin where that is torch's: the function then gets tensors of its kind.
    """

    def __init__(self, function: Callable[..., Any], origin: Any, directions: Any) -> None:
        if not callable(function):
            raise must("function", "a function of an array", function)
        is_tensor = hasattr(origin, "new_tensor")  # torch need not be there
        self.function, self.tensor = function, origin.detach() if is_tensor else None
        self.origin = finite("origin", _array(origin))
        if self.origin.size < 2:
            raise must("origin", "an array of at least 2 numbers", f"shape {self.origin.shape}")
        self.u, self.v = _directions(directions, self.origin)

    def point(self, x: Any, y: Any) -> Any:
        """The points, of shape (..., *origin.shape), in the kind of array of x or the origin."""
        origin, u, v = self.origin, self.u, self.v
        shape = getattr(x, "shape", ())
        if shape:
            x, y = (part.reshape((*shape, *(1 for _ in origin.shape))) for part in (x, y))
        if hasattr(x, "new_tensor"):
            origin, u, v = (x.new_tensor(part) for part in (origin, u, v))
        point = origin + x * u + y * v
        if self.tensor is None:
            return point
        # In the type and on the device of a model's numbers.
        return point.to(self.tensor) if hasattr(x, "to") else self.tensor.new_tensor(point)

    def __call__(self, x: Any, y: Any) -> Any:
        result = self.function(self.point(x, y))
        wanted = hasattr(x, "new_tensor") or not hasattr(result, "detach")
        return result if wanted else _array(result)


class Projected:
    """The part along a plane of the gradient of a function of many numbers."""

    def __init__(self, plane: Plane, gradient: Callable[..., Any]) -> None:
        self.plane, self.gradient = plane, gradient

    def __call__(self, x: Any, y: Any) -> tuple[Any, Any]:
        point = self.plane.point(x, y)
        slopes = np.asarray(_array(self.gradient(point)), float)
        if slopes.shape != np.shape(point):
            allowed = f"one that returns an array of shape {self.plane.origin.shape} for a point"
            raise must("gradient", allowed, f"shape {slopes.shape}")
        axes = tuple(range(-self.plane.origin.ndim, 0))
        return (slopes * self.plane.u).sum(axis=axes), (slopes * self.plane.v).sum(axis=axes)


def _array(numbers: Any) -> Any:
    """A tensor as an array; anything else as it is."""
    return numbers.detach().cpu().numpy() if hasattr(numbers, "detach") else numbers


def _directions(directions: Any, origin: Floats) -> tuple[Floats, Floats]:
    """Two directions that span a plane, or an `InputError`."""
    allowed = f"two arrays of shape {origin.shape}, or numbers of coordinates from 0 to "
    allowed += str(origin.size - 1)
    try:
        u, v = (_direction(each, origin) for each in directions)
    except (TypeError, ValueError, IndexError):
        raise must("directions", allowed, directions) from None
    units = [each / (np.linalg.norm(each) or 1.0) for each in (u, v)]
    across = units[1] - units[0] * np.vdot(*units)
    if not units[0].any() or np.linalg.norm(across) < PARALLEL:
        raise must("directions", "two that are not 0 and not on one line", directions)
    return u, v


def _direction(given: Any, origin: Floats) -> Floats:
    if isinstance(given, (int, np.integer)) and not isinstance(given, bool):
        direction = np.zeros(origin.size)
        direction[given] = 1.0
        return direction.reshape(origin.shape)
    direction = finite("directions", _array(given))
    if direction.shape != origin.shape:
        raise ValueError("another shape")
    return direction
