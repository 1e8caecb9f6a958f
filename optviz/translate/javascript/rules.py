"""Rules and schedules as JavaScript objects whose hyper-parameters can still be changed."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

from optviz.optimizers import Optimizer
from optviz.optimizers.schedules import Schedule
from optviz.optimizers.straight_line import transformed
from optviz.optimizers.tracer import argument, explained, traced
from optviz.translate.javascript.body import Body
from optviz.translate.javascript.branches import Flag
from optviz.translate.javascript.free_settings import (
    booleans_of,
    defaults_of,
    flat,
    hyper_of,
    is_number,
    numbers_of,
)
from optviz.translate.javascript.script import function, object_source
from optviz.translate.merging import merge
from optviz.translate.variants import Merged, Step
from surfaces.errors import InputError, must
from surfaces.tape import Operation, Tape, TapeWriter

T = TypeVar("T")

MAX_FLAGS = 8  # weight decay or none is one of them; Adam has four


def rule_source(kind: type[Optimizer]) -> str:
    """An optimizer's class as a JavaScript object: ``Rule`` of ``explorer/js/engine/descend.js``.

    Parameters
    ----------
    kind : subclass of Optimizer
        Of ours or the user's own. Its hyper-parameters stay free; its functions branch on its
        booleans, and on weight decay or none.

    Raises
    ------
    InputError
        A rule that does more than arithmetic on its hyper-parameters, or too many booleans.
    """
    return object_source(rule_entries(kind))


def rule_entries(kind: type[Optimizer]) -> dict[str, str]:
    """The entries of `rule_source`, each as JavaScript."""
    check_optimizer(kind)
    flags = flags_of(kind)
    starts = each_variant(kind, _start)
    slots = _in_one_order([labels for _, labels in starts])
    places = {name: f"s[{json.dumps(name)}]" for name in slots}
    start = Body(stored(starts, places), flags)
    places = {name: f"s[{i}]" for i, name in enumerate(slots)}
    merged = stored(each_variant(kind, partial(_step, slots)), places)
    step = Body(merged, flags)
    old = [f"{before(i)} = {place}" for i, place in enumerate(places.values())]
    whole = _transform_entry(kind, flags) if kind.transforms else {}
    return (
        _entries(kind)
        | whole
        | {
            "slots": json.dumps(slots),
            "start": function("(h, f, lr) =>", "const s = {};", *start.statements(), "return s;"),
            "step": function(
                "(h, f, t, lr, g, p, s) =>",
                *[f"const {', '.join(old)};"] * bool(old),
                *step.statements(),
                f"return {step.result(STEP)};",
            ),
        }
    )


def schedule_source(kind: type[Schedule]) -> str:
    """A schedule's class as a JavaScript object: ``Schedule`` of ``explorer/js/engine/descend.js``.

    Raises
    ------
    InputError
        A rule that does more than arithmetic on its hyper-parameters, or too many booleans.
    """
    return object_source(schedule_entries(kind))


def schedule_entries(kind: type[Schedule]) -> dict[str, str]:
    """The entries of `schedule_source`, each as JavaScript."""
    _check_kind(kind, Schedule)
    rate = Body(merged_variants(each_variant(kind, _rate)), flags_of(kind))
    body = *rate.statements(), f"return {rate.result(RATE)};"
    return _entries(kind) | {"rate": function("(h, f, epoch, lr) =>", *body)}


def settings(thing: Optimizer | Schedule) -> dict[str, Any]:
    """The settings of an optimizer or schedule for JSON, by the names of ``descend`` in descend.js.

    >>> settings(Momentum(0.1, nesterov=True))
    {'rule': 'Momentum', 'hyper': {'momentum': 0.9, 'dampening': 0.0, 'weight_decay': 0.0},
     'flags': {'nesterov': True, 'maximize': False}, 'lr': 0.1}

    A schedule stands under ``lr`` in the same form, with ``schedule`` in place of ``rule``.
    """
    kind: Any = type(thing)
    hyper: dict[str, float] = {}
    for name in numbers_of(kind):
        hyper |= flat(name, getattr(thing, name))
    for name in (
        defaults_of(kind).keys() - numbers_of(kind).keys() - booleans_of(kind).keys() - {"lr"}
    ):
        if getattr(thing, name) != defaults_of(kind)[name]:
            raise must(f"{kind.__name__}'s {name}", "its default in a browser", thing)
    return {
        "schedule" if isinstance(thing, Schedule) else "rule": kind.__name__,
        "hyper": hyper,
        "flags": {name: getattr(thing, name) for name in booleans_of(kind)},
        "lr": settings(thing.lr) if isinstance(thing.lr, Schedule) else thing.lr,
    }


def check_optimizer(kind: Any) -> None:
    """Refuse what does not run by a rule of its own: torch's optimizers, the base class."""
    _check_kind(kind, Optimizer)


