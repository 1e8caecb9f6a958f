"""What commands that make films share: their options, and how a film is handed over."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cached_property, wraps
from pathlib import Path
from typing import Any

import click


@dataclass(frozen=True)
class FilmOptions:
    """How a film is to look and what is to be said of it, as it was typed.

    Raises
    ------
    InputError
        A size or a number of stills that no picture has.
    """

    fps: float
    seconds: float | None
    size: str | None
    theme: str
    language: str
    strip: int | None
    max_size: str | None
    alt: bool

    def __post_init__(self) -> None:
        from optviz.animation.film import check_strip

        if self.strip is not None:
            check_strip(self.strip)
        _ = self.pixels

    @cached_property
    def pixels(self) -> tuple[int, int] | None:
        """Of the film, or of its strip."""
        from optviz.scene.scene import parse_size

        return None if self.size is None else parse_size(self.size)

    @property
    def looks(self) -> dict[str, Any]:
        """What was asked for of the film, as `optviz.animate` takes it."""
        looks: dict[str, Any] = {"fps": self.fps, "theme": self.theme, "language": self.language}
        if self.seconds is not None:
            looks["seconds"] = self.seconds
        if self.pixels is not None and self.strip is None:
            looks["size"] = self.pixels
        return looks

    def output_path(self, output: str | None, name: str, *, page: bool = True) -> Path:
        """Where it is written, unless it cannot be there; ``name`` stands in for no output."""
        from optviz.animation.film import SECONDS, check_output
        from optviz.export.clock import Clock

        still = self.strip is not None
        clock = Clock(self.fps, SECONDS if self.seconds is None else self.seconds)
        path = f"{name}.{'png' if still else 'gif'}" if output is None else output
        return check_output(path, clock, self.max_size, still=still, page=page)

    def deliver(self, film: Any, path: Path) -> None:
        """Say how each run ended; write the film or its strip; say what was lowered, and where."""
        for run in film.trajectories:
            click.echo(run.summary(), err=True)
        if self.strip is not None:
            film = film.strip(self.strip, self.pixels)
        with handed_over(path):
            film.save(path, max_size=self.max_size, progress=sys.stderr.isatty())
            if film.shrunk:
                click.echo(f"lowered to keep {self.max_size}: {film.shrunk}", err=True)
            if self.alt:
                click.echo(film.alt)


@contextmanager
def handed_over(path: Path) -> Iterator[None]:
    """Print where the file is that the block writes; say if it has taken the place of another."""
    replaced = path.exists()
    yield
    if replaced:
        click.echo(f"replaced an older {path}", err=True)
    click.echo(path)


def film_options(command: Any) -> Any:
    """The options of an `FilmOptions`, which the command is given as ``order``."""

    @wraps(command)
    def run(**arguments: Any) -> Any:
        asked = {field.name: arguments.pop(field.name) for field in fields(FilmOptions)}
        return command(order=FilmOptions(**asked), **arguments)

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
        run = option(run)
    return run
