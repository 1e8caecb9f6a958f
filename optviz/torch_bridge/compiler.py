"""A rule as a program on tensors that writes into memory of its own.

The rule is recorded, as for floats (`optviz.optimizers.tracer`); each recorded operation then
becomes a torch call with ``out=``, and a product that is only added to something becomes part of
that addition, as in ``torch.add(x, y, alpha=0.1)``. The arithmetic is the rule's in the rule's
order, but for a number by which the whole step is multiplied: it is handed back, for the addition
to the parameters. A step allocates nothing, and what it touches stays in the cache.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import torch

from optviz.optimizers.tracer import PYTHON
from surfaces.errors import InputError

# What a rule raises on traced numbers if it calls torch itself, say.
UNRECORDED = (InputError, TypeError, ValueError, AttributeError, LookupError, StopIteration)


@dataclass(frozen=True)
class Program:
    """One step of a rule on tensors.

    Attributes
    ----------
    run : callable
        ``run(t, lr, grad, param, slots, buffers) -> (step, factor, numbers)``. The parameters
        become ``param + factor * step``; neither ``grad`` nor ``param`` is written. The tensors of
        the mapping ``slots`` are changed in place; the new values of the numbers among the slots
        are returned.
    buffers : tuple of str
        Names of tensors like the parameters, for it to write into: ``"b0"``, ``"b1"``, ...; instead
        of the first ``"grad"``, where that may be the memory of the gradient itself.
    reads : frozenset of str
        The slots (by `symbol_of`) whose old value counts, and ``"param"`` if the parameters do.
    place : str
        Where the step is: ``"grad"``, a buffer, or a slot (by `symbol_of`).
    text : str
        The program as Python; empty for a rule that runs as it stands.
    by_gradient : bool
        Whether the step is the gradient itself, and no tensor is computed.
    """

    run: Callable[..., tuple[torch.Tensor, float, dict[str, float]]]
    buffers: tuple[str, ...]
    reads: frozenset[str]
    place: str
    text: str
    by_gradient: bool = False


class Recording(NamedTuple):
    """What a rule did on traced numbers: its lines, and which of them are its results."""

    lines: tuple[str, ...]
    slots: tuple[tuple[str, str, bool], ...]  # name, new value, and whether it is a tensor
    step: str


def symbol_of(slot: str) -> str:
    """What a slot is called in a program, beside ``param`` and ``b0``; any slot has another."""
    plain = f"s_{slot}"
    known = plain.isascii() and plain.isidentifier()  # Python reads other letters as their like
    return plain if known else f"s_{slot.encode().hex()}"


@lru_cache(maxsize=256)
def compiled(recording: Recording) -> Program | None:
    """The program of a recording; None for slots that change places."""
    try:
        return _Compiler(recording).program()
    except UNRECORDED:
        return None


class _Line(NamedTuple):
    """``name = operation(*arguments)``; an argument is a name or a number, as text."""

    name: str
    operation: str
    arguments: tuple[str, ...]


OPERATORS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div",
    ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.USub: "neg",
}  # fmt: skip
INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/",
         "lt": "<", "le": "<=", "gt": ">", "ge": ">="}  # fmt: skip
COMPARISONS = ("lt", "le", "gt", "ge")
EXTREMA = {"minimum": "max", "maximum": "min"}  # of a tensor and a number: torch.clamp's argument


def _read(text: str) -> _Line:
    """A recorded line, which holds one operation."""
    statement = ast.parse(text).body[0]
    assert isinstance(statement, ast.Assign)
    value = statement.value
    parts: list[ast.expr]
    if isinstance(value, ast.BinOp):
        operation, parts = OPERATORS[type(value.op)], [value.left, value.right]
    elif isinstance(value, ast.Compare):
        operation, parts = OPERATORS[type(value.ops[0])], [value.left, *value.comparators]
    elif isinstance(value, ast.UnaryOp):
        operation, parts = OPERATORS[type(value.op)], [value.operand]
    else:
        assert isinstance(value, ast.Call)
        operation, parts = ast.unparse(value.func), value.args
    return _Line(ast.unparse(statement.targets[0]), operation, tuple(map(ast.unparse, parts)))


def _weigh_truths(lines: Sequence[_Line]) -> list[_Line]:
    """Where a condition is reckoned with, say that it counts as 1 or 0.

    Of a tensor of truths and a number torch would make float32, whatever the data are.
    """
    truths: set[str] = set()
    found: list[_Line] = []
    for line in lines:
        if line.operation in COMPARISONS:
            truths.add(line.name)
        start = int(line.operation == "where")
        for name in truths.intersection(line.arguments[start:]):
            if f"{name}n" not in (known.name for known in found):
                found.append(_Line(f"{name}n", "where", (name, "1.0", "0.0")))
        weighed = tuple(f"{n}n" if n in truths else n for n in line.arguments[start:])
        found.append(line._replace(arguments=line.arguments[:start] + weighed))
    return found


class _Compiler:
    """Decides where each recorded value is kept, and writes the line that computes it.

    A value is a number (it depends on the step and the rate alone) or a tensor. A tensor is kept
    in a slot if it is that slot's new value and the old one is no longer needed, else in a buffer
    whose value is no longer needed, else in a new buffer.
    """

    def __init__(self, recording: Recording) -> None:
        self.slots = [name for name, _, _ in recording.slots]
        self.after = {symbol_of(name): value for name, value, _ in recording.slots}
        self.numbers = [name for name, _, is_tensor in recording.slots if not is_tensor]
        numbers = set(map(symbol_of, self.numbers))
        self.kept = {s: v for s, v in self.after.items() if s not in numbers}
        self.step, self.factor = recording.step, "1.0"
        self.lines = _weigh_truths([_read(text) for text in recording.lines])
        self._fold()
        self.tensors = {"grad", "param", *self.kept}
        for line in self.lines:
            if self.tensors.intersection(line.arguments):
                self.tensors.add(line.name)
        if self.step not in self.tensors:
            raise InputError("a step must depend on the gradient; such a rule runs as it stands")
        self._fuse()

    def _fold(self) -> None:
        """Leave out memory that counts for nothing, as RMSProp's momentum of 0.

        Only a state that is no longer finite could tell: 0 times infinity is nan.
        """
        known: dict[str, str] = {}
        lines = []
        for line in self.lines:
            arguments = tuple(known.get(name, name) for name in line.arguments)
            if line.operation == "mul" and "0.0" in arguments and self.kept.keys() & {*arguments}:
                known[line.name] = "0.0"
            elif line.operation == "add" and "0.0" in arguments:
                known[line.name] = arguments[arguments[0] == "0.0"]
            else:
                lines.append(line._replace(arguments=arguments))
        self.lines = lines
        for results in (self.after, self.kept):
            results |= {slot: known.get(value, value) for slot, value in results.items()}
        self.step = known.get(self.step, self.step)

    def _fuse(self) -> None:
        """Let a product that is only added to something be part of the addition.

        So is a quotient of tensors, and the number by which the step is multiplied.
        """
        results = {*self.after.values(), *self.kept.values()}
        self.made = {line.name: line for line in self.lines}
        uses = Counter([self.step, *(name for line in self.lines for name in line.arguments)])
        alone = {n for n in self.made if uses[n] == 1 and n in self.tensors - results}
        self.inside = alone - {self.step}
        if self.step in alone:
            self._take_factor()
        for line in self.lines:
            orders = [line.arguments, line.arguments[::-1]]
            if line.operation == "sub":
                del orders[1]
            elif line.operation != "add":
                continue
            if not self.tensors.issuperset(line.arguments):
                continue
            for to, name in orders:
                fused, gone = self._fused(line.operation, to, name)
                if gone:
                    self._replace(line._replace(operation=fused[0], arguments=fused[1:]), gone)
                    break
        self._prune()

    def _prune(self) -> None:
        """Leave out what became part of another line, and what nothing needs."""
        needed = {self.step, self.factor, *self.after.values(), *self.kept.values()}
        kept = []
        for line in reversed(self.lines):
            if line.name in needed and line.name in self.made:
                needed.update(line.arguments)
                kept.append(line)
        self.lines = kept[::-1]

    def _replace(self, line: _Line, gone: Sequence[str]) -> None:
        """Put a line in the place of the one of its name; those in ``gone`` are part of it."""
        for name in gone:
            del self.made[name]
        self.made[line.name] = line
        self.lines = [line if old.name == line.name else old for old in self.lines]

    def _take_factor(self) -> None:
        """Split the step into a tensor and the number by which it is multiplied."""
        line = self.made[self.step]
        if line.operation == "mul" and not self.tensors.issuperset(line.arguments):
            swapped = line.arguments[1] in self.tensors
            self.step, self.factor = line.arguments[:: -1 if swapped else 1]
            del self.made[line.name]
        elif line.operation in ("mul", "div") and line.arguments[0] in self.tensors:
            tensor, self.factor, gone = self._scaled(line.arguments[0])
            self._replace(line._replace(arguments=(tensor, line.arguments[1])), gone)

    def _scaled(self, name: str) -> tuple[str, str, list[str]]:
        """The tensor and the number whose product this is, and the line that need not be."""
        line = self.made.get(name)
        if name in self.inside and line is not None and line.operation == "mul":
            for tensor, number in (line.arguments, line.arguments[::-1]):
                if tensor in self.tensors and number not in self.tensors:
                    return tensor, number, [name]
        return name, "1.0", []

    def _fused(self, operation: str, to: str, name: str) -> tuple[tuple[str, ...], list[str]]:
        """``to`` plus or minus ``name`` as one operation; and the lines that become part of it."""
        line = self.made.get(name) if name in self.inside and operation == "add" else None
        if line and line.operation in ("mul", "div") and self.tensors.issuperset(line.arguments):
            left, factor, gone = self._scaled(line.arguments[0])
            return (f"addc{line.operation}", to, left, line.arguments[1], factor), [name, *gone]
        tensor, number, gone = self._scaled(name)
        return (f"{operation}_scaled", to, tensor, number), gone

    def program(self) -> Program:
        """Write it all."""
        self.last_use = {name: i for i, line in enumerate(self.lines) for name in line.arguments}
        self.last_use |= dict.fromkeys((self.step, *self.kept.values()), len(self.lines))
        self.place = {name: name for name in ("grad", "param", *self.kept)}
        self.holds = {slot: slot for slot in self.kept}  # which value stands there now
        written = {line.name: i for i, line in enumerate(self.lines)}
        self.final = {s: written.get(v, len(self.lines)) for s, v in self.kept.items()}
        self.free: list[str] = []
        self.count = 0
        self.first_buffer = len(self.lines)  # the line that is the first to write into one
        computed = [self._write(i, line) for i, line in enumerate(self.lines)]
        computed += self._copies()
        body = [f"{symbol_of(name)} = slots[{name!r}]" for name in self.slots]
        if self.count:
            body.append(f"{''.join(f'b{k}, ' for k in range(self.count))}= buffers")
        numbers = ", ".join(f"{name!r}: {self.after[symbol_of(name)]}" for name in self.numbers)
        place = self.place[self.step]
        body += [*computed, f"return {place}, {self.factor}, {{{numbers}}}"]
        text = "def run(t, lr, grad, param, slots, buffers):\n" + "".join(
            f"    {line}\n" for line in body
        )
        namespace: dict[str, Any] = {"torch": torch, **PYTHON}
        exec(text, namespace)  # our own text, made of operators and the names above
        used = {self.step, *self.kept.values(), *self.last_use}
        reads = used & {"param", *self.kept}
        buffers = [f"b{k}" for k in range(self.count)]
        if buffers and self.last_use.get("grad", -1) <= self.first_buffer:
            buffers[0] = "grad"
        return Program(
            namespace["run"],
            tuple(buffers),
            frozenset(reads),
            place=buffers[int(place[1:])] if place[0] == "b" else place,
            text=text,
            by_gradient=place == "grad"
            and not self.kept
            and self.tensors.isdisjoint(line.name for line in self.lines),
        )

    def _copies(self) -> list[str]:
        """What could not be written into its slot when it was computed."""
        places = {slot: self.place.get(value, value) for slot, value in self.kept.items()}
        waiting = {slot: place for slot, place in places.items() if place != slot}
        if set(waiting) & set(waiting.values()):
            raise InputError("slots must not change places; such a rule runs as it stands")
        copies = []
        step = self.place[self.step]
        if step in waiting:  # it is the old memory, as of a gradient that comes late
            self.place[self.step] = f"b{self.count}"
            self.count += 1
            copies.append(f"{self.place[self.step]}.copy_({step})")
        return copies + [
            f"{slot}.copy_({place})" if value in self.tensors else f"{slot}.fill_({value})"
            for (slot, place), value in zip(
                waiting.items(), map(self.kept.get, waiting), strict=True
            )
        ]

    def _write(self, i: int, line: _Line) -> str:
        arguments = [self.place.get(name, name) for name in line.arguments]
        if line.name not in self.tensors:
            return f"{line.name} = {_on_numbers(line.operation, arguments)}"
        out = self._choose(i, line)
        self.place[line.name] = out
        return _on_tensors(line, arguments, [a in self.tensors for a in line.arguments], out)

    def _choose(self, i: int, line: _Line) -> str:
        """Where the value of line ``i`` is kept; first free what is used for the last time."""
        arguments = [self.place.get(n, "") for n in line.arguments]
        dying = {p for p, n in zip(arguments, line.arguments, strict=True) if self.last_use[n] <= i}
        self.free += sorted(place for place in dying if place.startswith("b"))
        if line.operation in COMPARISONS:
            return line.name  # a tensor of truths is not like the parameters
        open_ = [slot for slot in self.kept if self.last_use.get(self.holds[slot], -1) <= i]
        last = self.last_use[line.name]
        own = [slot for slot in open_ if self.kept[slot] == line.name]
        # Until its new value comes, a slot whose old one is spent is as good as a buffer.
        lent = [s for s in open_ if i < self.final[s] >= last and last < len(self.lines)]
        for slot in (*own, *(s for s in lent if s in arguments), *lent):
            self.holds[slot] = line.name
            return slot
        self.first_buffer = min(self.first_buffer, i)
        if not self.free:
            self.free.append(f"b{self.count}")
            self.count += 1
        return self.free.pop()


def _on_numbers(operation: str, arguments: Sequence[str]) -> str:
    if operation == "neg":
        return f"-{arguments[0]}"
    if operation in INFIX:
        return f" {INFIX[operation]} ".join(arguments)
    return f"{operation}({', '.join(arguments)})"


def _on_tensors(line: _Line, arguments: Sequence[str], tensor: list[bool], out: str) -> str:
    """The torch call of one operation; all are elementwise, so ``out`` may be among its inputs."""
    operation, given = line.operation, ", ".join(arguments)
    if operation in ("add_scaled", "sub_scaled"):
        function, (to, term, factor) = operation[:3], arguments
        return f"torch.{function}({to}, {term}, alpha={factor}, out={out})"
    if operation in ("addcmul", "addcdiv"):
        return f"torch.{operation}({', '.join(arguments[:3])}, value={arguments[3]}, out={out})"
    if operation in COMPARISONS:
        return f"{out} = {_on_numbers(operation, arguments)}"
    if operation in ("add", "mul") and not tensor[0]:
        return f"torch.{operation}({arguments[1]}, {arguments[0]}, out={out})"
    if operation in ("sub", "div") and not tensor[0]:
        return f"{out}.copy_({_on_numbers(operation, arguments)})"
    if operation in EXTREMA and not all(tensor):
        value, number = arguments if tensor[0] else reversed(arguments)
        return f"torch.clamp({value}, {EXTREMA[operation]}={number}, out={out})"
    if operation == "where" and not any(tensor[1:]):  # two numbers: the type is the data's
        return f"{out}.fill_({arguments[2]}).masked_fill_({arguments[0]}, {arguments[1]})"
    if operation == "where" and not tensor[0]:  # a number decides
        puts = [
            f"{out}.{'copy_' if is_tensor else 'fill_'}({argument})"
            for argument, is_tensor in zip(arguments[1:], tensor[1:], strict=True)
        ]
        return f"{puts[0]} if {arguments[0]} else {puts[1]}"
    if operation == "where" and not all(tensor):  # torch.where takes a number, but not with out
        return f"{out}.copy_(torch.where({given}))"
    return f"torch.{operation}({given}, out={out})"
