"""Read optimizers from text, such as ``adam:lr=0.1,betas=0.9/0.99`` at the command line."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from optviz.optimizers.clipping import Clip, ClipValue
from optviz.optimizers.line_search import LineSearch
from optviz.optimizers.lookahead import Lookahead
from optviz.optimizers.sam import SAM
from optviz.optimizers.schedule_free import ScheduleFree
from optviz.optimizers.schedules import SCHEDULES, Schedule
from optviz.optimizers.wrappers import Wrapper, wrapped
from surfaces.errors import InputError, must, nearest, shown, unknown

# What other libraries and lectures call them.
ELSEWHERE = {
    "sgd": ("gd", "momentum"),
    "heavyball": ("momentum",),
    "nag": ("momentum:nesterov=true",),
    "nesterov": ("momentum:nesterov=true",),
}


WRAPPERS: dict[str, type[Wrapper]] = {
    kind.__name__.lower(): kind
    for kind in (Clip, ClipValue, SAM, Lookahead, ScheduleFree, LineSearch)
}

DEEPEST = 4  # wrappers around one another
SCHEDULED = 20  # schedules around one another

TORCH = "torch.optim."  # how a spec of one of torch's own optimizers begins


def is_torchs(optimizer: Any) -> bool:
    """Whether this is the spec of one of torch's own optimizers, ``torch.optim.ASGD:lr=0.1``."""
    return isinstance(optimizer, str) and optimizer.strip().startswith(TORCH)


def typed(text: str) -> tuple[str, dict[str, str]]:
    """The name that a spec begins with, and the text of each setting.

    Raises
    ------
    InputError
        Not a text, or a setting that is not written name=value or is given twice.
    """
    if not isinstance(text, str):
        raise must("optimizer", "an Optimizer, a name or a spec such as 'adam:lr=0.1'", text)
    name, parts = _unwrapped(text.strip())
    settings: dict[str, str] = {}
    for part in parts:
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals:
            raise InputError(
                f"{name} must be set as name=value, such as '{name}:lr=0.1'; not {shown(part)}"
            )
        if key in settings:
            raise InputError(f"{key} must be given once; not twice in {shown(text)}")
        settings[key] = value
    return name.strip(), settings


def read(text: str, registry: Mapping[str, type]) -> tuple[type, dict[str, Any]]:
    """Class and settings that a spec names; nothing is built yet.

    Raises
    ------
    InputError
        Unknown optimizer or hyper-parameter (the nearest is named), or a value that is no value.
    """
    name, settings = typed(text)
    kind = _kind(name.lower(), registry)
    fields = {f.name: f for f in dataclasses.fields(kind)}
    for key in settings:
        if key not in fields:
            around = [text for text, wrapper in WRAPPERS.items() if key in wrapper.settings]
            if around and not nearest(key, fields):
                raise InputError(f"{key} must be a setting of {around[0]}(...); not of {name}")
            raise unknown(f"hyper-parameter of {name}", key, fields)
    return kind, {key: _value(key, value, fields[key].default) for key, value in settings.items()}


def _unwrapped(text: str, depth: int = 0) -> tuple[str, list[str]]:
    """The name, and the settings that follow it: those of a wrapper's base stand before its own.

    ``clip(adam:lr=0.1,norm=1)`` is ``clip(adam)`` with lr and norm.
    """
    found = re.match(r"\s*(\w+)\s*\(", text)
    if found is None or found[1].lower() not in WRAPPERS:
        name, _, rest = text.partition(":")
        head, comma, more = name.partition(",")  # clip(adam,norm=1)
        if comma and depth:
            name, rest = head, f"{more}:{rest}" if rest else more
        return name.strip(), split(rest) if rest.strip() else []
    if depth == DEEPEST:
        raise InputError(f"optimizer must be wrapped at most {DEEPEST} times; not {shown(text)}")
    end = _closing(text, found.end() - 1)
    inner, own = text[found.end() : end], text[end + 1 :].strip()
    name, settings = _unwrapped(inner.strip(), depth + 1)
    if own and own[0] not in ",:":
        raise InputError(
            f"{found[1]} must be written {found[1]}(adam:lr=0.1,...); not {shown(text)}"
        )
    more_settings = split(own[1:]) if own[1:].strip() else []
    return f"{found[1].lower()}({name})", [*settings, *more_settings]


def _closing(text: str, opening: int) -> int:
    """Where the bracket that opens there is closed."""
    depth = 0
    for i in range(opening, len(text)):
        depth += (text[i] == "(") - (text[i] == ")")
        if not depth:
            return i
    raise InputError(f"optimizer must close its brackets; not {shown(text)}")


def _kind(name: str, registry: Mapping[str, type]) -> type:
    """The class of a name; of a wrapped one the class made for it."""
    kind = registry.get(name)
    if kind is not None:
        return kind
    outer, bracket, inner = name.partition("(")
    if outer in WRAPPERS and not bracket and WRAPPERS[outer].alone:
        bracket, inner = "(", f"{WRAPPERS[outer].alone})"
    if bracket and outer in WRAPPERS:
        return wrapped(WRAPPERS[outer], _kind(inner.removesuffix(")"), registry))
    if bracket and outer:
        raise unknown("what stands around an optimizer", outer, WRAPPERS)
    if is_torchs(name):
        raise must("optimizer", "one of optviz's rules here, such as 'adam'", name)
    raise unknown("optimizer", name, registry, "optviz list optimizers", ELSEWHERE)


def _value(name: str, text: str, default: Any) -> Any:
    """The value of a setting's text, of the same type as its default."""
    if name == "lr" and "(" in text:
        return _schedule(text)
    if isinstance(default, bool):
        known = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
        if text.lower() not in known:
            raise must(name, "true or false", text)
        return known[text.lower()]
    if isinstance(default, tuple):
        return tuple(_number(name, piece, "/".join(map(str, default))) for piece in text.split("/"))
    return _number(name, text, str(default))


def _number(name: str, text: str, example: str) -> float | int:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        raise must(name, f"a number such as {example}", text) from None


def _schedule(text: str) -> Schedule:
    """``cosine(0.1,200)``, nested as in ``warmup(cosine(0.1,200),10)``."""
    if text.count("(") > SCHEDULED:
        raise must("schedule", f"nested at most {SCHEDULED} deep", text)
    name, _, inside = text.partition("(")
    kind = SCHEDULES.get(name.strip().lower())
    if kind is None:
        raise unknown("schedule", name.strip(), SCHEDULES)
    fields = dataclasses.fields(kind)
    example = f"{name.strip()}({','.join(f.name for f in fields)})"
    if not inside.endswith(")"):
        raise must("schedule", f"written {example}", text)
    arguments = split(inside[:-1])
    if not 1 <= len(arguments) <= len(fields):
        raise must("schedule", f"written {example}", text)
    return kind(
        *(
            _value(field.name, argument, field.default)
            for field, argument in zip(fields, arguments, strict=False)
        )
    )


def split(text: str) -> list[str]:
    """Split at the commas of the outermost level."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]
