"""The command ``optviz basins``."""

from __future__ import annotations

import sys
from typing import Any

import click

from optviz.cli.films import FilmOptions, film_options


@click.command()
@click.argument("surface", required=False)
@click.option("--formula", metavar="TEXT", help="In x and y, such as 'x**2+y**2'.")
@click.option("--domain", nargs=4, type=float, metavar="X0 X1 Y0 Y1",
              help="The window of a formula.  [default: -5 5 -5 5]")  # fmt: skip
@click.option("-O", "--optimizer", "optimizers", multiple=True, metavar="SPEC",
              help="A name, or settings as in adam:lr=0.1; repeat for maps side by side."
                   "  [default: gd momentum adam]")  # fmt: skip
@click.option("--steps", type=int, default=300, show_default=True, metavar="N",
              help="How many steps each run is given.")  # fmt: skip
@click.option("--resolution", type=int, metavar="N",
              help="Pixels along the longer side, each a run."
                   "  [default: 400; of each map of many 240]")  # fmt: skip
@click.option("--window", nargs=4, type=float, metavar="X0 X1 Y0 Y1",
              help="The part of the plane.  [default: the surface's]")  # fmt: skip
@click.option("--over", metavar="SETTING=A:B[:log][:N]",
              help="A film over N values of a setting, as lr=0.01:1:log:60.")  # fmt: skip
@click.option("--axes", metavar="SETTING=A:B[:log],...",
              help="Two settings in place of the start, as"
                   " lr=0.001:1:log,momentum=0:0.99.")  # fmt: skip
@click.option("--start", nargs=2, type=float, metavar="X Y",
              help="Of all runs, with --axes.  [default: the surface's]")  # fmt: skip
@click.option("--zoom", nargs=3, type=float, metavar="X Y FACTOR",
              help="A film into a point of the plane, each frame computed anew.")  # fmt: skip
@click.option("--frames", type=int, default=60, show_default=True, metavar="N",
              help="How many maps --zoom computes.")  # fmt: skip
@click.option("--lr", default="tuned", show_default=True, metavar="tuned|default",
              help="The rate of an optimizer without lr: tuned at the surface's start,"
                   " or torch's.")  # fmt: skip
@film_options
@click.option("-o", "--output", metavar="FILE",
              help="A picture or a film, as the suffix says."
                   "  [default: SURFACE-basins.png]")  # fmt: skip
def basins(surface: str | None, formula: str | None, domain: Any, optimizers: tuple[str, ...],
           window: Any, film: FilmOptions, output: str | None, **maps: Any) -> None:  # fmt: skip
    """Map which minimum each start on SURFACE (or --formula) leads to, and how soon."""
    from optviz.descent.resolve import choose_surface
    from optviz.ensemble.films import THREE, animate_basins
    from optviz.files import named_after
    from optviz.records.basin_map import BasinRecord

    chosen = choose_surface(surface, formula, domain)
    name = chosen.name if formula is None else f"formula-{named_after(formula)}"
    path = film.output_path(output or f"{name}-basins.png", name, BasinRecord)
    made = animate_basins(chosen, optimizers or THREE, **as_maps(window, film), **maps)
    film.deliver(made, path)


def as_maps(window: Any, film: FilmOptions) -> dict[str, Any]:
    """The options that all films of maps share, as arguments."""
    settings: dict[str, Any] = {**film.settings}
    settings.pop("names")  # maps have no heads
    progress = sys.stderr.isatty()
    return settings | {"window": window and (window[:2], window[2:]), "progress": progress}
