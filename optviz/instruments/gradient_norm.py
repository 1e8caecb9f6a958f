"""How long the gradient is."""

from __future__ import annotations

import numpy as np

from optviz.instruments.moment import Moment


def gradient_norm(moment: Moment) -> float:
    """The Euclidean norm of the exact gradient."""
    return float(np.linalg.norm(moment.gradient))
