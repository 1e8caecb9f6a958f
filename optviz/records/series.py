"""The numbers of one quantity along a path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from surfaces.surface import Floats


@dataclass(frozen=True, eq=False)
class Series:
    """One quantity of a path, measured at some of its steps.

    Attributes
    ----------
    steps : int array (m,)
        After how many steps each value is; of what is of steps, before it.
    values : array (m,)
        nan where it is not defined.
    gap : int
        How many steps lie between the two points that a value is of; 0 if it is of one point.
    errors : array (m,) or None
        Standard errors, of an estimate.
    layers : mapping of str to array (m,)
        The same of each layer alone.
    """

    steps: np.ndarray[Any, np.dtype[np.int64]]
    values: Floats
    gap: int = 0
    errors: Floats | None = None
    layers: Mapping[str, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        """How many values there are."""
        return len(self.steps)
