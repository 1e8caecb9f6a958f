"""What is said when an input is wrong: one class, one sentence, one place."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class InputError(ValueError):
    """A value given by the user is not allowed; the message is one line that says what is."""


class FormulaError(InputError):
    """A formula is not one: the message names the column where reading stopped."""


def must(name: str, allowed: str, given: object) -> InputError:
    """Build the one sentence of the project: ``name must be allowed; not given``."""
    return InputError(f"{name} must be {allowed}; not {shown(given)}")


def unknown(kind: str, given: object, valid: Iterable[str]) -> InputError:
    """Build the sentence for a name that is in no list, naming the nearest that is."""
    names = list(valid)
    close = nearest(str(given).lower(), names)
    hint = f" (did you mean {close!r}?)" if close else ""
    return (
        must(kind, "one of " + ", ".join(names), given)
        if not hint
        else InputError(f"{kind} must be a known name; not {shown(given)}{hint}")
    )


def nearest(given: str, valid: Iterable[str]) -> str | None:
    """The valid name that a misspelt one is most like, or None."""
    close = difflib.get_close_matches(given, list(valid), n=1, cutoff=0.5)
    return close[0] if close else None


def shown(given: object, limit: int = 60) -> str:
    """``repr`` on one line, shortened in the middle so that a hostile text stays readable."""
    text = repr(given)
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[: limit // 2]} ... {text[-limit // 4 :]}"
