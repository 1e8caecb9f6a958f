"""Calls of a user's function: on two numbers, on whole arrays, or point by point."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from surfaces.errors import InputError, must, reason_of, shown
from surfaces.kernel import Floats
from surfaces.scalars import works_on_scalars

# How floats and math say inf or nan, and libraries that a point is outside.
NO_VALUE = (ArithmeticError, ValueError)
UNLIKE = "its results on arrays are not those on single points"
POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Calls:
    """A function of x and y, or of the pair of them, whose results are checked.

    Parameters
    ----------
    function : callable
        ``f(x, y)``; or ``f(p)``, where ``p`` is an array that holds x and y: shape (2,) for a
        point, (2, ...) for many.
    name : str
        What messages call it.
    slopes : bool
        Whether it returns a pair for each point; else a number.

    Attributes
    ----------
    vectorized : bool
        Whether it is called on arrays; else point by point.
    plain : bool
        Whether it makes plain floats of floats, by arithmetic or ``math``: then five calls are
        faster than one on an array.
    scalar : bool
        Whether it does so by NumPy's element-wise functions: likewise.
    """

    def __init__(self, function: Callable[..., Any], name: str, slopes: bool = False) -> None:
        if not callable(function):
            raise must(name, "a function of x and y", function)
        self.function, self.name, self.slopes = function, name, slopes
        self.takes_point = takes_point(function)
        self.vectorized = self.plain = self.scalar = False

    def __call__(self, x: Floats, y: Floats) -> Floats:
        """Its numbers at arrays of one shape: of that shape, slopes in two layers."""
        if self.vectorized and x.ndim:
            try:
                return self._numbers(self._called(x, y), x.shape)
            except InputError:
                raise
            except Exception:  # at some of the points: which, and what it means, is found below
                pass
        pairs = zip(x.ravel().tolist(), y.ravel().tolist(), strict=True)
        rows = np.array([self.at(*pair) for pair in pairs], float)
        return np.asarray(rows.T.reshape((2, *x.shape) if self.slopes else x.shape))

    def at(self, x: float, y: float) -> Any:
        """Its number or pair of numbers at a point; nan where it raises what numbers raise."""
        try:
            result = self.function(x, y) if self.plain else self._called(x, y)
            if isinstance(result, float):  # NumPy's too
                return float(result)
            if isinstance(result, complex):  # of a power of a negative number; checked at first
                return np.nan
            found: Any = self._numbers(result, ()).tolist()
        except InputError:
            raise
        except NO_VALUE:
            return [np.nan, np.nan] if self.slopes else np.nan
        except Exception as error:
            raise self.failed(error, x, y) from error
        return found

    def row(self, x: list[float], y: list[float]) -> list[float]:
        """Its numbers at a few points, as floats: the fast way to single ones."""
        if self.plain or not self.vectorized:
            return list(map(self.at, x, y))
        if self.scalar:
            try:
                with np.errstate(all="ignore"):
                    return list(map(float, map(self.function, x, y)))
            except Exception:  # a division by 0, say, which is inf for arrays
                pass
        points = np.array((x, y))
        try:
            with np.errstate(all="ignore"):
                result = self.function(points) if self.takes_point else self.function(*points)
        except Exception:  # likewise
            result = None
        quick = type(result) is np.ndarray and result.dtype == float and result.shape == (len(x),)
        found: list[float] = (result if quick else self(np.array(x), np.array(y))).tolist()
        return found

    def check(self, points: Sequence[tuple[float, float]]) -> None:
        """Refuse a function that works at none of these points, or is another one each time."""
        failures = []
        for x, y in points:
            try:
                result = self._called(x, y)
                first, second = (self._numbers(r, ()) for r in (result, self._called(x, y)))
            except InputError:
                raise
            except NO_VALUE as error:
                failures.append(self.failed(error, x, y))
                continue
            except Exception as error:
                raise self.failed(error, x, y) from error
            if not np.array_equal(first, second, equal_nan=True):
                given = f"{shown(first.tolist())}, then {shown(second.tolist())}"
                raise InputError(
                    f"{self.name} must give the same at ({x:g}, {y:g}) each time; not {given}"
                )
            self.plain = type(result) is float and not self.takes_point
            return
        raise failures[0]

    def failed(self, error: Exception, x: float, y: float) -> InputError:
        """An error about an exception of the function."""
        return InputError(f"{self.name} must work at ({x:g}, {y:g}); not so: {reason_of(error)}")

    def probe(self, x: Floats, y: Floats, wanted: bool | None) -> str:
        """Find out whether it works on arrays; if not, the reason.

        Parameters
        ----------
        x, y : array (n,)
            Where it is tried.
        wanted : bool or None
            None asks to find out, False not to try; True is to be so, or an error.
        """
        if wanted is False:
            return ""
        each = self(x, y)
        self.vectorized = True
        reason = self._unlike(x, y, each)
        self.vectorized = not reason
        first = float(x[0]), float(y[0])
        self.scalar = (
            self.vectorized and not self.slopes and works_on_scalars(self.function, *first)
        )
        if reason and wanted:
            raise InputError(f"{self.name} must work on arrays (vectorized=True); not so: {reason}")
        return reason

    def _unlike(self, x: Floats, y: Floats, each: Floats) -> str:
        """Why arrays, in a row or in two, don't give what single points give; "" if they do."""
        for shape in (x.shape, (2, x.size // 2)):
            expected = each.reshape((2, *shape) if self.slopes else shape)
            try:
                found = self._numbers(self._called(x.reshape(shape), y.reshape(shape)), shape)
            except InputError as error:
                return str(error)
            except Exception as error:  # whatever the user's function raises
                return reason_of(error)
            if not np.allclose(found, expected, rtol=1e-9, atol=0, equal_nan=True):
                return UNLIKE
        return ""

    def _called(self, x: Any, y: Any) -> Any:
        with np.errstate(all="ignore"):
            if self.takes_point:
                return self.function(np.array([x, y]))
            # Copies: a function may change its arguments in place.
            return self.function(np.array(x), np.array(y)) if np.ndim(x) else self.function(x, y)

    def _numbers(self, result: Any, shape: tuple[int, ...]) -> Floats:
        """The result as numbers for points of a shape; a constant stands for all of them."""
        if not self.slopes:
            return self._real(result, shape, "one that returns a real number for each point")
        allowed = "one that returns two real numbers, df/dx and df/dy, for each point"
        parts = list(result) if np.iterable(result) else []
        if len(parts) != 2:
            raise must(self.name, allowed, _kind(result))
        return np.stack([self._real(part, shape, allowed) for part in parts])

    def _real(self, result: Any, shape: tuple[int, ...], allowed: str) -> Floats:
        try:
            array = np.asarray(result)
            if array.dtype == object:  # Fractions and the like; NumPy would make nan of None
                array = np.array([float(part) for part in array.flat]).reshape(array.shape)
            numbers = array.astype(float) if array.dtype.kind in "biuf" else None
        except (TypeError, ValueError):
            numbers = None
        if numbers is None or not (numbers.size == 1 or numbers.shape == shape):
            raise must(self.name, allowed, _kind(result))
        return numbers if numbers.shape == shape else np.full(shape, numbers.item())


def takes_point(function: Callable[..., Any]) -> bool:
    """Whether a function takes one argument, the point, in place of x and y."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # written in C
        return False
    kinds = {p.kind for p in parameters}
    needed = [p for p in parameters if p.kind in POSITIONAL and p.default is p.empty]
    return len(needed) == 1 and inspect.Parameter.VAR_POSITIONAL not in kinds


class _Kind:
    """What a result is, as `must` shows it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _kind(result: Any) -> _Kind:
    """An array's shape, or the thing itself."""
    shape = np.shape(result) if hasattr(result, "__array__") else ()
    return _Kind(f"an array of shape {shape}" if shape else shown(result))
