"""The commands of ``optviz mnist``, each a call of the library; torch is loaded when one runs."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from optviz.cli.films import FilmOptions, film_options, handed_over
from optviz.cli.mnist_compare import SeveralValues, compare
from optviz.cli.mnist_instruments import instruments
from optviz.cli.mnist_landscape import landscape
from optviz.cli.mnist_match import match
from optviz.cli.mnist_options import data_options, setting_options
from optviz.cli.pictures import picture_options

if TYPE_CHECKING:
    from optviz.scene.picture_spec import PictureSpec

NEEDED = ("torch", "pooch", "safetensors", "sklearn", "joblib")  # the extra `mnist`


@click.group()
def mnist() -> None:
    """Train networks on MNIST with the very same optimizers."""


def _needs_torch(command: Callable[..., Any]) -> Callable[..., Any]:
    """Let a command report a missing package in one line, and print each caution as a line."""

    @functools.wraps(command)
    def run(**arguments: Any) -> Any:
        from optviz.mnist.cautions import as_lines

        try:
            with as_lines(functools.partial(click.echo, err=True)):
                return command(**arguments)
        except ModuleNotFoundError as error:
            package = (error.name or "").partition(".")[0]
            if package not in NEEDED:
                raise
            from surfaces.errors import InputError

            raise InputError(
                f"optviz mnist must have the package {package}: pip install 'optviz[mnist]'"
            ) from None

    return run


@mnist.command()
@data_options
@setting_options
@click.option(
    "-o", "--output", metavar="RUN", help="A new folder for the run.  [default: MODEL-OPTIMIZER]"
)
@_needs_torch
def train(data_dir: str | None, which: str, output: str | None,
          **settings: Any) -> int | None:  # fmt: skip
    """Train a network; the folder RUN holds settings, history and weights."""
    from optviz.mnist.data import loading
    from optviz.mnist.training import checks, folder, train

    config, rule = train.configured(**settings)  # before the data are read
    made = folder.default_folder(config) if output is None else output
    folder.check_new(made)
    images = loading.choose(which, data_dir)
    click.echo(images.source, err=True)
    for text in checks.without_effect(config):
        click.echo(f"note: {text}", err=True)
    done = train.begin(images, config, rule, made, progress=sys.stderr.isatty())
    return _report(done, made)


@mnist.command()
@click.argument("run", metavar="RUN")
@click.option("--epochs", type=int, metavar="N",
              help="How many in all: trains a finished run further.")  # fmt: skip
@click.option("--data-dir", metavar="DIR", help="Where the files are now.")
@_needs_torch
def resume(run: str, epochs: int | None, data_dir: str | None) -> int | None:
    """Go on with a run that was killed, interrupted or finished, as if it had not been."""
    from optviz.mnist.training import resume

    progress = sys.stderr.isatty()
    done = resume.resume(run, epochs=epochs, data_dir=data_dir, progress=progress)
    if resume.nothing_was_left(done):
        click.echo("nothing was left to do; --epochs N trains a finished run further", err=True)
    return _report(done, run)


@mnist.command()
@click.argument("runs", metavar="RUN...", nargs=-1, required=True)
@click.option("--views", metavar="VIEW,...",
              help="Panels from left to right: loss, accuracy, weights, confusion, lr; weights and "
                   "confusion need runs trained with --record.  [default: loss,accuracy; of one "
                   "recorded run loss,weights,confusion]")  # fmt: skip
@click.option("--data-dir", metavar="DIR", help="Where the files are now.")
@film_options
@click.option("-o", "--output", metavar="FILE",
              help="Suffix decides: optviz list formats.  [default: train.gif]")  # fmt: skip
@_needs_torch
def animate(runs: tuple[str, ...], views: str | None, data_dir: str | None, output: str | None,
            film: FilmOptions) -> None:  # fmt: skip
    """Film how networks learned: curves that grow, first-layer weights, the confusion matrix."""
    from optviz.records.training import TrainingRecord

    # Before torch is loaded: a mistake is reported at once.
    path = film.output_path(output, "train", TrainingRecord)

    from optviz.mnist.training.animate import animate

    film.deliver(animate(runs, views=views, data_dir=data_dir, **film.settings), path)


@mnist.command()
@click.argument("run", metavar="RUN")
@click.option("--positive", metavar="CLASS",
              help="One class against the rest, such as 8: TP, FN, FP, TN.")  # fmt: skip
@click.option(
    "--data",
    "which",
    metavar="mnist|fashion|subset",
    help="Whose test images.  [default: those of the data that it was trained on]",
)
@click.option("--data-dir", metavar="DIR", help="Where the files are now.")
@picture_options("900x600")
@click.option(
    "-o",
    "--output",
    metavar="FOLDER",
    help="A new folder, or one of an earlier evaluation.  [default: RUN-evaluation]",
)
@_needs_torch
def evaluate(run: str, positive: str | None, which: str | None, data_dir: str | None,
             picture: PictureSpec, output: str | None) -> None:  # fmt: skip
    """Evaluate the network in the folder RUN on the test images: tables and figures."""
    from optviz.mnist.data import loading
    from optviz.mnist.data.dataset import labelled
    from optviz.mnist.evaluation import evaluate, folder
    from optviz.mnist.training.restore import restore

    restored = restore(run)
    made = folder.check(folder.default_folder(run) if output is None else output)
    evaluate.check(restored, positive, None if which is None else labelled(which))
    images = None if which is None else loading.choose(which, data_dir)
    evaluated = evaluate.evaluate(restored, images, positive, data_dir=data_dir)
    folder.save(evaluated, made, picture)
    click.echo(evaluated.summary(), err=True)
    click.echo(made)


@mnist.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@picture_options("900x600")
@click.option("-o", "--output", metavar="FILE", default="activations.png", show_default=True,
              help="A .png, .pdf or .svg.")  # fmt: skip
@_needs_torch
def activations(names: tuple[str, ...], picture: PictureSpec, output: str) -> None:
    """Draw activations with their derivatives and dead zones: all, or those named."""
    from optviz.animation.still import check_still
    from optviz.mnist.networks import activation_figure

    path = check_still(output)
    figure = activation_figure.draw(names or None, picture)
    with handed_over(path):
        figure.save(path)


mnist.command(cls=SeveralValues)(_needs_torch(compare))
mnist.command()(_needs_torch(instruments))
mnist.command()(_needs_torch(landscape))
mnist.command()(_needs_torch(match))


def _report(run: Any, folder: str) -> int | None:
    from optviz.records.ending import Ending

    click.echo(run.summary(), err=True)
    if run.status is Ending.INTERRUPTED:
        click.echo(f"interrupted: optviz mnist resume {folder} goes on from there", err=True)
        return 130
    click.echo(folder)
    return None
