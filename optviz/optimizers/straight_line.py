"""Rules and schedules as straight-line Python on floats, from their tapes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from optviz.optimizers.traced_vector import transformed
from optviz.optimizers.tracer import PYTHON, argument, traced
from surfaces import python
from surfaces.tape import Argument, TapeWriter


def compile_update(optimizer: Any, size: int) -> Callable[..., Any]:
    """An optimizer's step on ``size`` plain floats, as one Python function.

    Returns ``update(t, lr, grad, params, slots) -> (step, slots)`` on tuples of floats. The slots
    of each coordinate are separate numbers, so a rule must work coordinate by coordinate.
    """
    tape = TapeWriter()
    t, lr = traced(tape, "t"), traced(tape, "lr")
    grads = [traced(tape, f"grad_{i}") for i in range(size)]
    params = [traced(tape, f"param_{i}") for i in range(size)]
    slopes = transformed(optimizer, grads, params)
    # What each number of the tape is called, by where it comes from.
    symbols = {f"slot{j}": name for j, name in enumerate(optimizer.slots(0.0))}
    steps: list[Argument] = []
    after: dict[str, list[Argument]] = {name: [] for name in symbols.values()}
    for i in range(size):
        slots = {name: traced(tape, f"{symbol}_{i}") for symbol, name in symbols.items()}
        step, changed = optimizer.apply(t, lr, slopes[i], params[i], slots)
        steps.append(argument(step))
        for name in after:
            after[name].append(argument(changed[name]))
    sources = {"grad": "grad", "param": "params"}
    sources |= {symbol: f"slots[{name!r}]" for symbol, name in symbols.items()}
    lines = [
        f"{_tuple(f'{symbol}_{i}' for i in range(size))} = {source}"
        for symbol, source in sources.items()
    ]
    renewed = ", ".join(f"{name!r}: {_tuple(after[name])}" for name in after)
    lines += [*python.lines(tape.operations), f"return {_tuple(steps)}, {{{renewed}}}"]
    return python.bind(python.function("t, lr, grad, params, slots", lines), PYTHON)


def compile_rate(schedule: Any) -> Callable[..., float]:
    """A schedule's rule on plain numbers, as one Python function ``rate(epoch, lr)``."""
    tape = TapeWriter()
    rate = argument(schedule.rule(traced(tape, "epoch"), traced(tape, "lr")))
    lines = [*python.lines(tape.operations), f"return {python.argument(rate)}"]
    return python.bind(python.function("epoch, lr", lines), PYTHON)


def _tuple(members: Iterable[Argument]) -> str:
    return f"({', '.join(map(python.argument, members))},)"
