"""One step of many runs at once, as one list of operations: surface, rule and what is watched.

It comes from the tapes that single runs are made of, so that each run keeps its bits. What all runs
share at a step (the bias corrections of Adam, the rate of a schedule) is computed once a step,
outside.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from optviz.ensemble.watch import Watch
from optviz.optimizers import Optimizer
from optviz.optimizers.matrix import Matrix
from optviz.optimizers.straight_line import (
    Inputs,
    recorded_point,
    recorded_second,
    recorded_step,
    whole_slots,
)
from optviz.optimizers.tracer import Traced, argument, explained, traced
from surfaces.kernel import TapeKernel
from surfaces.surface import Surface
from surfaces.tape import Argument, Operation, Tape, TapeWriter

POINT = ("x", "y")
SHARED = ("t", "lr")  # inputs that all runs have alike, unless the rate is swept
SMOOTH = {"add", "sub", "mul", "neg"}  # operations whose slope is finite where the value is


@dataclass(frozen=True)
class Program:
    """A step of many runs, in straight lines.

    Attributes
    ----------
    state : tuple of str
        What each run keeps: ``x``, ``y``, the numbers of the slots, those of the watch.
    swept : tuple of str
        What each run has of its own from the beginning to the end, such as its rate.
    tape : Tape
        Its inputs are those, ``t`` and ``lr``; its results the new state.
    start : Tape
        From ``swept`` and ``lr`` to the slots before the first step, then the watch's.
    close : Tape
        From the state and ``t`` to the watch's numbers at the last point.
    """

    state: tuple[str, ...]
    swept: tuple[str, ...]
    tape: Tape
    start: Tape
    close: Tape

    @cached_property
    def parts(self) -> Parts:
        """The operations of a step by how often each must be done."""
        return Parts.of(self.tape, self.swept, self.state)


@dataclass(frozen=True)
class Parts:
    """The operations of a tape: once a step for all runs, once for each run, at each step of each.

    Attributes
    ----------
    shared, once, each : tuple of Operation
    shared_names, once_names : tuple of str
        What ``each`` reads of the others (and of ``t`` and ``lr``).
    """

    shared: tuple[Operation, ...]
    once: tuple[Operation, ...]
    each: tuple[Operation, ...]
    shared_names: tuple[str, ...]
    once_names: tuple[str, ...]

    @staticmethod
    def of(tape: Tape, swept: Sequence[str], state: Sequence[str]) -> Parts:
        """The parts of a tape."""
        level = dict.fromkeys(SHARED, "shared") | dict.fromkeys(swept, "once")
        level |= dict.fromkeys(state, "each")
        parts: dict[str, list[Operation]] = {"shared": [], "once": [], "each": []}
        for operation in tape.operations:
            found = {level[a] for a in operation.args if isinstance(a, str)} or {"shared"}
            own = found.pop() if len(found) == 1 else "each"
            level[operation.name] = own
            parts[own].append(operation)
        read = [a for op in parts["each"] for a in op.args if isinstance(a, str)]
        read += [a for a in tape.results if isinstance(a, str)]
        names = {
            own: tuple(dict.fromkeys(a for a in read if level[a] == own))
            for own in ("shared", "once")
        }
        shared, once, each = (tuple(parts[own]) for own in ("shared", "once", "each"))
        return Parts(shared, once, each, names["shared"], names["once"])


def is_recorded(surface: Surface) -> bool:
    """Whether a surface is a formula, so that its values can stand in a program."""
    return surface.tapes is not None


def tapes_of(surface: Surface) -> TapeKernel:
    """The tapes of a surface that is a formula."""
    tapes = surface.tapes
    assert tapes is not None
    return tapes


def program_of(
    surface: Surface, optimizer: Optimizer, watch: Watch, swept: Sequence[str] = ()
) -> Program:
    """The program of an optimizer on a surface.

    Parameters
    ----------
    surface : Surface
        A formula (`is_recorded`).
    optimizer : Optimizer
    watch : Watch
        What is noted of each run on its way.
    swept : sequence of str
        Settings of which each run has its own: fields, or ``betas_0`` for a member of a tuple.

    Raises
    ------
    InputError
        A rule that does more than arithmetic, or that cannot have such a setting as a symbol.
    """
    tape = TapeWriter()
    for name in (*SHARED, *POINT):
        tape.input(name)
    symbolic = with_symbols(optimizer, tape, swept)
    point: Any = [Traced(tape, name) for name in POINT]
    given = Inputs(tape, symbolic, 2)
    with explained(type(optimizer)):
        value, grads = slopes(tape, surface, point)
        given.params, given.grads, given.value = point, grads, value
        if "hessian" in given.extra:
            xx, xy, yy = inlined(tape, tapes_of(surface).hessian_tape, point)
            given.hessian = [xx, xy, xy, yy]
        if symbolic.evaluates_elsewhere:
            given.grads = slopes(tape, surface, recorded_point(symbolic, given))[1]
        if symbolic.looks_twice:
            second = recorded_second(symbolic, given.grads, given.params)
            given.grads = slopes(tape, surface, second)[1]
        moves, after = recorded_step(symbolic, given)
    slots = [name for numbers in given.numbers.values() for name in numbers]
    renewed = [
        number for name, numbers in given.numbers.items() for number in after.get(name, numbers)
    ]
    before = {name: Traced(tape, tape.input(name)) for name in (*watch.start, *watch.own)}
    before_step: Any = Traced(tape, "t")
    noted = watch.note(before_step - 1.0, point[0], point[1], value, **before)
    new = [argument(p + Traced(tape, m) if isinstance(m, str) else p + m)
           for p, m in zip(point, moves, strict=True)]  # fmt: skip
    state = (*POINT, *slots, *watch.start)
    results = [*new, *renewed, *map(argument, noted)]
    return Program(
        state, (*swept, *watch.own), needed(tape.tape(results)), _start(optimizer, watch, swept),
        _close(surface, watch, state),
    )  # fmt: skip


def needed(tape: Tape) -> Tape:
    """The same without operations that no result comes from."""
    read = {result for result in tape.results if isinstance(result, str)}
    kept: list[Operation] = []
    for operation in reversed(tape.operations):
        if operation.name in read:
            kept.append(operation)
            read |= {value for value in operation.args if isinstance(value, str)}
    return Tape(tape.inputs, tuple(reversed(kept)), tape.results)


def with_symbols(optimizer: Optimizer, tape: TapeWriter, swept: Iterable[str]) -> Optimizer:
    """The optimizer with symbols for the settings that each run has of its own."""
    changed: dict[str, Any] = {}
    for name in swept:
        symbol = traced(tape, name)
        if name == "lr":
            continue
        field, member = field_of(optimizer, name)
        if member is None:
            changed[field] = symbol
        else:
            members = list(changed.get(field, getattr(optimizer, field)))
            members[member] = symbol
            changed[field] = tuple(members)
    return dataclasses.replace(optimizer, **changed) if changed else optimizer


def field_of(optimizer: Optimizer, name: str) -> tuple[str, int | None]:
    """The field of a setting, and which member of a tuple it is: ``betas_0`` is (betas, 0)."""
    fields = {field.name for field in dataclasses.fields(optimizer) if field.init}
    if name in fields:
        return name, None
    field, _, member = name.rpartition("_")
    return field, int(member)


def slopes(
    tape: TapeWriter, surface: Surface, point: Sequence[Traced | Argument]
) -> tuple[Traced, list[Traced]]:
    """Value and gradient at a point, written onto a tape; see `Surface.gradient` for 0/0."""
    known = tapes_of(surface).gradient_tape
    value, *partials = inlined(tape, known, point)
    if not {operation.op for operation in known.operations} <= SMOOTH:
        partials = [
            Traced(tape, tape.write("zero_if_nan", argument(part), argument(value)))
            for part in partials
        ]
    return value, partials


def inlined(tape: TapeWriter, known: Tape, point: Sequence[Traced | Argument]) -> list[Traced]:
    """The results of a surface's tape at a point, after its operations were written."""
    names: dict[str, Argument] = {
        name: argument(value) if isinstance(value, Traced) else value
        for name, value in zip(POINT, point, strict=True)
    }

    def renamed(value: Argument) -> Argument:
        return names[value] if isinstance(value, str) else value

    for name, op, args in known.operations:
        names[name] = tape.write(op, *map(renamed, args))
    return [_traced(tape, renamed(value)) for value in known.results]


