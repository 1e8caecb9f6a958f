"""Hints for unknown options: the option or setting of optviz that was probably meant."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from itertools import takewhile
from typing import Any

import click

# Options of one meaning: a command has one of them, or none.
SYNONYMS = (
    ("steps", "epochs", "iterations", "iters", "n-steps", "num-steps", "max-iter"),
    ("optimizer", "optimizers", "optim", "algorithm", "method"),
    ("output", "out", "outfile", "save", "filename", "format"),
    ("size", "width", "height", "resolution", "figsize", "dpi"),
    ("seconds", "duration", "length"),
    ("fps", "framerate", "frame-rate"),
    ("lang", "language", "locale"),
    ("formula", "function", "func", "expression"),
    ("domain", "bounds", "range", "window", "limits"),
    ("start", "init", "x0", "initial"),
    ("hidden", "layers", "hidden-layers", "units"),
    ("data-dir", "data-path", "root"),
)
# What others call the settings of an optimizer.
SETTINGS = {"learning_rate": "lr", "rate": "lr", "step_size": "lr", "beta": "betas",
            "beta1": "betas", "beta2": "betas", "wd": "weight_decay", "epsilon": "eps"}  # fmt: skip
NUMBER = re.compile(r"-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)


class RateError(click.BadParameter):
    """A learning rate was given to ``--lr``, which takes ``tuned`` or ``default`` only."""


def way_to_rates(text: str) -> str:
    """Return ``tuned`` or ``default``; refuse a rate or a schedule, with a hint in `hint`."""
    if NUMBER.fullmatch(text) or "(" in text:
        raise RateError(text)
    return text


def hint(error: click.ClickException, arguments: Sequence[str]) -> str:
    """One line that replaces click's message about an option; "" where click's own is enough."""
    if not isinstance(error, click.UsageError) or error.ctx is None:
        return ""
    command = error.ctx.command
    if isinstance(error, click.NoSuchOption):
        option, values = _typed([error.option_name], arguments)[0]
        message = f"{command.name} has no option {option}"
    elif isinstance(error, RateError):
        option, values = _typed(["--lr"], arguments)[0]
        message = "lr must be tuned or default"
    else:
        return ""
    name = option.lstrip("-").lower().replace("_", "-")
    setting = _as_setting(name.replace("-", "_"), values, command, arguments)
    if setting:
        return f"{message}; settings stand with their optimizer: {setting}"
    for words in SYNONYMS:
        known = [p.opts for p in command.params if p.opts[-1].removeprefix("--") in words]
        if name in words and known:
            return f"{message} (did you mean {' or '.join(known[0])}?)"
    return ""


def _typed(names: Sequence[str], arguments: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Options as typed (``-lr``, where click sees ``-l``), each with the words that follow it."""
    found = []
    for i, argument in enumerate(arguments):
        option, equals, value = argument.partition("=")
        if option in names or (option[:2] in names and option[1] != "-"):
            behind = takewhile(lambda text: not re.match(r"-[^\d.]", text), arguments[i + 1 :])
            found.append((option, [value] if equals else list(behind)))
    return found or [(names[0], [])]


def _as_setting(
    name: str, values: list[str], command: click.Command, arguments: Sequence[str]
) -> str:
    """The option as a setting of each optimizer, ``-O adam:lr=0.1``; "" if no optimizer has it."""
    from optviz.optimizers import REGISTRY

    setting = SETTINGS.get(name, name)
    fields = {name: kind.__dataclass_fields__ for name, kind in REGISTRY.so_far.items()}
    having = [kind for kind in fields if setting in fields[kind]]
    flags = next((p.opts for p in command.params if p.name in ("optimizer", "optimizers")), [])
    if not flags or not having:
        return ""
    given = [spec for _, typed in _typed(flags, arguments) for spec in typed]
    chosen = [
        spec for spec in given
        if spec.partition(":")[0] in having or (setting == "lr" and spec.startswith("torch.optim."))
    ]  # fmt: skip
    likely = [kind for kind in ("adam", setting) if kind in having]  # momentum is also one's name
    chosen = chosen or likely[:1] or having[:1]
    default = fields.get(chosen[0].partition(":")[0], fields[having[0]])[setting].default
    text = _value(values, default)
    specs = [shlex.quote(_with(spec, setting, text)) for spec in chosen]
    return f"{flags[0]} " + (f" {flags[0]} " if flags[0] == "-O" else " ").join(specs)


def _value(typed: list[str], default: Any) -> str:
    """The typed value as it is written in a spec; the default if it is no valid value."""
    if isinstance(default, bool):
        return "true"
    if isinstance(default, tuple):
        numbers = re.split("[,/ ]+", " ".join(typed))[: len(default)]
        fits = len(numbers) == len(default) and all(map(NUMBER.fullmatch, numbers))
        return "/".join(numbers if fits else map(str, default))
    if typed and (NUMBER.fullmatch(typed[0]) or "(" in typed[0]):
        return typed[0]
    return str(default)


def _with(spec: str, setting: str, text: str) -> str:
    """The spec with a setting added or replaced."""
    from optviz.optimizers.spec import split

    name, _, rest = spec.partition(":")
    others = [part for part in split(rest) if part and part.partition("=")[0] != setting]
    return f"{name}:{','.join([*others, f'{setting}={text}'])}"
