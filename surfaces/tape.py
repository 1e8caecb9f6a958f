"""The tape: a computation as a list of typed operations, recorded from a formula or a rule.

Whatever is computed on points and states is written onto a `Tape` once; source text for Python and
JavaScript, programs on tensors and formulas in mathematics are printed from it. No operation is
reordered, folded or dropped on the way, so that all of them give the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

# The name of an input or of an earlier operation; or a constant.
Argument = str | float

OPERATORS = {
    "add": "+", "sub": "-", "mul": "*", "div": "/",
    "lt": "<", "le": "<=", "gt": ">", "ge": ">=",
}  # fmt: skip
COMPARISONS = ("lt", "le", "gt", "ge")


class Operation(NamedTuple):
    """``name = op(*args)``: an operator of `OPERATORS`, ``neg``, or a function by its name."""

    name: str
    op: str
    args: tuple[Argument, ...]


@dataclass(frozen=True)
class Tape:
    """Operations in the order in which they ran.

    Attributes
    ----------
    inputs : tuple of str
        Names that are known before the first operation.
    operations : tuple of Operation
        Each reads inputs, constants and earlier operations.
    results : tuple of str or float
        What the computation returns.
    """

    inputs: tuple[str, ...]
    operations: tuple[Operation, ...]
    results: tuple[Argument, ...]

    def to_json(self) -> dict[str, Any]:
        """The tape as plain lists; `from_json` reads them back as an equal tape."""
        return {
            "inputs": list(self.inputs),
            "operations": [[name, op, *args] for name, op, args in self.operations],
            "results": list(self.results),
        }

    @staticmethod
    def from_json(record: Mapping[str, Any]) -> Tape:
        """A tape that `to_json` wrote."""
        return Tape(
            tuple(record["inputs"]),
            tuple(Operation(name, op, tuple(args)) for name, op, *args in record["operations"]),
            tuple(record["results"]),
        )


def argument_text(value: Argument, number: Callable[[float], str]) -> str:
    """A name, or a constant written by ``number``.

    A negative one stands in brackets: ``-1.0**2`` is not ``(-1.0)**2``.
    """
    if isinstance(value, str):
        return value
    text = number(value)
    return f"({text})" if text.startswith("-") else text


def operation_text(
    operation: Operation, argument: Callable[[Argument], str], called: Callable[[str], str] = str
) -> str:
    """An operation as Python and JavaScript write it, but for what its function is ``called``."""
    op, args = operation.op, [argument(value) for value in operation.args]
    if op == "neg":
        return f"-{args[0]}"
    if op in OPERATORS and called(op) == op:
        return f"{args[0]} {OPERATORS[op]} {args[1]}"
    return f"{called(op)}({', '.join(args)})"


class TapeWriter:
    """Writes a tape; an operation that was done before is not written again."""

    def __init__(self) -> None:
        self.inputs: dict[str, None] = {}
        self.operations: list[Operation] = []
        self._known: dict[tuple[Argument, ...], str] = {}

    def input(self, name: str) -> str:
        """Declare a name that is known before the first operation."""
        self.inputs[name] = None
        return name

    def write(self, op: str, *args: Argument) -> str:
        """Write one operation and return its name: ``t0``, ``t1``, ..."""
        key: tuple[Argument, ...] = (op, *args)
        if 0.0 in args:  # 0.0 and -0.0 are equal but are not the same constant
            key = (op, *map(repr, args))
        name = self._known.get(key)
        if name is None:
            name = self._known[key] = f"t{len(self.operations)}"
            self.operations.append(Operation(name, op, args))
        return name

    def key(self) -> tuple[tuple[Argument, ...], ...]:
        """The operations in a form that can be compared and hashed; 0.0 and -0.0 differ."""
        return tuple(self._known)

    def names(self) -> Collection[str]:
        """The names of the results of all operations."""
        return self._known.values()

    def tape(self, results: Iterable[Argument]) -> Tape:
        """The finished tape, with the results that it returns."""
        return Tape(tuple(self.inputs), tuple(self.operations), tuple(results))
