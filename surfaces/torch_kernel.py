"""A kernel of a torch function: value, slopes and second derivatives by autograd."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch

from surfaces.calls import UNLIKE, takes_point
from surfaces.differences import disagreement
from surfaces.errors import InputError, must, reason_of, warn
from surfaces.kernel import Floats, at_floats, spoken
from surfaces.window import Domain

Function = Callable[..., torch.Tensor]


def derived(function: Function, domain: Domain, point: tuple[float, float], name: str) -> Autograd:
    """The kernel of a function of two tensors, or of one that holds both.

    Raises
    ------
    InputError
        The function fails on tensors of one number, does not return one real number, or returns one
        that changes with x or y but is not connected to it: its slope would silently be 0.

    Warns
    -----
    UserWarning
        Autograd's slopes are not those of the values, as where a part is not connected.
    """
    kernel = Autograd(OfPair(function) if takes_point(function) else function, name)
    try:
        kernel.check_connected(domain)
        kernel.at(*point)
    except InputError:
        raise
    except Exception as error:  # whatever the user's function raises
        raise InputError(
            f"function must work on two tensors; not so: {reason_of(error)}"
        ) from error
    return kernel


class OfPair:
    """A function of x and y that calls one of the tensor of both."""

    def __init__(self, function: Function) -> None:
        self.function = function

    def __call__(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return self.function(torch.stack([x, y]))


class Autograd:
    """A torch function and its derivatives: a kernel for `Surface`."""

    def __init__(self, function: Function, name: str) -> None:
        self.function, self.latex = function, spoken(name)
        self.vectorized = False

    def check_connected(self, domain: Domain) -> None:
        """Refuse or warn of a function whose slopes autograd does not know."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's own, of a tensor made a number
            findings = [
                disagreement(self._plain, partial(self._slope, axis), domain, axis)
                for axis in (0, 1)
            ]
        for name, finding in zip("xy", findings, strict=True):
            if finding == "no slope":
                raise InputError(
                    f"function must be connected to {name} through autograd; its value changes "
                    f"with {name}, but has no gradient: write torch.sin({name}) for "
                    f"math.sin({name}) and torch.stack([x, y]) for torch.tensor([x, y]), and leave "
                    "out .item(), .detach() and no_grad"
                )
            if finding == "another slope":
                warn(
                    f"the gradient along {name} by autograd is not the slope of the function's "
                    f"values: a part of it goes through math, .item(), .detach() or no_grad"
                )

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

    def probe(self, x: Floats, y: Floats) -> str:
        """Find out whether the function can be called on whole arrays; if not, the reason."""
        apart = self.value(x, y)
        self.vectorized = True
        try:
            together = self.value(x, y)
            self.value_and_gradient(x, y)
        except (InputError, RuntimeError, ValueError, TypeError, IndexError) as error:
            self.vectorized = False
            return reason_of(error)
        self.vectorized = bool(np.allclose(together, apart, rtol=1e-6, equal_nan=True))
        return "" if self.vectorized else UNLIKE

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
        if self.vectorized or x.ndim == 0:
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
        return at_floats(self.value_and_gradient)


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
