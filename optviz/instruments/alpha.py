"""Where a step lands on the parabola along it: short of the bottom, at it, or beyond."""

from __future__ import annotations

import numpy as np

from optviz.instruments.moment import Moment


def alpha(before: Moment, after: Moment) -> float:
    r"""The step's end on the local parabola: -1 its start, 0 its bottom, 1 as high opposite.

    Schneider, Dangel & Hennig (2021), section 2.1: with the bottom at the share b of the way,
    :math:`\alpha = 1/b - 1`. Below -1 the bottom lies behind: the step climbs.

    Their parabola is fitted to losses and slopes at both ends, each weighted by how noisy it is on
    the batch. Here the function is exact, and the parabola has the slopes s of both ends, whence
    :math:`\alpha = -s_1 / s_0`. On a quadratic the two are equal.

    nan where the parabola opens downward, so that it has no bottom (Cockpit notes -1 there), and
    of a step of length 0.
    """
    step = after.point - before.point
    first, last = float(before.gradient @ step), float(after.gradient @ step)
    with np.errstate(all="ignore"):
        return float(-np.float64(last) / first) if last >= first else float("nan")
