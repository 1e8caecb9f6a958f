"""How large an update is beside the weights that it changes."""

from __future__ import annotations

import numpy as np

from optviz.instruments.moment import Moment
from surfaces.surface import Floats


def update_ratio(before: Moment, after: Moment) -> list[float]:
    """The norm of the update over that of the weights: of all, then of each layer.

    A rule of thumb is 1e-3 a step (Karpathy, CS231n). nan where all weights are 0.
    """
    whole = slice(None)
    return [_ratio(before.point[part], after.point[part]) for part in
            (whole, *before.layers.values())]  # fmt: skip


def _ratio(before: Floats, after: Floats) -> float:
    size = float(np.linalg.norm(before))
    return float(np.linalg.norm(after - before)) / size if size else float("nan")
