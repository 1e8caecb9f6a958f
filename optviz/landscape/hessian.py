"""Of a matrix that is known only by its products with vectors: largest eigenvalues, and trace."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from surfaces.errors import InputError, must

Product = Callable[[torch.Tensor], torch.Tensor]

DENSE = 24  # a matrix of so few rows is written out
MOST_RESTARTS = 300  # of Lanczos' iteration; a network needs 1 to 10
SAMPLES = 24  # of a trace


def leading_eigenpairs(
    product: Product,
    size: int,
    k: int = 2,
    *,
    tolerance: float = 1e-6,
    seed: int = 0,
    start: torch.Tensor | None = None,
    dtype: torch.dtype = torch.float32,
    device: torch.device | str = "cpu",
) -> tuple[torch.Tensor, torch.Tensor]:
    """The largest eigenvalues of a symmetric matrix, and their vectors, by Lanczos' method.

    By ARPACK (SciPy's `eigsh`), whose basis stays orthogonal in float64 whatever the products are
    rounded to.

    Parameters
    ----------
    product : callable
        From a vector (size,) to the matrix times it.
    size : int
    k : int
        How many.
    tolerance : float
        Relative, of the values.
    seed : int
        Of the vector that the method begins with, unless ``start`` is given.
    start : tensor (size,), optional
        A guess at the leading vector, such as that of a moment ago.
    dtype, device
        Of the vectors that ``product`` is given.

    Returns
    -------
    values : tensor (k,)
        float64, the largest first.
    vectors : tensor (k, size)
        Of length 1; the coordinate that is largest in absolute value is positive.

    Raises
    ------
    InputError
        No such number of eigenvalues, products that are not finite, or a tolerance that is not
        reached.

    Examples
    --------
    >>> matrix = torch.diag(torch.arange(100.0))
    >>> values, vectors = leading_eigenpairs(lambda v: matrix @ v, 100)
    >>> values.round(decimals=3).tolist()
    [99.0, 98.0]
    """
    if not (isinstance(k, int) and 1 <= k <= size):
        raise must("k", f"a whole number from 1 to {size}, the number of eigenvalues", k)

    def multiply(vector: Any) -> Any:
        given = torch.as_tensor(np.asarray(vector).reshape(-1), dtype=dtype, device=device)
        found = product(given).detach().double().cpu().numpy()
        if not np.isfinite(found).all():
            raise InputError("product must give finite numbers; it gave nan or infinity")
        return found

    if size <= max(DENSE, 2 * k):
        matrix = np.stack([multiply(unit) for unit in np.eye(size)])
        values, columns = np.linalg.eigh((matrix + matrix.T) / 2)
    else:
        guess = _random(size, seed).double() if start is None else start.double().cpu()
        values, columns = _arpack(multiply, size, k, tolerance, guess.numpy())
    order = np.argsort(-values, kind="stable")[:k]
    rows = columns.T[order]
    rows = rows * np.sign(np.take_along_axis(rows, np.abs(rows).argmax(1)[:, None], 1))
    vectors = torch.as_tensor(rows, dtype=dtype, device=device)
    return torch.from_numpy(values[order].copy()), vectors


def _arpack(
    multiply: Callable[[Any], Any], size: int, k: int, tolerance: float, start: Any
) -> tuple[Any, Any]:
    from scipy.sparse.linalg import ArpackError, LinearOperator, eigsh

    if not multiply(start).any():  # such as of a network all of whose units are dead
        start = multiply(np.random.default_rng(0).standard_normal(size))
        if not start.any():
            return np.zeros(k), np.eye(size, k)
    operator = LinearOperator((size, size), matvec=multiply, dtype=np.float64)
    basis = min(2 * k + 6, size)  # larger ones cost more products than they save
    try:
        return eigsh(  # type: ignore[no-any-return]
            operator, k, which="LA", tol=tolerance, ncv=basis, v0=start, maxiter=MOST_RESTARTS
        )
    except ArpackError as error:
        raise InputError(
            f"tolerance must be one that is reached; not {tolerance:g}: {error}"
        ) from None


def trace(
    product: Product,
    size: int,
    samples: int = SAMPLES,
    seed: int = 0,
    *,
    dtype: torch.dtype = torch.float32,
    device: torch.device | str = "cpu",
) -> tuple[float, float]:
    """The trace of a matrix, estimated from its products with random signs (Hutchinson 1989).

    Parameters
    ----------
    product : callable
        From a vector (size,) to the matrix times it.
    size : int
    samples : int
        How many vectors, at least 2.
    seed : int
    dtype, device
        Of the vectors that ``product`` is given.

    Returns
    -------
    estimate, standard_error : float

    Raises
    ------
    InputError
        Fewer than 2 samples.
    """
    if not (isinstance(samples, int) and samples >= 2):
        raise must("samples", "a whole number from 2: one alone has no error", samples)
    generator = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(samples):
        signs = 2.0 * torch.randint(2, (size,), generator=generator) - 1
        signs = signs.to(device, dtype)
        found.append(float((signs * product(signs).detach()).double().sum()))
    return float(np.mean(found)), float(np.std(found, ddof=1) / samples**0.5)


def _random(size: int, seed: int) -> torch.Tensor:
    return torch.randn(size, generator=torch.Generator().manual_seed(seed))
