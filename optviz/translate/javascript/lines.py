"""The lines of an optimizer's rule as JavaScript: their expressions, and functions for values."""

from __future__ import annotations

import json
import operator
from collections.abc import Iterator, Mapping, Sequence
from functools import partial, reduce
from typing import Any

from optviz.optimizers import Optimizer
from optviz.translate.expressions import Scope
from optviz.translate.javascript import whole
from optviz.translate.javascript.body import Body
from optviz.translate.javascript.branches import Branches, Flag
from optviz.translate.javascript.recordings import (
    before,
    each_variant,
    flags_of,
    slots_of,
    stored,
)
from optviz.translate.javascript.rules import WHOLE, check_optimizer, seen_by
from optviz.translate.javascript.script import array_source, function, object_source, quoted
from optviz.translate.javascript.variant_lines import (
    PART,
    RAW,
    VariantLines,
    by_coordinate,
    by_point,
)
from optviz.translate.merging import merge
from surfaces.tape import Argument


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
    flags = flags_of(kind)
    if kind.elementwise:
        slots = slots_of(kind)
        record = partial(by_coordinate, slots)
        olds = list(map(before, range(len(slots))))
        raw = [RAW, *seen_by(kind)] if kind.transforms or seen_by(kind) else []
        given = ["h", "f", "t", "lr", "g", "p", f"[{', '.join(olds)}]", *raw]
    else:
        layout = whole.layout_of(kind)
        record = partial(by_point, layout)
        olds = [name for slot in layout.places for name in layout.names(slot)]
        given = [*WHOLE[:-1], f"[{', '.join(olds)}]", *seen_by(kind)]
    lines = MergedLines(each_variant(kind, lambda make: VariantLines(*record(make))), flags)
    return object_source({"text": lines.text(), "values": lines.values(given)})


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
            mine = {
                self.keys[name] + PART * i: number
                for name, own in self.own.items()
                if v in own
                for i, number in enumerate(variant.values[own[v]])
            }
            recorded.append((variant.arithmetic.tape(mine.values()), list(mine)))
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
            numbers = {n: v for v, key in own.items() for n in self.variants[v].values[key]}
            is_given = len(values) == 1 and not any(
                number in self.variants[v].arithmetic.names() for number, v in numbers.items()
            )
            if len(own) < len(self.variants) and not is_given:
                count = max(len(self.variants[v].values[key]) for v, key in own.items())
                yield from (self.keys[name] + PART * i for i in range(count))


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
