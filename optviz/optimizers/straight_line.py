"""Rules and schedules as straight-line Python on floats, from their tapes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from optviz.optimizers.answers import call_point
from optviz.optimizers.matrix import Matrix
from optviz.optimizers.tracer import PYTHON, Traced, argument, traced
from surfaces import python
from surfaces.tape import Argument, TapeWriter


def whole_slots(optimizer: Any, size: int) -> dict[str, Any]:
    """The slots of a rule that is not element-wise, before the first step at ``size`` numbers."""
    slots: dict[str, Any] = optimizer.slots(Matrix([0.0] * size))
    return slots


def members(value: Any) -> tuple[Any, ...]:
    """The numbers of a matrix, row by row; a number alone."""
    return value.members if isinstance(value, Matrix) else (value,)


class Inputs:
    """What a rule is given on ``size`` numbers, as symbols of a tape.

    Parameters
    ----------
    tape : TapeWriter
    optimizer : Optimizer
    size : int

    Attributes
    ----------
    t, lr, value : Traced
    grads, params, hessian : list of Traced
    slots : list of dict of name to Traced, or to Matrix
        One for each coordinate; of a rule that is not element-wise one in all.
    numbers : dict of name to list of str
        What the numbers of each slot are called.
    """

    def __init__(self, tape: TapeWriter, optimizer: Any, size: int) -> None:
        self.size = size
        self.t, self.lr = traced(tape, "t"), traced(tape, "lr")
        self.grads = [traced(tape, name) for name in self.names("grad", size)]
        self.params = [traced(tape, name) for name in self.names("param", size)]
        self.extra = [name for name in optimizer.inputs if name != "params"]
        self.value = traced(tape, "value")
        self.hessian = [traced(tape, name) for name in self.names("hessian", size**2)]
        self.numbers: dict[str, list[str]] = {}
        if optimizer.elementwise:
            for name in optimizer.slots(0.0):
                self.numbers[name] = self.slot_names(name, size)
            self.slots: list[dict[str, Any]] = [
                {name: traced(tape, symbols[i]) for name, symbols in self.numbers.items()}
                for i in range(size)
            ]
            return
        self.slots = [{}]
        for name, value in whole_slots(optimizer, size).items():
            symbols = self.numbers[name] = self.slot_names(name, len(members(value)))
            numbers = [traced(tape, symbol) for symbol in symbols]
            is_matrix = isinstance(value, Matrix)
            self.slots[0][name] = Matrix(numbers, value.shape) if is_matrix else numbers[0]

    def names(self, kind: str, count: int) -> list[str]:
        """What the numbers of a gradient, a point or a matrix are called."""
        return [f"{kind}_{i}" for i in range(count)]

    def slot_names(self, slot: str, count: int) -> list[str]:
        """What the numbers of a slot are called."""
        return [f"slot{len(self.numbers)}_{i}" for i in range(count)]

    def seen(self, i: int | None = None) -> dict[str, Any]:
        """Value and second derivatives as a rule names them; by coordinate ``i`` alone if given."""
        if i is None:
            hessian: Any = Matrix(self.hessian, (self.size, self.size))
        else:
            hessian = self.hessian[i * (self.size + 1)]
        found = {"value": self.value, "hessian": hessian}
        return {name: found[name] for name in self.extra}


def _unpacking(given: Inputs) -> list[str]:
    """Python that gives the symbols their values."""
    size = given.size
    lines = [f"{_tuple(given.names(kind, size))} = {source}" for kind, source in SOURCES.items()]
    if "hessian" in given.extra:
        names = given.names("hessian", size**2)
        rows = [_tuple(names[i : i + size]) for i in range(0, size**2, size)]
        lines.append(f"{', '.join(rows)}, = hessian")
    return lines + _slots_unpacking(given)


def _slots_unpacking(given: Inputs) -> list[str]:
    return [f"{_tuple(names)} = slots[{slot!r}]" for slot, names in given.numbers.items()]


SOURCES = {"grad": "grad", "param": "params"}


def compile_update(optimizer: Any, size: int, functions: Mapping[str, Any] = PYTHON) -> Any:
    """An optimizer's step on ``size`` plain floats, as one Python function.

    Returns ``update(t, lr, grad, params, slots, *extra) -> (step, slots)`` on tuples of floats,
    where ``extra`` is what the rule names of value and hessian. With other ``functions`` it works
    on tuples of arrays likewise.
    """
    tape = TapeWriter()
    given = Inputs(tape, optimizer, size)
    step, after = recorded_step(optimizer, given)
    renewed = ", ".join(f"{name!r}: {_tuple(numbers)}" for name, numbers in after.items())
    end = f"return {_tuple(step)}, {{{renewed}}}"
    lines = [*_unpacking(given), *python.lines(tape.operations), end]
    parameters = ", ".join(["t, lr, grad, params, slots", *given.extra])
    return python.bind(python.function(parameters, lines), functions)


def recorded_step(
    optimizer: Any, given: Inputs, slopes: list[Any] | None = None
) -> tuple[list[Argument], dict[str, list[Argument]]]:
    """The step and the new slots, after the rule was recorded.

    ``slopes`` are the gradient that the rule is given, where its transform is recorded elsewhere.
    """
    t, lr = given.t, given.lr
    if slopes is None:
        slopes = transformed(optimizer, given.grads, given.params)
    if not optimizer.elementwise:
        (slots,) = given.slots
        grad, params = Matrix(slopes), Matrix(given.params)
        step, changed = optimizer.apply(t, lr, grad, params, slots, **given.seen())
        fitting = {name: _as_before(name, changed[name], slots[name]) for name in slots}
        return _arguments(_as_before("step", step, grad)), {
            name: _arguments(value) for name, value in fitting.items()
        }
    steps: list[Argument] = []
    after: dict[str, list[Argument]] = {name: [] for name in given.slots[0]}
    for i, slots in enumerate(given.slots):
        step, changed = optimizer.apply(t, lr, slopes[i], given.params[i], slots, **given.seen(i))
        steps.append(argument(step))
        for name in after:
            after[name].append(argument(changed[name]))
    return steps, after


def _as_before(name: str, value: Any, like: Any) -> Any:
    """A value of the shape that it had, or a number in each place."""
    shape, wanted = getattr(value, "shape", None), getattr(like, "shape", None)
    if shape == wanted:
        return value
    if shape is None and wanted is not None:
        return Matrix([value] * (wanted[0] * wanted[1]), wanted)
    raise TypeError(f"{name} of shape {shape}, where {wanted} was expected")


def _arguments(value: Any) -> list[Argument]:
    return [argument(member) for member in members(value)]


def recorded_point(optimizer: Any, given: Inputs) -> list[Argument]:
    """Where the gradient is taken, after that was recorded."""
    if optimizer.elementwise:
        pairs = zip(given.params, given.slots, strict=True)
        found = [call_point(optimizer, given.t, param, slots) for param, slots in pairs]
    else:
        found = list(call_point(optimizer, given.t, Matrix(given.params), given.slots[0]))
    return list(map(argument, found))


def compile_point(optimizer: Any, size: int, functions: Mapping[str, Any] = PYTHON) -> Any:
    """Where an optimizer has the gradient taken, as ``point(t, params, slots)`` on tuples."""
    tape = TapeWriter()
    given = Inputs(tape, optimizer, size)
    end = f"return {_tuple(recorded_point(optimizer, given))}"
    begin = [f"{_tuple(given.names('param', size))} = params", *_slots_unpacking(given)]
    lines = [*begin, *python.lines(tape.operations), end]
    return python.bind(python.function("t, params, slots", lines), functions)


def compile_second(optimizer: Any, size: int, functions: Mapping[str, Any] = PYTHON) -> Any:
    """Where it has a second gradient taken, as ``point(grad, params)`` on tuples."""
    tape = TapeWriter()
    grads, params = symbols_of_pair(tape, size)
    found = recorded_second(optimizer, grads, params)
    begin = [
        f"{_tuple(map(argument, symbols))} = {source}"
        for symbols, source in ((grads, "grad"), (params, "params"))
    ]
    lines = [*begin, *python.lines(tape.operations), f"return {_tuple(found)}"]
    return python.bind(python.function("grad, params", lines), functions)


def symbols_of_pair(tape: TapeWriter, size: int) -> tuple[list[Traced], list[Traced]]:
    """Symbols of a gradient and of a point."""
    grads, params = ([traced(tape, f"{kind}_{i}") for i in range(size)] for kind in SOURCES)
    return grads, params


def recorded_second(optimizer: Any, grads: list[Traced], params: list[Traced]) -> list[Argument]:
    """Where a second gradient is taken, after that was recorded."""
    return list(map(argument, optimizer.second_point(Matrix(grads), Matrix(params))))


def transformed(optimizer: Any, grads: list[Traced], params: list[Traced]) -> list[Any]:
    """The numbers of a gradient after the optimizer's ``transform``."""
    if not optimizer.transforms:
        return grads
    return list(optimizer.transformed(Matrix(grads), Matrix(params)))


def compile_rate(schedule: Any) -> Callable[..., float]:
    """A schedule's rule on plain numbers, as one Python function ``rate(epoch, lr)``."""
    tape = TapeWriter()
    rate = argument(schedule.rule(traced(tape, "epoch"), traced(tape, "lr")))
    lines = [*python.lines(tape.operations), f"return {python.argument(rate)}"]
    return python.bind(python.function("epoch, lr", lines), PYTHON)


def _tuple(numbers: Iterable[Argument]) -> str:
    return f"({', '.join(map(python.argument, numbers))},)"
