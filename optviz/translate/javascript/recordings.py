"""Record what optimizers and schedules do under every combination of their flags."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from optviz.optimizers.tracer import explained, traced
from optviz.translate.javascript.branches import Flag
from optviz.translate.javascript.free_settings import booleans_of, flat, hyper_of, numbers_of
from optviz.translate.merging import merge
from optviz.translate.variants import Merged, Step
from surfaces.errors import InputError, must
from surfaces.tape import Operation, Tape, TapeWriter

T = TypeVar("T")

MAX_FLAGS = 8  # weight decay or none is one of them; Adam has four

Recorded = tuple[Tape, list[str]]  # and what its results are called
Maker = Callable[[TapeWriter], Any]  # an instance whose hyper-parameters are symbols of a tape


def flags_of(kind: Any) -> list[Flag]:
    """The flags of a class, in the order of a variant's bits: its booleans, then weight decay."""
    flags = [Flag(f"f.{name}", f"!f.{name}") for name in booleans_of(kind)]
    if "weight_decay" in hyper_of(kind):
        flags.append(Flag("h.weight_decay !== 0", "h.weight_decay === 0"))
    if len(flags) > MAX_FLAGS:
        raise must(f"{kind.__name__}'s booleans", f"at most {MAX_FLAGS}", len(flags))
    return flags


def each_variant(kind: Any, record: Callable[[Maker], T]) -> list[T]:
    """The recordings of an instance for each combination of flags."""
    choices = [*booleans_of(kind), *["weight_decay"] * ("weight_decay" in hyper_of(kind))]
    found = []
    for variant in range(2 ** len(choices)):
        chosen = {name: bool(variant >> i & 1) for i, name in enumerate(choices)}
        try:
            with explained(kind):
                found.append(record(partial(_symbolic, kind, chosen)))
        except ArithmeticError as error:  # 1 / 0 in the rule itself
            raise InputError(f"{kind.__name__}.rule must not compute: {error}") from error
    return found


def stored(recorded: Sequence[Recorded], places: Mapping[str, str]) -> Merged:
    """All variants merged, with statements that store each result in its place, if it has one."""
    merged = merged_variants(recorded)
    steps = list(merged.steps)
    for label, place in places.items():
        having = sum(1 << v for v, (_, labels) in enumerate(recorded) if label in labels)
        steps.append(Step(having, Operation(place, "copy", (merged.results[label],))))
    left = {label: v for label, v in merged.results.items() if label not in places}
    return Merged(merged.variants, tuple(steps), left)


def merged_variants(recorded: Sequence[Recorded]) -> Merged:
    """All variants as one."""
    return merge([tape for tape, _ in recorded], [labels for _, labels in recorded])


def slots_of(kind: Any) -> list[str]:
    """The slots of a rule under any combination of flags."""
    return in_one_order(each_variant(kind, lambda make: list(make(TapeWriter()).slots(0.0))))


def in_one_order(lists: Iterable[Sequence[str]]) -> list[str]:
    """The members of all lists, each after the member before it in the first list with it."""
    order: list[str] = []
    for members in lists:
        for i, member in enumerate(members):
            if member not in order:
                order.insert(order.index(members[i - 1]) + 1 if i else 0, member)
    return order


def before(slot: int) -> str:
    """The name of a slot's old value."""
    return f"s{slot}"


def arguments(tape: TapeWriter, slots: Sequence[str], mine: Iterable[str]) -> tuple[Any, ...]:
    """The arguments of `Optimizer.apply` as symbols on a tape, in its order."""
    old = {name: traced(tape, before(slots.index(name))) for name in mine}
    return *(traced(tape, name) for name in ("t", "lr", "g", "p")), old


def _symbolic(kind: Any, chosen: dict[str, bool], tape: TapeWriter) -> Any:
    """An instance with symbols for its numbers; its own checks let symbols pass."""
    values: dict[str, Any] = {"lr": traced(tape, "lr")}
    for name, default in numbers_of(kind).items():
        symbols = {key: traced(tape, f"h.{key}") for key in flat(name, default)}
        values[name] = tuple(symbols.values()) if isinstance(default, tuple) else symbols[name]
    values |= {name: chosen[name] for name in booleans_of(kind)}
    if not chosen.get("weight_decay", True):
        values["weight_decay"] = 0.0  # Python then leaves its terms out
    return kind(**values)
