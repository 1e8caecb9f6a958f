"""The functions of a rule for torch tensors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from optviz.optimizers.ops import backend


class Torch:
    """The functions of `optviz.optimizers.ops` for tensors."""

    sqrt = staticmethod(torch.sqrt)
    cos = staticmethod(torch.cos)
    floor = staticmethod(torch.floor)
    sign = staticmethod(torch.sign)
    zeros_like = staticmethod(torch.zeros_like)

    @staticmethod
    def minimum(a: Any, b: Any) -> torch.Tensor:
        return _clamp(torch.minimum, "max", a, b)

    @staticmethod
    def maximum(a: Any, b: Any) -> torch.Tensor:
        return _clamp(torch.maximum, "min", a, b)

    @staticmethod
    def where(condition: torch.Tensor, a: Any, b: Any) -> torch.Tensor:
        if not (isinstance(a, torch.Tensor) or isinstance(b, torch.Tensor)):
            # torch would make float32 of two numbers, whatever the data are.
            raise TypeError("where must be given a tensor among its two branches; not two numbers")
        return torch.where(condition, a, b)


def _clamp(both: Callable[..., Any], side: str, a: Any, b: Any) -> torch.Tensor:
    """The extremum of two tensors, or of a tensor and a number."""
    if isinstance(a, torch.Tensor) and isinstance(b, torch.Tensor):
        result: torch.Tensor = both(a, b)
        return result
    tensor, number = (a, b) if isinstance(a, torch.Tensor) else (b, a)
    return torch.clamp(tensor, **{side: number})


@backend.register(torch.Tensor)
def _(value: torch.Tensor) -> Any:
    return Torch
