"""The commands of ``optviz``: each turns its arguments into a call of the library."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from traceback import walk_tb
from typing import Any

import click

from optviz.cli import signals
from optviz.cli.basins import basins
from optviz.cli.edges import edge_of_stability, fractal
from optviz.cli.films import FilmOptions, film_options, handed_over
from optviz.cli.hints import hint, way_to_rates
from optviz.cli.mnist import mnist
from optviz.cli.pictures import cmap_option, was_typed
from optviz.cli.plugins import plugin_notes, with_plugins

EXAMPLES = """
\b
Examples:
  optviz animate himmelblau
  optviz animate rosenbrock -O gd -O adam:lr=0.1,betas=0.8/0.99 --steps 500 -o race.gif
  optviz animate --formula "x**2 + 3*sin(y)" --domain -4 4 -6 6
  optviz animate --scenario momentum-rolls-over-peaks
  optviz run beale -O adam -o beale.csv
  optviz mnist train --data subset -O adam -o digits
  optviz page -o explorer.html
"""


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXAMPLES,
)
@click.version_option(package_name="optviz")
def cli() -> None:
    """See how optimizers move: gradient descent, momentum, AdaGrad, RMSProp, Adam and more."""


cli.add_command(mnist)
cli.add_command(basins)
cli.add_command(fractal)
cli.add_command(edge_of_stability)


def read_starts(context: object, option: object, typed: str | None) -> Any:
    """Points, typed as ``x,y; x,y``."""
    if typed is None:
        return None
    number = r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*"
    parts = [part for part in re.split("[;；]", typed) if part.strip()]
    if not parts or not all(re.fullmatch(f"{number}[,，]{number}", part) for part in parts):
        from surfaces.errors import must

        raise must("starts", "points such as '1,2; -3,0.5'", typed)
    return [tuple(float(n) for n in re.split("[,，]", part)) for part in parts]


def _surface_options(command: Any) -> Any:
    """Add the options of a race: surface, optimizers, start, steps, rates, noise."""
    for option in reversed([
        click.argument("surface", required=False),
        click.option("--formula", metavar="TEXT", help="In x and y, such as 'x**2+y**2'."),
        click.option("--domain", nargs=4, type=float, metavar="X0 X1 Y0 Y1",
                     help="The window of a formula.  [default: -5 5 -5 5]"),
        click.option("--axes", nargs=2, metavar="X Y",
                     help="What its coordinates are called, such as weight 'rate [1/s]'."),
        click.option("-O", "--optimizer", "optimizers", multiple=True, metavar="SPEC",
                     help="A name, or settings as in adam:lr=0.1,betas=0.9/0.99; torch's as in"
                          " torch.optim.ASGD:lr=0.1; repeat to race."
                          "  [default: gd momentum adagrad rmsprop:alpha=0.9 adam]"),
        click.option("--start", nargs=2, type=float, metavar="X Y", help="Where to begin."),
        click.option("--starts", callback=read_starts, metavar="'X,Y; X,Y'",
                     help="Several starts: each optimizer runs from each."),
        click.option("--steps", type=int, metavar="N", help="How many steps."),
        click.option("--lr", "rates", type=way_to_rates, default="tuned", show_default=True,
                     metavar="tuned|default",
                     help="The rate of an optimizer without lr: tuned, or torch's default."),
        click.option("--noise", type=float, default=0.0, metavar="S",
                     help="Standard deviation of noise added to gradients."),
        click.option("--seed", type=int, default=0, metavar="K", help="Seed of the noise."),
    ]):  # fmt: skip
        command = option(command)
    return command


@cli.command()
@_surface_options
@click.option("--scenario", metavar="NAME", help="A lesson: optviz list scenarios.")
@click.option("--views", metavar="VIEW,...",
              help="Panels from left to right: contour, loss, relief, relief-turning, anatomy, "
                   "profile, data, lr, curvature, turned.  [default: contour,loss]")  # fmt: skip
@film_options
@cmap_option
@click.option("--apart", type=int, default=1, show_default=True, metavar="N",
              help="Which optimizer the anatomy view takes apart, by its place.")  # fmt: skip
@click.option(
    "--slow",
    is_flag=True,
    help="Walk through each step: gradient, the rule line by line, the move."
    "  [default views: contour,anatomy; steps: 8; seconds: 6 a step]",
)
@click.option("-o", "--output", metavar="FILE",
              help="Suffix decides: optviz list formats."
                   "  [default: SURFACE.gif, or named after the formula]")  # fmt: skip
def animate(output: str | None, scenario: str | None, views: str | None, cmap: str | None,
            apart: int, film: FilmOptions, **descent: Any) -> None:  # fmt: skip
    """Film a race of optimizers down SURFACE (or --formula, or a --scenario)."""
    from optviz import animation
    from optviz.records.trajectory import Trajectory

    make: Callable[..., animation.Animation]
    if scenario is None:
        surface, settings = _resolve(descent)
        name = _name(surface, descent)
        make = partial(animation.animate, surface, **settings, **film.settings)
    else:
        _refuse_given(descent)
        name = scenario
        make = partial(animation.animate_scenario, scenario, **film.settings)
    path = film.output_path(output, name, Trajectory)
    film.deliver(make(views=views, cmap=cmap, apart=apart), path)


@cli.command()
@_surface_options
@click.option(
    "-o", "--output", metavar="FILE", help="A .csv, .json or .npz.  [default: SURFACE.csv]"
)
def run(output: str | None, **descent: Any) -> None:
    """Write the numbers of every step: points, values, gradients, the optimizers' memory."""
    from optviz.descent import race
    from optviz.records.trajectory_files import check, save_all

    surface, settings = _resolve(descent)
    path = check(f"{_name(surface, descent)}.csv" if output is None else output)
    runs = race(surface, **settings)
    for trajectory in runs:
        click.echo(trajectory.summary(), err=True)
    with handed_over(path):
        save_all(runs, path)


