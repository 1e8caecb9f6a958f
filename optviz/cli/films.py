"""Options of all commands that make films, and the function that writes a film and reports it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cached_property, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import click

from optviz.cli.pictures import picture_options, was_typed

if TYPE_CHECKING:
    from optviz.animation import Animation
    from optviz.export.clock import Clock
    from optviz.records.record import Record
    from optviz.scene.picture_spec import PictureSpec


PLAYED = (".gif", ".webp", ".apng", ".mp4", ".webm")


class FilmSettings(TypedDict, total=False):
    """Arguments of `optviz.animate`; those not given keep its defaults."""

    fps: float
    seconds: float
    size: tuple[int, int]
    theme: str
    language: str
    title: str | None
    caption: str | None
    once: bool
    poster: str | int | None
    names: str


@dataclass(frozen=True)
class FilmOptions:
    """The options of a film as they were typed, checked before anything is run.

    Attributes
    ----------
    picture : PictureSpec
        Of the film, or of its strip if one is asked for.
    sized : bool
        Whether the size was typed; without one a strip has a size of its own.

    Raises
    ------
    InputError
        A rate, length or number of stills that no film can have.
    """

    fps: float
    seconds: float | None
    picture: PictureSpec
    sized: bool
    strip: int | None
    max_size: str | None
    alt: bool
    title: str | None
    caption: str | None
    once: bool
    poster: str | int | None
    names: str

    def __post_init__(self) -> None:
        from optviz.animation.checks import check_poster, check_strip

        check_poster(self.poster)
        if self.strip is not None:
            check_strip(self.strip)
        _ = self.clock

    @cached_property
    def clock(self) -> Clock:
        """Frames a second and length; the length is a guess where it depends on the run."""
        from optviz.animation.film import SECONDS
        from optviz.export.clock import Clock

        return Clock(self.fps, SECONDS if self.seconds is None else self.seconds)

    @property
    def settings(self) -> FilmSettings:
        """The arguments for `optviz.animate`."""
        picture = self.picture
        settings = FilmSettings(
            fps=self.fps, theme=picture.theme, language=picture.language, title=self.title,
            caption=self.caption, once=self.once, poster=self.poster, names=self.names,
        )  # fmt: skip
        if self.seconds is not None:
            settings["seconds"] = self.seconds
        if self.strip is None:
            settings["size"] = picture.size
        return settings

    def output_path(self, output: str | None, name: str, record: type[Record]) -> Path:
        """The file to be written, after a check that this can be done.

        Parameters
        ----------
        output : str or None
            As it was typed; None if it was not.
        name : str
            Of the file if none was typed, without its suffix.
        record : class
            Of the runs.
        """
        from optviz.animation.checks import check_output
        from surfaces.errors import must

        still = self.strip is not None
        path = f"{name}.{'png' if still else 'gif'}" if output is None else output
        suffix = check_output(path, self.clock, self.max_size, record=record, still=still)
        if (self.once or self.poster is not None) and suffix not in PLAYED:
            option = "once" if self.once else "poster"
            raise must(option, f"of a film, {', '.join(PLAYED)}", Path(path).name)
        return Path(path)

    def deliver(self, film: Animation, path: Path) -> None:
        """Print how each run ended, write the film or strip, and print its path and alt text."""
        for run in film.trajectories:
            click.echo(run.summary(), err=True)
        if self.strip is not None:
            film = film.strip(self.strip, self.picture.size if self.sized else None)
        with handed_over(path):
            film.save(path, max_size=self.max_size, progress=sys.stderr.isatty())
            if film.shrunk:
                click.echo(f"lowered to keep {self.max_size}: {film.shrunk}", err=True)
            if self.alt:
                click.echo(film.alt)


def read_poster(context: object, option: object, typed: str | None) -> str | int | None:
    """A number of steps where digits are typed; `optviz.animation` checks the rest."""
    return int(typed) if typed is not None and re.fullmatch(r"[0-9]{1,9}", typed) else typed


@contextmanager
def handed_over(path: Path) -> Iterator[None]:
    """Print the path of the file written in the block, and whether it replaced an older one."""
    replaced = path.exists()
    yield
    if replaced:
        click.echo(f"replaced an older {path}", err=True)
    click.echo(path)


def film_options(command: Any) -> Any:
    """Add the options of `FilmOptions` to a command, which is given them as ``film``."""

    @wraps(command)
    def run(**arguments: Any) -> Any:
        arguments["sized"] = was_typed("size")
        typed = {field.name: arguments.pop(field.name) for field in fields(FilmOptions)}
        return command(film=FilmOptions(**typed), **arguments)

    for option in reversed([
        click.option("--fps", type=float, default=20, show_default=True, help="Frames a second."),
        click.option("--seconds", type=float,
                     help="Length of the moving part; the last frame is held 1.5 s more."
                          "  [default: 6]"),
        picture_options(None, "In pixels.  [default: 800x400; a strip's grows with it]"),
        click.option("--once", is_flag=True, help="Play once; else the film begins again."),
        click.option("--poster", callback=read_poster, metavar="last|N",
                     help="The last frame, or that of step N, comes first: a still for where"
                          " nothing plays the film."),
        click.option("--title", metavar="TEXT", help="Instead of the picture's own title."),
        click.option("--caption", metavar="TEXT",
                     help="Instead of the sentence at the foot; '' for none."),
        click.option("--names", default="auto", show_default=True, metavar="auto|on|off",
                     help="Names at the heads of the trails; auto: where there is room."),
        click.option("--strip", type=int, metavar="N",
                     help="N stills side by side instead of a film, as .png, .pdf or .svg."),
        click.option("--max-size", metavar="SIZE",
                     help="The most that a GIF may take, such as 500kB."),
        click.option("--alt", is_flag=True, help="Print what is seen, in words."),
    ]):  # fmt: skip
        run = option(run)
    return run
