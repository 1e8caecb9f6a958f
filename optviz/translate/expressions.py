"""What is read in a rule: its lines, as expressions of names and numbers."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any


class Scope(IntEnum):
    """The widest of what a value depends on."""

    SETTINGS = 0  # hyper-parameters alone: the same at every step
    STEP = 1  # also the number of the step, or its rate: the same for all coordinates
    COORDINATE = 2  # also gradient, parameters or slots


@dataclass(frozen=True)
class Name:
    """A name of the rule's at one moment.

    Attributes
    ----------
    text : str
        As in Python; of a hyper-parameter without ``self``.
    primes : int
        How often it was given a new value by now; a slot with any holds that of this step.
    slot : bool
    value : Any
        What it stands for: a number, an array or a symbol; of a condition its outcome.
    scope : Scope
        What that depends on.
    """

    text: str
    primes: int
    slot: bool
    value: Any = field(compare=False, repr=False)
    scope: Scope = field(default=Scope.COORDINATE, compare=False, repr=False)


@dataclass(frozen=True)
class Expression:
    """``+ - * / ^``, ``where`` or a function's name, and its parts; ``-`` of one part negates.

    The first part of ``where`` is a `Name` whose text is the condition; what that reads stands
    behind the two branches.
    """

    name: str
    parts: tuple[Tree, ...]


Tree = float | Name | Expression


@dataclass(frozen=True)
class Assignment:
    """One line of a rule: the name with its new value, and what was computed for it."""

    target: Name
    tree: Tree
