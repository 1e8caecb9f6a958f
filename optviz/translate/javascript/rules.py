"""Rules and schedules as JavaScript objects, their hyper-parameters free to move."""

from __future__ import annotations

import dataclasses
import json
import math
import textwrap
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from optviz.optimizers import Optimizer
from optviz.optimizers.schedules import Schedule
from optviz.optimizers.tracer import explained
from optviz.translate.javascript.script import Script, constants, function
from surfaces.errors import InputError, must

PARAMETERS = "h, t, lr, g, p, s"  # of one step of one coordinate
MAX_FLAGS = 8  # weight decay or none is one of them; Adam has four


def rule_source(kind: type[Optimizer]) -> str:
    """An optimizer's class as a JavaScript object: ``Rule`` of ``explorer/engine.js``.

    Parameters
    ----------
    kind : subclass of Optimizer
        Of ours or the user's own. Its hyper-parameters stay free; each combination of its booleans,
        and of weight decay or none, becomes one straight-line function.

    Raises
    ------
    InputError
        A rule that does more than arithmetic on its hyper-parameters, or too many booleans.
    """
    check_optimizer(kind)
    return _object(kind, _variant)


def schedule_source(kind: type[Schedule]) -> str:
    """A schedule's class as a JavaScript object: ``Schedule`` of ``explorer/engine.js``.

    Raises
    ------
    InputError
        A rule that does more than arithmetic on its hyper-parameters, or too many booleans.
    """
    _check_kind(kind, Schedule)
    return _object(kind, _rate)


def settings(thing: Optimizer | Schedule) -> dict[str, Any]:
    """What one optimizer or schedule sets, for JSON: the names of ``descend`` in ``engine.js``.

    >>> settings(Momentum(0.1, nesterov=True))
    {'rule': 'Momentum', 'hyper': {'momentum': 0.9, 'dampening': 0.0, 'weight_decay': 0.0},
     'flags': {'nesterov': True, 'maximize': False}, 'lr': 0.1}

    A schedule stands under ``lr`` in the same form, with ``schedule`` in place of ``rule``.
    """
    kind: Any = type(thing)
    hyper: dict[str, float] = {}
    for name in _numbers(kind):
        hyper |= _flat(name, getattr(thing, name))
    for name in _defaults(kind).keys() - _numbers(kind).keys() - _flags(kind).keys() - {"lr"}:
        if getattr(thing, name) != _defaults(kind)[name]:
            raise must(f"{kind.__name__}'s {name}", "its default in a browser", thing)
    return {
        "schedule" if isinstance(thing, Schedule) else "rule": kind.__name__,
        "hyper": hyper,
        "flags": {name: getattr(thing, name) for name in _flags(kind)},
        "lr": settings(thing.lr) if isinstance(thing.lr, Schedule) else thing.lr,
    }


def check_optimizer(kind: Any) -> None:
    """Refuse what does not run by a rule of its own: torch's optimizers, the base class."""
    _check_kind(kind, Optimizer)


def _check_kind(kind: Any, base: Any) -> None:
    known = isinstance(kind, type) and issubclass(kind, base)
    if not known or kind.rule is base.rule or not getattr(kind, "steps_by_rule", True):
        raise must("kind", f"a class of {base.__name__} that runs by its rule alone", kind)


Maker = Callable[[Script], Any]  # an instance whose hyper-parameters are symbols of a script


def _object(kind: Any, write: Callable[[Maker], str]) -> str:
    """What rules and schedules share: names, defaults, and one text for each variant."""
    lr = _defaults(kind).get("lr")
    entries = {
        "name": json.dumps(kind.__name__),
        "lr": json.dumps(lr if _is_number(lr) else math.nan),
        "hyper": json.dumps({k: float(v) for k, v in _hyper(kind).items()}),
        "flags": json.dumps(_flags(kind)),
        "variants": "[\n" + textwrap.indent(",\n".join(variants(kind, write)), "  ") + ",\n]",
    }
    text = "".join(f"{key}: {value},\n" for key, value in entries.items())
    return "{\n" + textwrap.indent(text, "  ") + "}"


