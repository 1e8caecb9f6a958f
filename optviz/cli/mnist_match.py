"""``optviz mnist match``: the barrier between two trained networks, as their units are matched."""

from __future__ import annotations

import sys

import click

from optviz.cli.films import FilmOptions, film_options
from optviz.cli.mnist_options import samples_options


@click.argument("runs", metavar="RUN RUN", nargs=2)
@click.option("--data-dir", metavar="DIR", help="Where the files are now.")
@click.option(
    "--points",
    type=int,
    default=25,
    show_default=True,
    metavar="N",
    help="Places between the networks at which the loss is computed.",
)
@samples_options(
    2000, "Images on which the loss is measured; pictures say its standard error.",
    "Of their choice, and of the order in which layers are matched.",
)  # fmt: skip
@click.option(
    "--views", metavar="VIEW,...", help="Panels from left to right.  [default: line,barrier]"
)
@film_options
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    help="Suffix decides: optviz list formats.  [default: barrier.gif]",
)
def match(
    runs: tuple[str, str], data_dir: str | None, points: int, samples: int | None, seed: int,
    views: str | None, film: FilmOptions, output: str | None,
) -> None:  # fmt: skip
    """Film how the barrier between two networks falls as their hidden units are matched.

    Both are of one network, trained from different initial weights (--seed). The units of the
    second are renumbered one by one to fit the first's; its outputs stay the same all along.
    """
    from optviz.records.matched_networks import MatchedNetworks

    # Before torch is loaded: a mistake is reported at once.
    path = film.output_path(output, "barrier", MatchedNetworks)

    from optviz.mnist.training.matching import matching

    found = matching(
        runs, data_dir=data_dir, points=points, samples=samples, seed=seed,
        progress=sys.stderr.isatty(),
    )  # fmt: skip
    click.echo(found.record.summary(), err=True)
    film.deliver(found.animate(views=views, **film.settings), path)
