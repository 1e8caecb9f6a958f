"""The options of every picture, size, theme and language, read into one `PictureSpec`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from click.core import ParameterSource


def read_size(context: object, option: object, typed: str | None) -> tuple[int, int] | None:
    """Width and height in pixels, typed as ``800x400``; `PictureSpec` checks their range."""
    found = re.fullmatch(r"\s*(\d{1,9})\s*[xX×]\s*(\d{1,9})\s*", typed or "")
    if found:
        return int(found[1]), int(found[2])
    if typed is None:
        return None
    from surfaces.errors import must

    raise must("size", "width and height in pixels, such as 800x400", typed)


def picture_options(
    size: str | None = None, about_size: str = "Of figures, in pixels."
) -> Callable[[Any], Any]:
    """Add ``--size``, ``--theme`` and ``--lang``; the command is given them as ``picture``.

    Parameters
    ----------
    size : str, optional
        The default; that of `PictureSpec` unless given.
    about_size : str
        Help for the size.
    """

    def add(command: Any) -> Any:
        @wraps(command)
        def run(*, size: tuple[int, int] | None, theme: str, language: str, **others: Any) -> Any:
            from optviz.scene.picture_spec import PictureSpec

            picture = PictureSpec(PictureSpec.size if size is None else size, theme, language)
            return command(picture=picture, **others)

        for option in reversed([
            click.option("--size", callback=read_size, default=size, show_default=True,
                         metavar="WxH", help=about_size),
            click.option("--theme", default="light", show_default=True,
                         metavar="light|dark|print"),
            click.option("--lang", "language", default="en", show_default=True, metavar="en|zh"),
        ]):  # fmt: skip
            run = option(run)
        return run

    return add


cmap_option = click.option(
    "--cmap", metavar="NAME",
    help="Colours of the surface: viridis, cividis, magma, Blues, ... or with _r reversed."
    "  [default: the theme's]",
)  # fmt: skip


def was_typed(name: str) -> bool:
    """Whether an option was given on the command line of the running command."""
    source = click.get_current_context().get_parameter_source(name)
    return source is ParameterSource.COMMANDLINE
