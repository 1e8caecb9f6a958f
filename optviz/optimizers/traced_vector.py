"""Vectors of traced numbers: what `Optimizer.transform` is recorded with."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

from optviz.optimizers import ops
from optviz.optimizers.ops import backend
from optviz.optimizers.tracer import FUNCTIONS, Symbol, Traced, traced, traced_apart
from surfaces.tape import TapeWriter


class TracedVector(Symbol):
    """Numbers of one tape; arithmetic is done member by member, and by numbers with each.

    Parameters
    ----------
    members : sequence of Traced or number
    """

    __slots__ = ("members",)

    def __init__(self, members: Sequence[Any]) -> None:
        self.members = tuple(members)

    def __len__(self) -> int:
        return len(self.members)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.members)

    def __getitem__(self, i: Any) -> Any:
        raise TypeError("a vector's members have no order that counts: use norm, dot, mean")

    def __neg__(self) -> TracedVector:
        return _each(operator.neg, self)

    def __pos__(self) -> TracedVector:
        return self

    def __abs__(self) -> TracedVector:
        return _each(abs, self)


def _each(function: Callable[..., Any], *values: Any) -> TracedVector:
    """The function of members of the same place; a number stands in each place."""
    size = next(len(value) for value in values if isinstance(value, TracedVector))
    columns = [
        value.members if isinstance(value, TracedVector) else (value,) * size for value in values
    ]
    return TracedVector([function(*members) for members in zip(*columns, strict=True)])


def _binary(function: Callable[[Any, Any], Any], reflected: bool) -> Any:
    def method(self: TracedVector, other: Any) -> Any:
        if not isinstance(other, (TracedVector, Traced, float, int)):
            return NotImplemented
        return _each(function, other, self) if reflected else _each(function, self, other)

    return method


for _name in ("add", "sub", "mul", "truediv", "mod", "pow"):
    setattr(TracedVector, f"__{_name}__", _binary(getattr(operator, _name), False))
    setattr(TracedVector, f"__r{_name}__", _binary(getattr(operator, _name), True))
for _name in ("lt", "le", "gt", "ge"):
    setattr(TracedVector, f"__{_name}__", _binary(getattr(operator, _name), False))


def _total(members: Sequence[Any]) -> Any:
    total = members[0]
    for member in members[1:]:
        total = total + member
    return total


class VectorOps:
    """The functions of `ops` for vectors of traced numbers."""

    @staticmethod
    def norm(a: TracedVector) -> Any:
        return ops.sqrt(_total([member * member for member in a]))

    @staticmethod
    def dot(a: Any, b: Any) -> Any:
        return _total(_each(operator.mul, a, b).members)

    @staticmethod
    def mean(a: TracedVector) -> Any:
        return _total(a.members) / float(len(a))


for _name in FUNCTIONS:
    setattr(VectorOps, _name, staticmethod(partial(_each, getattr(ops, _name))))


@backend.register(TracedVector)
def _(value: TracedVector) -> Any:
    return VectorOps


traced_apart(TracedVector, VectorOps)


def check_transform(optimizer: Any) -> None:
    """Refuse a `transform` that cannot be recorded: no engine shall run what another cannot.

    Raises
    ------
    InputError
        One line.
    """
    tape = TapeWriter()
    grads, params = ([traced(tape, f"{name}_{i}") for i in (0, 1)] for name in ("grad", "param"))
    transformed(optimizer, grads, params)


def transformed(optimizer: Any, grads: list[Traced], params: list[Traced]) -> list[Any]:
    """The numbers of a gradient after the optimizer's ``transform``."""
    if not optimizer.transforms:
        return grads
    return list(optimizer.transformed(TracedVector(grads), TracedVector(params)))