@cli.command()
@click.argument("surfaces", nargs=-1, metavar="[SURFACE]...")
@click.option("-o", "--output", metavar="FILE", default="explorer.html", show_default=True,
              help="A .html.")  # fmt: skip
def page(surfaces: tuple[str, ...], output: str) -> None:
    """Write the explorer as one HTML file that works offline: all surfaces, or those named."""
    from optviz.explorer import page as write

    with handed_over(Path(output)):
        write(surfaces, output)


@cli.command("list")
@click.argument("what", metavar="surfaces|optimizers|scenarios|views|formats")
def list_(what: str) -> None:
    """List names with a description, a line each."""
    from optviz.cli.listing import lines

    click.echo("\n".join(lines(what)))


with_plugins(cli)


def _resolve(descent: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The surface that the arguments name, and the settings of a race."""
    from optviz.descent import CLASSICS
    from optviz.descent.resolve import choose_surface

    settings = dict(descent)
    start = settings["start"] if settings["starts"] is None else settings["starts"][0]
    named, formula, domain, axes = map(settings.pop, ("surface", "formula", "domain", "axes"))
    surface = choose_surface(named, formula, domain, start, axes)
    for note in surface.notes:
        click.echo(note, err=True)
    settings["lr"] = settings.pop("rates")
    settings["optimizers"] = settings["optimizers"] or CLASSICS
    return surface, settings


def _name(surface: Any, descent: dict[str, Any]) -> str:
    """The default name of its files; two formulas have different names."""
    from optviz.files import named_after

    return surface.name if descent["formula"] is None else f"formula-{named_after(surface.formula)}"


def _refuse_given(descent: dict[str, Any]) -> None:
    """Refuse options of a race beside a scenario, which has its own."""
    for name in descent:
        if was_typed(name):
            raise click.UsageError(f"scenario must stand alone; not with {name}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; wrong input is one line and exit code 2."""
    try:
        with plugin_notes():
            result = cli.main(arguments, prog_name="optviz", standalone_mode=False)
    except click.Abort:
        return signals.interrupted()
    except Exception as error:
        if signals.received:  # the error is a consequence of the signal
            return signals.interrupted()
        code, message = _code_and_message(error, sys.argv[1:] if arguments is None else arguments)
        if not message:
            raise
        click.echo(f"error: {message}", err=True)
        return code
    return result if isinstance(result, int) else 0


def _code_and_message(error: Exception, arguments: Sequence[str]) -> tuple[int, str]:
    """Exit code and message for an error; "" for a bug, whose traceback is shown."""
    if isinstance(error, click.ClickException):
        message = hint(error, arguments) or error.format_message()
        return 2, " ".join(message.split())
    if isinstance(error, ValueError):
        from surfaces.errors import InputError

        return 2, str(error) if isinstance(error, InputError) else ""
    if isinstance(error, OSError) and _in_echo(error):
        return 1, f"standard output must take what is printed; not: {error.strerror}"
    return 1, ""


def _in_echo(error: OSError) -> bool:
    """Whether an OSError was raised by printing, as where the reader of a pipe has gone."""
    return any(frame.f_code is click.echo.__code__ for frame, _ in walk_tb(error.__traceback__))
