"""Print a tape as straight-line Python: the same operations in the same order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from surfaces.tape import Argument, Operation, Tape, argument_text, operation_text


def argument(value: Argument) -> str:
    """A name, or a constant that is read back as the same float."""
    return argument_text(value, repr)


def expression(operation: Operation) -> str:
    """The right-hand side of an operation."""
    return operation_text(operation, argument)


def lines(operations: Iterable[Operation]) -> list[str]:
    """A statement for each operation."""
    return [f"{operation.name} = {expression(operation)}" for operation in operations]


def source(tape: Tape) -> str:
    """A function ``f`` of the tape's inputs that returns its results as a tuple."""
    body = [*lines(tape.operations), f"return {', '.join(map(argument, tape.results))},"]
    return function(", ".join(tape.inputs), body)


def function(parameters: str, body: Iterable[str]) -> str:
    """A function ``f`` with one statement a line."""
    return f"def f({parameters}):\n" + "".join(f"    {line}\n" for line in body)


def bind(text: str, functions: Mapping[str, Any]) -> Callable[..., Any]:
    """Run source text that this module printed, with functions by name, and return its ``f``."""
    namespace: dict[str, Any] = {"__builtins__": {}, **functions}
    exec(text, namespace)  # our own text: operators, names of the tape, and the functions given
    found: Callable[..., Any] = namespace["f"]
    return found
