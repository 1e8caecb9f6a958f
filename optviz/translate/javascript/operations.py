"""Print a tape's operations as JavaScript, the same operations in the same order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from surfaces.tape import Argument, Operation, argument_text, operation_text

Names = Callable[[str], str]  # what a function of the tape is called in JavaScript


def argument(value: Argument) -> str:
    """A name, or a constant that is read back as the same float."""
    return argument_text(value, json.dumps)  # repr, but with JavaScript's Infinity and NaN


def expression(operation: Operation, called: Names = str) -> str:
    """The right-hand side of an operation; ``called`` gives a function's name in JavaScript."""
    return operation_text(operation, argument, called)


def constants(operations: Iterable[Operation], called: Names = str) -> list[str]:
    """A declaration for each operation."""
    return [f"const {o.name} = {expression(o, called)};" for o in operations]
