"""Fitting a line: a data set becomes the loss surface over weight and bias."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from surfaces.axes import LONGEST
from surfaces.errors import must
from surfaces.interpolation import numbers
from surfaces.surface import Floats, Surface, checked_details
from surfaces.window import Domain


def fit_line(x: ArrayLike, y: ArrayLike, **details: Any) -> Surface:
    """Mean squared error of ``y ~ weight * x + bias`` as a surface over (weight, bias).

    It equals ``MSELoss`` on ``nn.Linear(1, 1)``: first coordinate the weight, second the bias.

    Parameters
    ----------
    x, y : array_like, shape (n,)
        The data; at least two different x. What has a ``name``, as a column of pandas, is called by
        it where the data are drawn.
    **details
        Fields of `Surface` to override: ``domain``, ``start``, ``steps``, ``data_axes``, ...

    Returns
    -------
    Surface
        Its ``minima`` hold the least-squares solution, its ``data`` the points.

    Raises
    ------
    InputError
        Unequal lengths, fewer than two points, numbers that are not finite, or all x equal.

    Notes
    -----
    The sum of squares is written around its minimum, ``var(x) (w - w*)^2 + (b + mean(x) w -
    mean(y))^2 + rest``, which is the same polynomial without its cancellation.
    """
    checked_details(fit_line, details)
    xs, ys = _points(x, y)
    spread, mean_x, mean_y, weight, bias, rest = _least_squares(xs, ys)
    formula = (
        f"{spread!r}*(x{_added(-weight)})**2 + (y{_added(mean_x)}*x{_added(-mean_y)})**2"
        f"{_added(rest)}"
    )
    domain = _window(xs, ys, weight, bias)
    declared: dict[str, Any] = {
        "name": "fit_line",
        "formula": formula,
        "domain": domain,
        "start": _start(domain),
        "steps": 100,
        "family": "fit",
        "scale": "log",
        "minima": ((weight, bias, rest),),
        "title": {"en": "Fitting a line", "zh": "拟合一条直线"},
        "lesson": {
            "en": "Weight and bias pull on the same error: the loss is a tilted valley.",
            "zh": "权重和偏置共同决定误差：损失曲面是一条倾斜的山谷。",
        },
        "data": (xs, ys),
        "data_axes": [_name(x, "x"), _name(y, "y")],
    }
    return Surface(**(declared | details))


def _name(values: ArrayLike, usual: str) -> str:
    name = getattr(values, "name", None)
    return " ".join(name.split())[:LONGEST] or usual if isinstance(name, str) else usual


def _added(number: float) -> str:
    """A summand behind others: `` - 2.5``."""
    return f" {'-' if number < 0 else '+'} {abs(number)!r}"


def _points(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """The data as two arrays, or an `InputError`."""
    xs, ys = (numbers(name, values).ravel() for name, values in (("x", x), ("y", y)))
    if xs.size != ys.size or xs.size < 2:
        raise must("x and y", "of equal length, at least 2", f"{xs.size} and {ys.size} numbers")
    if not (np.isfinite(xs).all() and np.isfinite(ys).all()):
        raise must("x and y", "finite numbers", "nan or inf")
    if xs.min() == xs.max():  # their variance need not be 0: that of three 0.1 is 2e-34
        raise must("x", "at least two different numbers", float(xs[0]))
    return xs, ys


def _least_squares(xs: Floats, ys: Floats) -> tuple[float, float, float, float, float, float]:
    """Variance and mean of x, mean of y; weight, bias and mean squared error of the best line."""
    with np.errstate(all="ignore"):
        spread = float(np.var(xs))
        mean_x, mean_y = float(xs.mean()), float(ys.mean())
        weight = float(((xs - mean_x) * (ys - mean_y)).mean() / np.float64(spread))
        bias = mean_y - weight * mean_x
        rest = float(np.mean((weight * xs + bias - ys) ** 2))
    if not (spread > 0 and np.isfinite([spread, weight, bias, rest]).all()):
        raise must(
            "x and y",
            "numbers whose squares are finite and not 0",
            f"up to {np.abs(xs).max():g} and {np.abs(ys).max():g}",
        )
    return spread, mean_x, mean_y, weight, bias, rest


def _window(xs: Floats, ys: Floats, weight: float, bias: float) -> Domain:
    """A window in which the valley is seen whole, whatever the units: its middle is the minimum."""
    level = float(np.sqrt(np.mean(ys**2))) or 1.0
    spread = float(ys.std())
    if spread <= 1e-9 * level:  # a constant; what is left is rounding
        spread = level
    # Along the valley's floor lines go through the data's middle: the bias changes by minus the
    # mean of x where the weight changes by 1.
    tilt = max(abs(float(xs.mean())), float(xs.std()))
    reach_weight = max(1.5 * abs(weight), spread / float(xs.std()), 1.2 * abs(bias) / tilt)
    reach_bias = max(1.5 * abs(bias), reach_weight * tilt)
    return (
        (weight - reach_weight, weight + reach_weight),
        (bias - reach_bias, bias + reach_bias),
    )


def _start(domain: Domain) -> tuple[float, float]:
    """Weight and bias 0; where that is nearly the minimum, a point near the upper left corner."""
    (x0, x1), (y0, y1) = domain
    if max(abs(x0 + x1) / (x1 - x0), abs(y0 + y1) / (y1 - y0)) > 0.2:
        return 0.0, 0.0
    return x0 + 0.1 * (x1 - x0), y1 - 0.1 * (y1 - y0)
