"""Write frames to a file: one module for each kind of file, chosen by the suffix."""

from __future__ import annotations

import base64
import html
import io
from pathlib import Path
from typing import IO

from optviz import files
from optviz.export import apng, gif, pillow, shrink, vector, video
from optviz.export.clock import Clock
from optviz.export.protocol import Film, Progress, Writer
from surfaces.errors import must
from surfaces.registry import Registry

__all__ = ["WRITERS", "check", "notebook", "png", "save", "save_within"]

WRITERS: Registry[Writer] = Registry("file format", {
    ".gif": gif.write,
    ".webp": pillow.write_webp,
    ".apng": apng.write,
    ".png": pillow.write_png,
    ".pdf": vector.write_pdf,
    ".svg": vector.write_svg,
    ".mp4": video.write_mp4,
    ".webm": video.write_webm,
})  # fmt: skip
STILLS = (".png", ".pdf", ".svg")
_CHECKS = {".gif": gif.check, ".mp4": video.check, ".webm": video.check}


Target = str | Path | IO[bytes]


def check(
    target: Target,
    clock: Clock,
    max_size: str | int | None = None,
    *,
    still: bool = False,
    format: str | None = None,
) -> str:
    """The suffix of the file, if such a film can be written there; checked before any work is done.

    Raises
    ------
    InputError
        An unknown suffix or format, a film's where a still is to be written, a clock that the kind
        of file cannot keep, a largest size that is no size or for another kind than GIF, or a path
        that cannot be written.
    """
    suffix = files.check_target(target, STILLS if still else WRITERS, format)
    if suffix in _CHECKS:
        _CHECKS[suffix](clock)
    if max_size is not None:
        if suffix != ".gif":
            raise must("output", "a .gif where a largest size is given", str(target))
        shrink.parse_bytes(max_size)
    return suffix


def png(film: Film) -> bytes:
    """The last frame as a PNG file's bytes."""
    stream = io.BytesIO()
    pillow.write_png(film, stream, lambda frames: None)
    return stream.getvalue()


def notebook(film: Film, gif: bytes | None = None) -> dict[str, str]:
    """A picture as a notebook shows and keeps it, with its alternative text.

    HTML has the GIF, or the last frame where there is none. That frame is also there by itself, for
    what holds no HTML (LaTeX, and by it PDF).
    """
    frame = base64.b64encode(png(film)).decode()
    kind, data = ("png", frame) if gif is None else ("gif", base64.b64encode(gif).decode())
    picture = f'<img alt="{html.escape(film.alt)}" src="data:image/{kind};base64,{data}">'
    return {"text/html": picture, "image/png": frame, "text/plain": film.alt}


def save(
    film: Film,
    target: Target,
    progress: Progress = lambda frames: None,
    *,
    format: str | None = None,
) -> None:
    """Write a film to a path, where it appears whole or not at all, or into a stream."""
    suffix = check(target, film.clock, format=format)
    with files.opened(target) as stream:
        WRITERS[suffix](film, stream, progress)


def save_within(
    film: shrink.Shrinkable,
    target: Target,
    max_size: str | int,
    progress: Progress = lambda frames: None,
    *,
    format: str | None = None,
) -> str:
    """Write a GIF of at most ``max_size``; returns what had to be lowered for it."""
    check(target, film.clock, max_size, format=format)
    with files.opened(target) as stream:
        return shrink.write(film, stream, progress, shrink.parse_bytes(max_size))
