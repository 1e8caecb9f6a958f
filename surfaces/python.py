"""Print a tape as straight-line Python: the same operations in the same order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from surfaces.tape import OPERATORS, Argument, Operation, Tape


def argument(value: Argument) -> str:
    """A name, or a constant that is read back as the same float.

    A negative one stands in brackets: ``-1.0**2`` is not ``(-1.0)**2``.
    """
    if isinstance(value, str):
        return value
    text = repr(value)
    return f"({text})" if text.startswith("-") else text


def expression(operation: Operation) -> str:
    """The right-hand side of an operation."""
    op, args = operation.op, [argument(value) for value in operation.args]
    if op == "neg":
        return f"-{args[0]}"
    if op in OPERATORS:
        return f"{args[0]} {OPERATORS[op]} {args[1]}"
    return f"{op}({', '.join(args)})"


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
