"""A rule as a program on flat tensors that writes into memory of its own.

The rule is recorded once, as for floats (`optviz.optimizers.tracer`); each recorded operation then
becomes a torch call with ``out=``, and a product that is only added to something becomes part of
that addition, as in ``torch.add(x, y, alpha=0.1)``. The arithmetic is the rule's in the rule's
order; a step allocates nothing, and what it touches stays in the cache.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import torch

from optviz.optimizers import Optimizer
from optviz.optimizers.base import State
from optviz.optimizers.tracer import PYTHON, Recorder
from surfaces.errors import InputError


@dataclass(frozen=True)
class Program:
    """One step of a rule on flat tensors.

    Attributes
    ----------
    run : callable
        ``run(t, lr, grad, param, slots, buffers) -> numbers``. ``param`` and the tensors of the
        mapping ``slots`` are changed in place; the new values of the numbers among the slots are
        returned.
    buffers : int
        How many tensors like the parameters it needs.
    text : str
        The program as Python; empty for a rule that runs as it stands.
    """

    run: Callable[..., dict[str, float]]
    buffers: int
    text: str


@lru_cache(maxsize=256)
def program(optimizer: Optimizer) -> Program:
    """The program of an optimizer's rule.

    A rule that cannot be recorded (one of the user's that calls torch itself, say) runs as it
    stands, and its new slots are copied into the old.
    """
    try:
        return _Compiler(optimizer).program()
    except (InputError, TypeError, ValueError, AttributeError, LookupError, StopIteration):
        return as_it_stands(optimizer)


def flat_slots(optimizer: Optimizer, flat: torch.Tensor) -> State:
    """State before the first step; each tensor slot has memory of its own."""
    slots = optimizer.slots(torch.zeros_like(flat))
    return {k: v.clone() if isinstance(v, torch.Tensor) else v for k, v in slots.items()}


def as_it_stands(optimizer: Optimizer) -> Program:
    """The rule itself on tensors: it allocates, but need not be recorded."""

    def run(
        t: int, lr: float, grad: Any, param: Any, slots: Mapping[str, Any], buffers: Sequence[Any]
    ) -> dict[str, float]:
        step, changed = optimizer.apply(t, lr, grad, param, dict(slots))
        numbers = {k: v for k, v in changed.items() if not isinstance(slots[k], torch.Tensor)}
        kept = {k: torch.as_tensor(v).clone() for k, v in changed.items() if k not in numbers}
        param.add_(step)
        for name, value in kept.items():  # cloned first: slots may have changed places
            slots[name].copy_(value)
        return numbers

    return Program(run, 0, "")


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


class _Compiler:
    """Decides where each recorded value is kept, and writes the line that computes it.

    A value is a number (it depends on the step and the rate alone) or a tensor. A tensor is kept
    in a slot if it is that slot's new value and the old one is no longer needed, else in a buffer
    whose value is no longer needed, else in a new buffer.
    """

    def __init__(self, optimizer: Optimizer) -> None:
        recorder = Recorder()
        like = optimizer.slots(torch.zeros(1))
        slots = {name: recorder.symbol(f"s_{name}") for name in like}
        grad, param = recorder.symbol("grad"), recorder.symbol("param")
        step, changed = optimizer.apply(
            recorder.symbol("t"), recorder.symbol("lr"), grad, param, slots
        )
        self.slots = list(like)
        self.after = {f"s_{name}": recorder.text(changed[name]) for name in like}
        self.numbers = [n for n, v in like.items() if not isinstance(v, torch.Tensor)]
        self.kept = {s: v for s, v in self.after.items() if s[2:] not in self.numbers}
        self.kept["param"] = recorder.text(param + step)
        self.lines = [_read(text) for text in recorder.lines]
        self._fold()
        self.tensors = {"grad", *self.kept}
        for line in self.lines:
            if self.tensors.intersection(line.arguments):
                self.tensors.add(line.name)
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

    def _fuse(self) -> None:
        """Let a product or quotient that is only added to something be part of the addition."""
        results = {*self.after.values(), *self.kept.values()}
        made = {line.name: line for line in self.lines}
        uses = Counter(name for line in self.lines for name in line.arguments)
        inside = {n for n, line in made.items() if uses[n] == 1 and n in self.tensors - results}

        def scaled(name: str) -> tuple[str, str]:
            """The tensor and the number whose product this is."""
            line = made.get(name)
            if name in inside and line is not None and line.operation == "mul":
                for tensor, number in (line.arguments, line.arguments[::-1]):
                    if tensor in self.tensors and number not in self.tensors:
                        gone.append(name)
                        return tensor, number
            return name, "1.0"

        for i, line in enumerate(self.lines):
            if line.operation != "add" or not self.tensors.issuperset(line.arguments):
                continue
            for to, name in (line.arguments, line.arguments[::-1]):
                term = made.get(name)
                if name not in inside or term is None or term.operation not in ("mul", "div"):
                    continue
                gone: list[str] = [name]
                fused: tuple[str, tuple[str, ...]]
                if self.tensors.issuperset(term.arguments):
                    left, factor = scaled(term.arguments[0])
                    fused = (f"addc{term.operation}", (to, left, term.arguments[1], factor))
                elif term.operation == "mul":
                    fused = ("scaled", (to, *scaled(name)))
                else:
                    continue
                self.lines[i] = made[line.name] = _Line(line.name, *fused)
                self.lines = [_Line("", "", ()) if x.name in gone else x for x in self.lines]
                break
        self.lines = [line for line in self.lines if line.name]

    def program(self) -> Program:
        """Write it all."""
        self.last_use = {name: i for i, line in enumerate(self.lines) for name in line.arguments}
        self.last_use |= dict.fromkeys(self.kept.values(), len(self.lines))
        self.place = {name: name for name in ("grad", *self.kept)}
        self.free: list[str] = []
        self.count = 0
        computed = [self._write(i, line) for i, line in enumerate(self.lines)]
        body = [f's_{name} = slots["{name}"]' for name in self.slots]
        if self.count:
            body.append(f"{''.join(f'b{k}, ' for k in range(self.count))}= buffers")
        numbers = ", ".join(f'"{name}": {self.after[f"s_{name}"]}' for name in self.numbers)
        body += [*computed, *self._copies(), f"return {{{numbers}}}"]
        text = "def run(t, lr, grad, param, slots, buffers):\n" + "".join(
            f"    {line}\n" for line in body
        )
        namespace: dict[str, Any] = {"torch": torch, **PYTHON}
        exec(text, namespace)  # our own text, made of operators and the names above
        return Program(namespace["run"], self.count, text)

    def _copies(self) -> list[str]:
        """What could not be written into its slot when it was computed."""
        places = {slot: self.place.get(value, value) for slot, value in self.kept.items()}
        waiting = {slot: place for slot, place in places.items() if place != slot}
        if set(waiting) & set(waiting.values()):
            raise InputError("slots must not change places; such a rule runs as it stands")
        return [
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
        dying = {self.place.get(n, "") for n in line.arguments if self.last_use[n] <= i}
        self.free += sorted(place for place in dying if place.startswith("b"))
        if line.operation in ("lt", "le", "gt", "ge"):
            return line.name  # a tensor of truths is not like the parameters
        for slot, value in self.kept.items():
            if value == line.name and self.last_use.get(slot, -1) <= i:
                return slot
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
    if operation == "scaled":
        return f"torch.add({arguments[0]}, {arguments[1]}, alpha={arguments[2]}, out={out})"
    if operation in ("addcmul", "addcdiv"):
        return f"torch.{operation}({', '.join(arguments[:3])}, value={arguments[3]}, out={out})"
    if operation in ("lt", "le", "gt", "ge"):
        return f"{out} = {_on_numbers(operation, arguments)}"
    if operation in ("add", "mul") and not tensor[0]:
        return f"torch.{operation}({arguments[1]}, {arguments[0]}, out={out})"
    if operation in ("sub", "div") and not tensor[0]:
        return f"{out}.copy_({_on_numbers(operation, arguments)})"
    if operation in EXTREMA and not all(tensor):
        value, number = arguments if tensor[0] else reversed(arguments)
        return f"torch.clamp({value}, {EXTREMA[operation]}={number}, out={out})"
    if operation == "where" and not any(tensor[1:]):
        raise InputError("where must be given a tensor among its two branches; not two numbers")
    if operation == "where" and not tensor[0]:  # a number decides
        choice = f"{arguments[1]} if {arguments[0]} else {arguments[2]}"
        return f"{out}.copy_(torch.as_tensor({choice}))"
    if operation == "where" and not all(tensor):  # torch.where takes a number, but not with out
        return f"{out}.copy_(torch.where({given}))"
    return f"torch.{operation}({given}, out={out})"
