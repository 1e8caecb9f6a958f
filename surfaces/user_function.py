"""Make a surface of a user's function."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np

from surfaces.axes import X_AND_Y, AxisName
from surfaces.calls import Calls
from surfaces.declaration import checked_name
from surfaces.differences import ROUGH, Step, chosen_step, disagreement, probe_points
from surfaces.errors import InputError, must, unknown, warn
from surfaces.function_kernel import Differences, WithGradient
from surfaces.jumps import largest_jump
from surfaces.kernel import Floats, Kernel
from surfaces.placing import placed, scale_of, usual_start
from surfaces.surface import Surface, checked_details
from surfaces.window import Domain, checked_domain, checked_point

AUTOMATIC = ("torch", "jax")
FINE, COARSE = 61, 21  # samples along each side by which the scale is chosen; each a call: COARSE
EXACT = 1e-15  # the least error that is said


class FunctionKernel(Kernel, Protocol):
    """The kernel of a function."""

    @property
    def vectorized(self) -> bool:
        """Whether whole arrays of points are one call."""


def from_function(
    function: Callable[..., Any],
    domain: Any,
    start: Any = None,
    *,
    gradient: Callable[..., Any] | str | None = None,
    vectorized: bool | None = None,
    axes: Sequence[AxisName] = X_AND_Y,
    minima: Sequence[tuple[float, float, float]] = (),
    title: str | Mapping[str, str] = "",
    name: str | None = None,
    scale: str = "auto",
    **details: Any,
) -> Surface:
    """Make a surface of any function of two numbers.

    Parameters
    ----------
    function : callable
        ``f(x, y)``, or ``f(p)`` with ``p[0]`` and ``p[1]``. It returns one real number for each
        point, the same each time. Where it raises an ArithmeticError or a ValueError, as ``math``
        does outside a function's domain, the value is nan.
    domain : ((x0, x1), (y0, y1))
        The window that is drawn.
    start : (x, y), optional
        Unless given, as in `from_formula`.
    gradient : callable, "torch" or "jax", optional
        A function called as ``function`` is, which returns df/dx and df/dy; or the library that
        derives ``function``, which is then made of its operations. Unless given: central
        differences, see Notes.
    vectorized : bool, optional
        Whether ``function`` (and ``gradient``) may be called on whole arrays. Unless given it is
        tried on twelve points; where results differ from those of single points, or it fails, it is
        called point by point, and ``notes`` say so.
    axes : two of text, or of mapping of language to text
        What stands at the axes, with units.
    minima : sequence of (x, y, value)
        Those that are known.
    title : str or mapping of language to text
        The function's name unless given.
    name : str, optional
        The function's own unless given.
    scale : {"auto", "linear", "log"}
        As in `from_formula`.
    **details
        Other fields of `Surface`: ``steps``, ``lesson``, ``source``, ...

    Returns
    -------
    Surface
        Its ``notes`` say what was found out: that it is called point by point, that it jumps, and
        the steps and the estimated error of differences.

    Raises
    ------
    InputError
        A function that fails, does not return one real number, is not the same each time, or is not
        finite at the start; one line.

    Warns
    -----
    UserWarning
        The slopes of ``gradient`` are not those of the values; or differences are no slopes, as the
        function consists of steps or is nowhere smooth.

    Notes
    -----
    A function that is called point by point is called about 1,300 times here, and 90,000 times for
    a contour: one that takes a millisecond or more is better shown as it is `Surface.sampled`.

    The step of differences is chosen, from 1/11 of the window's side to 2^-27.5 of it, by twelve
    points of the window: the smallest one whose error is below 1e-10 of the slopes' size, or else
    at most twice the least. The error of each step is estimated by comparison with a step four
    times as long. Beside a jump, or a point where the function is not finite, the difference is
    one-sided and less exact. The Hessian consists of differences of slopes, with about 1e-6 of
    their size as its error.

    Values that are rounded, or carry noise, so get a step that is long beside it. A function that
    consists of steps has the slope 0.

    Examples
    --------
    >>> import numpy as np
    >>> waves = from_function(lambda x, y: np.sin(x) * np.cos(y), ((-3, 3), (-3, 3)), (1, 1))
    >>> [round(slope, 6) for slope in waves.gradient((1.0, 0.5)).tolist()]
    [0.47416, -0.403423]
    """
    if not callable(function):
        raise _no_function(function)
    checked_details(from_function, details)
    window = checked_domain(domain)
    label = checked_name("name", name or name_of(function))
    usual = usual_start(window) if start is None else checked_point("start", start)
    if vectorized not in (None, True, False):
        raise must("vectorized", "True, False or None", vectorized)
    tried = np.column_stack(probe_points(window)).tolist()
    points = [usual, *map(tuple, tried)] if start is None else [usual]
    if isinstance(gradient, str):
        kernel, remarks = _derived(function, gradient, window, usual, vectorized, label)
    else:
        kernel, remarks = _computed(function, gradient, window, points, vectorized, label)
    details |= {"axes": axes, "minima": minima, "title": title}
    surface = Surface(label, domain=window, start=usual, kernel=kernel, **details)
    point, moved = placed(surface, start, "function")
    seen = surface.reaching(point)
    scale = scale_of(seen, scale, "function", FINE if kernel.vectorized else COARSE)
    return replace(surface, start=point, scale=scale, notes=(*surface.notes, *remarks, *moved))


def _no_function(given: Any) -> InputError:
    of_text = "; surfaces.from_formula makes one of text" * isinstance(given, str)
    return must("function", f"a function of x and y{of_text}", given)


def name_of(function: Any) -> str:
    """What a function is called; "function" where it has no name."""
    name = getattr(function, "__name__", type(function).__name__)
    return "function" if name == "<lambda>" else str(name)


def _computed(
    function: Callable[..., Any],
    gradient: Callable[..., Any] | None,
    domain: Domain,
    points: Sequence[tuple[float, float]],
    vectorized: bool | None,
    label: str,
) -> tuple[FunctionKernel, tuple[str, ...]]:
    """The kernel of a function and perhaps its gradient, and what is to be said of it."""
    value = Calls(function, "function")
    value.check(points)
    remarks = _said_of_calls("function", value.probe(*probe_points(domain), vectorized))
    jump = largest_jump(value, domain)
    if jump:
        where = f"({jump.x:.4g}, {jump.y:.4g})"
        remarks += (f"function not continuous: it jumps by {jump.size:.2g} near {where}",)
    along_x, along_y = (chosen_step(value, domain, axis, jump is not None) for axis in (0, 1))
    steps = along_x, along_y
    if gradient is None:
        return Differences(value, domain, steps, label), (*remarks, _said_of_steps(*steps))
    slopes = Calls(gradient, "gradient", slopes=True)
    slopes.check(points)
    remarks += _said_of_calls("gradient", slopes.probe(*probe_points(domain), vectorized))
    kernel = WithGradient(value, slopes, domain, steps, label)
    _warn_of_other_slopes(value.at, slopes.at, domain)
    return kernel, remarks


def _warn_of_other_slopes(
    value: Callable[[float, float], float],
    slopes: Callable[[float, float], Sequence[float]],
    domain: Domain,
) -> None:
    def value_at(point: Floats) -> float:
        return value(*point.tolist())

    for axis, coordinate in enumerate("xy"):

        def slope_at(point: Floats, axis: int = axis) -> float:
            return slopes(*point.tolist())[axis]

        if disagreement(value_at, slope_at, domain, axis):
            warn(f"the gradient along {coordinate} is not the slope of the function's values")


def _said_of_steps(x: Step, y: Step) -> str:
    """How exact differences are. Slopes that lead nowhere are warned of."""
    note = f"gradient by central differences of {x.length:.2g} in x and {y.length:.2g} in y: "
    stepped = [name for name, step in (("x", x), ("y", y)) if step.usual is None]
    error = max(float(np.max([step.error for step in (x, y)])), EXACT)  # nan: not known
    said = f"estimated error {f'{error:.1g} of its size' if error == error else 'unknown'}"
    lost = f"0 along {' and '.join(stepped)}, where the function consists of steps" * bool(stepped)
    if error > ROUGH:
        lost = "not to be trusted, as the function is not smooth; " + said
    if lost:
        warn(f"the function's slopes are {lost}")
    return note + (lost or said)


def _said_of_calls(name: str, reason: str) -> tuple[str, ...]:
    return (f"{name} called point by point: {reason}",) if reason else ()


def _derived(
    function: Callable[..., Any],
    library: str,
    domain: Domain,
    point: tuple[float, float],
    vectorized: bool | None,
    label: str,
) -> tuple[FunctionKernel, tuple[str, ...]]:
    """The kernel of a function that a library derives, and what is to be said of it."""
    if library not in AUTOMATIC:
        raise unknown("gradient", library, AUTOMATIC)
    try:
        module = importlib.import_module(f"surfaces.{library}_kernel")  # they load their library
    except ModuleNotFoundError:
        raise must("gradient", f"a function, or {library} must be installed", library) from None
    kernel = module.derived(function, domain, point, label)
    if library == "jax":  # torch's kernel knows more of what was cut off
        _warn_of_other_slopes(lambda *p: kernel.at(*p)[0], lambda *p: kernel.at(*p)[1:], domain)
    reason = "" if vectorized is False else kernel.probe(*probe_points(domain))
    if reason and vectorized:
        raise InputError(f"function must work on arrays (vectorized=True); not so: {reason}")
    return kernel, _said_of_calls("function", reason)
