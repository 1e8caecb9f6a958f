"""Print a tape's operations as JavaScript, the same operations in the same order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from surfaces.tape import OPERATORS, Argument, Operation

Names = Callable[[str], str]  # what a function of the tape is called in JavaScript


def argument(value: Argument) -> str:
    """A name, or a constant that is read back as the same float."""
    if isinstance(value, str):
        return value
    text = json.dumps(value)  # repr, but with JavaScript's Infinity and NaN
    return f"({text})" if text.startswith("-") else text


def expression(operation: Operation, called: Names = str) -> str:
    """The right-hand side of an operation; ``called`` gives a function's name in JavaScript."""
    op, args = operation.op, [argument(value) for value in operation.args]
    if op == "neg":
        return f"-{args[0]}"
    if op in OPERATORS and called(op) == op:
        return f"{args[0]} {OPERATORS[op]} {args[1]}"
    return f"{called(op)}({', '.join(args)})"


def constants(operations: Iterable[Operation], called: Names = str) -> list[str]:
    """A declaration for each operation."""
    return [f"const {o.name} = {expression(o, called)};" for o in operations]