def variants(kind: Any, write: Callable[[Maker], str]) -> list[str]:
    """A text for each combination of flags: the first counts 1, the second 2, ...; last: decay."""
    choices = list(_flags(kind))
    if "weight_decay" in _hyper(kind):
        choices.append("weight_decay")
    if len(choices) > MAX_FLAGS:
        raise must(f"{kind.__name__}'s booleans", f"at most {MAX_FLAGS}", len(choices))
    texts = []
    for index in range(2 ** len(choices)):
        chosen = {name: bool(index >> i & 1) for i, name in enumerate(choices)}
        try:
            with explained(kind):
                texts.append(write(partial(_symbolic, kind, chosen)))
        except ArithmeticError as error:  # 1 / 0 in the rule itself
            raise InputError(f"{kind.__name__}.rule must not compute: {error}") from error
    return texts


def _variant(make: Maker) -> str:
    """``Variant`` of ``explorer/engine.js``: the slots, how they start, and the step."""
    script = Script()
    slots = make(script).slots(0.0)
    values = ", ".join(map(script.text, slots.values()))
    start = function("start(h, lr)", *constants(script.lines), f"return [{values}];")

    script = Script()
    step, after = make(script).apply(*arguments(script, slots))
    step = function(
        f"step({PARAMETERS})",
        *(f"const s{i} = s[{i}];" for i in range(len(slots))),
        *constants(script.lines),
        *(f"s[{i}] = {script.text(after[name])};" for i, name in enumerate(slots)),
        f"return {script.text(step)};",
    )
    return f"{{\n  slots: {json.dumps(list(slots))},\n{textwrap.indent(start, '  ')},\n" + (
        f"{textwrap.indent(step, '  ')},\n}}"
    )


def arguments(script: Script, slots: Iterable[str]) -> tuple[Any, ...]:
    """What a step depends on, as symbols, in the order of `Optimizer.apply`."""
    before = {name: script.symbol(f"s{i}") for i, name in enumerate(slots)}
    return *map(script.symbol, ("t", "lr", "g", "p")), before


def _rate(make: Maker) -> str:
    """A schedule's rule as a function."""
    script = Script()
    rate = make(script).rule(script.symbol("epoch"), script.symbol("lr"))
    return function("(h, epoch, lr) =>", *constants(script.lines), f"return {script.text(rate)};")


def _symbolic(kind: Any, chosen: dict[str, bool], script: Script) -> Any:
    """An instance with symbols for its numbers; its own checks let symbols pass."""
    values: dict[str, Any] = {"lr": script.symbol("lr")}
    for name, default in _numbers(kind).items():
        symbols = {key: script.symbol(f"h.{key}") for key in _flat(name, default)}
        values[name] = tuple(symbols.values()) if isinstance(default, tuple) else symbols[name]
    values |= {name: chosen[name] for name in _flags(kind)}
    if not chosen.get("weight_decay", True):
        values["weight_decay"] = 0.0  # Python then leaves its terms out
    return kind(**values)


def _defaults(kind: Any) -> dict[str, Any]:
    """Fields and defaults; a field without one is a number that is not known yet."""
    return {
        field.name: math.nan if field.default is dataclasses.MISSING else field.default
        for field in dataclasses.fields(kind)
        if field.init and field.default_factory is dataclasses.MISSING
    }


def _numbers(kind: Any) -> dict[str, Any]:
    """The hyper-parameters but ``lr``: numbers and tuples of numbers."""
    return {
        name: default
        for name, default in _defaults(kind).items()
        if name != "lr" and _flat(name, default)
    }


def _hyper(kind: Any) -> dict[str, Any]:
    """Them again, each member of a tuple under a name of its own."""
    members = [m for name, value in _numbers(kind).items() for m in _flat(name, value).items()]
    if len(dict(members)) < len(members):
        raise must(f"{kind.__name__}'s fields", "of different names", [name for name, _ in members])
    return dict(members)


def _flags(kind: Any) -> dict[str, bool]:
    return {name: value for name, value in _defaults(kind).items() if isinstance(value, bool)}


def _flat(name: str, value: Any) -> dict[str, Any]:
    """A number under its name, a tuple of numbers as name_0, name_1, ...; else nothing."""
    members = (
        {f"{name}_{i}": v for i, v in enumerate(value)}
        if isinstance(value, tuple)
        else {name: value}
    )
    return members if all(map(_is_number, members.values())) else {}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
