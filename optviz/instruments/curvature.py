"""The largest curvature."""

from __future__ import annotations

from optviz.instruments.moment import Moment


def curvature(moment: Moment) -> float:
    """The Hessian's largest eigenvalue."""
    return moment.largest_eigenvalue
