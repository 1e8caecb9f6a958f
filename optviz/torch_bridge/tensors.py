"""The functions of a rule for torch tensors."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from optviz.optimizers import ops
from optviz.optimizers.ops import backend


class Choice:
    """One of two numbers for each element: what ``where(condition, a, b)`` is of plain numbers.

    Such a choice has no type of its own (torch would say float32, whatever the data are): it takes
    that of the first tensor that it meets. Until then, arithmetic is done on the numbers.

    Parameters
    ----------
    condition : tensor of bool
    a, b : number or Choice
    """

    def __init__(self, condition: torch.Tensor, a: Any, b: Any) -> None:
        self.condition, self.a, self.b = condition, a, b

    def map(self, function: Callable[[Any], Any]) -> Choice:
        """The choice between the function's values."""
        return Choice(self.condition, function(self.a), function(self.b))

    def resolved(self, dtype: torch.dtype) -> torch.Tensor:
        """The same as a tensor."""
        a, b = (
            value.resolved(dtype)
            if isinstance(value, Choice)
            else torch.full_like(self.condition, value, dtype=dtype)
            for value in (self.a, self.b)
        )
        return torch.where(self.condition, a, b)

    @classmethod
    def __torch_function__(
        cls,
        function: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        """torch's functions get it as a tensor of their other tensors' type."""
        given = [v.dtype for v in args if isinstance(v, torch.Tensor) and v.is_floating_point()]
        dtype = given[0] if given else torch.get_default_dtype()
        plain = [v.resolved(dtype) if isinstance(v, Choice) else v for v in args]
        return function(*plain, **(kwargs or {}))

    def __neg__(self) -> Choice:
        return self.map(operator.neg)

    def __abs__(self) -> Choice:
        return self.map(abs)


def _binary(name: str, reflected: bool = False) -> Callable[[Choice, Any], Any]:
    of_values = getattr(operator, name)

    def method(self: Choice, other: Any) -> Any:
        if isinstance(other, torch.Tensor):
            left, right = self.resolved(other.dtype), other
            return of_values(right, left) if reflected else of_values(left, right)
        return self.map(lambda v: of_values(other, v) if reflected else of_values(v, other))

    return method


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow"):
    setattr(Choice, f"__{_name}__", _binary(_name))
    setattr(Choice, f"__r{_name}__", _binary(_name, reflected=True))
for _name in ("lt", "le", "gt", "ge"):
    setattr(Choice, f"__{_name}__", _binary(_name))


def _function(name: str) -> Any:
    of_tensors, of_numbers = getattr(torch, name), getattr(ops, name)

    def function(a: Any) -> Any:
        return a.map(of_numbers) if isinstance(a, Choice) else of_tensors(a)

    return staticmethod(function)


def _extremum(name: str, side: str) -> Any:
    of_tensors, of_numbers = getattr(torch, name), getattr(ops, name)

    def function(a: Any, b: Any) -> Any:
        """Of two tensors, of a tensor and a number, or of a choice and either."""
        tensors = [v for v in (a, b) if isinstance(v, torch.Tensor)]
        if isinstance(a, Choice) and not tensors:
            return a.map(lambda v: of_numbers(v, b))
        if isinstance(b, Choice) and not tensors:
            return b.map(lambda v: of_numbers(a, v))
        if len(tensors) == 2 or isinstance(a, Choice) or isinstance(b, Choice):
            return of_tensors(a, b)
        return torch.clamp(tensors[0], **{side: b if tensors[0] is a else a})

    return staticmethod(function)


class Torch:
    """The functions of `optviz.optimizers.ops` for tensors."""

    sqrt, cos, floor, sign = map(_function, ("sqrt", "cos", "floor", "sign"))
    exp, log, tanh, abs = map(_function, ("exp", "log", "tanh", "abs"))
    minimum, maximum = _extremum("minimum", "max"), _extremum("maximum", "min")
    zeros_like = staticmethod(torch.zeros_like)

    @staticmethod
    def norm(a: torch.Tensor) -> torch.Tensor:
        return (a * a).sum(-1, keepdim=True).sqrt()

    @staticmethod
    def dot(a: Any, b: Any) -> torch.Tensor:
        product: torch.Tensor = a * b
        return product.sum(-1, keepdim=True)

    @staticmethod
    def mean(a: torch.Tensor) -> torch.Tensor:
        return a.sum(-1, keepdim=True) / a.shape[-1]

    @staticmethod
    def stack(columns: Sequence[Any], like: torch.Tensor) -> torch.Tensor:
        """Columns, or numbers for whole columns, as the last axis of one tensor."""
        plain = [c.resolved(like.dtype) if isinstance(c, Choice) else c for c in columns]
        whole = [torch.as_tensor(c, dtype=like.dtype, device=like.device) for c in plain]
        return torch.stack([column.expand(like.shape[:-1]) for column in whole], -1)

    @staticmethod
    def where(condition: Any, a: Any, b: Any) -> Any:
        if isinstance(condition, Choice):
            condition = condition.resolved(torch.bool)
        if isinstance(a, torch.Tensor) or isinstance(b, torch.Tensor):
            return torch.where(condition, a, b)
        return Choice(condition, a, b)


@backend.register(torch.Tensor)
@backend.register(Choice)
def _(value: Any) -> Any:
    return Torch
