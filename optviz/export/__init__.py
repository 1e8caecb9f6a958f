"""Frames -> file: one module per kind of file, chosen by suffix."""

from __future__ import annotations

from pathlib import Path

from optviz import files
from optviz.clock import Clock
from optviz.export import apng, gif, pillow, shrink, vector, video
from optviz.export.film import Film, Progress, Writer
from surfaces.errors import must

__all__ = ["WRITERS", "check", "check_shrinkable", "save", "save_within"]

WRITERS: dict[str, Writer] = {
    ".gif": gif.write,
    ".webp": pillow.write_webp,
    ".apng": apng.write,
    ".png": pillow.write_png,
    ".pdf": vector.write_pdf,
    ".svg": vector.write_svg,
    ".mp4": video.write_mp4,
    ".webm": video.write_webm,
}
_CHECKS = {".gif": gif.check, ".mp4": video.check, ".webm": video.check}


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
    refuse = _CHECKS.get(target.suffix.lower())
    if refuse is not None:
        refuse(clock)
    return files.check_writable(target)


def check_shrinkable(path: str | Path) -> None:
    """Only a GIF can be made to fit a size."""
    if Path(path).suffix.lower() != ".gif":
        raise must("output", "a .gif where a largest size is given", str(path))


def save(film: Film, path: str | Path, progress: Progress = lambda frames: None) -> Path:
    """Write a film; the file appears whole or not at all."""
    target = check(path, film.clock)
    with files.replacing(target) as stream:
        WRITERS[target.suffix.lower()](film, stream, progress)
    return target


def save_within(
    film: shrink.Shrinkable, path: str | Path, limit: int, progress: Progress = lambda frames: None
) -> str:
    """Write a GIF of at most ``limit`` bytes; returns what had to be lowered for it."""
    check_shrinkable(path)
    with files.replacing(check(path, film.clock)) as stream:
        return shrink.write(film, stream, progress, limit)
