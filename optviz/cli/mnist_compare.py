"""The command ``optviz mnist compare``: turns its arguments into calls of the library."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import click

from optviz.cli.hints import way_to_rates
from optviz.cli.mnist_options import data_options, several_options
from optviz.cli.pictures import picture_options

if TYPE_CHECKING:
    from optviz.scene.picture_spec import PictureSpec


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


@data_options
@several_options(
    {"optimizer": "optimizers", "activation": "activations"},
    {"optimizer": "gd momentum adagrad rmsprop:alpha=0.9 adam", "epochs": 1},
)
@click.option("--seeds", type=int, default=3, show_default=True, metavar="N",
              help="Runs of each combination.")  # fmt: skip
@click.option(
    "--lr",
    type=way_to_rates,
    default="tuned",
    show_default=True,
    metavar="tuned|default",
    help="The rate of an optimizer without lr: found by one rule for all, or torch's default.",
)
@click.option("--jobs", type=int, metavar="N", help="Processes.  [default: one for each core]")
@click.option("--dask", metavar="ADDRESS", help="A Dask cluster, as tcp://10.0.0.1:8786.")
@picture_options("1200x700")
@click.option("-o", "--output", metavar="FOLDER", default="comparison", show_default=True)
def compare(data_dir: str | None, which: str, picture: PictureSpec, output: str,
            **settings: Any) -> None:  # fmt: skip
    """Train for each combination of settings and seeds; FOLDER holds tables and figures.

    An option with dots takes several values: each is one more line of the grid, as in

    optviz mnist compare --optimizers gd adam --activations relu tanh --hidden 512 64,64,64
    """
    from optviz.mnist.comparison import folder, plan
    from optviz.mnist.data import loading

    folder.check(output)
    asked = {name: value for name, value in settings.items() if value != ()}
    request = plan.request(**asked)  # before the data are read
    chosen = loading.choose(which, data_dir)
    click.echo(chosen.source, err=True)
    planned = request.on(chosen)
    click.echo(planned, err=True)
    done = planned.run(progress=sys.stderr.isatty())
    click.echo(done.summary(), err=True)
    for name, reason in done.too_big_for().items():
        click.echo(f"{name} is not drawn: it must have {reason}", err=True)
    click.echo(folder.save(done, output, picture))
