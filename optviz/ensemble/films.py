"""Pictures and films of basins in one call: maps of several optimizers side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from optviz.ensemble.basin_map import Drawable
from optviz.ensemble.basins import basins
from optviz.ensemble.end_curvature import end_curvature
from optviz.ensemble.fractal import trainability
from optviz.ensemble.ranges import SettingRange
from optviz.ensemble.series import basins_over, basins_zoom
from optviz.ensemble.settings_map import settings_map
from optviz.optimizers import Optimizer
from surfaces.errors import InputError, must
from surfaces.surface import Surface
from surfaces.window import Domain

if TYPE_CHECKING:
    from optviz.animation import Animation

THREE = ("gd", "momentum", "adam")
RESOLUTION, OF_A_FILM = 400, 240  # pixels, of one map and of each of many
EDGE, EDGES = 513, 257  # the same where boxes are counted


def animate_basins(
    surface: Surface | str,
    optimizers: Sequence[Optimizer | str] = THREE,
    *,
    steps: int = 300,
    resolution: int | tuple[int, int] | None = None,
    window: Domain | None = None,
    over: SettingRange | str | None = None,
    axes: str | Sequence[SettingRange | str] | None = None,
    start: Any = None,
    zoom: Sequence[float] | None = None,
    frames: int = 60,
    lr: str = "tuned",
    progress: bool = False,
    **film: Any,
) -> Animation:
    """Map where each start leads with several optimizers, side by side, as a film or a picture.

    The film runs over the steps: a pixel appears once its run has arrived or diverged. With
    ``over`` it runs over the values of a setting, with ``zoom`` into the plane.

    Parameters
    ----------
    surface : Surface or name
    optimizers : sequence of Optimizer, name or spec
        GD, momentum and Adam unless given.
    steps : int
        That each run is given.
    resolution : int or (width, height)
        Pixels of the longer side, 400 unless given, of many maps 240.
    window : ((x0, x1), (y0, y1)), optional
        The surface's own unless given.
    over : str or SettingRange, optional
        As in `basins_over`.
    axes, start
        As in `settings_map`: each pixel is then a pair of settings.
    zoom, frames
        As in `basins_zoom`.
    lr : {"tuned", "default"}
        As in `basins`.
    progress : bool
        Show a bar.
    **film
        ``fps``, ``seconds``, ``size``, ``theme``, ``language``, ``title``, ``caption``, ``once``
        and ``poster``, as in `optviz.animate`.

    Returns
    -------
    Animation
        ``.save("basins.gif")``, or ``.png`` for its last frame.

    Raises
    ------
    InputError
        An unknown name, or a value that is not allowed.
    """
    if isinstance(optimizers, (str, Optimizer)):
        optimizers = [optimizers]
    if not optimizers:
        raise must("optimizers", "at least one optimizer", optimizers)
    given = {"over": over, "axes": axes, "zoom": zoom}
    kinds = [name for name, value in given.items() if value is not None]
    if len(kinds) > 1:
        raise InputError(f"{kinds[0]} must be given alone; not with {kinds[1]}")
    if axes is not None and window is not None:
        raise InputError("window must be one of starts; not with axes, which have ranges")
    if axes is None and start is not None:
        raise InputError("start must be given with axes; every pixel is a start without")
    many = over is not None or zoom is not None
    pixels = (OF_A_FILM if many else RESOLUTION) if resolution is None else resolution
    shared: dict[str, Any] = {"resolution": pixels, "steps": steps, "lr": lr, "progress": progress}
    make: Callable[..., Drawable]
    if axes is not None:
        make = partial(settings_map, axes=axes, start=start)
    elif over is not None:
        make = partial(basins_over, over=over, window=window)
    elif zoom is not None:
        make = partial(basins_zoom, zoom=zoom, frames=frames, window=window)
    else:
        make = partial(basins, window=window)
    first, *others = [make(surface, optimizer=each, **shared) for each in optimizers]
    return first.animate(*others, **film)


def animate_fractal(
    *,
    resolution: int | None = None,
    steps: int = 500,
    window: Domain | None = None,
    zoom: float | None = None,
    frames: int = 60,
    progress: bool = False,
    **film: Any,
) -> Animation:
    """Show the edge of trainability of a two-weight tanh network beside that of its control.

    Parameters
    ----------
    resolution : int, optional
        Pixels a side: 513 unless given, of each map of a film 257.
    steps, window, zoom, frames, progress
        As in `trainability`.
    **film
        As in `animate_basins`.

    Returns
    -------
    Animation
        ``.save("fractal.png")``; over the steps, or with ``zoom`` into the edge, a film.
    """
    pixels = (EDGE if zoom is None else EDGES) if resolution is None else resolution
    network, product = (
        trainability(what, pixels, steps, window=window, zoom=zoom, frames=frames,
                     progress=progress)
        for what in ("network", "product")
    )  # fmt: skip
    return network.animate(product, **film)


def animate_end_curvature(
    *,
    rate: float = 0.05,
    resolution: int = 400,
    steps: int = 3000,
    window: Domain | None = None,
    progress: bool = False,
    **film: Any,
) -> Animation:
    """Show how curved (1 - x^2 y^2)^2 / 2 is where gradient descent comes to rest from each start.

    Parameters
    ----------
    rate : float
        Of gradient descent.
    resolution, steps, window, progress
        As in `end_curvature`.
    **film
        As in `animate_basins`.

    Returns
    -------
    Animation
        ``.save("edge-of-stability.png")``, or a film over the steps.
    """
    found = end_curvature(rate, resolution, steps, window=window, progress=progress)
    return found.animate(**film)
