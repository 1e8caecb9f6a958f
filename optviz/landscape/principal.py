"""The two directions in which recorded weights vary most, by the Gram matrix of the snapshots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import torch
from scipy.linalg import eigh

from optviz.landscape.rows import Rows
from surfaces.errors import InputError, must

MOST_SNAPSHOTS = 10_000  # the Gram matrix holds the square of their number
FLAT = 1e-12  # of the largest variance: less is rounding
BLOCK = 4 * 2**20  # bytes of a block of columns, which a cache holds


class Principal(NamedTuple):
    """What is known of all snapshots together.

    Attributes
    ----------
    mean : tensor (d,)
    mixtures : tensor (2, n)
        Which mixtures of the snapshots, each minus the mean, are the principal directions.
    """

    mean: torch.Tensor
    mixtures: torch.Tensor


def principal(paths: Sequence[Rows]) -> Principal:
    """The mean of all snapshots and the mixtures of them that are the two principal directions.

    The principal directions of the rows X (n, d), centred, are X^T a / |X^T a| for the leading
    eigenvectors a of X X^T, an (n, n) matrix; the covariance (d, d) is never made. X is read in
    blocks of columns, so that it may lie on disk.

    Raises
    ------
    InputError
        Weights that are not finite, snapshots that span no plane, or too many.
    """
    count = sum(map(len, paths))
    if count > MOST_SNAPSHOTS:
        raise must("recorders", f"of at most {MOST_SNAPSHOTS:,} snapshots in all", f"{count:,}")
    if count < 3:
        raise InputError(f"recorders must hold at least 3 snapshots to span a plane; not {count}")
    mean = torch.empty(paths[0].width, dtype=torch.float64)
    gram = np.zeros((count, count))
    for where, block in columns(paths):
        mean[where] = block.mean(0)
        centred = (block - mean[where]).numpy()
        gram += centred @ centred.T  # NumPy knows it for symmetric: half of the work
    check_finite(paths, mean)
    values, vectors = eigh(gram, subset_by_index=[count - 2, count - 1])
    second, first = values.tolist()
    if not first > FLAT**2 * count * float(mean @ mean):
        raise InputError(
            f"recorders must hold snapshots that differ; not {count} that are all alike: no plane"
        )
    if second <= FLAT * first:
        raise InputError(
            "recorders must hold snapshots that span a plane; not some that lie on one line"
        )
    scale = torch.tensor([[first], [second]], dtype=torch.float64).sqrt()
    return Principal(mean, torch.from_numpy(vectors.T[::-1].copy()) / scale)


def check_finite(paths: Sequence[Rows], mean: torch.Tensor) -> None:
    """Refuse weights that are nan or infinite, as their mean tells; the message says whose."""
    if bool(mean.isfinite().all()):
        return
    for i, path in enumerate(paths, 1):
        for k, row in enumerate(path):
            if not bool(row.isfinite().all()):
                raise InputError(
                    f"recorders must hold finite weights; not number {i}, whose snapshot {k} has "
                    "nan or inf: forget it and what follows by recorder.cut(step)"
                )


def columns(paths: Sequence[Rows]) -> Iterator[tuple[slice, torch.Tensor]]:
    """All snapshots in blocks of columns, float64 (n, c), and which columns these are."""
    count, width = sum(map(len, paths)), paths[0].width
    step = max(1, BLOCK // (8 * count))
    for begin in range(0, width, step):
        end = min(begin + step, width)
        yield slice(begin, end), torch.cat([path.columns(begin, end) for path in paths])


def mixed(mixtures: torch.Tensor, paths: Sequence[Rows]) -> torch.Tensor:
    """Mixtures (k, n) of all snapshots, float64 (k, d)."""
    found = torch.empty(len(mixtures), paths[0].width, dtype=torch.float64)
    for where, block in columns(paths):
        found[:, where] = mixtures @ block
    return found


def mean_of(paths: Sequence[Rows]) -> torch.Tensor:
    """The mean of all snapshots, float64 (d,)."""
    total = torch.zeros(paths[0].width, dtype=torch.float64)
    for path in paths:
        for block in path.blocks():
            total += block.sum(0)
    return total / sum(map(len, paths))
