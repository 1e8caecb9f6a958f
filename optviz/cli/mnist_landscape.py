"""``optviz mnist landscape``: the loss over a plane through the paths of training runs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from optviz.cli import signals
from optviz.cli.films import FilmOptions, film_options
from optviz.cli.mnist_options import data_options, samples_options
from optviz.cli.pictures import cmap_option, was_typed


@click.argument("runs", metavar="[RUN]...", nargs=-1)
@click.option(
    "-O",
    "--optimizer",
    "optimizers",
    multiple=True,
    metavar="SPEC",
    help="Instead of RUNs: train the MLP by each of these, from the same weights.",
)
@click.option(
    "--epochs",
    type=int,
    default=3,
    show_default=True,
    metavar="N",
    help="Of what is trained by -O.",
)
@data_options
@click.option(
    "--resolution",
    type=int,
    default=51,
    show_default=True,
    metavar="N",
    help="Points along each side of the plane.",
)
@samples_options(
    2000, "Images on which the loss is measured; pictures say its standard error.",
    "Of their choice, and of what is trained by -O.",
)  # fmt: skip
@click.option(
    "--views",
    metavar="VIEW,...",
    help="Panels from left to right: contour, relief, relief-turning, loss, distance, lr."
    "  [default: contour,loss,distance]",
)
@film_options
@cmap_option
@click.option(
    "-o", "--output", metavar="FILE",
    help="Suffix decides: optviz list formats, or .html.  [default: landscape.gif]",
)  # fmt: skip
def landscape(
    runs: tuple[str, ...], optimizers: tuple[str, ...], epochs: int, data_dir: str | None,
    which: str, resolution: int, samples: int | None, seed: int, views: str | None,
    film: FilmOptions, cmap: str | None, output: str | None,
) -> int | None:  # fmt: skip
    """Film the paths of training runs over the loss in one plane of the weights.

    The runs are of one network, trained with --record; the plane is that in which they vary most. A
    path does not lie in it: the loss panel has the network's own loss beside the plane's, the
    distance panel how far away it is, and the foot the share of the paths that the plane holds.
    """
    from optviz.records.recorded_path import RecordedPath
    from optviz.scene.views import SceneSpec
    from surfaces.errors import InputError, must

    # Before torch is loaded: a mistake is reported at once.
    path = film.output_path(output, "landscape", RecordedPath)
    if bool(runs) == bool(optimizers):
        raise must("runs", "folders of runs, or optimizers to train by -O", runs + optimizers)
    if runs and (was_typed("epochs") or was_typed("which")):
        raise InputError("--epochs and --data must be given with -O; runs have their own")
    SceneSpec(record=RecordedPath, views=views, cmap=cmap)

    from optviz.mnist.data import loading
    from optviz.mnist.training.landscape import landscape, train_each

    progress, data = sys.stderr.isatty(), None
    shown: Sequence[Any] = runs
    if optimizers:
        data = loading.choose(which, data_dir)
        click.echo(data.source, err=True)
        shown = train_each(data, optimizers, epochs=epochs, seed=seed, progress=progress)
    try:
        found = landscape(
            shown, data, data_dir=data_dir, resolution=resolution, samples=samples, seed=seed,
            progress=progress,
        )  # fmt: skip
    except KeyboardInterrupt as stopped:
        if not stopped.args:
            raise
        click.echo(f"interrupted: {stopped}", err=True)
        return signals.INTERRUPTED
    film.deliver(found.animate(views=views, cmap=cmap, **film.settings), path)
    return None
