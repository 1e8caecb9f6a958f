"""Options that several of ``optviz mnist``'s commands take."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import click

from optviz.mnist.settings import About, Layers, Number, Whole, as_typed, declared
from optviz.mnist.training.config import TrainConfig

FLAGS = {"optimizer": ("-O", "--optimizer")}


def layers(text: str) -> tuple[int, ...]:
    """Layer sizes as typed: ``128,64``, or ``none``."""
    if text.strip() in ("", "none"):
        return ()
    try:
        return tuple(int(size) for size in text.split(","))
    except ValueError:
        allowed = "layer sizes such as 128,64, or none"
        raise click.BadParameter(f"must be {allowed}; not {text!r}") from None


def whole_or_none(kind: Whole) -> Callable[[str], int | None]:
    """Return a function that reads a whole number, or the word that stands for None."""

    def number(text: str) -> int | None:
        if text == kind.none:
            return None
        if not text.isdecimal():
            raise click.BadParameter(f"must be a {kind.noun}, or {kind.none}; not {text!r}")
        return int(text)

    return number


def click_type(about: About) -> Any:
    """The click type that reads a setting; its range is checked later, by the library."""
    if isinstance(about.kind, Layers):
        return layers
    if isinstance(about.kind, Number):
        return click.FLOAT
    if isinstance(about.kind, Whole):
        return whole_or_none(about.kind) if about.kind.none else click.INT
    return click.STRING


def setting_options(command: Any) -> Any:
    """Add an option for each setting of training to a command."""
    for name, about in reversed(declared(TrainConfig).items()):
        default = as_typed(about.default) if isinstance(about.default, tuple) else about.default
        command = click.option(
            *FLAGS.get(name, (_flag(name),)), name, type=click_type(about), default=default,
            metavar=about.metavar, help=_help(about, about.default),
        )(command)  # fmt: skip
    return command


def several_options(names: Mapping[str, str], defaults: Mapping[str, Any]) -> Callable[[Any], Any]:
    """Add to a command an option of several values for each setting that `compare` varies.

    Parameters
    ----------
    names : mapping of setting to str
        Settings whose option is called otherwise.
    defaults : mapping of setting to value
        What is taken unless given, where that is not the default of one run.
    """

    def add(command: Any) -> Any:
        for setting, about in reversed(declared(TrainConfig).items()):
            if about.compared:
                name = names.get(setting, setting)
                text = _help(about, defaults.get(setting, about.default))
                command = click.option(
                    _flag(name), name, type=click_type(about), multiple=True,
                    metavar=f"{about.metavar}...", help=text,
                )(command)  # fmt: skip
        return command

    return add


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _help(about: About, default: Any) -> str:
    """The help text of a setting, with its default."""
    shown = f"{default:g}" if isinstance(default, float) else as_typed(default)
    return "  ".join(filter(None, [about.help, f"[default: {shown}]" * (default is not None)]))


def data_options(command: Any) -> Any:
    """Add the options that choose the data set and its folder."""
    command = click.option(
        "--data", "which", default="mnist", show_default=True, metavar="mnist|fashion|subset",
        help="The subset is 5,000 digits that need neither network nor files.",
    )(command)  # fmt: skip
    return click.option(
        "--data-dir", metavar="DIR",
        help="Where the images are: a folder, torchvision's root or an mnist.npz."
             "  [default: OPTVIZ_MNIST_DIR, or a download]",
    )(command)  # fmt: skip


def samples_options(default: int, whose: str, of: str) -> Callable[[Any], Any]:
    """Options of a loss that is measured on some images: how many, and the seed of their choice."""
    kind = whole_or_none(Whole(1, optional=True, none="all", noun="number of images"))

    def add(command: Any) -> Any:
        command = click.option(
            "--seed", type=int, default=0, show_default=True, metavar="K", help=of
        )(command)
        return click.option(
            "--samples", type=kind, default=str(default), show_default=True, metavar="N|all",
            help=whose,
        )(command)  # fmt: skip

    return add
