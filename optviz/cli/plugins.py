"""The option ``--plugin`` of every command, and the notes about plugins that do not load."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click


def with_plugins(command: click.Command) -> None:
    """Add ``--plugin`` to a command and, in a group, to all of its commands."""
    command.params.append(
        click.Option(
            ["--plugin"], multiple=True, metavar="MODULE", expose_value=False, is_eager=True,
            callback=_load,
            help="Import a module, or a .py file, that registers optimizers, surfaces, lessons, "
                 "views, formats, activations or models of your own.",
        )
    )  # fmt: skip
    for inner in getattr(command, "commands", {}).values():
        with_plugins(inner)


def _load(context: click.Context, option: click.Parameter, modules: tuple[str, ...]) -> None:
    if modules:
        from surfaces.registry import load_plugin

        for module in modules:
            load_plugin(module)


@contextmanager
def plugin_notes() -> Iterator[None]:
    """Print the warning about an installed plugin that cannot be imported as one line."""
    usual = warnings.showwarning

    def show(message: Warning | str, category: type[Warning], *place: Any, **more: Any) -> None:
        if category.__name__ == "PluginWarning":  # its module is not imported for this
            click.echo(f"note: {message}", err=True)
        else:
            usual(message, category, *place, **more)

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield
