"""Classify the slots of a rule by its tape: memories of gradients, or sums of squares."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from functools import reduce

from optviz.optimizers import Optimizer
from optviz.optimizers.answers import SEEN
from optviz.optimizers.declared import once_if_ours
from optviz.optimizers.tracer import argument, traced
from surfaces.tape import COMPARISONS, Argument, Operation, TapeWriter


class Kind(Enum):
    """The way in which a number depends on the gradients so far."""

    ZERO = auto()  # 0, which may be of any other kind
    SCALE = auto()  # not at all, or as a ratio of squares
    VECTOR = auto()  # it turns with them: a gradient, a mean of gradients, a step
    SQUARE = auto()  # it grows with them and does not turn: a square, a size, a mean of squares
    MIXED = auto()  # anything else


def classify_slots(optimizer: Optimizer) -> tuple[list[str], list[str]]:
    """The slots that remember gradients, and those that add up squares of gradients or of steps.

    Both lists are empty for an optimizer without a rule, such as torch's own, and for one whose
    rule is not element-wise.

    Raises
    ------
    InputError
        A rule that cannot be recorded.
    """
    if not (optimizer.steps_by_rule and optimizer.elementwise):
        return [], []
    kinds = _kinds(optimizer)
    return (
        [name for name, kind in kinds.items() if kind is Kind.VECTOR],
        [name for name, kind in kinds.items() if kind is Kind.SQUARE],
    )


@once_if_ours  # a film asks at each frame
def _kinds(optimizer: Optimizer) -> dict[str, Kind]:
    """The kind of each slot after any number of steps."""
    tape = TapeWriter()
    slots = list(optimizer.slots(0.0))
    before = {name: traced(tape, f"slot{i}") for i, name in enumerate(slots)}
    t, lr, grad = (traced(tape, name) for name in ("t", "lr", "grad"))
    seen = {name: traced(tape, name) for name in ("params", *optimizer.inputs)}
    _, after = optimizer.checked_rule(t, lr, grad, before, **seen)
    kinds = {name: _constant(float(value)) for name, value in optimizer.slots(0.0).items()}
    while True:  # step after step, until nothing changes
        known: dict[Argument, Kind] = {before[name].name: kinds[name] for name in slots}
        known.update((name, Kind.MIXED) for name in SEEN)
        known |= {"t": Kind.SCALE, "lr": Kind.SCALE, "grad": Kind.VECTOR}
        for operation in tape.operations:
            known[operation.name] = _kind(operation, known)
        new = {name: _joined(kinds[name], _of(argument(after[name]), known)) for name in slots}
        if new == kinds:
            return kinds
        kinds = new


def _of(value: Argument, known: Mapping[Argument, Kind]) -> Kind:
    return known[value] if isinstance(value, str) else _constant(value)


def _constant(value: float) -> Kind:
    return Kind.SCALE if value else Kind.ZERO


def _kind(operation: Operation, known: Mapping[Argument, Kind]) -> Kind:
    """The kind of a result, by those of the arguments."""
    op, args = operation.op, operation.args
    kinds = [_of(value, known) for value in args]
    match op:
        case "neg":
            return kinds[0]
        case "add" | "sub" | "minimum" | "maximum":
            return _joined(*kinds)
        case "where":
            return _joined(*kinds[1:])
        case "mul":
            return _product(*kinds)
        case "div":
            return _quotient(*kinds)
        case "pow":
            return _power(kinds[0], args[1])
        case "sqrt" if kinds[0] is Kind.VECTOR:
            return Kind.MIXED
        case "sqrt":
            return kinds[0]
        case "abs":
            return Kind.SQUARE if kinds[0] is Kind.VECTOR else kinds[0]
        case "tanh" if kinds[0] is Kind.VECTOR:
            return Kind.VECTOR
        case "mod" if kinds[1] not in (Kind.ZERO, Kind.SCALE):
            return Kind.MIXED
        case "sign":
            return kinds[0] if kinds[0] is Kind.VECTOR else Kind.SCALE
        case _ if op in COMPARISONS:
            return Kind.SCALE
    return Kind.SCALE if kinds[0] in (Kind.ZERO, Kind.SCALE) else Kind.MIXED  # cos, exp, ...


def _joined(*kinds: Kind) -> Kind:
    """The kind of a sum, or of a choice: a square and a number give a square."""
    return reduce(_both, kinds, Kind.ZERO)


def _both(a: Kind, b: Kind) -> Kind:
    if a is b or b is Kind.ZERO:
        return a
    if a is Kind.ZERO:
        return b
    return Kind.SQUARE if {a, b} == {Kind.SCALE, Kind.SQUARE} else Kind.MIXED


def _product(a: Kind, b: Kind) -> Kind:
    if Kind.ZERO in (a, b):
        return Kind.ZERO
    if Kind.MIXED in (a, b):
        return Kind.MIXED
    if (a is Kind.VECTOR) != (b is Kind.VECTOR):
        return Kind.VECTOR
    return Kind.SCALE if a is b is Kind.SCALE else Kind.SQUARE


def _quotient(a: Kind, b: Kind) -> Kind:
    if a is Kind.ZERO:
        return Kind.ZERO
    if Kind.MIXED in (a, b):
        return Kind.MIXED
    if (a is Kind.VECTOR) != (b is Kind.VECTOR):
        return Kind.VECTOR
    return Kind.SQUARE if a is Kind.SQUARE and b in (Kind.SCALE, Kind.ZERO) else Kind.SCALE


def _power(base: Kind, exponent: Argument) -> Kind:
    if base is not Kind.VECTOR:
        return base
    if isinstance(exponent, str) or exponent % 1:
        return Kind.MIXED
    return Kind.VECTOR if exponent % 2 else Kind.SQUARE
