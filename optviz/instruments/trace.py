"""The trace of the Hessian."""

from __future__ import annotations

from optviz.instruments.moment import Moment


def trace(moment: Moment) -> tuple[float, float]:
    """The sum of all curvatures, and its standard error where it is an estimate."""
    return moment.trace
