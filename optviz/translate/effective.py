"""The lines of a rule that do something with these settings; neutral operations are left out.

Settings make an operation neutral: dampening 0, a momentum of 0, no decay of the rate. What adds 0,
multiplies by 1, divides by 1 or raises to the power 1 is left out, 0 times anything is 0, and of
constants the larger one is known. A line of which a name, 0 or 1 is left is not shown, and later
lines say what it stood for; nor is a line that nothing reads. Numbers that only happen to be 0 or 1
at a step, as a gradient may be, count as any other.
optviz/explorer/js/formula/effective.js does the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace

from optviz.optimizers.hyper import are_numbers
from optviz.translate.expressions import Assignment, Expression, Name, Scope, Tree


def effective(lines: Iterable[Assignment]) -> list[Assignment]:
    """The lines of one step that do something, in their order and with neutral parts left out."""
    lines = list(lines)
    needed, last = _lasting(lines), _last_of_slots(lines)
    reducer = _Reducer(Scope.STEP)
    left: list[Assignment] = []
    for line in lines:
        target, tree = line.target, reducer.reduce(line.tree)
        known = _is_known(tree)
        if target is lines[-1].target:
            known = tree == target  # the step is said even where it is a name, or 0
        elif known and target.slot and target is last[target.text]:
            # What a slot keeps is said if a later step reads it.
            before = Name(target.text, 0, True, None)
            known = tree == before or before not in needed
        if known:
            reducer.known[target] = tree
        else:
            left.append(Assignment(target, tree))
    return _renumbered(lines, _read(left, lines[-1].target, needed, last))


def lasting(lines: Iterable[Assignment]) -> set[str]:
    """The slots on whose old values a step depends with these settings."""
    return {name.text for name in _lasting(list(lines)) if name.slot and not name.primes}


def _lasting(lines: list[Assignment]) -> set[Name]:
    """What the step depends on, or a later one by way of the slots, with these settings."""
    reducer = _Reducer(Scope.SETTINGS)
    reads: list[tuple[Name, set[Name]]] = []
    for line in lines:
        tree = reducer.reduce(line.tree)
        if _is_known(tree) and not line.target.slot:
            reducer.known[line.target] = tree
        reads.append((line.target, set(_names(tree))))
    last, needed = _last_of_slots(lines), {lines[-1].target}
    while True:
        size = len(needed)
        for target, names in reversed(reads):
            if target in needed:
                needed |= names
        needed |= {last[n.text] for n in needed if n.slot and not n.primes and n.text in last}
        if len(needed) == size:
            return needed


def _last_of_slots(lines: Iterable[Assignment]) -> dict[str, Name]:
    """What each slot keeps for the next step."""
    return {line.target.text: line.target for line in lines if line.target.slot}


def _read(
    lines: list[Assignment], step: Name, lasting: set[Name], last: dict[str, Name]
) -> list[Assignment]:
    """The lines that the step or a later one reads."""
    needed = {step} | {name for name in last.values() if name in lasting}
    kept = []
    for line in reversed(lines):
        if line.target in needed:
            needed |= set(_names(line.tree))
            kept.append(line)
    return kept[::-1]


def _renumbered(lines: list[Assignment], kept: list[Assignment]) -> list[Assignment]:
    """Lines with as many primes as a name has values that are shown."""
    free: dict[str, list[int]] = {}
    for line in lines:
        primes = free.setdefault(line.target.text, [])
        if line.target.primes not in primes:  # a step that a rule has called so is said twice
            primes.append(line.target.primes)
    names: dict[Name, Name] = {}
    found = []
    for line in kept:
        target = replace(line.target, primes=free[line.target.text].pop(0))
        found.append(Assignment(target, _renamed(line.tree, names)))
        names[line.target] = target
    return found


def _renamed(tree: Tree, names: dict[Name, Name]) -> Tree:
    if isinstance(tree, Name):
        return names.get(tree, tree)
    if isinstance(tree, Expression):
        return Expression(tree.name, tuple(_renamed(part, names) for part in tree.parts))
    return tree


def _names(tree: Tree) -> Iterator[Name]:
    if isinstance(tree, Name):
        yield tree
    elif isinstance(tree, Expression):
        for part in tree.parts:
            yield from _names(part)


def _is_known(tree: Tree) -> bool:
    """Whether later lines may say what a line gives: a name, 0 or 1."""
    return isinstance(tree, Name) or tree in (0, 1)


class _Reducer:
    """Leaves neutral operations out; conditions are decided that depend on no more than a scope.

    Attributes
    ----------
    known : dict
        What names stand for that are no longer shown.
    """

    def __init__(self, decided: Scope) -> None:
        self.decided = decided
        self.known: dict[Name, Tree] = {}

    def reduce(self, tree: Tree) -> Tree:
        if isinstance(tree, Name):
            return self.known.get(tree, tree)
        if not isinstance(tree, Expression):
            return tree
        if tree.name == "where":
            return self.choice(*tree.parts)
        parts = tuple(map(self.reduce, tree.parts))
        reduced = Expression(tree.name, parts)
        constant = _value(reduced, Scope.SETTINGS)
        if constant in (0, 1):
            return int(constant)
        if tree.name in ("maximum", "minimum"):
            return self.chosen(reduced)
        if tree.name == "^" and _value(parts[0], Scope.SETTINGS) == 0:
            exponent = _value(parts[1], Scope.STEP)
            return reduced if exponent is None or exponent <= 0 else 0
        return _without_neutral(reduced, [_value(part, Scope.SETTINGS) for part in parts])

    def choice(self, condition: Tree, a: Tree, b: Tree, *reads: Tree) -> Tree:
        """The branch that is taken, if that is known, or if both are the same."""
        assert isinstance(condition, Name)
        if condition.scope <= self.decided:
            return self.reduce(a if condition.value else b)
        a, b = self.reduce(a), self.reduce(b)
        return a if a == b else Expression("where", (condition, a, b, *map(self.reduce, reads)))

    def chosen(self, tree: Expression) -> Tree:
        """The larger or smaller of two, if both are known."""
        a, b = tree.parts
        first, second = (_value(part, self.decided) for part in (a, b))
        if first is None or second is None:
            return tree
        return a if (first >= second) == (tree.name == "maximum") else b


def _without_neutral(tree: Expression, constants: list[float | None]) -> Tree:
    """An operation whose parts have these values, None for those that the settings do not give."""
    match tree.name, tree.parts, constants:
        case "*" | "/", _, (0, _):
            return 0
        case "*", _, (_, 0):
            return 0
        case ("+", (_, b), (0, _)) | ("*", (_, b), (1, _)):
            return b
        case "-", (_, b), (0, _):
            return Expression("-", (b,))
        case ("+" | "-", (a, _), (_, 0)) | ("*" | "/" | "^", (a, _), (_, 1)):
            return a
        case "^", _, (_, 0):
            return 1
        case "sqrt" | "abs", _, (0 | 1 as constant,):
            return int(constant)
    return tree


def _value(tree: Tree, scope: Scope) -> float | None:
    """The value of what depends on no more than a scope and is made with + - * / ^; else None."""
    if isinstance(tree, Name):
        known = tree.scope <= scope and are_numbers(tree.value)
        return float(tree.value) if known else None
    if not isinstance(tree, Expression):
        return float(tree)
    parts = [_value(part, scope) for part in tree.parts]
    if any(part is None for part in parts):
        return None
    try:
        value = _computed(tree.name, parts)
    except ArithmeticError:
        return None
    return value if value is None or math.isfinite(value) else None


def _computed(operation: str, parts: list[float | None]) -> float | None:
    """The result of one of the operations + - * / ^ on numbers; None for any other."""
    match operation, parts:
        case "-", (float(a),):
            return -a
        case "+", (float(a), float(b)):
            return a + b
        case "-", (float(a), float(b)):
            return a - b
        case "*", (float(a), float(b)):
            return a * b
        case "/", (float(a), float(b)):
            return a / b
        case "^", (float(a), float(b)) if a >= 0:  # else it may be complex
            return float(a**b)
    return None
