"""The commands ``optviz fractal`` and ``optviz edge-of-stability``."""

from __future__ import annotations

from typing import Any

import click

from optviz.cli.basins import as_maps
from optviz.cli.films import FilmOptions, film_options


@click.command()
@click.option("--resolution", type=int, metavar="N",
              help="Pixels a side, each a pair of rates."
                   "  [default: 513; of each map of a film 257]")  # fmt: skip
@click.option("--steps", type=int, default=500, show_default=True, metavar="N",
              help="How many steps each run is given.")  # fmt: skip
@click.option("--window", nargs=4, type=float, metavar="X0 X1 Y0 Y1",
              help="The two learning rates.  [default: where the edge is]")  # fmt: skip
@click.option("--zoom", type=float, metavar="FACTOR",
              help="A film into the edge, each frame computed anew.")  # fmt: skip
@click.option("--frames", type=int, default=60, show_default=True, metavar="N",
              help="How many maps --zoom computes.")  # fmt: skip
@film_options
@click.option("-o", "--output", metavar="FILE", default="fractal.png", show_default=True,
              help="A picture or a film, as the suffix says.")  # fmt: skip
def fractal(window: Any, film: FilmOptions, output: str, **maps: Any) -> None:
    """Map where training a network of two weights diverges, and measure how rough that edge is.

    Beside it stands the control, the same without tanh, whose edge is a smooth line.
    """
    from optviz.ensemble.films import animate_fractal
    from optviz.records.trainability import TrainabilityRecord

    path = film.output_path(output, "fractal", TrainabilityRecord)
    film.deliver(animate_fractal(**as_maps(window, film), **maps), path)


@click.command("edge-of-stability")
@click.option("--rate", type=float, default=0.05, show_default=True, metavar="LR",
              help="The learning rate of gradient descent.")  # fmt: skip
@click.option("--resolution", type=int, default=400, show_default=True, metavar="N",
              help="Pixels along the longer side, each a start.")  # fmt: skip
@click.option("--steps", type=int, default=3000, show_default=True, metavar="N",
              help="How many steps each run is given.")  # fmt: skip
@click.option("--window", nargs=4, type=float, metavar="X0 X1 Y0 Y1",
              help="The part of the plane.  [default: 0 4 0 4]")  # fmt: skip
@film_options
@click.option("-o", "--output", metavar="FILE", default="edge-of-stability.png",
              show_default=True, help="A picture or a film, as the suffix says.")  # fmt: skip
def edge_of_stability(window: Any, film: FilmOptions, output: str, **maps: Any) -> None:
    """Map how curved (1 - x^2 y^2)^2/2 is where gradient descent rests: never above 2/lr."""
    from optviz.ensemble.films import animate_end_curvature
    from optviz.records.end_curvature import EndCurvatureRecord

    path = film.output_path(output, "edge-of-stability", EndCurvatureRecord)
    film.deliver(animate_end_curvature(**as_maps(window, film), **maps), path)
