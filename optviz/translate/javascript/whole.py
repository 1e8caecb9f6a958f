"""What sees both coordinates of a point at once, as JavaScript: whole rules, transforms, looks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from optviz.optimizers import Optimizer
from optviz.optimizers.straight_line import (
    Inputs,
    members,
    recorded_point,
    recorded_second,
    recorded_step,
    transformed,
    whole_slots,
)
from optviz.optimizers.tracer import argument, traced
from optviz.translate.javascript.recordings import Maker, Recorded, each_variant, in_one_order
from surfaces.tape import TapeWriter

NEW = ("x'", "y'")  # the results that are no slots
# Names of both coordinates, and of the second derivatives.
PAIRS = {"grad": ["gx", "gy"], "param": ["x", "y"], "hessian": ["xx", "xy", "xy", "yy"]}


class Layout(NamedTuple):
    """The places of each slot's numbers in one array: the first, and how many."""

    places: Mapping[str, tuple[int, int]]

    @classmethod
    def of(cls, slots: Sequence[str], variants: Sequence[Mapping[str, int]]) -> Layout:
        """The layout of slots in this order, whose sizes the variants say that have them."""
        places, first = {}, 0
        for slot in slots:
            count = next(sizes[slot] for sizes in variants if slot in sizes)
            places[slot], first = (first, count), first + count
        return cls(places)

    def names(self, slot: str) -> list[str]:
        """What the old values of its numbers are called."""
        first, count = self.places[slot]
        return [f"s{i}" for i in range(first, first + count)]

    @property
    def sizes(self) -> list[int]:
        return [count for _, count in self.places.values()]


class Symbols(Inputs):
    """What a rule is given, under the names of the JavaScript functions."""

    def __init__(self, tape: TapeWriter, optimizer: Any, layout: Layout | None) -> None:
        self.layout = layout
        super().__init__(tape, optimizer, 2)

    def names(self, kind: str, count: int) -> list[str]:
        return PAIRS[kind]

    def slot_names(self, slot: str, count: int) -> list[str]:
        return self.layout.names(slot) if self.layout else super().slot_names(slot, count)


def layout_of(kind: type[Optimizer]) -> Layout:
    """The layout of a class's slots, under any combination of its flags."""
    variants = each_variant(kind, sizes)
    return Layout.of(in_one_order([list(found) for found in variants]), variants)


def sizes(make: Maker) -> dict[str, int]:
    """How many numbers each slot of a variant has."""
    found = whole_slots(make(TapeWriter()), 2)
    return {name: len(members(value)) for name, value in found.items()}


def start(make: Maker) -> Recorded:
    """The slots before the first step, each number under ``slot.i``."""
    tape = TapeWriter()
    slots = whole_slots(make(tape), 2)
    numbers = {
        f"{name}.{i}": number
        for name, value in slots.items()
        for i, number in enumerate(members(value))
    }
    return tape.tape(map(argument, numbers.values())), list(numbers)


def step(layout: Layout, make: Maker) -> Recorded:
    """The slots' numbers after a step, and the step; the gradient has been transformed."""
    tape = TapeWriter()
    optimizer = make(tape)
    given = Symbols(tape, optimizer, layout)
    moves, after = recorded_step(optimizer, given, given.grads)
    numbers = {f"{name}.{i}": v for name, values in after.items() for i, v in enumerate(values)}
    return tape.tape([*numbers.values(), *moves]), [*numbers, *NEW]


def point(layout: Layout, make: Maker) -> Recorded:
    """Where the gradient is taken."""
    tape = TapeWriter()
    optimizer = make(tape)
    return tape.tape(recorded_point(optimizer, Symbols(tape, optimizer, layout))), list(NEW)


def second(make: Maker) -> Recorded:
    """Where a second gradient is taken."""
    tape = TapeWriter()
    return tape.tape(recorded_second(make(tape), *_pairs(tape))), list(NEW)


def transform(make: Maker) -> Recorded:
    """The gradient that the rule is given."""
    tape = TapeWriter()
    grads, params = _pairs(tape)
    return tape.tape(map(argument, transformed(make(tape), grads, params))), list(NEW)


def _pairs(tape: TapeWriter) -> Any:
    return ([traced(tape, name) for name in PAIRS[kind]] for kind in ("grad", "param"))


def entries_of_pairs(kind: type[Optimizer]) -> dict[str, Callable[[Maker], Recorded]]:
    """What an optimizer does with the pair of a gradient and a point, by the entry's name."""
    found: dict[str, Callable[[Maker], Recorded]] = {}
    if kind.transforms:
        found["transform"] = transform
    if kind.looks_twice:
        found["second"] = second
    return found
