"""A kernel of a JAX function: value, slopes and second derivatives by its transformations."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import jax
import numpy as np

try:
    from jax import enable_x64
except ImportError:  # before 0.8
    from jax.experimental import enable_x64

from surfaces.calls import takes_point
from surfaces.errors import InputError, must, reason_of
from surfaces.kernel import Floats, at_floats, spoken
from surfaces.window import Domain


def derived(
    function: Callable[..., Any], domain: Domain, point: tuple[float, float], name: str
) -> Derived:
    """The kernel of a function of two JAX numbers, or of one that takes the array of both.

    Raises
    ------
    InputError
        The function fails on JAX's numbers, as one of ``math`` or NumPy does, or does not return
        one real number.
    """
    kernel = Derived(function, name)
    try:
        kernel.at(*point)
    except InputError:
        raise
    except Exception as error:  # whatever the user's function raises
        raise InputError(
            f"function must work on JAX's numbers; not so: {reason_of(error)}"
        ) from error
    return kernel


class Derived:
    """A JAX function and its derivatives, in double precision whatever JAX's settings are.

    Many points are one call, by ``vmap``, for any function of two numbers.
    """

    vectorized = True

    def __init__(self, function: Callable[..., Any], name: str) -> None:
        self.function, self.latex = function, spoken(name)

    def __getstate__(self) -> dict[str, Any]:
        # Compiled functions cannot be pickled: they are made anew.
        return {name: value for name, value in vars(self).items() if name[0] != "_"}

    def probe(self, x: Floats, y: Floats) -> str:
        """Nothing is to be found out: see `vectorized`."""
        return ""

    def _number(self, x: Any, y: Any) -> Any:
        """The function's number at two scalars."""
        pair = (jax.numpy.stack([x, y]),) if takes_point(self.function) else (x, y)
        result = jax.numpy.asarray(self.function(*pair))
        if jax.numpy.iscomplexobj(result) or result.size != 1:
            allowed = "one that returns a real number for each point"
            raise must("function", allowed, f"{result.dtype} of shape {result.shape}")
        return result.astype(float).reshape(())

    @cached_property
    def _value(self) -> Callable[..., Any]:
        return _many(self._number)

    @cached_property
    def _slopes(self) -> Callable[..., Any]:
        return _many(jax.value_and_grad(self._number, argnums=(0, 1)))

    @cached_property
    def _curvatures(self) -> Callable[..., Any]:
        return _many(jax.hessian(self._number, argnums=(0, 1)))

    def value(self, x: Floats, y: Floats) -> Any:
        """Values at arrays of one shape."""
        return self._value(x, y)

    def value_and_gradient(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        """Value and both partial derivatives."""
        value, (df_dx, df_dy) = self._slopes(x, y)
        return value, df_dx, df_dy

    def hessian(self, x: Floats, y: Floats) -> tuple[Any, Any, Any]:
        """The second derivatives xx, xy, yy."""
        (xx, xy), (_, yy) = self._curvatures(x, y)
        return xx, xy, yy

    @property
    def at(self) -> Callable[[float, float], tuple[float, float, float]]:
        """The same at two floats."""
        return at_floats(self.value_and_gradient)


def _many(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of two scalars, compiled, on arrays of one shape; NumPy's arrays come back."""
    compiled = jax.jit(jax.vmap(function))

    def run(x: Floats, y: Floats) -> Any:
        with enable_x64(True):
            found = compiled(x.ravel(), y.ravel())
        return jax.tree.map(lambda part: np.asarray(part).reshape(x.shape), found)

    return run
