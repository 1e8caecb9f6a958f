"""Any torch function of two tensors as a surface, by autograd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from surfaces.errors import InputError, must
from surfaces.surface import Floats, Surface

Function = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def torch_surface(
    function: Function, domain: Any, start: Any, *, name: str | None = None, **details: Any
) -> Surface:
    """Make a surface of a torch function of two tensors.

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
        Other fields of `Surface`: ``minima``, ``scale``, ``steps``, ...

    Returns
    -------
    Surface
        Value, gradient and Hessian are autograd's.

    Raises
    ------
    InputError
        The function fails on two tensors of one number, or does not return one real number.

    Examples
    --------
    >>> bowl = torch_surface(lambda x, y: x**2 + y**2, ((-2, 2), (-2, 2)), (1, 1), name="bowl")
    >>> bowl.gradient((1.0, 0.5)).tolist()
    [2.0, 1.0]
    """
    if not callable(function):
        raise must("function", "a function of two tensors", function)
    label = name or str(getattr(function, "__name__", "torch"))
    kernel = Autograd(function, label)
    surface = Surface(label, domain=domain, start=start, kernel=kernel, **details)
    try:
        surface.at(*surface.start)
        kernel.probe(surface)
    except InputError:
        raise
    except Exception as error:  # whatever the user's function raises
        said = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise InputError(f"function must work on two tensors; not so: {said[:200]}") from error
    return surface


class Autograd:
    """A torch function and its derivatives: a kernel for `Surface`."""

    def __init__(self, function: Function, name: str) -> None:
        self.function = function
        words = r"\ ".join(name.replace("_", " ").split())
        self.latex = rf"\mathrm{{{words}}}(x, y)"
        self.elementwise = False

    def probe(self, surface: Surface) -> None:
        """Find out whether the function may be called on whole grids."""
        (x0, x1), (y0, y1) = surface.domain
        x, y = np.linspace(x0, x1, 6).reshape(2, 3), np.linspace(y1, y0, 6).reshape(2, 3)
        apart = self.value(x, y)
        self.elementwise = True
        try:
            together = self.value(x, y)
            self.slopes(x, y)
        except (InputError, RuntimeError, ValueError, TypeError, IndexError):
            self.elementwise = False
        else:
            self.elementwise = bool(np.allclose(together, apart, rtol=1e-6, equal_nan=True))

    def _derivatives(self, order: int, x: Floats, y: Floats) -> list[torch.Tensor]:
        """Value (order 0), with slopes (1), or the second derivatives xx, xy, yy (2)."""
        pair = [torch.tensor(v, dtype=torch.float64, requires_grad=order > 0) for v in (x, y)]
        value = self.function(*pair)
        if not isinstance(value, torch.Tensor) or value.is_complex() or value.ndim > x.ndim:
            raise must("function", "one that returns a real number for each point", value)
        value = value.double().expand(x.shape)
        if order == 0:
            return [value]
        first = _slopes(value, pair, create_graph=order == 2)
        if order == 1:
            return [value, *first]
        (xx, xy), (_, yy) = (_slopes(slope, pair, create_graph=False) for slope in first)
        return [xx, xy, yy]

    def _compute(self, order: int, x: Floats, y: Floats) -> list[Floats]:
        if self.elementwise or x.ndim == 0:
            return [part.detach().numpy() for part in self._derivatives(order, x, y)]
        points = zip(x.ravel(), y.ravel(), strict=True)
        rows = [self._compute(order, np.array(a), np.array(b)) for a, b in points]
        columns = np.array(rows, float).reshape(x.size, -1).T
        return [column.reshape(x.shape) for column in columns]

    def value(self, x: Floats, y: Floats) -> Any:
        """Values at arrays of one shape."""
        return self._compute(0, x, y)[0]

    def slopes(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        """Value and both partial derivatives."""
        value, along_x, along_y = self._compute(1, x, y)
        return value, along_x, along_y

    def curvatures(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        """The second derivatives xx, xy, yy."""
        xx, xy, yy = self._compute(2, x, y)
        return xx, xy, yy

    @property
    def at(self) -> Callable[[float, float], tuple[float, float, float]]:
        """The same at two floats."""

        def at(x: float, y: float) -> tuple[float, float, float]:
            value, along_x, along_y = map(float, self.slopes(np.array(x), np.array(y)))
            return value, along_x, along_y

        return at


def _slopes(value: torch.Tensor, pair: list[torch.Tensor], create_graph: bool) -> Any:
    """Both partial derivatives; zero where the value does not depend on a coordinate."""
    if not value.requires_grad:
        return [torch.zeros_like(p) for p in pair]
    # The points are independent, so the slopes of the sum are the slopes of each. Both second
    # derivatives need the graph of the first.
    return torch.autograd.grad(
        value.sum(),
        pair,
        create_graph=create_graph,
        retain_graph=True,
        allow_unused=True,
        materialize_grads=True,
    )
