"""What commands that make films share: their options, and how a film is handed over."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click


def film_options(command: Any) -> Any:
    """How a film looks and what is said of it, whatever it shows."""
    for option in reversed([
        click.option("--fps", type=float, default=20, show_default=True, help="Frames a second."),
        click.option("--seconds", type=float,
                     help="Length of the moving part; the last frame is held 1.5 s more."
                          "  [default: 6]"),
        click.option("--size", metavar="WxH",
                     help="In pixels.  [default: 800x400; a strip's grows with it]"),
        click.option("--theme", default="light", show_default=True, metavar="light|dark|print"),
        click.option("--lang", "language", default="en", show_default=True, metavar="en|zh"),
        click.option("--strip", type=int, metavar="N",
                     help="N stills side by side instead of a film, as .png, .pdf or .svg."),
        click.option("--max-size", metavar="SIZE",
                     help="The most that a GIF may take, such as 500kB."),
        click.option("--alt", is_flag=True, help="Print what is seen, in words."),
    ]):  # fmt: skip
        command = option(command)
    return command


def deliver(
    film: Any,
    path: Path,
    *,
    strip: int | None,
    size: tuple[int, int] | None,
    max_size: str | None,
    alt: bool,
) -> None:
    """Say how each run ended; write the film or its strip; say what was lowered and where it is."""
    for run in film.trajectories:
        click.echo(run.summary(), err=True)
    if strip is not None:
        film = film.strip(strip, size)
    path = film.save(path, max_size=max_size, progress=sys.stderr.isatty())
    if film.shrunk:
        click.echo(f"lowered to keep {max_size}: {film.shrunk}", err=True)
    if alt:
        click.echo(film.alt)
    click.echo(path)
