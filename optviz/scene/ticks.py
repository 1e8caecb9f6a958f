"""Ticks of axes: as many as have room for labels, and labels with enough digits to differ."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedFormatter

DIGITS = 4  # significant digits that suffice on most axes
LONGEST = 7  # digits and point of a label; where that is not enough an offset is taken out
PRECISION = 0.01  # of the distance to the next tick: how far a label may be from its tick
INTERVALS = 4  # between the ticks of an axis of steps
ROUND = {1: 0.0, 2: 0.0, 2.5: 0.5, 5: 0.0, 3: 1.0, 4: 1.0, 6: 1.5}  # spaces, and what they cost
DECADES = 300  # a log axis that reaches less far than that takes numbers between powers of ten


def settle(axes: Axes, unit: float, gap: float) -> None:
    """Keep ticks inside their axis and label them; an offset is written into the axis's name.

    Parameters
    ----------
    axes : Axes
    unit, gap : float
        Height of the text, and width between two panels, in pixels.
    """
    for axis in (axes.xaxis, axes.yaxis):
        if isinstance(axis.get_major_formatter(), FixedFormatter):
            continue  # words, which the panel has chosen
        low, high = sorted(axis.get_view_interval())
        ticks = [float(tick) for tick in axis.get_majorticklocs() if low <= tick <= high]
        linear = axis.get_scale() == "linear"
        if not linear and high >= DECADES * low:  # powers of ten, which matplotlib writes
            axis.set_ticks(ticks)
            continue
        if linear:
            ticks = _with_room(axes, axis, ticks, unit, gap)
        labels, offset = tick_labels(ticks)
        axis.set_ticks(ticks, labels)
        if offset:
            sign = "+" if offset < 0 else "−"
            named = f"{axis.get_label_text()} {sign} {_shortest(abs(offset))}"
            axis.set_label_text(named.strip())


def _with_room(axes: Axes, axis: Axis, ticks: list[float], unit: float, gap: float) -> list[float]:
    """As many of the ticks of a linear axis as have room for their labels.

    Along x the last label may stand neither outside the picture nor at the next panel's first.
    """
    figure = axes.figure
    assert figure is not None
    across = axis is axes.xaxis
    low, high = sorted(axis.get_view_interval())
    length = (axes.bbox.width if across else axes.bbox.height) / (high - low)
    while ticks:
        longest = max(map(len, tick_labels(ticks)[0]))
        wide = 0.65 * longest * unit if across else 0.8 * unit
        begin = min((ticks[0] - low) * length - wide / 2, 0.0)
        end = (ticks[-1] - low) * length + wide / 2
        room = min(figure.bbox.width - axes.bbox.x0, axes.bbox.width + gap + begin - 0.3 * unit)
        if min((b - a for a, b in pairwise(ticks)), default=np.inf) * length < wide + 0.7 * unit:
            # Both ends stay where that is possible.
            ticks = ticks[:: next((n for n in (2, 3, 5) if (len(ticks) - 1) % n == 0), 2)]
        elif across and len(ticks) > 2 and end > room:
            ticks = ticks[:-1]
        else:
            break
    return ticks


def step_ticks(last: int) -> list[float]:
    """Ticks from 0 to the last step: round and evenly spaced if its number allows that."""
    power = 10.0 ** math.floor(math.log10(last))
    spaces = {m * p: cost for p in (power, power / 10) for m, cost in ROUND.items()}
    even = {
        space: abs(last / space - INTERVALS) + cost
        for space, cost in spaces.items()
        if space % 1 == 0 and last % space == 0 and 2 < last / space < 2 * INTERVALS
    }
    if even or last < INTERVALS:
        space = min(even, key=even.__getitem__) if even else 1.0
        return [float(tick) for tick in np.arange(0, last + space / 2, space)]
    space = min(spaces, key=lambda space: abs(last / space - INTERVALS) + spaces[space])
    space = max(1.0, float(math.floor(space)))
    # The last step is no round number: the tick before it must leave room for its label.
    return [*map(float, np.arange(0, last - 0.7 * space, space)), float(last)]


def tick_labels(ticks: Sequence[float]) -> tuple[list[str], float]:
    """Labels such as 2500, 1e4 or −8e−5, and what must be added to them, mostly 0.

    Four significant digits where they tell the ticks apart, else as many as are needed; where
    that makes long labels a round number near the ticks is taken out of all of them.
    """
    step = min((b - a for a, b in pairwise(ticks)), default=0.0)
    error = PRECISION * step or 1e-9 * max(map(abs, ticks), default=0.0)
    labels, digits = _labels(ticks, error)
    if digits == DIGITS or step <= 0 or max(map(_length, labels)) <= LONGEST:
        return labels, 0.0
    # The shortest labels in all; among equally short ones those nearest to 0.
    found = [(_labels([tick - offset for tick in ticks], error)[0], offset)
             for offset in _offsets(ticks, step)]  # fmt: skip
    return min(
        (pair for pair in found if len(set(pair[0])) == len(ticks)),
        key=lambda pair: (
            2 * max(map(len, pair[0])) + len(_shortest(pair[1])),
            max(abs(tick - pair[1]) for tick in ticks),
        ),
        default=(labels, 0.0),
    )


def shown(number: float, error: float, digits: int = DIGITS) -> str:
    """A number in the fewest digits, at least so many, that are within ``error`` of it."""
    return _labels([number], error, digits)[0][0]


def _labels(numbers: Sequence[float], error: float, least: int = DIGITS) -> tuple[list[str], int]:
    """All with one number of digits: the least, or the fewest that are within ``error``."""
    found: list[tuple[list[str], int]] = []
    for digits in range(least, 18):
        texts = [f"{number:.{digits}g}" for number in numbers]
        pairs = zip(texts, numbers, strict=True)
        if digits == 17 or all(abs(float(text) - number) <= error for text, number in pairs):
            found.append(([_written(text) for text in texts], digits))
            if digits == least:
                break
    return min(found, key=lambda pair: max(map(_length, pair[0]), default=0))


def _written(text: str) -> str:
    """Python's text of a number, such as 1e+04, as 1e4 with a typographic minus sign."""
    number, _, power = text.partition("e")
    return (f"{number}e{int(power)}" if power else number).replace("-", "−")


def _length(label: str) -> int:
    """Length of a label without its sign."""
    return len(label.lstrip("−"))


def _shortest(number: float) -> str:
    """A number in as few digits as are exact."""
    return next(
        _written(text) for digits in range(1, 18) if float(text := f"{number:.{digits}g}") == number
    )


def _offsets(ticks: Sequence[float], step: float) -> Iterator[float]:
    """Round numbers near the ticks, from a coarse to a fine one."""
    middle = (ticks[0] + ticks[-1]) / 2
    first, last = (math.floor(math.log10(size)) for size in (max(map(abs, ticks)), step))
    for power in range(first, last - 1, -1):
        count = middle / 10.0**power
        for whole in {math.floor(count), round(count)}:
            yield float(f"{whole}e{power}")
