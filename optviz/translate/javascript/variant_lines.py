"""The lines of a rule under one combination of flags, as keys of names and what is computed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from optviz.optimizers.matrix import Matrix
from optviz.optimizers.straight_line import members
from optviz.optimizers.tracer import argument, traced
from optviz.translate.expressions import Assignment, Name, Scope, Tree
from optviz.translate.javascript import whole
from optviz.translate.javascript.recordings import Maker, arguments
from optviz.translate.mathml import mathml
from optviz.translate.statements import read
from optviz.translate.symbols import symbol
from surfaces.tape import Argument, Operation, Tape, TapeWriter

RAW = "raw"  # the gradient of which a transform makes g

PART = "'"  # behind a key, once for each number of a matrix before this one
Value = tuple[Argument, ...]  # one number, or those of a matrix row by row


class VariantLines:
    """The lines of one variant.

    Attributes
    ----------
    lines : Tape
        Each line as an operation: its name and its arguments are keys of names, its ``op`` says
        what is computed of them.
    shapes : dict of str to LineTree
        By ``op``: the expression, ``None`` in the place of each name.
    markup : dict of str to str
        MathML of each name, by key; a condition, which is never shown, has none.
    arithmetic : TapeWriter
    values : dict of str to tuple of str or float
        What each key stands for on the tape ``arithmetic``: one number, or those of a matrix.
    scopes : dict of str to Scope
        What each key depends on.
    slots : dict of str to str
        By the key of each line that renews a slot: that slot.
    before : dict of str to str
        By slot: the key of its old value, if a line reads it.
    """

    def __init__(self, arithmetic: TapeWriter, assignments: Iterable[Assignment]) -> None:
        self.arithmetic = arithmetic
        self.markup: dict[str, str] = {}
        self.values: dict[str, Value] = {}
        self.shapes: dict[str, Any] = {}
        self.scopes: dict[str, Scope] = {}
        self.slots: dict[str, str] = {}
        self.before: dict[str, str] = {}
        lines: dict[str, Operation] = {}
        for line in assignments:
            keys: list[str] = []
            shape = self._shape(line.tree, keys)
            self.shapes[repr(shape)] = shape
            target = self._key(line.target, taken=self.values.keys())
            if line.target.slot:
                self.slots[target] = line.target.text
            lines[target] = Operation(target, repr(shape), tuple(keys))
        self.lines = Tape((), tuple(lines.values()), ())

    def _shape(self, tree: Tree, keys: list[str]) -> Any:
        """``LineTree`` of lines.js with None for names, whose keys are added to ``keys``."""
        if isinstance(tree, Name):
            keys.append(self._key(tree))
            return None
        if isinstance(tree, (int, float)):
            return tree
        first, *others = tree.parts
        if tree.name == "where" and isinstance(first, Name):
            keys.append(self._condition(first))
            return ["where", None, *(self._shape(part, keys) for part in others)]
        return [tree.name, *(self._shape(part, keys) for part in tree.parts)]

    def _key(self, name: Name, taken: Any = ()) -> str:
        """The key of a name: a dot, its name in Python, and a $ for each later value."""
        key = self._free(f".{name.text}" + "$" * name.primes, name, taken)
        self.markup[key] = mathml(symbol(name))
        if name.slot and not name.primes:
            self.before[name.text] = key
        return key

    def _condition(self, name: Name) -> str:
        return self._free(f".{name.text}?", name)

    def _free(self, key: str, name: Name, taken: Any = ()) -> str:
        """A key that is not yet in use for another name."""
        value = tuple(map(argument, members(name.value)))
        while key in taken or repr(self.values.get(key, value)) != repr(value):
            key += "$"
        self.values[key] = value
        self.scopes[key] = max(name.scope, self.scopes.get(key, name.scope))
        return key


def by_coordinate(slots: Sequence[str], make: Maker) -> tuple[TapeWriter, Iterator[Assignment]]:
    """A tape, and the lines of a step by symbols, of which ``g`` is what the rule is given."""
    tape = TapeWriter()
    optimizer = make(tape)
    mine = [name for name in slots if name in optimizer.slots(0.0)]
    t, lr, grad, params, old = arguments(tape, slots, mine)
    seen = {name: traced(tape, name) for name in optimizer.inputs}
    if not optimizer.transforms:
        return tape, read(optimizer, t, lr, grad, params, old, seen=seen)
    raw = traced(tape, RAW)
    return tape, read(optimizer, t, lr, raw, params, old, transformed=grad, seen=seen)


def by_point(layout: whole.Layout, make: Maker) -> tuple[TapeWriter, Iterator[Assignment]]:
    """The same of a rule that sees both coordinates at once."""
    tape = TapeWriter()
    optimizer = make(tape)
    given = whole.Symbols(tape, optimizer, layout)
    grad, params = Matrix(given.grads), Matrix(given.params)
    (old,) = given.slots
    return tape, read(optimizer, given.t, given.lr, grad, params, old, seen=given.seen())