def _traced(tape: TapeWriter, value: Argument) -> Traced:
    return Traced(tape, value if isinstance(value, str) else tape.write("constant", value))


def _start(optimizer: Optimizer, watch: Watch, swept: Sequence[str]) -> Tape:
    tape = TapeWriter()
    lr: Any = traced(tape, "lr")
    symbolic = with_symbols(optimizer, tape, swept)
    if not isinstance(symbolic.lr, (int, float)) or "lr" in swept:
        symbolic = dataclasses.replace(symbolic, lr=lr)
    numbers: list[Any] = []
    if symbolic.elementwise:
        for number in symbolic.slots(0.0).values():
            numbers += [number, number]
    else:
        for value in whole_slots(symbolic, 2).values():
            numbers += value.members if isinstance(value, Matrix) else [value]
    return tape.tape([*map(argument, numbers), *watch.start.values()])


def _close(surface: Surface, watch: Watch, state: Sequence[str]) -> Tape:
    tape = TapeWriter()
    names = {name: Traced(tape, tape.input(name)) for name in (*state, *watch.own, "t")}
    point: Any = [names[name] for name in POINT]
    (value,) = inlined(tape, tapes_of(surface).value_tape, point)
    before = {name: names[name] for name in (*watch.start, *watch.own)}
    noted = watch.note(names["t"], point[0], point[1], value, **before)
    return needed(tape.tape(map(argument, noted)))
