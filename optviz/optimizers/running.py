"""How rules run on floats, arrays and tensors of points.

A rule that is not element-wise runs on arrays column by column: by the operations that were
recorded for floats, so that many points or rates at once have the bits of single runs.
"""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable
from typing import Any

from optviz.optimizers import ops
from optviz.optimizers.answers import call_point
from optviz.optimizers.declared import once_if_ours
from optviz.optimizers.ops import backend
from optviz.optimizers.straight_line import (
    compile_point,
    compile_second,
    compile_update,
    members,
    whole_slots,
)
from optviz.optimizers.tracer import FUNCTIONS, PYTHON, explained
from surfaces.errors import must

# What the names of a printed tape mean on arrays and tensors; torch imports parts of itself when it
# first needs them, with the builtins of whoever calls it.
ARRAYS = {name: getattr(ops, name) for name in FUNCTIONS} | {
    "__builtins__": builtins,
    "pow": operator.pow, "mod": operator.mod, "inf": float("inf"), "nan": float("nan"),
}  # fmt: skip


@once_if_ours  # equal optimizers share their text
def _recorded(optimizer: Any, method: str, size: int, on_arrays: bool) -> Any:
    compilers = {
        "rule": compile_update, "evaluates_at": compile_point, "second_point": compile_second,
    }  # fmt: skip
    with explained(type(optimizer), method):
        return compilers[method](optimizer, size, ARRAYS if on_arrays else PYTHON)


def recorded(optimizer: Any, method: str, size: int, on_arrays: bool = False) -> Callable[..., Any]:
    """A method of an optimizer as straight-line Python on ``size`` numbers, or columns of them.

    An instance records each once: it may be a user's, and hashing one of ours costs a step.
    """
    key = method, size, on_arrays
    known: dict[Any, Callable[..., Any]] = optimizer._compiled
    if key not in known:
        known[key] = _recorded(optimizer, *key)
    return known[key]


def _extra_names(optimizer: Any) -> list[str]:
    return [name for name in optimizer.inputs if name != "params"]


def extra(optimizer: Any, value: Any, hessian: Any) -> tuple[Any, ...]:
    """What of value and hessian a rule names, in order.

    Raises
    ------
    InputError
        It is not given here.
    """
    given = {"value": value, "hessian": hessian}
    names = _extra_names(optimizer)
    for name in names:
        if given[name] is None:
            raise must("optimizer", f"one that needs no {name} here", optimizer.title)
    return tuple(given[name] for name in names)


def seen_of_each(optimizer: Any, extra: tuple[Any, ...]) -> dict[str, Any]:
    """What an element-wise rule sees on arrays of points: of a matrix what is each coordinate's."""
    seen = dict(zip(_extra_names(optimizer), extra, strict=True))
    if "hessian" in seen:
        seen["hessian"] = seen["hessian"].diagonal(0, -2, -1)
    if getattr(seen.get("value"), "ndim", 0):
        seen["value"] = seen["value"][..., None]
    return seen


def first_slots(optimizer: Any, params: Any) -> dict[str, Any]:
    """The slots before the first step: tuples of floats for a tuple, else like ``params``.

    The last axis of ``params`` is one point. Of a rule that is not element-wise the last axis of a
    slot holds its numbers, row by row.
    """
    plain = type(params) is tuple
    if optimizer.elementwise:
        if not plain:
            return dict(optimizer.slots(backend(params).zeros_like(params)))
        slots = dict(optimizer.slots(0.0))
        return {name: (float(value),) * len(params) for name, value in slots.items()}
    if plain:
        whole = whole_slots(optimizer, len(params))
        return {name: tuple(map(float, members(value))) for name, value in whole.items()}
    zero = params[..., 0] * 0.0
    return {
        name: _stacked(params, [zero + number for number in members(value)])
        for name, value in whole_slots(optimizer, params.shape[-1]).items()
    }


def step_columns(
    optimizer: Any, t: int, lr: Any, grad: Any, params: Any, slots: dict[str, Any], extra: Any
) -> tuple[Any, dict[str, Any]]:
    """One step of points ``params``, and the new slots."""
    rate = lr[..., 0] if getattr(lr, "ndim", 0) else lr
    given = {name: _columns(slot) for name, slot in slots.items()}
    seen = dict(zip(_extra_names(optimizer), extra, strict=True))
    if "hessian" in seen:
        rows = (seen["hessian"][..., i, :] for i in range(params.shape[-1]))
        seen["hessian"] = tuple(map(_columns, rows))
    step, after = recorded(optimizer, "rule", params.shape[-1], True)(
        t, rate, _columns(grad), _columns(params), given, *seen.values()
    )
    return _stacked(params, step), {name: _stacked(params, new) for name, new in after.items()}


def _columns(array: Any) -> tuple[Any, ...]:
    return tuple(array[..., i] for i in range(array.shape[-1]))


def _stacked(like: Any, columns: Any) -> Any:
    return backend(like).stack(columns, like)


def gradient_point(optimizer: Any, t: int, params: Any, slots: dict[str, Any]) -> Any:
    """Where the gradient of step ``t`` is taken; see `Optimizer.evaluates_at`."""
    if type(params) is tuple:
        return recorded(optimizer, "evaluates_at", len(params))(t, params, slots)
    if optimizer.elementwise:
        return call_point(optimizer, t, params, slots)
    columns = {name: _columns(slot) for name, slot in slots.items()}
    run = recorded(optimizer, "evaluates_at", params.shape[-1], True)
    return _stacked(params, run(t, _columns(params), columns))


def second_point(optimizer: Any, grad: Any, params: Any) -> Any:
    """Where a second gradient is taken; see `Optimizer.second_point`."""
    if type(params) is tuple:
        return recorded(optimizer, "second_point", len(params))(grad, params)
    if optimizer.elementwise:
        return optimizer.second_point(grad, params)
    run = recorded(optimizer, "second_point", params.shape[-1], True)
    return _stacked(params, run(_columns(grad), _columns(params)))
