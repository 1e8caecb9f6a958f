"""PDF and SVG of the last frame, for print."""

from __future__ import annotations

from typing import IO

from optviz.export.protocol import Film, Progress


def write_pdf(film: Film, stream: IO[bytes], progress: Progress) -> None:
    """The last frame, for print; letters stay letters."""
    film.draw_still(stream, "pdf")
    progress(len(film))


def write_svg(film: Film, stream: IO[bytes], progress: Progress) -> None:
    """The last frame, for print and web; letters become outlines."""
    film.draw_still(stream, "svg")
    progress(len(film))
