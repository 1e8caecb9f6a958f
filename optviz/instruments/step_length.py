"""How far a step goes."""

from __future__ import annotations

import numpy as np

from optviz.instruments.moment import Moment


def step_length(before: Moment, after: Moment) -> float:
    """The Euclidean distance between the ends."""
    return float(np.linalg.norm(after.point - before.point))
