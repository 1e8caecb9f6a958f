"""Roots of symmetric matrices, as some rules need them."""

from __future__ import annotations

from typing import Any

from optviz.optimizers.ops import eigh, matmul, maximum, transpose


def inverse_root(a: Any, order: int, least: Any) -> Any:
    """``a`` to the power ``-1 / order``; ``a`` is symmetric with no eigenvalue below ``least``.

    Rounding may put the smallest of very different eigenvalues below it, even below zero: it is put
    back.
    """
    values, vectors = eigh(a)
    scaled = vectors * transpose(maximum(values, least) ** (-1.0 / order))
    return matmul(scaled, transpose(vectors))
