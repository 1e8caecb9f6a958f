"""The lines of an optimizer's rule as JavaScript: their expressions, and functions for values."""

from __future__ import annotations

import json
import operator
from collections.abc import Iterator, Mapping, Sequence
from functools import partial, reduce
from typing import Any

from optviz.optimizers import Optimizer
from optviz.optimizers.tracer import argument, traced
from optviz.translate.expressions import Assignment, Name, Scope, Tree
from optviz.translate.javascript.body import Body
from optviz.translate.javascript.branches import Branches, Flag
from optviz.translate.javascript.recordings import (
    Maker,
    arguments,
    before,
    each_variant,
    flags_of,
    slots_of,
    stored,
)
from optviz.translate.javascript.rules import check_optimizer
from optviz.translate.javascript.script import array_source, function, object_source, quoted
from optviz.translate.mathml import mathml
from optviz.translate.merging import merge
from optviz.translate.statements import read
from optviz.translate.symbols import symbol
from surfaces.tape import Argument, Operation, Tape, TapeWriter


def lines_source(kind: type[Optimizer]) -> str:
    """The lines of `optviz.translate.latex` as a JavaScript object: ``RuleLines`` of lines.js.

    Parameters
    ----------
    kind : subclass of Optimizer
        Of ours or the user's own.

    Raises
    ------
    InputError
        What `rule_source` refuses, and a rule whose source cannot be read.
    """
    check_optimizer(kind)
    flags, slots = flags_of(kind), slots_of(kind)
    lines = MergedLines(each_variant(kind, partial(VariantLines, slots)), flags)
    given = ["h", "f", "t", "lr", "g", "p", f"[{', '.join(map(before, range(len(slots))))}]"]
    values = lines.values([*given, *[RAW] * kind.transforms])
    return object_source({"text": lines.text(), "values": values})


