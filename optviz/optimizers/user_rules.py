"""Checks of a user's own rule before it runs anywhere: it is recorded, and means one thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from optviz.optimizers.declared import is_ours
from optviz.optimizers.ops import UnsupportedError
from optviz.optimizers.straight_line import (
    Inputs,
    recorded_step,
    symbols_of_pair,
    transformed,
)
from surfaces.errors import InputError
from surfaces.tape import TapeWriter

T = TypeVar("T")


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

    def record() -> str | None:
        transformed(optimizer, *symbols_of_pair(TapeWriter(), 2))
        return _recorded(optimizer)

    same_each_time(kind, record)


def same_each_time(kind: type, record: Callable[[], T]) -> T:
    """What ``record`` makes of a user's rule, if it is the same again; else an `InputError`."""
    try:
        found = record()
        same = record() == found
    except (ArithmeticError, RecursionError) as error:  # of numbers that stand in the rule itself
        reason = " ".join(str(error).split())
        raise InputError(f"{kind.__name__}.rule must not compute: {reason}") from error
    if not same:
        raise InputError(
            f"{kind.__name__}.rule must give one step for the same numbers; not another one each "
            "time, as with random numbers or a count that is kept outside its slots"
        )
    return found


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
