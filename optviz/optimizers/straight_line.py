"""Rules and schedules as straight-line Python on floats, from their tapes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from optviz.optimizers.matrix import Matrix, Shape
from optviz.optimizers.tracer import PYTHON, Traced, argument, traced
from surfaces import python
from surfaces.tape import Argument, TapeWriter

Layout = dict[str, Shape | None]  # None of a slot that is a number


def whole_slots(optimizer: Any, size: int) -> dict[str, Any]:
    """The slots of a rule that is not element-wise, before the first step at ``size`` numbers."""
    slots: dict[str, Any] = optimizer.slots(Matrix([0.0] * size))
    return slots


def members(value: Any) -> tuple[Any, ...]:
    """The numbers of a matrix, row by row; a number alone."""
    return value.members if isinstance(value, Matrix) else (value,)


class Inputs:
    """What a rule is given on ``size`` numbers, as symbols of a tape, and where they come from.

    Attributes
    ----------
    grads, params : list of Traced
    slots : list of dict of name to Traced, or to Matrix
        One for each coordinate; of a rule that is not element-wise one in all.
    lines : list of str
        Python that gives the symbols their values.
    parameters : str
        Of the Python function that they stand in.
    """

    def __init__(self, tape: TapeWriter, optimizer: Any, size: int) -> None:
        self.size, self.tape = size, tape
        self.t, self.lr = traced(tape, "t"), traced(tape, "lr")
        self.grads = self._numbers("grad", size)
        self.params = self._numbers("param", size)
        self.lines = [_unpacked("grad", size, "grad"), _unpacked("param", size, "params")]
        self.extra = [name for name in optimizer.inputs if name != "params"]
        self.parameters = ", ".join(["t, lr, grad, params, slots", *self.extra])
        self.value = traced(tape, "value") if "value" in self.extra else None
        self.hessian = self._hessian() if "hessian" in self.extra else []
        self.slots = self._slots(optimizer)

    def _numbers(self, symbol: str, count: int) -> list[Traced]:
        return [traced(self.tape, f"{symbol}_{i}") for i in range(count)]

    def _hessian(self) -> list[Traced]:
        names = [f"hessian_{i}" for i in range(self.size**2)]
        rows = [names[i : i + self.size] for i in range(0, len(names), self.size)]
        self.lines.append(f"{''.join(f'{_tuple(row)}, ' for row in rows)} = hessian")
        return [traced(self.tape, name) for name in names]

    def _slots(self, optimizer: Any) -> list[dict[str, Any]]:
        if not optimizer.elementwise:
            whole = {}
            for j, (name, value) in enumerate(whole_slots(optimizer, self.size).items()):
                count = len(members(value))
                self.lines.append(_unpacked(f"slot{j}", count, f"slots[{name!r}]"))
                numbers = self._numbers(f"slot{j}", count)
                whole[name] = (
                    Matrix(numbers, value.shape) if isinstance(value, Matrix) else numbers[0]
                )
            return [whole]
        names = list(optimizer.slots(0.0))
        for j, name in enumerate(names):
            self.lines.append(_unpacked(f"slot{j}", self.size, f"slots[{name!r}]"))
        return [
            {name: traced(self.tape, f"slot{j}_{i}") for j, name in enumerate(names)}
            for i in range(self.size)
        ]

    def seen(self, i: int) -> dict[str, Any]:
        """The value, and the second derivative by coordinate ``i``, of a rule that names them."""
        found = {"value": self.value, "hessian": self.hessian and self.hessian[i * (self.size + 1)]}
        return {name: found[name] for name in self.extra}

    def seen_whole(self) -> dict[str, Any]:
        """The value and the matrix of second derivatives of a rule that names them."""
        hessian = Matrix(self.hessian, (self.size, self.size)) if self.hessian else None
        found = {"value": self.value, "hessian": hessian}
        return {name: found[name] for name in self.extra}


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
    lines = [*given.lines, *python.lines(tape.operations), f"return {_tuple(step)}, {{{renewed}}}"]
    return python.bind(python.function(given.parameters, lines), functions)


def recorded_step(
    optimizer: Any, given: Inputs
) -> tuple[list[Argument], dict[str, list[Argument]]]:
    """The step and the new slots, after the rule was recorded."""
    t, lr = given.t, given.lr
    slopes = transformed(optimizer, given.grads, given.params)
    if not optimizer.elementwise:
        (slots,) = given.slots
        grad, params = Matrix(slopes), Matrix(given.params)
        step, changed = optimizer.apply(t, lr, grad, params, slots, **given.seen_whole())
        fitting = {name: _as_before(optimizer, name, changed[name], slots[name]) for name in slots}
        return _arguments(_as_before(optimizer, "step", step, grad)), {
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


def _as_before(optimizer: Any, name: str, value: Any, like: Any) -> Any:
    """A value of the shape that it had, or a number in each place."""
    shape, wanted = getattr(value, "shape", None), getattr(like, "shape", None)
    if shape == wanted:
        return value
    if shape is None and wanted is not None:
        return Matrix([value] * (wanted[0] * wanted[1]), wanted)
    raise TypeError(f"{name} of shape {shape}, where {wanted} was expected")


def _arguments(value: Any) -> list[Argument]:
    return [argument(member) for member in members(value)]


def compile_point(optimizer: Any, size: int, functions: Mapping[str, Any] = PYTHON) -> Any:
    """Where an optimizer has the gradient taken, as ``point(t, params, slots)`` on tuples."""
    tape = TapeWriter()
    given = Inputs(tape, optimizer, size)
    if optimizer.elementwise:
        pairs = zip(given.params, given.slots, strict=True)
        found = [optimizer.evaluates_at(given.t, param, **slots) for param, slots in pairs]
    else:
        found = list(optimizer.evaluates_at(given.t, Matrix(given.params), **given.slots[0]))
    lines = [line for line in given.lines if not line.endswith(("= grad", "= hessian"))]
    end = f"return {_tuple(map(argument, found))}"
    return python.bind(
        python.function("t, params, slots", [*lines, *python.lines(tape.operations), end]),
        functions,
    )


def compile_second(optimizer: Any, size: int, functions: Mapping[str, Any] = PYTHON) -> Any:
    """Where it has a second gradient taken, as ``point(grad, params)`` on tuples."""
    tape = TapeWriter()
    grads, params = (
        [traced(tape, f"{symbol}_{i}") for i in range(size)] for symbol in ("grad", "param")
    )
    found = list(optimizer.second_point(Matrix(grads), Matrix(params)))
    lines = [_unpacked("grad", size, "grad"), _unpacked("param", size, "params")]
    end = f"return {_tuple(map(argument, found))}"
    return python.bind(
        python.function("grad, params", [*lines, *python.lines(tape.operations), end]), functions
    )


def transformed(optimizer: Any, grads: list[Traced], params: list[Traced]) -> list[Any]:
    """The numbers of a gradient after the optimizer's ``transform``."""
    if not optimizer.transforms:
        return grads
    return list(optimizer.transformed(Matrix(grads), Matrix(params)))


def check_whole(optimizer: Any) -> None:
    """Refuse what sees whole vectors and cannot be recorded: no engine shall run it alone.

    Raises
    ------
    InputError
        One line.
    """
    tape = TapeWriter()
    grads, params = ([traced(tape, f"{name}_{i}") for i in (0, 1)] for name in ("grad", "param"))
    transformed(optimizer, grads, params)


def compile_rate(schedule: Any) -> Callable[..., float]:
    """A schedule's rule on plain numbers, as one Python function ``rate(epoch, lr)``."""
    tape = TapeWriter()
    rate = argument(schedule.rule(traced(tape, "epoch"), traced(tape, "lr")))
    lines = [*python.lines(tape.operations), f"return {python.argument(rate)}"]
    return python.bind(python.function("epoch, lr", lines), PYTHON)


def _unpacked(symbol: str, count: int, source: str) -> str:
    return f"{_tuple(f'{symbol}_{i}' for i in range(count))} = {source}"


def _tuple(numbers: Iterable[Argument]) -> str:
    return f"({', '.join(map(python.argument, numbers))},)"
