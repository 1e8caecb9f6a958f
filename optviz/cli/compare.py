"""``optviz mnist compare``: arguments -> the calls of the library."""

from __future__ import annotations

import re
import sys
from typing import Any

import click

from optviz.cli.hints import way_to_rates
from optviz.cli.options import data_options, figure_options


class SeveralValues(click.Command):
    """A command whose repeatable options take all values up to the next option."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Write ``--l1 0 1e-4`` as ``--l1 0 --l1 1e-4``, which is what click reads."""
        several = {
            name
            for option in self.params
            if isinstance(option, click.Option) and option.multiple
            for name in option.opts
        }
        spread: list[str] = []
        option, values = "", 0  # the repeatable option that is being read, and how many it has
        for argument in [*args, "--"]:
            if re.match(r"-[^\d.]", argument):  # an option, not a negative number
                if option and not values:
                    raise click.UsageError(f"{option} must have at least one value; not none")
                name, equals, _ = argument.partition("=")
                option, values = (name if name in several else ""), int(bool(equals))
                spread.append(argument)
            else:
                spread += [option, argument] if option and values else [argument]
                values += 1
        return super().parse_args(ctx, spread[:-1])


def images(text: str) -> int | None:
    """A number of images, or ``all``."""
    if text == "all":
        return None
    if not text.isdecimal():
        raise click.BadParameter(f"must be a number of images, or all; not {text!r}")
    return int(text)


@data_options
@click.option(
    "--optimizers",
    multiple=True,
    metavar="SPEC...",
    help="As in gd adam rmsprop:lr=0.01.  [default: gd momentum adagrad rmsprop adam]",
)
@click.option("--activations", multiple=True, metavar="NAME...", help="[default: relu]")
@click.option("--seeds", type=int, default=3, show_default=True, metavar="N", help="Runs a cell.")
@click.option("--hidden", multiple=True, metavar="N,N...",
              help="As in 512 128,128 64,64,64,64.  [default: 128,64]")  # fmt: skip
@click.option("--model", multiple=True, metavar="mlp|cnn|linear...", help="[default: mlp]")
@click.option("--epochs", type=int, multiple=True, metavar="N...", help="[default: 1]")
@click.option("--batch-size", type=int, multiple=True, metavar="N...", help="[default: 128]")
@click.option("--samples", type=images, multiple=True, metavar="N|all...",
              help="Train on that many images only.")  # fmt: skip
@click.option("--validation", type=int, multiple=True, metavar="N...", help="Images kept apart.")
@click.option("--l1", type=float, multiple=True, metavar="X...", help="Penalty X times sum |w|.")
@click.option("--l2", type=float, multiple=True, metavar="X...", help="Penalty X times sum w^2.")
@click.option("--dropout", type=float, multiple=True, metavar="X...", help="Share of units.")
@click.option("--patience", type=int, multiple=True, metavar="N...", help="Stop early.")
@click.option(
    "--lr",
    type=way_to_rates,
    default="tuned",
    show_default=True,
    metavar="tuned|default",
    help="The rate of an optimizer without lr: found by one rule for all, or torch's default.",
)
@click.option("--device", default="cpu", show_default=True, metavar="cpu|auto|cuda|mps")
@click.option("--jobs", type=int, metavar="N", help="Processes.  [default: one for each core]")
@click.option("--dask", metavar="ADDRESS", help="A Dask cluster, as tcp://10.0.0.1:8786.")
@figure_options("1200x700")
@click.option("-o", "--output", metavar="FOLDER", default="comparison", show_default=True)
def compare(data_dir: str | None, which: str, hidden: tuple[str, ...], size: str, theme: str,
            language: str, output: str, **settings: Any) -> None:  # fmt: skip
    """Train for each combination of settings and seeds; FOLDER holds tables and figures.

    An option with dots takes several values: each is one more line of the grid, as in

    optviz mnist compare --optimizers gd adam --activations relu tanh --hidden 512 64,64,64
    """
    from optviz.mnist.comparison import compare as comparing
    from optviz.mnist.comparison import comparison
    from optviz.mnist.data import loading
    from optviz.mnist.training import run
    from optviz.scene.picture_spec import PictureSpec, parse_size

    looks: dict[str, Any] = {"size": parse_size(size), "theme": theme, "language": language}
    PictureSpec(**looks)
    run.check_new(output, comparison.NEW)
    asked = {name: value for name, value in settings.items() if value != ()}
    if hidden:
        asked["hidden"] = [run.parse_sizes(text) for text in hidden]
    order = comparing.asked(**asked)  # before the data are read: a slip costs no wait
    chosen = loading.choose(which, data_dir)
    click.echo(chosen.source, err=True)
    plan = order.on(chosen)
    click.echo(plan, err=True)
    done = plan.run(progress=sys.stderr.isatty())
    click.echo(done.summary(), err=True)
    for name, reason in done.too_big_for().items():
        click.echo(f"{name} is not drawn: it must have {reason}", err=True)
    click.echo(done.save(output, **looks))
