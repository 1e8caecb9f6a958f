"""Any torch function of two tensors as a surface, by autograd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from surfaces.surface import Surface
from surfaces.user_function import from_function


def torch_surface(
    function: Callable[..., Any],
    domain: Any,
    start: Any,
    *,
    name: str | None = None,
    **details: Any,
) -> Surface:
    """Make a surface of a torch function: `surfaces.from_function` with ``gradient="torch"``.

    Parameters
    ----------
    function : callable
        From two float64 tensors, x and y, to one. Where it works element by element it is called
        on whole grids; else (the loss of a small model, say) point by point.
    domain : ((x0, x1), (y0, y1))
        The window that is drawn.
    start : (x, y)
        Where a descent begins.
    name : str, optional
        The function's own unless given.
    **details
        What else `surfaces.from_function` takes; ``scale`` is "linear" unless given.

    Returns
    -------
    Surface
        Value, gradient and Hessian are autograd's.

    Raises
    ------
    InputError
        The function fails on two tensors of one number, does not return one real number, or returns
        one that changes with x or y but is not connected to it: its slope would silently be 0.

    Warns
    -----
    UserWarning
        Autograd's slopes are not those of the values, as where a part is not connected.

    Examples
    --------
    >>> bowl = torch_surface(lambda x, y: x**2 + y**2, ((-2, 2), (-2, 2)), (1, 1), name="bowl")
    >>> bowl.gradient((1.0, 0.5)).tolist()
    [2.0, 1.0]
    """
    details = {"scale": "linear"} | details
    return from_function(function, domain, start, gradient="torch", name=name, **details)