def _check_kind(kind: Any, base: Any) -> None:
    known = isinstance(kind, type) and issubclass(kind, base)
    if not known or kind.rule is base.rule or not getattr(kind, "steps_by_rule", True):
        raise must("kind", f"a class of {base.__name__} that runs by its rule alone", kind)


def _entries(kind: Any) -> dict[str, str]:
    """The entries that rules and schedules share: names and defaults."""
    lr = defaults_of(kind).get("lr")
    return {
        "name": json.dumps(kind.__name__),
        "lr": json.dumps(lr if is_number(lr) else math.nan),
        "hyper": json.dumps({k: float(v) for k, v in hyper_of(kind).items()}),
        "flags": json.dumps(booleans_of(kind)),
    }


def flags_of(kind: Any) -> list[Flag]:
    """The flags of a class, in the order of a variant's bits: its booleans, then weight decay."""
    flags = [Flag(f"f.{name}", f"!f.{name}") for name in booleans_of(kind)]
    if "weight_decay" in hyper_of(kind):
        flags.append(Flag("h.weight_decay !== 0", "h.weight_decay === 0"))
    if len(flags) > MAX_FLAGS:
        raise must(f"{kind.__name__}'s booleans", f"at most {MAX_FLAGS}", len(flags))
    return flags


Maker = Callable[[TapeWriter], Any]  # an instance whose hyper-parameters are symbols of a tape


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
    return _in_one_order(each_variant(kind, lambda make: list(make(TapeWriter()).slots(0.0))))


def _in_one_order(lists: Iterable[Sequence[str]]) -> list[str]:
    """The members of all lists, each after the member before it in the first list with it."""
    order: list[str] = []
    for members in lists:
        for i, member in enumerate(members):
            if member not in order:
                order.insert(order.index(members[i - 1]) + 1 if i else 0, member)
    return order


Recorded = tuple[Tape, list[str]]  # and what its results are called
STEP, RATE = "step", "rate"  # no slot may be called step


def _start(make: Maker) -> Recorded:
    """The slots before the first step."""
    tape = TapeWriter()
    slots = make(tape).slots(0.0)
    return tape.tape(map(argument, slots.values())), list(slots)


def _step(slots: Sequence[str], make: Maker) -> Recorded:
    """The slots after a step, and the step."""
    tape = TapeWriter()
    mine = [name for name in slots if name in make(TapeWriter()).slots(0.0)]
    step, after = make(tape).apply(*arguments(tape, slots, mine))
    return tape.tape([*(argument(after[name]) for name in mine), argument(step)]), [*mine, STEP]


NEW = ("gx'", "gy'")


def _transform_entry(kind: type[Optimizer], flags: Sequence[Flag]) -> dict[str, str]:
    """``transform``: both coordinates of the gradient that the rule is given."""
    body = Body(merged_variants(each_variant(kind, _transform)), flags)
    both = ", ".join(body.result(name) for name in NEW)
    return {
        "transform": function("(h, f, gx, gy, x, y) =>", *body.statements(), f"return [{both}];")
    }


def _transform(make: Maker) -> Recorded:
    """The gradient that the rule is given."""
    tape = TapeWriter()
    grads, params = ([traced(tape, name) for name in pair] for pair in (("gx", "gy"), ("x", "y")))
    return tape.tape(map(argument, transformed(make(tape), grads, params))), list(NEW)


def _rate(make: Maker) -> Recorded:
    """A schedule's rate."""
    tape = TapeWriter()
    rate = make(tape).rule(traced(tape, "epoch"), traced(tape, "lr"))
    return tape.tape([argument(rate)]), [RATE]


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
