"""Data classes for merged variants of a computation, in which shared operations occur once."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import NamedTuple

from surfaces.tape import Argument, Operation


class Step(NamedTuple):
    """An operation that some variants do; ``copy`` gives a value a second name.

    Attributes
    ----------
    variants : int
        A set of variants: bit v stands for variant v.
    operation : Operation
    """

    variants: int
    operation: Operation


@dataclass(frozen=True)
class Merged:
    """Merged variants of one computation.

    Attributes
    ----------
    variants : int
        The set of variants: bit v stands for variant v.
    steps : tuple of Step
        In an order that is right for each variant. A name may be given by several steps, each for
        other variants.
    results : mapping of str to str or float
        What the computation returns, by label.
    """

    variants: int
    steps: tuple[Step, ...]
    results: Mapping[str, Argument]


def renamed(value: Argument, names: Mapping[str, str]) -> Argument:
    return names.get(value, value) if isinstance(value, str) else value


def renamed_operation(operation: Operation, names: Mapping[str, str]) -> Operation:
    name, op, args = operation
    return Operation(names.get(name, name), op, tuple([renamed(arg, names) for arg in args]))


def union(sets: Iterable[int]) -> int:
    return reduce(operator.or_, sets, 0)
