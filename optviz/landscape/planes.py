"""Planes through the space of a model's weights: how they are laid, and where snapshots lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from optviz.landscape.checks import check_alike, check_model, check_room, series
from optviz.landscape.flat_model import FlatModel, Loss
from optviz.landscape.principal import mean_of, mixed, principal
from optviz.landscape.recording import FlatBuffers, Recording
from optviz.landscape.rows import Rows
from surfaces.errors import InputError, must
from surfaces.surface import Floats


@dataclass(frozen=True, eq=False)
class Plane:
    """All weights ``origin + u directions[0] + v directions[1]``.

    Attributes
    ----------
    origin : tensor (d,)
        float64, as all here.
    directions : tensor (2, d)
        At right angles and of length 1, so that u and v are distances between weights; but those
        of `random` are as long as its weights.
    kind : {"paths", "through", "random", "hessian"}
        Which of the functions below laid it.
    buffers : tensor (3, b)
        What the buffers of floating point numbers hold (batch norm's running mean and variance):
        at the origin, and by how much that changes along each direction. Where a point of the
        plane is a mixture of snapshots, its buffers are the same mixture of theirs, so that in a
        plane through three snapshots the loss at each is exactly its own; a running variance that
        would be negative far outside counts as 0. They do not count in distances. Planes that are
        not laid through snapshots keep the buffers of their centre.
    """

    origin: torch.Tensor
    directions: torch.Tensor
    kind: str
    buffers: torch.Tensor

    def at(self, u: float, v: float) -> torch.Tensor:
        """The weights at a point, float64 (d,)."""
        return self.origin + u * self.directions[0] + v * self.directions[1]

    def buffers_at(self, u: float, v: float) -> torch.Tensor:
        """What the buffers hold at a point (b,)."""
        return self.buffers[0] + u * self.buffers[1] + v * self.buffers[2]

    def project(self, rows: Rows) -> tuple[Floats, Floats]:
        """Where weights fall on the plane, (n, 2), and how far from it they are, (n,)."""
        across = torch.linalg.inv(self.directions @ self.directions.T)  # of slanted directions
        points, distances = [], []
        for block in rows.blocks():
            away = block - self.origin
            found = away @ self.directions.T @ across
            points.append(found)
            distances.append((away - found @ self.directions).norm(dim=1))
        return torch.cat(points).numpy(), torch.cat(distances).numpy()

    def shares(self, paths: Sequence[Rows]) -> tuple[float, float]:
        """The share of the snapshots' variance that each direction holds.

        Together: the squared distances of the snapshots from their mean that are left after they
        are projected onto the plane, to those before. Of a principal plane the explained variance
        of PCA. Where the directions are slanted, the second counts for what it adds to the first.
        """
        middle = mean_of(paths)
        basis = _at_right_angles(self.directions)
        held, total = torch.zeros(2, dtype=torch.float64), 0.0
        for path in paths:
            for block in path.blocks():
                away = block - middle
                held += (away @ basis.T).square().sum(0)
                total += float(away.square().sum())
        first, second = (held / total).tolist() if total else (0.0, 0.0)
        return first, second


def of_paths(recorders: Any) -> Plane:
    """The plane in which the snapshots of all recorders vary most, through their mean (PCA).

    Every snapshot counts alike, so that a run with more of them counts for more. The first run ends
    to the right of its start, and above it.

    Parameters
    ----------
    recorders : Recorder, or a sequence of these
        Of models of one architecture.

    Raises
    ------
    InputError
        Models of different shapes, weights that are not finite, or snapshots that span no plane:
        fewer than three, all alike, or all on one line.
    """
    found = series(recorders)
    check_alike(found)
    check_room(found[0].params.width)
    paths, buffers = [each.params for each in found], [each.buffers for each in found]
    mean, mixtures = principal(paths)
    # Their sums are 0 but for rounding, which must not be taken times the mean.
    mixtures = mixtures - mixtures.mean(1, keepdim=True)
    directions = mixed(mixtures, paths)
    moved = paths[0][-1].double() - paths[0][0].double()
    signs = torch.where(directions @ moved < 0, -1.0, 1.0)[:, None]
    carried = mixed(signs * mixtures, buffers)
    held = torch.cat([mean_of(buffers)[None], carried])
    return Plane(mean, _at_right_angles(signs * directions), "paths", held)


def through(recorder: Recording, a: int, b: int, c: int) -> Plane:
    """The plane through three snapshots of a recorder; see `through_points`.

    Parameters
    ----------
    recorder : Recorder
    a, b, c : int
        Places of the snapshots; negative ones count from the last.
    """
    params, buffers = recorder.params, recorder.buffers
    return through_points([params[a], params[b], params[c]], [buffers[a], buffers[b], buffers[c]])


def through_points(weights: Sequence[torch.Tensor], buffers: Sequence[torch.Tensor] = ()) -> Plane:
    """The plane through three weight vectors: the first is its origin, the second lies along u.

    Parameters
    ----------
    weights : three tensors (d,)
    buffers : three tensors (b,), optional
        What the buffers hold there.

    Raises
    ------
    InputError
        Another number of them, of different shapes, not finite, or on one line.
    """
    points = [torch.as_tensor(w).detach().double().cpu().reshape(-1) for w in weights]
    if len(points) != 3 or len({p.numel() for p in points}) != 1:
        shapes = [tuple(p.shape) for p in points]
        raise must("weights", "three vectors of one length", shapes)
    check_room(points[0].numel())
    if not all(bool(p.isfinite().all()) for p in points):
        raise InputError("weights must be finite; not nan or inf")
    held = [torch.as_tensor(b).detach().double().cpu() for b in buffers]
    held = held or [points[0].new_empty(0)] * 3
    sides = torch.stack([points[1] - points[0], points[2] - points[0]])
    directions = _at_right_angles(sides)
    # How the directions are mixed of the sides, so that buffers follow.
    mix = torch.linalg.inv(sides @ directions.T)
    carried = mix @ torch.stack([held[1] - held[0], held[2] - held[0]])
    return Plane(points[0], directions, "through", torch.cat([held[0][None], carried]))


def random(recorder: Recording, model: nn.Module, *, at: int = -1, seed: int = 0) -> Plane:
    """Two random directions from a snapshot, normalized filter by filter (Li et al. 2018).

    Each filter of a direction, a row of a matrix or what makes one channel of a convolution, gets
    the length of the same filter of the weights; in weights of one dimension (biases, batch norm)
    the direction is 0.

    Parameters
    ----------
    recorder : Recorder
    model : torch.nn.Module
        Whose parameters' shapes say what a filter is.
    at : int
        The place of the snapshot that is the centre.
    seed : int
    """
    center = recorder.params[at].double()
    flat = FlatModel(model)
    check_room(flat.size)
    if flat.size != center.numel():
        raise must("model", f"of {center.numel():,} weights, as recorded", f"{flat.size:,}")
    generator = torch.Generator().manual_seed(seed)
    directions = torch.randn(2, flat.size, generator=generator, dtype=torch.float64)
    for direction in directions:
        for part, weight in zip(
            flat.split(direction).values(), flat.split(center).values(), strict=True
        ):
            part.copy_(filter_normalized(part, weight))
    _at_right_angles(directions)  # refuses weights that are all 0
    return Plane(center, directions, "random", _kept_buffers(recorder, at))


def filter_normalized(direction: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """A direction whose filters have the lengths of a weight's; 0 for fewer than two dimensions."""
    if weight.ndim < 2:
        return torch.zeros_like(direction)
    inside = tuple(range(1, weight.ndim))
    own, wanted = (
        torch.linalg.vector_norm(each, dim=inside, keepdim=True) for each in (direction, weight)
    )
    found: torch.Tensor = direction / own.clamp_min(torch.finfo(own.dtype).tiny) * wanted
    return found


def of_hessian(
    recorder: Recording, model: nn.Module, loss: Loss, inputs: Any, targets: Any, *,
    at: int = -1, seed: int = 0,
) -> Plane:  # fmt: skip
    """The two directions of greatest curvature at a snapshot.

    The leading eigenvectors of the Hessian of the loss, by Lanczos iterations on exact products
    with vectors.

    Parameters
    ----------
    recorder : Recorder
    model : torch.nn.Module
        Of the recorded architecture.
    loss : callable
        ``loss(outputs, targets)``, a mean over the batch.
    inputs, targets : tensor
        The batch.
    at : int
        The place of the snapshot.
    seed : int
        Of the iterations' start.
    """
    from optviz.landscape.hessian import leading_eigenpairs

    check_model(model)
    flat = FlatModel(model, loss)
    center = recorder.params[at]
    check_room(flat.size)
    if flat.size != center.numel():
        raise must("model", f"of {center.numel():,} weights, as recorded", f"{flat.size:,}")
    weights = center.to(flat.weights())

    held = FlatBuffers(model).split(recorder.buffers[at].to(weights))
    product = flat.hessian_at(weights, inputs, targets, held)
    _, vectors = leading_eigenpairs(
        product, flat.size, 2, seed=seed, dtype=weights.dtype, device=weights.device
    )
    directions = _at_right_angles(vectors.double().cpu())
    return Plane(center.double(), directions, "hessian", _kept_buffers(recorder, at))


def _kept_buffers(recorder: Recording, at: int) -> torch.Tensor:
    """A snapshot's buffers, the same all over the plane."""
    held = recorder.buffers[at].double()
    return torch.stack([held, torch.zeros_like(held), torch.zeros_like(held)])


def _at_right_angles(directions: torch.Tensor) -> torch.Tensor:
    """Directions of length 1 that span the same plane, the first as it points; or an error."""
    first = directions[0] / directions[0].norm()
    second = directions[1] - first * (first @ directions[1])
    second = second - first * (first @ second)  # twice is enough
    length = float(second.norm())
    if not (bool(first.isfinite().all()) and length > 1e-9 * float(directions[1].norm())):
        raise InputError("directions must span a plane; not two on one line, or of length 0")
    return torch.stack([first, second / length])
