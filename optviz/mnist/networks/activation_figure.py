"""The figure of activations, their derivatives and their dead zones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from optviz.animation.still import Still
from optviz.mnist.figure_text import wrapped
from optviz.mnist.networks.derivatives import (
    POINTS,
    RANGE,
    THRESHOLD,
    dead_zones,
    layer,
    values_and_slopes,
)
from optviz.mnist.networks.kind import Network
from optviz.mnist.networks.models import ACTIVATIONS
from optviz.scene.picture_spec import PictureSpec
from optviz.scene.value_marks import value_mark
from optviz.words import say
from surfaces.errors import InputError

DASHED: Any = (0, (4, 1.2))
HEIGHTS = (-1.6, 2.6)  # of y: the derivatives are as well seen as the functions


def activation_figure(names: Sequence[str] | str | None = None, size: tuple[int, int] = (900, 600),
                      theme: str = "light", language: str = "en") -> Still:  # fmt: skip
    """Draw activations, their derivatives, and their dead zones: |derivative| < 0.01.

    Parameters
    ----------
    names : sequence of str, optional
        Of `activations`; all unless given.
    size : (int, int)
        In pixels.
    theme : {"light", "dark", "print"}
    language : {"en", "zh"}

    Returns
    -------
    Still
        With ``save`` for .png, .pdf and .svg.

    Raises
    ------
    InputError
        An unknown name, size, theme or language.
    """
    return draw(names, PictureSpec(size, theme, language))


def draw(names: Sequence[str] | str | None, picture: PictureSpec) -> Still:
    """`activation_figure` of a size, theme and language that are checked already."""
    chosen = [names] if isinstance(names, str) else list(ACTIVATIONS if names is None else names)
    if not chosen:
        raise InputError("activations must be at least one of " + ", ".join(ACTIVATIONS))
    chosen = [Network("activation").check("activation", name) for name in chosen]
    for name in chosen:
        layer(name)
    still = Still(picture)
    with still.drawing():
        rows, columns = _grid(len(chosen), still.width / still.height)
        cells = list(still.figure.subplots(rows, columns, sharex=True, sharey=True,
                                           squeeze=False).flat)  # fmt: skip
        used, free = cells[: len(chosen)], cells[len(chosen) :]
        for name, axes in zip(chosen, used, strict=True):
            _draw_one(still, axes, name, still.width / columns)
        for axes in used[-columns:]:  # the lowest of each column
            axes.tick_params(labelbottom=True)
        for axes in free:
            axes.axis("off")
        _legend(still, free[-1] if free else None, still.width / columns)
    still.alt = " ".join(_in_words(name, picture.language) for name in chosen)
    return still


def _learned(name: str, language: str) -> str:
    """Where a slope is learned, from where it begins; else nothing."""
    slopes = [slope.item() for slope in layer(name).parameters()]
    return say("slope_learned", language, slope=f"{slopes[0]:g}") if slopes else ""


def _grid(count: int, aspect: float) -> tuple[int, int]:
    """Rows and columns: cells near to 4:3, few of them empty."""

    def fault(cell: tuple[int, int]) -> float:
        rows, columns = cell
        return abs(math.log(aspect * rows / columns / 1.33)) + 0.25 * (rows * columns - count)

    return min(((math.ceil(count / n), n) for n in range(1, count + 1)), key=fault)


def _draw_one(still: Still, axes: Axes, name: str, wide: float) -> None:
    theme, width = still.theme, 0.16 * still.point
    colour, shape = value_mark(list(ACTIVATIONS).index(name), theme.colours)
    x = np.linspace(*RANGE, POINTS)
    y, slope = values_and_slopes(name, x)
    for low, high in dead_zones(name):
        axes.axvspan(low, high, color=theme.level, alpha=0.35, linewidth=0)
    axes.axhline(0, color=theme.quiet, linewidth=0.04 * still.point)
    axes.axvline(0, color=theme.quiet, linewidth=0.04 * still.point)
    axes.plot(x, y, color=colour, linewidth=width)
    # The mark that the activation has wherever runs are told by it.
    axes.plot(2, y[np.searchsorted(x, 2)], shape, color=colour, markersize=0.75 * still.point,
              markeredgecolor=theme.casing, markeredgewidth=0.06 * still.point)  # fmt: skip
    jumps = np.abs(np.diff(slope)) > 0.1  # a kink of the function: its slope has a gap
    axes.plot(x, np.where(np.append(jumps, False), np.nan, slope), color=theme.quiet,
              linewidth=width, linestyle=DASHED)  # fmt: skip
    axes.set(xlim=RANGE, ylim=HEIGHTS, xticks=[-6, -3, 0, 3, 6], yticks=[-1, 0, 1, 2])
    axes.tick_params(length=0.2 * still.point, width=0.05 * still.point,
                     labelsize=0.85 * still.point)  # fmt: skip
    axes.set_title(name, fontsize=still.point, pad=0.4 * still.point)
    size = 0.85 * still.point
    note = wrapped(still, _learned(name, still.language), 0.4 * wide, size)
    axes.text(5.8, HEIGHTS[0] + 0.1, note, ha="right", va="bottom", fontsize=size)


def _legend(still: Still, free: Axes | None, wide: float) -> None:
    """In the free cell, or below everything."""
    theme, language, width = still.theme, still.language, 0.16 * still.point
    dead = say("dead_zone_key", language, threshold=THRESHOLD)
    room = 0.65 * wide if free is not None else 0.45 * still.width
    dead = wrapped(still, dead, room, still.point)
    handles = [
        Line2D([], [], color=theme.ink, linewidth=width, label=say("activation", language)),
        Line2D([], [], color=theme.quiet, linewidth=width, linestyle=DASHED,
               label=say("derivative", language)),
        Patch(color=theme.level, alpha=0.35, linewidth=0, label=dead),
    ]  # fmt: skip
    if free is None:
        still.figure.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False)
    else:
        free.legend(handles=handles, loc="center", frameon=False).set_in_layout(False)


def _in_words(name: str, language: str) -> str:
    zones = ", ".join(_interval(low, high) for low, high in dead_zones(name))
    dead = say("dead_zone", language, threshold=THRESHOLD)
    learned = f" ({_learned(name, language)})" * bool(_learned(name, language))
    return f"{name}{learned}: {dead}: {zones or say('no_dead_zone', language)}."


def _interval(low: float, high: float) -> str:
    left = "" if low == RANGE[0] else f"{round(low, 6):.3g} < "
    return f"{left}x" + ("" if high == RANGE[1] else f" < {round(high, 6):.3g}")
