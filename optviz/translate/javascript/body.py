"""Print blocks of statements as the body of a JavaScript function."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from optviz.translate.javascript.branches import Block, Branch, Branches, Choice, Flag
from optviz.translate.javascript.operations import argument
from optviz.translate.javascript.script import called
from optviz.translate.variants import Merged
from surfaces.tape import OPERATORS, Argument, Operation

# How tightly an expression binds: one that binds less than its place needs stands in brackets.
CHOICE, ATOM = 0, 5
BINDS = {"lt": 1, "le": 1, "gt": 1, "ge": 1, "add": 2, "sub": 2, "mul": 3, "neg": 4}


@dataclass(frozen=True)
class _Declaration:
    """``const``, and what follows it: ``name = value``, once or more."""

    constants: list[str]

    def lines(self) -> list[str]:
        return [f"const {', '.join(self.constants)};"]


@dataclass(frozen=True)
class _Assignment:
    """``name = value``."""

    text: str

    def lines(self) -> list[str]:
        return [f"{self.text};"]


@dataclass(frozen=True)
class _If:
    """``if (condition)``, and what is done in either case."""

    condition: str
    yes: list[_Statement]
    no: list[_Statement]

    def lines(self) -> list[str]:
        head = f"if ({self.condition})"
        yes, no = _lines(self.yes), _lines(self.no)
        declares = any(isinstance(statement, _Declaration) for statement in self.yes)
        if len(yes) == 1 and not no and not declares:
            return [f"{head} {yes[0]}"]
        ends = ["} else {", *no, "}"] if no else ["}"]
        return [f"{head} {{", *yes, *ends]


_Statement = _Declaration | _Assignment | _If


def _lines(statements: list[_Statement]) -> list[str]:
    return [line for statement in statements for line in statement.lines()]


class Body:
    """The body of a function that computes all variants, depending on flags.

    Parameters
    ----------
    merged : Merged
        A step whose name is no name, such as ``s[0]``, stores a value there.
    flags : sequence of Flag
        In the order of a variant's bits.
    named : callable
        What a function is called; one that keeps "div" has JavaScript's own division.
    """

    def __init__(
        self, merged: Merged, flags: Sequence[Flag], named: Callable[[str], str] = called
    ) -> None:
        self.named = named
        self.binds = BINDS | ({"div": BINDS["mul"]} if named("div") == "div" else {})
        branches = Branches(merged, flags)
        self.block, self.inside = branches.block, branches.inside
        self.results = merged.results
        blocks: dict[str, set[int]] = {}
        for name, block in self._given(self.block):
            blocks.setdefault(name, set()).add(id(block))
        returned = set(map(str, self.results.values()))
        outside = {name for name in returned if id(self.block) not in blocks.get(name, ())}
        outside.update(self._met_outside(self.block, ()))
        names = [name for name in blocks if name.isidentifier()]
        self.constants = {name for name in names if len(blocks[name]) == 1} - outside
        self.variables = [name for name in names if name not in self.constants]

    def statements(self) -> list[str]:
        """The lines, without what the function returns."""
        declared = [f"let {', '.join(self.variables)};"] if self.variables else []
        return declared + _lines(self._statements(self.block))

    def result(self, label: str) -> str:
        """A result as an expression."""
        return self._text(self.results[label])[0]

    def _statements(self, block: Block) -> list[_Statement]:
        """A block; constants that follow each other are declared together."""
        statements: list[_Statement] = []
        for item in block:
            if isinstance(item, Branch):
                yes, no = self._statements(item.yes), self._statements(item.no)
                statements.append(_If(item.condition, yes, no))
                continue
            text = f"{item.name} = {self._expression(item)[0]}"
            last = statements[-1] if statements else None
            if item.name not in self.constants:
                statements.append(_Assignment(text))
            elif isinstance(last, _Declaration):
                last.constants.append(text)
            else:
                statements.append(_Declaration([text]))
        return statements

    def _text(self, value: Argument) -> tuple[str, int]:
        """A value as an expression, and how tightly that binds."""
        if value in self.inside:
            return self._expression(self.inside[value])
        return argument(value), ATOM

    def _expression(self, item: Operation | Choice) -> tuple[str, int]:
        if isinstance(item, Choice):
            yes, no = self._expression(item.yes)[0], self._expression(item.no)[0]
            return f"{item.condition} ? {yes} : {no}", CHOICE
        op, args = item.op, item.args
        if op == "copy":
            return self._text(args[0])
        if op in self.binds:
            binds = self.binds[op]
            if op == "neg":
                return f"-{self._within(args[0], ATOM)}", binds
            left, right = self._within(args[0], binds), self._within(args[1], binds + 1)
            return f"{left} {OPERATORS[op]} {right}", binds
        texts = (self._text(value)[0] for value in args)
        return f"{self.named(op)}({', '.join(texts)})", ATOM

    def _within(self, value: Argument, least: int) -> str:
        text, binds = self._text(value)
        return text if binds >= least else f"({text})"

    def _given(self, block: Block) -> Iterator[tuple[str, Block]]:
        """The names that a block and those within it give, and where."""
        for item in block:
            if isinstance(item, Branch):
                yield from self._given(item.yes)
                yield from self._given(item.no)
            else:
                yield item.name, block

    def _met_outside(self, block: Block, known: tuple[str, ...]) -> Iterator[str]:
        """The names that are used in a block, and that neither it nor one around it gives."""
        known = (*known, *(i.name for i in block if not isinstance(i, Branch)))
        for item in block:
            if isinstance(item, Branch):
                yield from self._met_outside(item.yes, known)
                yield from self._met_outside(item.no, known)
            else:
                yield from (name for name in self._used(item) if name not in known)

    def _used(self, item: Operation | Choice) -> Iterator[str]:
        if isinstance(item, Choice):
            yield from self._used(item.yes)
            yield from self._used(item.no)
            return
        for value in item.args:
            if value in self.inside:
                yield from self._used(self.inside[value])
            else:
                yield str(value)
