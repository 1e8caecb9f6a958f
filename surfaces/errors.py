"""Errors about invalid input: the exception classes, and functions that build their messages."""

from __future__ import annotations

import difflib
import re
import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

ONE_LINE = 160  # characters of names; more are listed elsewhere
OF_FUNCTION = "surfaces.from_function makes one of a function"  # where that is given in its place
OURS = ("surfaces", "optviz")
LONGEST = 200  # characters of someone else's message
ALIKE = 0.6  # of difflib's ratio: washbord is washboard, schwefel is not sphere


class InputError(ValueError):
    """A value given by the user is not allowed; the message is one line that says what is."""


class FormulaError(InputError):
    """A text is not a formula: the message names the column where reading stopped."""


def must(name: str, allowed: str, given: object) -> InputError:
    """An error whose message has the form of all: ``name must be allowed; not given``."""
    return InputError(f"{name} must be {allowed}; not {shown(given)}")


def warn(message: str) -> None:
    """A `UserWarning` that points to the user's line, the nearest one outside our packages."""
    level, frame = 1, sys._getframe()
    while frame.f_back and frame.f_globals["__name__"].partition(".")[0] in OURS:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, UserWarning, stacklevel=level)


def unknown(
    kind: str,
    given: object,
    valid: Iterable[str],
    where: str = "",
    meant: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> InputError:
    """An error about an unknown name: lists the names, if they are few, and says the nearest.

    Parameters
    ----------
    kind : str
        What the names are names of.
    given : object
    valid : iterable of str
    where : str, optional
        What lists the names, where they are too many for one line.
    meant : mapping of str to sequence of str, optional
        Names that others use, and ours for the same.
    """
    names = list(valid)
    near = [repr(name) for name in _meant(str(given), names, meant)]
    hint = f" (did you mean {' or '.join(near)}?)" if near else ""
    allowed = "one of " + ", ".join(names)
    if where and len(allowed) > ONE_LINE:
        allowed = "a known name" if near else f"one of the {len(names)} that {where} shows"
    return InputError(f"{kind} must be {allowed}; not {shown(given)}{hint}")


def _meant(given: str, names: list[str], meant: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Names that may be meant: by ``meant``; by spelling; by the first part of a longer tag, such
    as zh-CN; or by one of a name's words.
    """
    typed = given.strip().lower()
    if typed in meant:
        return meant[typed]
    alike = nearest(typed, names, ALIKE)
    head = re.split("[-_]", typed)[0]
    return [alike] if alike else [n for n in names if n == head or typed in n.lower().split()]


def nearest(given: str, valid: Iterable[str], alike: float = 0.5) -> str | None:
    """The valid name most similar to a misspelt one, or None if none is ``alike`` (0 to 1)."""
    close = difflib.get_close_matches(given, list(valid), n=1, cutoff=alike)
    return close[0] if close else None


def reason_of(error: BaseException) -> str:
    """What an exception of someone else's says, on one line of bearable length."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:LONGEST]


def shown(given: object, limit: int = 60) -> str:
    """``repr`` on one line, shortened in the middle so that a hostile text stays readable."""
    text = repr(given)
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[: limit // 2]} ... {text[-limit // 4 :]}"
