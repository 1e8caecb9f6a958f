"""Notes about input that is allowed: a warning in Python, a line in a terminal."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Caution(UserWarning):
    """Something that was asked for does less than it seems, or is not what it seems."""


def caution(text: str) -> None:
    """Warn the caller's caller."""
    warnings.warn(text, Caution, stacklevel=3)


@contextmanager
def as_lines(write: Callable[[str], Any]) -> Iterator[None]:
    """Hand every caution to ``write`` as one line instead; other warnings stay what they are."""
    with warnings.catch_warnings():
        warnings.simplefilter("always", Caution)
        other = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
            if issubclass(category, Caution):
                write(f"note: {message}")
            else:
                other(message, category, *place, **more)

        warnings.showwarning = show
        yield
