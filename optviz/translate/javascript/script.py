"""How recorded operations are written as JavaScript."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

from optviz.optimizers.tracer import Traced, argument, traced
from optviz.translate.javascript import operations
from surfaces.tape import TapeWriter

# JavaScript's own division goes on where Python's stops.
CALLED = {"div": "divide"}


def called(op: str) -> str:
    """The function of ``explorer/arithmetic.js`` that does what an operation of a rule does."""
    return CALLED.get(op, op)


class Script(TapeWriter):
    """A tape with what it says as JavaScript."""

    def symbol(self, name: str) -> Traced:
        """A number that is known only when the script runs."""
        return traced(self, name)

    def text(self, value: Any) -> str:
        """A number as source."""
        return operations.argument(argument(value))

    @property
    def lines(self) -> list[str]:
        """An assignment for each operation."""
        return [f"{o.name} = {operations.expression(o, called)}" for o in self.operations]


def constants(lines: list[str]) -> list[str]:
    """Recorded lines as declarations."""
    return [f"const {line};" for line in lines]


def function(head: str, *body: str) -> str:
    """A function with one statement a line."""
    return f"{head} {{\n" + "".join(f"  {line}\n" for line in body) + "}"


def object_source(entries: Mapping[str, str]) -> str:
    """An object of entries that are JavaScript already."""
    text = "".join(f"{quoted(key)}: {value},\n" for key, value in entries.items())
    return "{\n" + textwrap.indent(text, "  ") + "}"


def array_source(members: Iterable[str]) -> str:
    """An array of members that are JavaScript already."""
    return "[\n" + textwrap.indent("".join(f"{member},\n" for member in members), "  ") + "]"


def quoted(key: str) -> str:
    """A key of an object, in quotes where it is no name."""
    is_name = key.isascii() and key.replace("$", "_").isidentifier()
    return key if is_name else json.dumps(key).replace("</", "<\\/")
