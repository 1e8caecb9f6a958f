"""How far from the start the path has come."""

from __future__ import annotations

import numpy as np

from optviz.instruments.moment import Moment


def distance(moment: Moment) -> float:
    """The Euclidean distance from the start."""
    return float(np.linalg.norm(moment.point - moment.start))
