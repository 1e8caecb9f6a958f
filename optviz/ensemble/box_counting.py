"""The box-counting dimension of a set of pixels, with its error."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from surfaces.errors import must
from surfaces.surface import Floats

COARSEST = 8  # boxes that the shorter side has at least
OFFSETS = (0.0, 0.25, 0.5, 0.75)  # of a box: where its grid may begin


@dataclass(frozen=True, eq=False)
class BoxDimension:
    """How the number of boxes that a set needs grows as they become smaller.

    Attributes
    ----------
    dimension : float
        The slope of log(count) over log(1 / size), by least squares: 1 for a smooth line, 2 for
        an area.
    error : float
        The standard deviation of the slopes from one size to the next.
    sizes, counts : array (k,)
        Sides of the boxes in pixels, each twice the last, and how many meet the set.
    slopes : array (k - 1,)
        From each size to the next.
    """

    dimension: float
    error: float
    sizes: Floats
    counts: Floats

    @property
    def slopes(self) -> Floats:
        """From each size to the next."""
        found: Floats = -np.diff(np.log(self.counts)) / np.diff(np.log(self.sizes))
        return found

    def __repr__(self) -> str:
        return f"<BoxDimension {self.dimension:.2f} ± {self.error:.2f}>"


def box_dimension(pixels: Any) -> BoxDimension:
    """The box-counting dimension of a set.

    Parameters
    ----------
    pixels : bool array (h, w)
        True in the set, as `edge_of` gives it; at least 64 pixels a side.

    Returns
    -------
    BoxDimension
        Of boxes from 1 pixel to an eighth of the shorter side. Of each size the grid is taken, of
        16, that needs the fewest.

    Raises
    ------
    InputError
        Fewer pixels, or none that is in the set.
    """
    found = np.asarray(pixels, bool)
    if found.ndim != 2 or min(found.shape) < 8 * COARSEST:
        raise must("pixels", f"an array of at least {8 * COARSEST} x {8 * COARSEST}", found.shape)
    if not found.any():
        raise must("pixels", "a set that is not empty", "none")
    powers = int(np.log2(min(found.shape) // COARSEST)) + 1
    sizes: Floats = np.ldexp(1.0, np.arange(powers))
    at = np.argwhere(found)
    counts: Floats = np.array([_fewest(at, int(size)) for size in sizes], float)
    slope = -np.polyfit(np.log(sizes), np.log(counts), 1)[0]
    slopes = -np.diff(np.log(counts)) / np.diff(np.log(sizes))
    return BoxDimension(float(slope), float(np.std(slopes, ddof=1)), sizes, counts)


def _fewest(at: Any, size: int) -> int:
    """The fewest boxes of a grid that hold all pixels (n, 2)."""
    offsets = sorted({int(share * size) for share in OFFSETS})
    columns = int(at[:, 1].max()) // size + 2
    return min(
        len(np.unique((at[:, 0] + up) // size * columns + (at[:, 1] + across) // size))
        for up, across in product(offsets, offsets)
    )


def edge_of(labels: Any) -> Any:
    """Where regions meet: the squares of four neighbouring pixels that are not all alike.

    Parameters
    ----------
    labels : array (h, w)

    Returns
    -------
    bool array (h - 1, w - 1)
    """
    a = np.asarray(labels)
    corner = a[:-1, :-1]
    return (corner != a[1:, :-1]) | (corner != a[:-1, 1:]) | (corner != a[1:, 1:])