RAW = "raw"  # the gradient of which a transform makes g


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
    values : dict of str to str or float
        What each key stands for on the tape ``arithmetic``.
    scopes : dict of str to Scope
        What each key depends on.
    slots : dict of str to str
        By the key of each line that renews a slot: that slot.
    before : dict of str to str
        By slot: the key of its old value, if a line reads it.
    """

    def __init__(self, slots: Sequence[str], make: Maker) -> None:
        self.arithmetic = TapeWriter()
        self.markup: dict[str, str] = {}
        self.values: dict[str, Argument] = {}
        self.shapes: dict[str, Any] = {}
        self.scopes: dict[str, Scope] = {}
        self.slots: dict[str, str] = {}
        self.before: dict[str, str] = {}
        mine = [name for name in slots if name in make(TapeWriter()).slots(0.0)]
        lines: dict[str, Operation] = {}
        for line in _read(make(self.arithmetic), *arguments(self.arithmetic, slots, mine)):
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
        value = argument(name.value)
        while key in taken or repr(self.values.get(key, value)) != repr(value):
            key += "$"
        self.values[key] = value
        self.scopes[key] = max(name.scope, self.scopes.get(key, name.scope))
        return key


def _read(
    optimizer: Optimizer, t: Any, lr: Any, grad: Any, params: Any, slots: Mapping[str, Any]
) -> Iterator[Assignment]:
    """The lines of a step by symbols, of which ``grad`` is what the rule is given."""
    if not optimizer.transforms:
        return read(optimizer, t, lr, grad, params, slots)
    raw = traced(grad.tape, RAW)
    return read(optimizer, t, lr, raw, params, slots, transformed=grad)


class MergedLines:
    """The lines of all variants as one list, whose names may be others in some of them."""

    def __init__(self, variants: Sequence[VariantLines], flags: Sequence[Flag]) -> None:
        self.variants, self.flags = variants, flags
        self.shapes = {op: shape for v in variants for op, shape in v.shapes.items()}
        self.merged = merge([v.lines for v in variants], [()] * len(variants), in_order=True)
        # Each variant's own key, by the name in the list and by the variant.
        self.own: dict[Argument, dict[int, str]] = {}
        for v, variant in enumerate(variants):
            self._follow(v, variant)
        self.keys: dict[Argument, str] = {}
        for name, own in self.own.items():
            key = min(own.values(), key=len)[1:]
            while key in self.keys.values():
                key += "$"
            self.keys[name] = key

    def _follow(self, v: int, variant: VariantLines) -> None:
        """Find a variant's own keys."""
        lines = iter(variant.lines.operations)
        targets = {line.name for line in variant.lines.operations}
        for key in variant.values:
            if key not in targets:
                self.own.setdefault(key, {})[v] = key
        for variants, (name, op, args) in self.merged.steps:
            if variants >> v & 1:
                key = self.own[args[0]][v] if op == "copy" else next(lines).name
                self.own.setdefault(name, {})[v] = key

    def text(self) -> str:
        """A function that returns ``RuleText``."""
        branches = Branches(self.merged, self.flags)
        names = {}
        for name, own in self.own.items():
            markup = {v: self.variants[v].markup.get(key) for v, key in own.items()}
            shown: dict[str, int] = {}
            for v, text in markup.items():
                if text is not None:
                    shown[text] = shown.get(text, 0) | 1 << v
            if shown:
                names[self.keys[name]] = self._chosen(branches, shown)
        lines: list[str] = []
        copies: list[str] = []
        for variants, (name, op, args) in self.merged.steps:
            keys = [self.keys[arg] for arg in args]
            tree = keys[0] if op == "copy" else _filled(self.shapes[op], iter(keys))
            line = f"{_json(self.keys[name])}, {_json(tree)}"
            if variants != self.merged.variants:
                line += f", {branches.condition(variants, self.merged.variants)}"
            (copies if op == "copy" else lines).append(f"[{line}]")
        entries = {"names": object_source(names), "lines": array_source(lines)}
        entries |= {"copies": array_source(copies)}
        entries |= {"settings": _json(self._of_scope(Scope.SETTINGS))}
        entries |= {"shared": _json(self._of_scope(Scope.STEP)), "slots": _json(self._slots())}
        return f"(h, f) => ({object_source(entries)})"

    def _of_scope(self, scope: Scope) -> list[str]:
        """The keys that depend on just so much, in whatever variant."""
        widest = {
            self.keys[name]: max(self.variants[v].scopes[key] for v, key in own.items())
            for name, own in self.own.items()
        }
        return [key for key, found in widest.items() if found is scope]

    def _slots(self) -> dict[str, str]:
        """By the key of a slot's new value: that of its old one, or the slot if none reads that."""
        found = {}
        for v, variant in enumerate(self.variants):
            keys: dict[str, str] = {}
            for name, own in self.own.items():
                if v in own:
                    keys.setdefault(own[v], self.keys[name])  # the first: others are copies
            for target, slot in variant.slots.items():
                found[keys[target]] = keys.get(variant.before.get(slot, ""), slot)
        return found

    def _chosen(self, branches: Branches, texts: Mapping[str, int]) -> str:
        """An expression that chooses one of several texts by the flags."""
        if len(texts) == 1:
            return _json(next(iter(texts)))
        context = reduce(operator.or_, texts.values())
        conditions = {text: branches.condition(some, context) for text, some in texts.items()}
        first = min(conditions, key=lambda text: len(conditions[text]))
        rest = {text: some for text, some in texts.items() if text != first}
        return f"{conditions[first]} ? {_json(first)} : {self._chosen(branches, rest)}"

    def values(self, parameters: Sequence[str]) -> str:
        """A function that returns the values of all keys."""
        recorded = []
        for v, variant in enumerate(self.variants):
            mine = {self.keys[name]: own[v] for name, own in self.own.items() if v in own}
            results = [variant.values[key] for key in mine.values()]
            recorded.append((variant.arithmetic.tape(results), list(mine)))
        places = {key: f"v[{_json(key)}]" for key in self._partly_known()}
        body = Body(stored(recorded, places), self.flags)
        always = {quoted(key): body.result(key) for key in body.results}
        members = [key if key == text else f"{key}: {text}" for key, text in always.items()]
        return function(
            f"({', '.join(parameters)}) =>",
            *["const v = {};"] * bool(places),
            *body.statements(),
            f"return {{ {', '.join([*['...v'] * bool(places), *members])} }};",
        )

    def _partly_known(self) -> Iterator[str]:
        """The keys of values that only some variants compute."""
        for name, own in self.own.items():
            values = {repr(self.variants[v].values[key]) for v, key in own.items()}
            is_given = len(values) == 1 and not any(
                self.variants[v].values[key] in self.variants[v].arithmetic.names()
                for v, key in own.items()
            )
            if len(own) < len(self.variants) and not is_given:
                yield self.keys[name]


def _filled(shape: Any, keys: Iterator[str]) -> Any:
    """An expression with keys in the places of names."""
    if shape is None:
        return next(keys)
    if isinstance(shape, list):
        return [shape[0], *(_filled(part, keys) for part in shape[1:])]
    return shape


def _json(value: Any) -> str:
    """JSON that may stand in a page: no part of it ends a script."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace("</s", "<\\/s")
