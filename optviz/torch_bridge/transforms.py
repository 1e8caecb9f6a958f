"""`Optimizer.transform` on the parameters of a model: their gradients as one vector."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from optviz.optimizers import Optimizer
from surfaces.errors import must

Moved = tuple[list[torch.Tensor], list[torch.Tensor]]  # parameters and their gradients


def transformed(rules: Sequence[Optimizer], moved: Sequence[Moved]) -> list[Moved]:
    """The same with the gradients that each group's rule makes of all of them.

    Raises
    ------
    InputError
        Parameters of several types or on several devices: they are no one vector.
    """
    params = [p for group, _ in moved for p in group]
    grads = [g for _, group in moved for g in group]
    if not params:
        return list(moved)
    kinds = {(type(g), g.dtype, g.device, g.layout) for g in grads}
    if len(kinds) > 1 or grads[0].layout != torch.strided:
        found = ", ".join(sorted({f"{g.dtype} on {g.device}, {g.layout}" for g in grads}))
        raise must(
            "params", "of one dense type on one device where gradients are transformed", found
        )
    flat = torch.cat([g.reshape(-1) for g in grads])
    at = torch.cat([p.detach().reshape(-1) for p in params])
    made: dict[Optimizer, list[torch.Tensor]] = {}
    result: list[Moved] = []
    first = 0
    for rule, (group, old) in zip(rules, moved, strict=True):
        if rule not in made:
            parts = rule.transformed(flat, at).split([g.numel() for g in grads])
            made[rule] = [part.view(g.shape) for part, g in zip(parts, grads, strict=True)]
        result.append((group, made[rule][first : first + len(old)]))
        first += len(old)
    return result
