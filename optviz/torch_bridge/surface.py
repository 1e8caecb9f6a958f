"""Any torch function of two tensors as a surface, by autograd."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from surfaces.errors import InputError, must
from surfaces.surface import Floats, Surface

PROBES = ((0.13, 0.71), (0.31, 0.22), (0.47, 0.93), (0.68, 0.39), (0.86, 0.57))  # of the window

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
    if not callable(function):
        raise must("function", "a function of two tensors", function)
    label = name or str(getattr(function, "__name__", "torch"))
    kernel = Autograd(function, label)
    surface = Surface(label, domain=domain, start=start, kernel=kernel, **details)
    try:
        kernel.check_connected(surface)
        surface.at(*surface.start)
        kernel.probe(surface)
    except InputError:
        raise
    except Exception as error:  # whatever the user's function raises
        reason = f"{type(error).__name__}: {' '.join(str(error).split())}"
        raise InputError(f"function must work on two tensors; not so: {reason[:200]}") from error
    return surface


class Autograd:
    """A torch function and its derivatives: a kernel for `Surface`."""

    def __init__(self, function: Function, name: str) -> None:
        self.function = function
        words = r"\ ".join(name.replace("_", " ").split())
        self.latex = rf"\mathrm{{{words}}}(x, y)"
        self.elementwise = False

    def check_connected(self, surface: Surface) -> None:
        """Refuse or warn of a function whose slopes autograd does not know."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's own, of a tensor made a number
            findings = [self._look_along(axis, surface.domain) for axis in (0, 1)]
        for name, finding in zip("xy", findings, strict=True):
            if finding == "cut":
                raise InputError(
                    f"function must be connected to {name} through autograd; its value changes "
                    f"with {name}, but has no gradient: write torch.sin({name}) for "
                    f"math.sin({name}) and torch.stack([x, y]) for torch.tensor([x, y]), and leave "
                    "out .item(), .detach() and no_grad"
                )
            if finding == "partly cut":
                warnings.warn(
                    f"the gradient along {name} by autograd is not the slope of the function's "
                    f"values: a part of it goes through math, .item(), .detach() or no_grad",
                    UserWarning,
                    stacklevel=3,
                )

    def _look_along(self, axis: int, domain: Any) -> str:
        """Compare autograd's slopes with differences: "connected", "cut" or "partly cut"."""
        low, high = np.array(domain, float).T
        step = 1e-3 * (high[axis] - low[axis]) * np.eye(2)[axis]
        verdicts = []
        for share in PROBES:
            point = low + np.array(share) * (high - low)
            here, again = self._plain(point), self._plain(point)
            wide, narrow = (
                [self._plain(point + k * step), self._plain(point - k * step)] for k in (1, 0.5)
            )
            values = np.array([here, *wide, *narrow])
            if here != again or not np.isfinite(values).all() or (values == here).all():
                continue  # random, undefined or flat here
            slope = self._slope(axis, point)
            if slope is None:
                verdicts.append("cut")
                continue
            length = step[axis]
            far, near = (wide[0] - wide[1]) / (2 * length), (narrow[0] - narrow[1]) / length
            smooth = abs(far - near) <= 1e-3 * abs(near)
            if smooth and abs(wide[0] - wide[1]) > 1e-4 * abs(here):  # beyond float32's rounding
                right = abs(slope - near) <= 1e-2 * max(abs(slope), abs(near))
                verdicts.append("connected" if right else "partly cut")
        for verdict in ("cut", "partly cut"):
            if 2 * verdicts.count(verdict) > len(verdicts):
                return verdict
        return "connected"

    def _plain(self, point: Floats) -> float:
        """The value at one point."""
        return float(self._compute(0, *np.array(point))[0])

    def _slope(self, axis: int, point: Floats) -> float | None:
        """Autograd's slope along one coordinate; None where no path leads to it."""
        pair = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in point]
        value = self.function(*pair)
        if not value.requires_grad:
            return None
        slope = torch.autograd.grad(value.sum(), pair[axis], allow_unused=True)[0]
        return None if slope is None else float(slope)

    def probe(self, surface: Surface) -> None:
        """Find out whether the function can be called on whole grids, or on single points only."""
        (x0, x1), (y0, y1) = surface.domain
        x, y = np.linspace(x0, x1, 6).reshape(2, 3), np.linspace(y1, y0, 6).reshape(2, 3)
        apart = self.value(x, y)
        self.elementwise = True
        try:
            together = self.value(x, y)
            self.value_and_gradient(x, y)
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
        first = _gradient(value, pair, create_graph=order == 2)
        if order == 1:
            return [value, *first]
        (xx, xy), (_, yy) = (_gradient(slope, pair, create_graph=False) for slope in first)
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

    def value_and_gradient(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        """Value and both partial derivatives."""
        value, df_dx, df_dy = self._compute(1, x, y)
        return value, df_dx, df_dy

    def hessian(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        """The second derivatives xx, xy, yy."""
        xx, xy, yy = self._compute(2, x, y)
        return xx, xy, yy

    @property
    def at(self) -> Callable[[float, float], tuple[float, float, float]]:
        """The same at two floats."""

        def at(x: float, y: float) -> tuple[float, float, float]:
            value, df_dx, df_dy = map(float, self.value_and_gradient(np.array(x), np.array(y)))
            return value, df_dx, df_dy

        return at


def _gradient(value: torch.Tensor, pair: list[torch.Tensor], create_graph: bool) -> Any:
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
