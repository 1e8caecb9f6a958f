"""The declaration of a setting of training: its valid values, help text and name in pictures.

Nothing heavy is imported until a value is checked: the command line reads these declarations to
print its help.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Protocol

from optviz.words import check_word

LARGEST = 2**31 - 1


def errors() -> Any:
    """`surfaces.errors`; loaded where a value is wrong, as it brings NumPy with it."""
    from surfaces import errors

    return errors


class Kind(Protocol):
    """The values that a setting may have."""

    def check(self, name: str, value: Any) -> Any:
        """The value as it is kept, or an `InputError` about ``name``."""


@dataclass(frozen=True)
class Text:
    """A name; an unknown one is refused later, where it is looked up."""

    def check(self, name: str, value: Any) -> str:
        """The value as text."""
        return str(value)


@dataclass(frozen=True)
class Whole:
    """A whole number from ``low`` up; None too if it is optional.

    ``none`` is what a user types for None, where that can be typed; ``noun`` what the number is.
    """

    low: int
    optional: bool = False
    none: str = ""
    noun: str = "whole number"

    def check(self, name: str, value: Any) -> int | None:
        """The number, of any library, as Python's."""
        from optviz.optimizers.hyper import plain_number

        number = plain_number(value)
        if value is None and self.optional:
            return None
        if not isinstance(number, int) or not self.low <= number <= LARGEST:
            raise errors().must(name, f"a whole number from {self.low} to {LARGEST}", value)
        return number


@dataclass(frozen=True)
class Number:
    """A number in an interval, written as in mathematics: ``"[0, 1)"``."""

    allowed: str

    def check(self, name: str, value: Any) -> float:
        """The number, of any library, as Python's."""
        from optviz.optimizers.hyper import Hyper, plain_number

        number = plain_number(value)
        if number is None:
            raise errors().must(name, f"a number in {self.allowed}", value)
        kept: float = Hyper(0.0, 1.0, False, self.allowed).check(name, number)
        return kept


@dataclass(frozen=True)
class Layers:
    """Sizes of layers, from the first to the last."""

    most: int = 65_536

    def check(self, name: str, value: Any) -> tuple[int, ...]:
        """The sizes as a tuple."""
        known = isinstance(value, (tuple, list))
        if not known or not all(type(n) is int and 1 <= n <= self.most for n in value):
            raise errors().must(
                name, f"layer sizes from 1 to {self.most}, such as (128, 64)", value
            )
        return tuple(value)


LAYERS = Layers()
DROPOUT = Number("[0, 1)")


@dataclass(frozen=True)
class About:
    """The declaration of one setting.

    Attributes
    ----------
    kind : Kind
    default : object
    metavar, help : str
        For the command line.
    word : str or None
        Key in `optviz.words` of how pictures say a value; None: the value speaks for itself.
    word_for_none : str or None
        Key of how pictures say None, where that is more than "none".
    compared : bool
        Whether `compare` takes several values of it.
    models : tuple of str
        The networks that it acts on; empty for all.
    added_later : bool
        Run folders may be older than this setting; they then had its default.
    """

    kind: Kind
    default: Any
    metavar: str
    help: str
    word: str | None
    word_for_none: str | None
    compared: bool
    models: tuple[str, ...]
    added_later: bool


def setting(
    default: Any,
    kind: Kind,
    *,
    metavar: str,
    help: str = "",
    word: str | None = None,
    word_for_none: str | None = None,
    compared: bool = True,
    models: tuple[str, ...] = (),
    added_later: bool = False,
) -> Any:
    """A dataclass field for a setting of training; see `About`."""
    for key in filter(None, (word, word_for_none)):
        check_word(key)  # now, not when a picture is drawn after an hour of training
    about = About(kind, default, metavar, help, word, word_for_none, compared, models, added_later)
    return dataclasses.field(default=default, metadata={"about": about})


def declared(config: Any) -> dict[str, About]:
    """The declaration of each setting of a dataclass or its instance, in their order."""
    return {field.name: field.metadata["about"] for field in dataclasses.fields(config)}


def as_typed(value: Any) -> Any:
    """A setting as written in a table: layers as on the command line, nothing for None."""
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    return "" if value is None else value
