"""Warnings about valid input that has little or no effect: one line each in a terminal."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


class Caution(UserWarning):
    """A setting has less effect than it seems to have, or another one."""


def caution(text: str) -> None:
    """Issue a `Caution`, shown at the line that called the caller."""
    warnings.warn(text, Caution, stacklevel=3)


@contextmanager
def as_lines(write: Callable[[str], Any]) -> Iterator[None]:
    """Pass each caution to ``write`` as one line; other warnings are shown as usual."""
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
