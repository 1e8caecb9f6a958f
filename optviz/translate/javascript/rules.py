"""Rules and schedules as JavaScript objects whose hyper-parameters can still be changed."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import partial
from typing import Any

from optviz.optimizers import Optimizer
from optviz.optimizers.answers import call_point
from optviz.optimizers.declared import is_ours
from optviz.optimizers.schedules import Schedule
from optviz.optimizers.tracer import argument, traced
from optviz.optimizers.user_rules import same_each_time
from optviz.translate.javascript import whole
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
from optviz.translate.javascript.recordings import (
    Maker,
    Recorded,
    arguments,
    before,
    each_variant,
    flags_of,
    in_one_order,
    merged_variants,
    stored,
)
from optviz.translate.javascript.script import function, object_source
from surfaces.errors import must
from surfaces.tape import TapeWriter


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
    return _recorded(kind) if is_ours(kind) else same_each_time(kind, lambda: _recorded(kind))


def _recorded(kind: type[Optimizer]) -> dict[str, str]:
    flags = flags_of(kind)
    entries = _entries(kind)
    for name, record in whole.entries_of_pairs(kind).items():
        body = Body(merged_variants(each_variant(kind, record)), flags)
        entries[name] = _pair_function("(h, f, gx, gy, x, y) =>", [], body)
    if "hessian" in kind.inputs:
        entries["curved"] = "true"
    if kind.elementwise:
        return entries | _elementwise(kind, flags)
    return entries | _whole(kind, flags)


def _elementwise(kind: type[Optimizer], flags: Sequence[Flag]) -> dict[str, str]:
    """The entries of a rule that sees a coordinate at a time."""
    starts = each_variant(kind, _start)
    slots = in_one_order([labels for _, labels in starts])
    places = {name: f"s[{json.dumps(name)}]" for name in slots}
    start = Body(stored(starts, places), flags)
    places = {name: f"s[{i}]" for i, name in enumerate(slots)}
    step = Body(stored(each_variant(kind, partial(_step, slots)), places), flags)
    old = [f"{before(i)} = {place}" for i, place in enumerate(places.values())]
    declared = [f"const {', '.join(old)};"] * bool(old)
    entries = {
        "slots": json.dumps(slots),
        "start": function("(h, f, lr) =>", "const s = {};", *start.statements(), "return s;"),
        "step": function(
            f"({', '.join([*GIVEN, *seen_by(kind)])}) =>",
            *declared,
            *step.statements(),
            f"return {step.result(STEP)};",
        ),
    }
    if kind.evaluates_elsewhere:
        point = Body(merged_variants(each_variant(kind, partial(_point, slots))), flags)
        entries["point"] = function(
            "(h, f, t, p, s) =>", *declared, *point.statements(), f"return {point.result(STEP)};"
        )
    return entries


def _whole(kind: type[Optimizer], flags: Sequence[Flag]) -> dict[str, str]:
    """The entries of a rule that sees both coordinates at once."""
    layout = whole.layout_of(kind)
    labels = {
        f"{slot}.{i}": first + i
        for slot, (first, count) in layout.places.items()
        for i in range(count)
    }
    begun = {label: f"s[{json.dumps(label)}]" for label in labels}
    start = Body(stored(each_variant(kind, whole.start), begun), flags)
    places = {label: f"s[{i}]" for label, i in labels.items()}
    step = Body(stored(each_variant(kind, partial(whole.step, layout)), places), flags)
    old = [f"s{i} = s[{i}]" for i in labels.values()]
    declared = [f"const {', '.join(old)};"] * bool(old)
    entries = {
        "slots": json.dumps(list(layout.places)),
        "sizes": json.dumps(layout.sizes),
        "start": function("(h, f, lr) =>", "const s = {};", *start.statements(), "return s;"),
        "step": _pair_function(f"({', '.join([*WHOLE, *seen_by(kind)])}) =>", declared, step),
    }
    if kind.evaluates_elsewhere:
        point = Body(merged_variants(each_variant(kind, partial(whole.point, layout))), flags)
        entries["point"] = _pair_function("(h, f, t, x, y, s) =>", declared, point)
    return entries


def _pair_function(head: str, declared: list[str], body: Body) -> str:
    """A function that returns two numbers."""
    both = ", ".join(body.result(name) for name in whole.NEW)
    return function(head, *declared, *body.statements(), f"return [{both}];")


GIVEN = ("h", "f", "t", "lr", "g", "p", "s")
WHOLE = ("h", "f", "t", "lr", "gx", "gy", "x", "y", "s")


def seen_by(kind: type[Optimizer]) -> list[str]:
    """The further parameters of a step: the value, and second derivatives."""
    names = ["value", "hessian"] if kind.elementwise else ["value", "xx", "xy", "yy"]
    return names if {"value", "hessian"} & set(kind.inputs) else []


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
    optimizer = make(tape)
    seen = {name: traced(tape, name) for name in optimizer.inputs if name != "params"}
    step, after = optimizer.apply(*arguments(tape, slots, mine), **seen)
    return tape.tape([*(argument(after[name]) for name in mine), argument(step)]), [*mine, STEP]


def _point(slots: Sequence[str], make: Maker) -> Recorded:
    """Where the gradient is taken, along one coordinate."""
    tape = TapeWriter()
    mine = [name for name in slots if name in make(TapeWriter()).slots(0.0)]
    t, _, _, param, old = arguments(tape, slots, mine)
    return tape.tape([argument(call_point(make(tape), t, param, old))]), [STEP]


def _rate(make: Maker) -> Recorded:
    """A schedule's rate."""
    tape = TapeWriter()
    rate = make(tape).rule(traced(tape, "epoch"), traced(tape, "lr"))
    return tape.tape([argument(rate)]), [RATE]
