"""Derivatives of activations, and the zones where they are close to zero."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from optviz.mnist.networks.models import ACTIVATIONS
from surfaces.errors import unknown
from surfaces.surface import Floats

RANGE = (-6.0, 6.0)  # of x
THRESHOLD = 0.01  # of the absolute derivative, below which a zone is called dead
POINTS = 2401


def layer(name: str) -> nn.Module:
    """A new layer of an activation, in float64."""
    if name not in ACTIVATIONS:
        raise unknown("activation", name, ACTIVATIONS)
    return ACTIVATIONS[name]().double()


def values_and_slopes(name: str, x: Any) -> tuple[Floats, Floats]:
    """An activation and its derivative, by torch's autograd, at the points x (n,) in float64.

    Raises
    ------
    InputError
        An unknown name.
    """
    points = torch.tensor(np.asarray(x, float), requires_grad=True)
    y = layer(name)(points)
    (slope,) = torch.autograd.grad(y.sum(), points)
    return y.detach().numpy(), slope.numpy()


def dead_zones(name: str, threshold: float = THRESHOLD,
               within: tuple[float, float] = RANGE) -> list[tuple[float, float]]:  # fmt: skip
    """Where the absolute derivative stays below the threshold.

    Where it only passes through zero, at the bottom of a valley as GELU's, is no dead zone: on both
    sides of such a crossing a gradient comes back, with opposite signs.

    Returns
    -------
    list of (from, to)
        From left to right; an end at the edge of ``within`` may go on beyond it. Zones narrower
        than ``within / 2400`` may be missed.
    """
    grid = np.linspace(*within, POINTS)
    dead = _is_dead(name, grid, threshold)
    changes = np.flatnonzero(dead[1:] != dead[:-1])
    edges = [_edge(name, grid[i], grid[i + 1], threshold) for i in changes]
    ends = [within[0]] * bool(dead[0]) + edges + [within[1]] * bool(dead[-1])
    zones = zip(ends[::2], ends[1::2], strict=True)
    return [zone for zone in zones if not _is_crossing(name, zone, within)]


def _is_crossing(name: str, zone: tuple[float, float], within: tuple[float, float]) -> bool:
    """Whether the derivative has opposite signs at the two ends of a zone inside."""
    left, right = values_and_slopes(name, zone)[1]
    return zone[0] > within[0] and zone[1] < within[1] and bool(left * right < 0)


def _is_dead(name: str, x: Any, threshold: float) -> Any:
    return np.abs(values_and_slopes(name, x)[1]) < threshold


def _edge(name: str, low: float, high: float, threshold: float) -> float:
    """The end of a dead zone between two points, by bisection."""
    first = bool(_is_dead(name, [low], threshold)[0])
    for _ in range(40):
        middle = (low + high) / 2
        if bool(_is_dead(name, [middle], threshold)[0]) == first:
            low = middle
        else:
            high = middle
    return (low + high) / 2
