"""The variants of one computation as a single one, in which what they share stands once.

A rule branches on booleans, so each combination of them is a tape of its own. `merge` joins the
tapes two by two: their operations are laid side by side in order (an alignment, as of two texts),
those that are the same become one, and the others are marked with the variants that do them. A
value that is computed here in one variant and there in another gets one name for both.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import count
from typing import Any, NamedTuple

from surfaces.tape import Argument, Operation, Tape

# What an alignment weighs: an operation that is done once for both, and one that copies a value.
SHARED, COPIED = 1.0, 0.6


class Step(NamedTuple):
    """An operation that some variants do; ``copy`` gives a value a second name.

    Attributes
    ----------
    variants : int
        A set of variants: bit v stands for variant v.
    operation : Operation
    """

    variants: int
    operation: Operation


@dataclass(frozen=True)
class Merged:
    """Variants of one computation.

    Attributes
    ----------
    variants : int
        Which there are: bit v stands for variant v.
    steps : tuple of Step
        In an order that is right for each variant. A name may be given by several steps, each for
        other variants.
    results : mapping of str to str or float
        What the computation returns, by label.
    """

    variants: int
    steps: tuple[Step, ...]
    results: Mapping[str, Argument]


def merge(
    tapes: Sequence[Tape], labels: Sequence[Sequence[str]], *, in_order: bool = False
) -> Merged:
    """One computation of 2**n variants.

    Parameters
    ----------
    tapes : sequence of Tape
        Variant v has flag i set where bit i of v is 1.
    labels : sequence of sequence of str
        What the results of each tape are called; results of one label are one result.
    in_order : bool
        Leave the operations of each variant in its own order; else only what each of them needs
        comes before it, and those of the same variants stand side by side.
    """
    names = (f"v{i}" for i in count())
    level = []
    for variant, (tape, known) in enumerate(zip(tapes, labels, strict=True)):
        own = {operation.name: next(names) for operation in tape.operations}
        steps = [Step(1 << variant, _renamed(operation, own)) for operation in tape.operations]
        results = {k: _name(v, own) for k, v in zip(known, tape.results, strict=True)}
        level.append(Merged(1 << variant, tuple(steps), results))
    while len(level) > 1:  # flag by flag
        pairs = zip(level[::2], level[1::2], strict=True)
        level = [_Alignment(first, second, names).merged() for first, second in pairs]
        if not in_order:
            level = list(map(_grouped, level))
    return _numbered(level[0])


def _name(value: Argument, names: Mapping[str, str]) -> Argument:
    return names.get(value, value) if isinstance(value, str) else value


def _renamed(operation: Operation, names: Mapping[str, str]) -> Operation:
    name, op, args = operation
    return Operation(names.get(name, name), op, tuple([_name(arg, names) for arg in args]))


class _Path(NamedTuple):
    """An alignment of the beginnings of both lists, and what it means for names.

    Attributes
    ----------
    score : float
    pairs : tuple
        Which operations are one, the last first: ``(i, j, (the pair before))``.
    renamed : mapping
        By names of the second list: the names of the first that mean the same.
    taken : frozenset
        Names of either list that are no longer free to mean the same as another.
    joins : mapping
        By two values that are one argument though they mean not the same: the name that is given
        to both; empty for a new one.
    """

    score: float = 0.0
    pairs: tuple[Any, ...] = ()
    renamed: Mapping[str, str] = {}
    taken: frozenset[Argument] = frozenset()
    joins: Mapping[tuple[str, str], str] = {}


_score = operator.attrgetter("score")


class _Alignment:
    """The best way to do two computations of different variants as one."""

    def __init__(self, first: Merged, second: Merged, names: Iterator[str]) -> None:
        self.first, self.second, self.names = first, second, names
        self.made = [{s.operation.name for s in merged.steps} for merged in (first, second)]

    def merged(self) -> Merged:
        """Both as one."""
        path = self.best()
        self.renamed, self.joins = path.renamed, path.joins
        self.copied: dict[tuple[str, str], str] = {}
        self.steps: list[Step] = []
        pairs, rest = [(len(self.first.steps), len(self.second.steps))], path.pairs
        while rest:
            *pair, rest = rest
            pairs.append(tuple(pair))
        i = j = 0
        for i_next, j_next in reversed(pairs):
            self.steps += self.first.steps[i:i_next]
            self.steps += [
                Step(variants, _renamed(operation, self.renamed))
                for variants, operation in self.second.steps[j:j_next]
            ]
            i, j = i_next + 1, j_next + 1
            if (i_next, j_next) != pairs[0]:
                self._do_together(self.first.steps[i_next], self.second.steps[j_next])
        results = {k: _name(v, self.renamed) for k, v in self.second.results.items()}
        results |= self.first.results
        for label in self.first.results.keys() & self.second.results.keys():
            results[label] = self._one(self.first.results[label], self.second.results[label])
        both = self.first.variants | self.second.variants
        return Merged(both, tuple(self.steps), results)

    def best(self) -> _Path:
        """The alignment: what begins alike, then the best of the rest."""
        n, m = len(self.first.steps), len(self.second.steps)
        path, begin = _Path(), 0
        while begin < min(n, m):
            a, b = self.first.steps[begin].operation, self.second.steps[begin].operation
            further = self.together(path, a, b) if a.op == b.op else None
            if further is None or further.joins:
                break
            path, begin = further._replace(pairs=(begin, begin, path.pairs)), begin + 1
        path = self._between(path, begin)
        for label in self.first.results.keys() & self.second.results.keys():
            path = self.equated(path, self.first.results[label], self.second.results[label])
        return path

    def _between(self, path: _Path, begin: int) -> _Path:
        """By dynamic programming, as the longest common part of two texts is found."""
        first, second = self.first.steps[begin:], self.second.steps[begin:]
        row = [path] * (len(second) + 1)
        for i, (_, a) in enumerate(first, begin):
            above, row = row, [path]
            for j, (_, b) in enumerate(second):
                better = max(above[j + 1], row[j], key=_score)
                if a.op == b.op and above[j].score + SHARED >= better.score:
                    both = self.together(above[j], a, b)
                    if both is not None and both.score >= better.score:
                        better = both._replace(pairs=(i, begin + j, both.pairs))
                row.append(better)
        return row[-1]

    def together(self, path: _Path, a: Operation, b: Operation) -> _Path | None:
        """The path on which two operations of one kind are one, if they can be."""
        path = path._replace(score=path.score + SHARED)
        for x, y in zip(a.args, b.args, strict=True):
            path = self.equated(path, x, y)
        if path.renamed.get(b.name) == a.name:
            return path
        if path.taken.isdisjoint((a.name, b.name)):
            return self.bound(path, a.name, b.name)
        return None

    def equated(self, path: _Path, x: Argument, y: Argument) -> _Path:
        """The path on which two values are one argument."""
        if isinstance(y, str) and x == path.renamed.get(y, y):
            return path
        # By repr: 0.0 and -0.0 are equal but not the same.
        if repr(x) == repr(y) or (repr(x), repr(y)) in path.joins:
            return path
        free = [
            str(value)
            for value, made in zip((x, y), self.made, strict=True)
            if value in made and value not in path.taken
        ]
        if len(free) == 2:
            return self.bound(path, *free)
        return path._replace(
            score=path.score - COPIED * (2 - len(free)),
            taken=path.taken.union(free),
            joins={**path.joins, (repr(x), repr(y)): "".join(free)},
        )

    @staticmethod
    def bound(path: _Path, x: str, y: str) -> _Path:
        """The path on which two names mean the same."""
        return path._replace(renamed={**path.renamed, y: x}, taken=path.taken.union((x, y)))

    def _do_together(self, a: Step, b: Step) -> None:
        """Write one operation for both."""
        args = tuple(map(self._one, a.operation.args, b.operation.args))
        operation = Operation(a.operation.name, a.operation.op, args)
        self.steps.append(Step(a.variants | b.variants, operation))

    def _one(self, x: Argument, y: Argument) -> Argument:
        """The value that is both; copies are written where it is asked for first."""
        key = repr(x), repr(y)
        if key not in self.joins:
            return x
        if key not in self.copied:
            name = self.copied[key] = self.joins[key] or next(self.names)
            for value, merged in ((x, self.first), (y, self.second)):
                if value != name:
                    known = (s.variants for s in merged.steps if s.operation.name == value)
                    variants = _union(known) or merged.variants
                    copy = Operation(name, "copy", (_name(value, self.renamed),))
                    self.steps.append(Step(variants, copy))
        return self.copied[key]


def _grouped(merged: Merged) -> Merged:
    """The same operations as one step, and steps of the same variants side by side.

    As far as what each needs allows; the order is the steps' own otherwise.
    """
    same: dict[Any, list[int]] = {}
    for i, step in enumerate(merged.steps):
        same.setdefault(repr(step.operation), []).append(i)
    needs = _needs(merged.steps)
    for groups in (list(same.values()), [[i] for i in range(len(merged.steps))]):
        order = _order(merged, groups, needs)
        if order is not None:
            return replace(merged, steps=tuple(order))
    raise AssertionError("steps stand in an order that is right for each variant")


def _needs(steps: Sequence[Step]) -> list[set[int]]:
    """The steps that give what a step reads."""
    makers: dict[Argument, list[int]] = {}
    needs = []
    for i, (_, operation) in enumerate(steps):
        needs.append({k for arg in operation.args for k in makers.get(arg, ())})
        makers.setdefault(operation.name, []).append(i)
    return needs


def _order(merged: Merged, groups: list[list[int]], needs: Sequence[set[int]]) -> list[Step] | None:
    """The steps of each group as one, in order; None if they need each other."""
    done: set[int] = set()
    order: list[Step] = []
    last = merged.variants
    waiting = [
        (group, Step(_union(merged.steps[i].variants for i in group), merged.steps[group[0]][1]))
        for group in groups
    ]
    while waiting:
        ready = [w for w in waiting if all(needs[i] <= done for i in w[0])]
        if not ready:
            return None
        alike = [w for w in ready if w[1].variants == last]
        other = [w for w in ready if not w[1].variants & last]
        chosen = (alike or other or ready)[0]
        waiting.remove(chosen)
        done.update(chosen[0])
        order.append(chosen[1])
        last = chosen[1].variants
    return order


def _union(sets: Iterable[int]) -> int:
    return reduce(operator.or_, sets, 0)


def _numbered(merged: Merged) -> Merged:
    """Results of operations by the names ``t0``, ``t1``, ... in their order."""
    names: dict[str, str] = {}
    for _, operation in merged.steps:
        names.setdefault(operation.name, f"t{len(names)}")
    steps = tuple(
        Step(variants, _renamed(operation, names)) for variants, operation in merged.steps
    )
    return Merged(merged.variants, steps, {k: _name(v, names) for k, v in merged.results.items()})
