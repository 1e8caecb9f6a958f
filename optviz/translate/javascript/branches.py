"""Turn the variants of a computation into blocks of statements that branch on flags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from optviz.translate.variants import Merged, Step
from surfaces.tape import Argument, Operation


class Flag(NamedTuple):
    """The JavaScript conditions for a flag that is set, and for one that is not."""

    set: str
    unset: str


@dataclass(frozen=True)
class Choice:
    """``name = condition ? yes : no``."""

    name: str
    condition: str
    yes: Operation | Choice
    no: Operation | Choice


@dataclass(frozen=True)
class Branch:
    """``if (condition) { yes } else { no }``."""

    condition: str
    yes: Block
    no: Block


Block = list[Operation | Choice | Branch]


class Branches:
    """The steps of all variants as one block.

    Parameters
    ----------
    merged : Merged
    flags : sequence of Flag
        In the order of a variant's bits.

    Attributes
    ----------
    block : list of Operation, Choice and Branch
    inside : mapping of str to Operation or Choice
        The values that are used once: they may stand where they are used, as operations and
        operands are the same, and so are the bits.
    """

    def __init__(self, merged: Merged, flags: Sequence[Flag]) -> None:
        self.flags = flags
        variants = range(2 ** len(flags))
        self.having = [sum(1 << v for v in variants if v >> i & 1) for i in range(len(flags))]
        self.made = Counter(step.operation.name for step in merged.steps)
        self.used = Counter(arg for step in merged.steps for arg in step.operation.args)
        self.used.update(merged.results.values())
        self.inside: dict[Argument, Operation | Choice] = {}
        self.block = self._block(list(merged.steps), merged.variants)

    def _block(self, steps: list[Step], context: int) -> Block:
        """The block of these steps, for the variants ``context`` that reach it."""
        block: Block = []
        while steps:
            if steps[0].variants & context == context:
                self._add(block, steps.pop(0).operation)
                continue
            variants, count = self._fork(steps, context)
            run, steps = steps[:count], steps[count:]
            yes, no = (
                self._block([step for step in run if step.variants & some], some)
                for some in (variants, context & ~variants)
            )
            if not yes:
                variants, yes, no = context & ~variants, no, yes
            self._add(block, *self._joined(self.condition(variants, context), yes, no))
        return block

    def _add(self, block: Block, *items: Operation | Choice | Branch) -> None:
        """Append items to a block, or put them into the branch that alone uses them."""
        for item in items:
            if (
                not isinstance(item, Branch)
                and self.used[item.name] == 1
                and self.made[item.name] == _count(item)
            ):
                self.inside[item.name] = item
            else:
                block.append(item)

    def _fork(self, steps: Sequence[Step], context: int) -> tuple[int, int]:
        """The variants that take the first branch at this point, and for how many steps."""
        found = []
        for candidate in {step.variants & context for step in steps} - {context}:
            count = 0
            while count < len(steps):
                mine = steps[count].variants & context
                if mine & candidate and mine & ~candidate:
                    break
                count += 1
            for variants in (candidate, context & ~candidate):
                found.append((-count, len(self.condition(variants, context)), variants))
        count, _, variants = min(found)
        return variants, -count

    @staticmethod
    def _joined(condition: str, yes: Block, no: Block) -> Block:
        """Two branches as one statement: a choice if both only give the same name a value."""
        match yes, no:
            case [Operation() | Choice() as a], [Operation() | Choice() as b] if a.name == b.name:
                return [Choice(a.name, condition, a, b)]
            case [], []:
                return []
        return [Branch(condition, yes, no)]

    def condition(self, variants: int, context: int) -> str:
        """An expression that is true for exactly these of the variants ``context``."""
        if variants in (0, context):
            return "true" if variants else "false"
        alike = self._literals(variants, context)
        if alike is not None:
            return " && ".join(self.flags[i].set if on else self.flags[i].unset for i, on in alike)
        others = self._literals(context & ~variants, context)
        if others is not None:
            return " || ".join(self.flags[i].unset if on else self.flags[i].set for i, on in others)
        i = next(i for i, some in enumerate(self.having) if context & some not in (0, context))
        some = self.having[i]
        yes, no = (self.condition(variants & s, context & s) for s in (some, ~some))
        return f"({self.flags[i].set} ? {yes} : {no})"

    def _literals(self, variants: int, context: int) -> list[tuple[int, bool]] | None:
        """A conjunction of flags that holds for exactly these of the variants, if there is one."""
        found = []
        for i, some in enumerate(self.having):
            for on, kept in ((True, some), (False, ~some)):
                if context & ~kept and not variants & ~kept:
                    found.append((i, on))
                    context &= kept
        return found if context == variants else None


def _count(item: Operation | Choice) -> int:
    """How many assignments to its name an item holds."""
    if isinstance(item, Choice):
        return _count(item.yes) + _count(item.no)
    return 1
