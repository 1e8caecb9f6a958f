"""Align the operations of two variants of a computation, as a diff aligns two texts.

Operations that are the same become one, and the others are marked with the variants that do them.
A value that is computed here in one variant and there in another gets one name for both.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from optviz.translate.variants import Merged, Step, renamed, renamed_operation, union
from surfaces.tape import Argument, Operation

# What an alignment weighs: an operation that is done once for both, and one that copies a value.
SHARED, COPIED = 1.0, 0.6


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


class Alignment:
    """The best way to do two computations of different variants as one."""

    def __init__(self, first: Merged, second: Merged, names: Iterator[str]) -> None:
        self.first, self.second, self.names = first, second, names
        self.made = [{s.operation.name for s in merged.steps} for merged in (first, second)]
        self.common = [label for label in first.results if label in second.results]

    def merged(self) -> Merged:
        """The two computations merged into one."""
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
                Step(variants, renamed_operation(operation, self.renamed))
                for variants, operation in self.second.steps[j:j_next]
            ]
            i, j = i_next + 1, j_next + 1
            if (i_next, j_next) != pairs[0]:
                self._do_together(self.first.steps[i_next], self.second.steps[j_next])
        results = {k: renamed(v, self.renamed) for k, v in self.second.results.items()}
        results |= self.first.results
        for label in self.common:
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
        for label in self.common:
            path = self.equated(path, self.first.results[label], self.second.results[label])
        return path

    def _between(self, path: _Path, begin: int) -> _Path:
        """Align the middle parts by dynamic programming, as for a longest common subsequence."""
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
        known = path.renamed.get(b.name) == a.name
        if not known and not path.taken.isdisjoint((a.name, b.name)):
            return None
        path = path._replace(score=path.score + SHARED)
        for x, y in zip(a.args, b.args, strict=True):
            path = self.equated(path, x, y)
        if known or path.renamed.get(b.name) == a.name:
            return path
        if path.taken.isdisjoint((a.name, b.name)):
            return self.bound(path, a.name, b.name)
        return None

    def equated(self, path: _Path, x: Argument, y: Argument) -> _Path:
        """The path on which two values are one argument."""
        if isinstance(y, str):
            if x == path.renamed.get(y, y):
                return path
        elif repr(x) == repr(y):  # 0.0 and -0.0 are equal but not the same
            return path
        free = [
            str(value)
            for value, made in zip((x, y), self.made, strict=True)
            if value in made and value not in path.taken
        ]
        if len(free) == 2:
            return self.bound(path, *free)
        key = repr(x), repr(y)
        if key in path.joins:
            return path
        return path._replace(
            score=path.score - COPIED * (2 - len(free)),
            taken=path.taken.union(free),
            joins={**path.joins, key: "".join(free)},
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
        """One name for two values; copies to that name are written at its first use."""
        key = repr(x), repr(y)
        if key not in self.joins:
            return x
        if key not in self.copied:
            name = self.copied[key] = self.joins[key] or next(self.names)
            for value, merged in ((x, self.first), (y, self.second)):
                if value != name:
                    known = (s.variants for s in merged.steps if s.operation.name == value)
                    variants = union(known) or merged.variants
                    copy = Operation(name, "copy", (renamed(value, self.renamed),))
                    self.steps.append(Step(variants, copy))
        return self.copied[key]
