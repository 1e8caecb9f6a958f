"""What many runs share at each step, and tapes run on whole arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from optviz.ensemble.program import Program
from optviz.optimizers.running import ARRAYS
from optviz.optimizers.tracer import PYTHON
from surfaces.arithmetic import MATH, NUMPY
from surfaces.python import argument, bind, function, lines
from surfaces.surface import Floats
from surfaces.tape import Tape


def _zero_if_nan(part: Any, value: Any) -> Any:
    return np.where(np.isnan(part) & np.isfinite(value), 0.0, part)


ON_ARRAYS = ARRAYS | NUMPY | {"zero_if_nan": _zero_if_nan, "constant": float}
ON_FLOATS = MATH | PYTHON


def shared_table(program: Program, times: Iterable[int], rates: Sequence[float]) -> Floats:
    """What all runs share at each step (steps, k), by the functions of single runs."""
    parts = program.parts
    names = ", ".join(parts.shared_names)
    body = [*lines(parts.shared), f"return ({names}{',' * bool(names)})"]
    text = function("t, lr", body)
    on_floats = bind(text, ON_FLOATS)
    # NumPy's numbers divide by zero as IEEE 754 says.
    ieee = bind(text, {name: _ieee(f) if callable(f) else f for name, f in ON_FLOATS.items()})
    rows = []
    for t, lr in zip(times, rates, strict=True):
        try:
            rows.append(on_floats(float(t), lr))
        except (ArithmeticError, ValueError):
            with np.errstate(all="ignore"):
                rows.append(ieee(np.float64(t), np.float64(lr)))
    return np.array(rows, float).reshape(len(rows), len(parts.shared_names))


def _ieee(function: Any) -> Any:
    def on_numbers(*args: Any) -> Any:
        try:
            return np.float64(function(*args))
        except (ArithmeticError, ValueError):
            return np.float64(np.nan)

    return on_numbers


def on_arrays(tape: Tape, given: Mapping[str, Any]) -> list[Any]:
    """The results of a tape, whose inputs are arrays or numbers."""
    inputs = [name for name in tape.inputs if name in given]
    body = [*lines(tape.operations), f"return [{', '.join(map(argument, tape.results))}]"]
    run = bind(function(", ".join(inputs), body), ON_ARRAYS)
    with np.errstate(all="ignore"):
        found: list[Any] = run(*(given[name] for name in inputs))
    return found
