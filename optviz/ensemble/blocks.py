"""A program's step in NumPy, on blocks of runs that stay in the processor's cache."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from optviz.ensemble.program import Program
from surfaces.arithmetic import NUMPY
from surfaces.python import bind, function
from surfaces.surface import Floats
from surfaces.tape import COMPARISONS, Argument, Operation
from surfaces.tape import argument_text as text_of

LANES = 16384  # runs of a block: larger ones leave the cache, smaller ones wait for the GIL

UFUNCS: dict[str, Any] = {name: f for name, f in NUMPY.items() if isinstance(f, np.ufunc)} | {
    "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "neg": np.negative,
    "lt": np.less, "le": np.less_equal, "gt": np.greater, "ge": np.greater_equal,
    "abs": np.absolute, "mod": np.remainder, "less": np.less, "less_equal": np.less_equal,
}  # fmt: skip
NAMES: dict[str, Any] = UFUNCS | {
    "copyto": np.copyto, "isnan": np.isnan, "isfinite": np.isfinite,
    "logical_and": np.logical_and, "inf": np.inf, "nan": np.nan,
}  # fmt: skip

Step = Callable[..., None]


class _Printer:
    """Prints operations with a buffer for each result, used again once nothing reads it."""

    def __init__(self, program: Program) -> None:
        parts = program.parts
        self.state, self.results = program.state, program.tape.results
        self.operations = parts.each
        self.lines: list[str] = []
        self.place: dict[str, str] = {name: name for name in program.state}
        self.place |= {name: name for name in (*parts.shared_names, *parts.once_names)}
        self.free: dict[str, list[str]] = {"f": [], "b": []}
        self.counts = {"f": 0, "b": 0}
        self.last: dict[str, int] = {}
        for i, operation in enumerate(self.operations):
            for a in operation.args:
                if isinstance(a, str):
                    self.last[a] = i
        for result in self.results:
            if isinstance(result, str):
                self.last[result] = len(self.operations)

    def take(self, kind: str) -> str:
        """A buffer of floats ("f") or of conditions ("b") that nothing else uses."""
        if self.free[kind]:
            return self.free[kind].pop()
        self.counts[kind] += 1
        return f"{kind}{self.counts[kind] - 1}"

    def give_back(self, names: Iterable[Argument], now: int) -> None:
        """Free the buffers of values that are read here for the last time."""
        for name in {n for n in names if isinstance(n, str)}:
            place = self.place[name]
            if self.last.get(name) == now and place[0] in "fb" and place[1:].isdigit():
                self.free[place[0]].append(place)

    def text(self, value: Argument) -> str:
        return text_of(self.place[value] if isinstance(value, str) else value, repr)

    def own_place(self, operation: Operation, now: int) -> str | None:
        """The state's own array, for a result whose old value nothing reads any more."""
        for name, result in zip(self.state, self.results, strict=True):
            if result == operation.name and self.last.get(name, -1) <= now:
                if name in self.results or self.results.count(result) > 1:
                    return None
                # A choice is made by two copies: the first must not cover what the second reads.
                if operation.op in CHOICES and name in operation.args:
                    return None
                return name
        return None

    def print(self) -> str:
        for now, operation in enumerate(self.operations):
            own = self.own_place(operation, now)
            kind = "b" if operation.op in COMPARISONS else "f"
            if operation.op not in CHOICES:
                self.give_back(operation.args, now)
            place = own or self.take(kind)
            self.write(operation, place)
            if operation.op in CHOICES:
                self.give_back(operation.args, now)
            self.place[operation.name] = place
            if operation.name not in self.last:  # computed for nothing
                self.last[operation.name] = now
                self.give_back([operation.name], now)
        moved = [
            (name, self.text(result))
            for name, result in zip(self.state, self.results, strict=True)
            if self.text(result) != name
        ]
        # All are read before any is written.
        if {source for _, source in moved} & {name for name, _ in moved}:
            saved = {source: self.take("f") for _, source in moved}
            self.lines += [f"copyto({place}, {source})" for source, place in saved.items()]
            moved = [(name, saved[source]) for name, source in moved]
        self.lines += [f"copyto({name}, {source})" for name, source in moved]
        return self.function()

    def function(self) -> str:
        buffers = [f"{kind}{i}" for kind in "fb" for i in range(self.counts[kind])]
        parameters = ["shared", "once", "state", "buffers"]
        lines = []
        parts = {"state": self.state, "buffers": tuple(buffers)}
        for source, names in parts.items():
            if names:
                lines.append(f"{', '.join(names)}, = {source}")
        return function(", ".join(parameters), [*lines, *self.lines, "return"])

    def write(self, operation: Operation, out: str) -> None:
        """The statements of one operation."""
        op = operation.op
        args = [self.text(value) for value in operation.args]
        if op == "pow" and args[1] == "2.0":
            self.lines.append(f"mul({args[0]}, {args[0]}, {out})")
        elif op == "pow" and args[1] == "0.5":
            self.lines.append(f"sqrt({args[0]}, {out})")
        elif op in CHOICES:
            self._choice(op, args, out)
        elif op == "constant":
            self.lines.append(f"copyto({out}, {args[0]})")
        else:
            # maximum and minimum want ``out`` by its name.
            place = f"out={out}" if op in ("maximum", "minimum") else out
            self.lines.append(f"{op}({', '.join([*args, place])})")

    def _choice(self, op: str, args: list[str], out: str) -> None:
        condition = args[0]
        if op == "zero_if_nan":
            condition, finite = self.take("b"), self.take("b")
            self.lines += [
                f"isnan({args[0]}, {condition})",
                f"isfinite({args[1]}, {finite})",
                f"logical_and({condition}, {finite}, {condition})",
            ]
            self.free["b"].append(finite)
            yes, no = "0.0", args[0]
        elif op == "where":
            yes, no = args[1], args[2]
        else:
            condition = self.take("b")
            self.lines.append(f"{op.removeprefix('where_')}({args[0]}, {args[1]}, {condition})")
            yes, no = args[2], args[3]
        if no != out:
            self.lines.append(f"copyto({out}, {no})")
        self.lines.append(f"copyto({out}, {yes}, where={condition})")
        if condition != args[0]:
            self.free["b"].append(condition)


CHOICES = ("where", "where_less", "where_less_equal", "zero_if_nan")


class Blocks:
    """Runs a program with NumPy; one object serves all threads.

    Parameters
    ----------
    program : Program
    """

    lanes = LANES

    def __init__(self, program: Program) -> None:
        printer = _Printer(program)
        self.text = printer.print()
        self.counts = printer.counts
        parts = program.parts
        unpack = "".join(
            f"    {', '.join(part)}, = {source}\n"
            for source, part in (("shared", parts.shared_names), ("once", parts.once_names))
            if part
        )
        head, _, body = self.text.partition("\n")
        self.step: Step = bind(f"{head}\n{unpack}{body}", NAMES)

    def run(self, state: Floats, once: Floats, table: Floats) -> None:
        """Take the steps of ``table`` with blocks ``state`` (b, s, lanes), in place."""
        lanes = state.shape[-1]
        buffers = [np.empty(lanes) for _ in range(self.counts["f"])]
        buffers += [np.empty(lanes, bool) for _ in range(self.counts["b"])]
        step, shared_rows = self.step, table.tolist()
        with np.errstate(all="ignore"):
            for block, fixed in zip(state, once, strict=True):
                rows, own = list(block), list(fixed)
                for shared in shared_rows:
                    step(shared, own, rows, buffers)
