"""Checks of a user's own rule before it runs anywhere: it is recorded, and means one thing."""

from __future__ import annotations

from typing import Any

from optviz.optimizers.declared import is_ours
from optviz.optimizers.ops import UnsupportedError
from optviz.optimizers.straight_line import Inputs, recorded_step, transformed
from optviz.optimizers.tracer import traced
from surfaces.errors import InputError
from surfaces.tape import TapeWriter


def check_own(optimizer: Any) -> None:
    """Refuse what cannot mean the same in every engine; rules of ours are known to.

    What sees whole vectors must be one that can be recorded. A rule may be one that cannot, as on
    tensors alone; but it may not give another step each time for the same numbers.

    Raises
    ------
    InputError
        One line.
    """
    kind = type(optimizer)
    if is_ours(kind) or not optimizer.steps_by_rule:
        return
    try:
        _transformed(optimizer)
        same = _recorded(optimizer) == _recorded(optimizer)
    except (ArithmeticError, RecursionError) as error:  # of numbers that stand in the rule itself
        reason = " ".join(str(error).split())
        raise InputError(f"{kind.__name__}.rule must not compute: {reason}") from error
    if not same:
        raise InputError(
            f"{kind.__name__}.rule must give one step for the same numbers; not another one each "
            "time, as with random numbers or a count that is kept outside its slots"
        )


def _transformed(optimizer: Any) -> None:
    tape = TapeWriter()
    grads, params = ([traced(tape, f"{name}_{i}") for i in (0, 1)] for name in ("grad", "param"))
    transformed(optimizer, grads, params)


def _recorded(optimizer: Any) -> str | None:
    """What the rule does, as text; None for one that cannot be recorded."""
    tape = TapeWriter()
    try:
        results = recorded_step(optimizer, Inputs(tape, optimizer, 2))
    except (UnsupportedError, ArithmeticError, RecursionError):
        raise
    except Exception:  # of whatever kind: it is the user's
        return None  # whoever runs it says what is wrong
    return repr((tape.key(), results))
