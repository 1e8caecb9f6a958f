"""Frames -> file: one module per kind of file, chosen by suffix."""

from __future__ import annotations

from pathlib import Path

from optviz import files
from optviz.clock import Clock
from optviz.export import gif
from optviz.export.film import Film, Progress, Writer
from surfaces.errors import must

__all__ = ["WRITERS", "check", "save"]

WRITERS: dict[str, Writer] = {".gif": gif.write}
_CHECKS = {".gif": gif.check}


def check(path: str | Path, clock: Clock) -> Path:
    """The path, if a film with this clock can be written there; asked before any work is done.

    Raises
    ------
    InputError
        An unknown suffix, a clock that the kind of file cannot keep, or a place not writable.
    """
    target = Path(path)
    if target.suffix.lower() not in WRITERS:
        raise must("output", f"a file named with {', '.join(WRITERS)}", str(path))
    _CHECKS[target.suffix.lower()](clock)
    return files.check_writable(target)


def save(film: Film, path: str | Path, progress: Progress = lambda frames: None) -> Path:
    """Write a film; the file appears whole or not at all."""
    target = check(path, film.clock)
    with files.replacing(target) as stream:
        WRITERS[target.suffix.lower()](film, stream, progress)
    return target
