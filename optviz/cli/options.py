"""Options that several of ``optviz mnist``'s commands take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


def data_options(command: Any) -> Any:
    """Which images, and where they are."""
    command = click.option(
        "--data", "which", default="mnist", show_default=True, metavar="mnist|fashion|subset",
        help="The subset is 5,000 digits that need neither network nor files.",
    )(command)  # fmt: skip
    return click.option(
        "--data-dir", metavar="DIR",
        help="Where the images are: a folder, torchvision's root or an mnist.npz."
             "  [default: OPTVIZ_MNIST_DIR, or a download]",
    )(command)  # fmt: skip


def figure_options(size: str) -> Callable[[Any], Any]:
    """How figures look; ``size`` unless another is given."""

    def add(command: Any) -> Any:
        for option in reversed([
            click.option("--size", default=size, show_default=True, metavar="WxH",
                         help="Of figures, in pixels."),
            click.option("--theme", default="light", show_default=True,
                         metavar="light|dark|print"),
            click.option("--lang", "language", default="en", show_default=True, metavar="en|zh"),
        ]):  # fmt: skip
            command = option(command)
        return command

    return add
