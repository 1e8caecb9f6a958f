"""All parameters of a model, in all groups, as one vector: for what sees whole vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from optviz.optimizers import Optimizer
from optviz.torch_bridge.points import second_point
from surfaces.errors import must

Moved = tuple[list[torch.Tensor], list[torch.Tensor]]  # parameters and their gradients


def joined(tensors: Sequence[torch.Tensor]) -> torch.Tensor:
    """The numbers of all tensors, as a vector.

    Raises
    ------
    InputError
        Tensors of several types or on several devices: they are no one vector.
    """
    kinds = {(type(x), x.dtype, x.device, x.layout) for x in tensors}
    if len(kinds) > 1 or tensors[0].layout != torch.strided:
        found = ", ".join(sorted({f"{x.dtype} on {x.device}, {x.layout}" for x in tensors}))
        raise must("params", "of one dense type on one device where they are one vector", found)
    return torch.cat([x.detach().reshape(-1) for x in tensors])


def parts(vector: torch.Tensor, like: Sequence[torch.Tensor]) -> list[torch.Tensor]:
    """The pieces of a vector in the shapes of these tensors."""
    pieces = torch.split(vector.reshape(-1), [x.numel() for x in like])
    return [piece.view(x.shape) for piece, x in zip(pieces, like, strict=True)]


def transformed(rules: Sequence[Optimizer], moved: Sequence[Moved]) -> list[Moved]:
    """The same with the gradients that each group's rule makes of all of them."""
    return _of_all(rules, moved, lambda rule, grad, at: rule.transformed(grad, at))


def second_points(rules: Sequence[Optimizer], moved: Sequence[Moved]) -> list[Moved]:
    """The same with the points where each group's rule takes a second gradient, for gradients."""
    return _of_all(rules, moved, second_point)


def _of_all(
    rules: Sequence[Optimizer],
    moved: Sequence[Moved],
    compute: Callable[[Optimizer, torch.Tensor, torch.Tensor], torch.Tensor],
) -> list[Moved]:
    params = [p for group, _ in moved for p in group]
    grads = [g for _, group in moved for g in group]
    if not params:
        return list(moved)
    flat, at = joined(grads), joined([p.detach() for p in params])
    made: dict[Optimizer, list[torch.Tensor]] = {}
    result: list[Moved] = []
    first = 0
    for rule, (group, old) in zip(rules, moved, strict=True):
        if rule not in made:
            made[rule] = parts(compute(rule, flat, at), grads)
        result.append((group, made[rule][first : first + len(old)]))
        first += len(old)
    return result
