"""Find the rectangle in which two frames differ."""

from __future__ import annotations

from typing import Any

import numpy as np


def changed_box(changed: np.ndarray[Any, np.dtype[np.bool_]]) -> tuple[slice, slice]:
    """Rows and columns of the smallest rectangle that holds all changes; one pixel if none."""
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    if not rows.size:
        return slice(0, 1), slice(0, 1)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
