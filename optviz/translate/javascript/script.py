"""Print JavaScript functions, objects and arrays."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Mapping

# JavaScript's own division goes on where Python's stops.
CALLED = {"div": "divide"}


def called(op: str) -> str:
    """The function of ``explorer/js/engine/arithmetic.js`` that does what an operation does."""
    return CALLED.get(op, op)


def function(head: str, *body: str) -> str:
    """A function with one statement a line."""
    return "\n".join(_function(head, body, "}"))


def declared(head: str, *body: str) -> list[str]:
    """The lines of a statement that declares a function: those of `function`, and its end."""
    return _function(head, body, "};")


def _function(head: str, body: Iterable[str], end: str) -> list[str]:
    return [f"{head} {{", *(f"  {line}" for line in body), end]


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
