"""``optviz mnist``: arguments -> the calls of the library; torch is loaded by the commands only."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import Any

import click

from optviz.cli.compare import SeveralValues, compare
from optviz.cli.films import FilmOptions, film_options, handed_over
from optviz.cli.options import data_options, figure_options

NEEDED = ("torch", "pooch", "safetensors", "sklearn", "joblib")  # the extra `mnist`


@click.group()
def mnist() -> None:
    """Train networks on MNIST with the very same optimizers."""


def _needs_torch(command: Callable[..., Any]) -> Callable[..., Any]:
    """A missing package is one line that says how to get it; a caution is a line too."""

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
@click.option("--model", default="mlp", show_default=True, metavar="mlp|cnn|linear")
@click.option(
    "--hidden",
    default="128,64",
    show_default=True,
    metavar="N,...",
    help="Hidden layers of the MLP; 'none' for none.",
)
@click.option(
    "--activation",
    default="relu",
    show_default=True,
    metavar="NAME",
    help="sigmoid, tanh, relu, leaky_relu, prelu, elu or gelu.",
)
@click.option(
    "-O",
    "--optimizer",
    default="adam",
    show_default=True,
    metavar="SPEC",
    help="As in adam:lr=cosine(0.003,1290); torch's as in torch.optim.ASGD:lr=0.1.",
)
@click.option("--epochs", type=int, default=3, show_default=True, metavar="N")
@click.option("--batch-size", type=int, default=128, show_default=True, metavar="N")
@click.option("--samples", type=int, metavar="N", help="Train on that many images only.")
@click.option(
    "--validation",
    type=int,
    metavar="N",
    help="Images kept apart.  [default: 5000, or a tenth of a small data set]",
)
@click.option("--l1", type=float, default=0.0, metavar="X", help="Penalty X times sum |w|.")
@click.option("--l2", type=float, default=0.0, metavar="X", help="Penalty X times sum w^2.")
@click.option("--dropout", type=float, default=0.0, metavar="X", help="Share of units dropped.")
@click.option(
    "--patience",
    type=int,
    metavar="N",
    help="Stop after N epochs without a lower validation loss; keep the best weights.",
)
@click.option("--record", type=int, metavar="N",
              help="Keep the weights after every N-th step, for optviz mnist animate.")  # fmt: skip
@click.option("--device", default="cpu", show_default=True, metavar="cpu|auto|cuda|mps")
@click.option("--seed", type=int, default=0, show_default=True, metavar="K")
@click.option(
    "-o", "--output", metavar="RUN", help="A new folder for the run.  [default: MODEL-OPTIMIZER]"
)
@_needs_torch
def train(data_dir: str | None, which: str, hidden: str, output: str | None,
          **settings: Any) -> int | None:  # fmt: skip
    """Train a network; the folder RUN holds settings, history and weights."""
    from optviz.mnist.data import loading
    from optviz.mnist.training import run, train
    from optviz.mnist.training.settings import unheard

    settings["hidden"] = run.parse_sizes(hidden)
    name = settings["optimizer"].partition(":")[0].rpartition(".")[2]
    folder = f"{settings['model']}-{name}" if output is None else output
    run.check_new(folder)
    config, _ = train.settled(settings)  # before the data are read: a slip costs no wait
    images = loading.choose(which, data_dir)
    click.echo(images.source, err=True)
    for text in unheard(config, train.DEFAULTS):
        click.echo(f"note: {text}", err=True)
    done = train.train(images, out=folder, progress=sys.stderr.isatty(), **settings)
    return _report(done, folder)


@mnist.command()
@click.argument("run", metavar="RUN")
@click.option("--epochs", type=int, metavar="N",
              help="How many in all: trains a finished run further.")  # fmt: skip
@click.option("--data-dir", metavar="DIR", help="Where the files are now.")
@_needs_torch
def resume(run: str, epochs: int | None, data_dir: str | None) -> int | None:
    """Go on with a run that was killed, interrupted or finished, as if it had not been."""
    from optviz.mnist.training import continuing, train

    progress = sys.stderr.isatty()
    done = train.resume(run, epochs=epochs, data_dir=data_dir, progress=progress)
    if continuing.was_over(done):
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

    # Before torch is loaded: a slip costs no wait.
    path = film.output_path(output, "train", TrainingRecord)

    from optviz.mnist.training.film import animate as make

    film.deliver(make(runs, views=views, data_dir=data_dir, **film.settings), path)


@mnist.command()
@click.argument("run", metavar="RUN")
@click.option("--positive", metavar="CLASS",
              help="Look at one class or not, such as 8: TP, FN, FP, TN.")  # fmt: skip
@click.option(
    "--data",
    "which",
    metavar="mnist|fashion|subset",
    help="Whose test images.  [default: those of the data that it was trained on]",
)
@click.option("--data-dir", metavar="DIR", help="Where the files are now.")
@figure_options("900x600")
@click.option(
    "-o",
    "--output",
    metavar="FOLDER",
    help="A new folder, or one of an earlier evaluation.  [default: RUN-evaluation]",
)
@_needs_torch
def evaluate(run: str, positive: str | None, which: str | None, data_dir: str | None, size: str,
             theme: str, language: str, output: str | None) -> None:  # fmt: skip
    """Judge the network in the folder RUN by the test images: tables and figures."""
    from optviz.mnist.data import loading
    from optviz.mnist.data.dataset import labelled
    from optviz.mnist.evaluation import evaluation, report
    from optviz.mnist.training import train
    from optviz.scene.picture_spec import parse_size

    looks: Any = {"size": parse_size(size), "theme": theme, "language": language}
    restored = train.restore(run)
    folder = report.check(report.default_folder(run) if output is None else output, **looks)
    evaluation.check(restored, positive, None if which is None else labelled(which))
    images = None if which is None else loading.choose(which, data_dir)
    judged = evaluation.evaluate(restored, images, positive, data_dir=data_dir)
    judged.save(folder, **looks)
    click.echo(judged.summary(), err=True)
    click.echo(folder)


@mnist.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@figure_options("900x600")
@click.option("-o", "--output", metavar="FILE", default="activations.png", show_default=True,
              help="A .png, .pdf or .svg.")  # fmt: skip
@_needs_torch
def activations(names: tuple[str, ...], size: str, theme: str, language: str,
                output: str) -> None:  # fmt: skip
    """Draw activations with their derivatives and dead zones: all, or those named."""
    from optviz.animation.still import check_still
    from optviz.mnist.networks.figure import activation_figure
    from optviz.scene.picture_spec import parse_size

    path = check_still(output)
    figure = activation_figure(names or None, parse_size(size), theme, language)
    with handed_over(path):
        figure.save(path)


mnist.command(cls=SeveralValues)(_needs_torch(compare))


def _report(run: Any, folder: str) -> int | None:
    click.echo(run.summary(), err=True)
    if run.status == "interrupted":
        click.echo(f"interrupted: optviz mnist resume {folder} goes on from there", err=True)
        return 130
    click.echo(folder)
    return None
