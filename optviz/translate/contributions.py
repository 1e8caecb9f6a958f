"""Split a step into what gradient, memory and decay contribute to it, by running the rule.

The rule runs once more on numbers that remember where they come from. Sums add their parts, and a
factor scales them; what divides (an accumulated square) only scales. So the parts of a step add up
to the step, for every optimizer of ours and for a user's own, unless that takes apart what has no
parts, as where it rounds its gradient or puts a bound in its place.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from optviz.optimizers import Optimizer
from optviz.optimizers.declared import is_ours
from optviz.optimizers.ops import Python, backend
from optviz.translate.slots import classify_slots
from surfaces.surface import Floats

CHECKED = 200  # steps of a run, at most


@dataclass(frozen=True, eq=False)
class Contribution:
    """A number and the part of it that comes from each source; a pure factor has no parts."""

    value: float
    parts: Mapping[str, float] = field(default_factory=dict)

    def times(self, factor: float) -> Contribution:
        return Contribution(
            self.value * factor, {n: part * factor for n, part in self.parts.items()}
        )

    @property
    def is_factor(self) -> bool:
        return not any(self.parts.values())

    def __add__(self, other: Any) -> Contribution:
        other = _sourced(other)
        names = self.parts | other.parts
        parts = {n: self.parts.get(n, 0.0) + other.parts.get(n, 0.0) for n in names}
        return Contribution(self.value + other.value, parts)

    def __mul__(self, other: Any) -> Contribution:
        factor = _sourced(other)
        if factor.is_factor:
            return self.times(factor.value)
        # The product of two sources, such as a squared gradient, is no part of a step.
        return (
            factor.times(self.value) if self.is_factor else Contribution(self.value * factor.value)
        )

    def __neg__(self) -> Contribution:
        return self.times(-1.0)

    def __pos__(self) -> Contribution:
        return self

    def __abs__(self) -> Contribution:
        return Contribution(abs(self.value))  # it scales, as the root of a square does

    def __sub__(self, other: Any) -> Contribution:
        return self + -_sourced(other)

    def __rsub__(self, other: Any) -> Contribution:
        return (-self).__add__(other)

    def __truediv__(self, other: Any) -> Contribution:
        return self.times(1 / _sourced(other).value)

    def __rtruediv__(self, other: Any) -> Contribution:
        return Contribution(other / self.value)

    def __pow__(self, other: Any) -> Contribution:
        return Contribution(self.value ** _sourced(other).value)

    def __mod__(self, other: Any) -> Contribution:
        return Contribution(self.value % _sourced(other).value)

    def __rmod__(self, other: Any) -> Contribution:
        return Contribution(other % self.value)

    def __floordiv__(self, other: Any) -> Contribution:
        return Contribution(self.value // _sourced(other).value)

    def __rfloordiv__(self, other: Any) -> Contribution:
        return Contribution(other // self.value)

    def __rpow__(self, other: Any) -> Contribution:
        return Contribution(other**self.value)

    __radd__, __rmul__ = __add__, __mul__


for _compare in (operator.lt, operator.le, operator.gt, operator.ge):

    def _method(self: Contribution, other: Any, compare: Any = _compare) -> bool:
        return bool(compare(self.value, _sourced(other).value))

    setattr(Contribution, f"__{_compare.__name__}__", _method)


def _sourced(value: Contribution | float) -> Contribution:
    return value if isinstance(value, Contribution) else Contribution(float(value))


def _chosen(name: str) -> Any:
    """A function that returns one of its arguments, with that argument's parts."""
    choose: Callable[..., float] = getattr(Python, name)

    def function(a: Any, b: Any) -> Contribution:
        first, second = _sourced(a), _sourced(b)
        return first if choose(first.value, second.value) == first.value else second

    return staticmethod(function)


def _factor(name: str) -> Any:
    compute: Callable[[float], float] = getattr(Python, name)
    return staticmethod(lambda a: Contribution(compute(a.value)))


class SourcedOps:
    """The functions of `ops` for sourced numbers."""

    sqrt, cos, exp, log, floor = map(_factor, ("sqrt", "cos", "exp", "log", "floor"))
    abs = staticmethod(abs)
    minimum, maximum = map(_chosen, ("minimum", "maximum"))
    where = Python.where

    @staticmethod
    def sign(a: Contribution) -> Contribution:
        # The shares of what decides the sign are the shares of the sign.
        return a.times(1 / math.fabs(a.value)) if a.value else Contribution(0.0)

    @staticmethod
    def tanh(a: Contribution) -> Contribution:
        return a.times(math.tanh(a.value) / a.value) if a.value else Contribution(0.0)


@backend.register(Contribution)
def _(value: Contribution) -> Any:
    return SourcedOps


def parts_of_step(
    optimizer: Optimizer, t: int, grad: Any, params: Any, slots: Mapping[str, Any]
) -> dict[str, Floats]:
    """The vectors that each source adds to step ``t``.

    Parameters
    ----------
    optimizer : Optimizer
    t : int
        The step, counted from 1.
    grad, params : array (2,)
        Before the step.
    slots : mapping of name to array (2,)
        Before the step.

    Returns
    -------
    dict of source to array (2,)
        Those that the optimizer has; `sources_of` says whether they add up to the step.
        "gradient" is this step's, "memory" the older ones', "decay" what pulls the parameters to
        zero. None for a rule that names the parameters, or sees more than a coordinate: its step
        is no sum of sources.
    """
    if optimizer.inputs or not optimizer.elementwise:
        return {}
    memories, _ = classify_slots(optimizer)
    sources = ["gradient", *["memory"] * bool(memories), *["decay"] * bool(optimizer.weight_decay)]
    found = {name: np.zeros(2) for name in sources}
    if optimizer.transforms:
        grad = optimizer.transformed(np.asarray(grad, float), np.asarray(params, float))
    for axis in range(2):
        numbers = {
            name: Contribution(float(value[axis]), {"memory": float(value[axis])})
            if name in memories
            else float(value[axis])
            for name, value in slots.items()
        }
        slope, param = (
            Contribution(float(vector[axis]), {source: float(vector[axis])})
            for vector, source in ((grad, "gradient"), (params, "decay"))
        )
        step, _ = optimizer.apply(t, optimizer.rate(t), slope, param, numbers)
        for name, part in _sourced(step).parts.items():
            found[name][axis] = part
    return found


def sources_of(run: Any) -> list[str]:
    """The sources whose parts add up to the steps of a run; none where to some step they do not."""
    optimizer = run.optimizer
    names: list[str] = []
    count = len(run)
    for k in sorted({i * (count - 1) // CHECKED for i in range(CHECKED + 1)}) if count else []:
        parts = parts_of_step(optimizer, k + 1, run.gradients[k], run.points[k], run.slots(k))
        names = list(parts)
        if is_ours(type(optimizer)):
            break
        step = run.steps_taken[k]
        if not np.allclose(sum(parts.values()), step, rtol=1e-6, atol=1e-9 * np.abs(step).max()):
            return []
    return names
