"""The command ``optviz fractal``."""

from __future__ import annotations

import sys
from typing import Any

import click

from optviz.cli.films import FilmOptions, film_options


@click.command()
@click.option("--resolution", type=int, metavar="N",
              help="Pixels a side, each a pair of rates.  [default: 513; of each map of a film 257]")  # fmt: skip
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
    settings: dict[str, Any] = {**film.settings}
    settings.pop("names")  # maps have no heads
    made = animate_fractal(
        window=window and (window[:2], window[2:]), progress=sys.stderr.isatty(), **maps,
        **settings,
    )  # fmt: skip
    film.deliver(made, path)
