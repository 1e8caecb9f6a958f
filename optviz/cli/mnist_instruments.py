"""``optviz mnist instruments``: what the steps of training runs say of themselves."""

from __future__ import annotations

import sys

import click

from optviz.cli.films import FilmOptions, film_options
from optviz.cli.mnist_options import samples_options


@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@click.option("--views", metavar="VIEW,...",
              help="Panels: loss, accuracy, lr, gradnorm, steplength, ratio, distance, alpha, "
                   "curvature, stability, trace.  [default: loss,gradnorm,ratio,distance,alpha,"
                   "curvature]")  # fmt: skip
@samples_options(1000, "Training images on which all is measured.", "Of their choice.")
@click.option("--data-dir", metavar="DIR", help="Where the files are now.")
@film_options
@click.option("-o", "--output", metavar="FILE",
              help="Suffix decides: optviz list formats.  [default: instruments.gif]")  # fmt: skip
def instruments(
    runs: tuple[str, ...], views: str | None, samples: int | None, seed: int,
    data_dir: str | None, film: FilmOptions, output: str | None,
) -> None:  # fmt: skip
    """Film what the steps of runs say: gradient norm, updates, alpha, curvature and its limit.

    The runs are trained with --record. What is of steps is measured from one snapshot to the next:
    of single steps with --record 1.
    """
    from optviz.records.training import TrainingRecord

    # Before torch is loaded: a mistake is reported at once.
    path = film.output_path(output, "instruments", TrainingRecord)

    from optviz.mnist.training.instruments import SIZE, instruments

    settings = film.settings
    if not film.sized:
        settings["size"] = SIZE
    found = instruments(
        runs, views=views, samples=samples, seed=seed, data_dir=data_dir,
        progress=sys.stderr.isatty(), **settings,
    )  # fmt: skip
    film.deliver(found, path)
