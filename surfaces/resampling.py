"""Samples in place of a function, and how far they are off between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from surfaces.errors import must
from surfaces.interpolation import Grid
from surfaces.kernel import Floats
from surfaces.window import Domain

MOST = 1001  # along each side
CHECKED = 400  # points, chosen at random, where samples are compared with the function


def resampled(
    samples: Callable[[int], tuple[Floats, Floats, Floats]],
    value: Callable[[Floats], Floats],
    domain: Domain,
    n: Any,
) -> tuple[Grid, str]:
    """``n`` x ``n`` samples of a window, and a note on them."""
    whole = isinstance(n, (int, np.integer)) and not isinstance(n, bool)
    if not whole or not 4 <= n <= MOST:
        raise must("n", f"a whole number from 4 to {MOST}", n)
    grid = Grid(*samples(int(n)))
    low, high = np.transpose(domain)
    between = np.random.default_rng(0).uniform(low, high, (CHECKED, 2))
    with np.errstate(all="ignore"):
        off = np.abs(value(between) - grid.value(*between.T)) / grid.range()
    worst = float(np.max(off, where=np.isfinite(off), initial=0.0))
    return (
        grid,
        f"shown from {n} x {n} samples, off by up to {worst:.1g} of their range between them",
    )
