"""Measure several quantities along a path in one pass over its moments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from optviz.instruments.moment import Moment
from optviz.records.series import Series


@dataclass(frozen=True)
class Instrument:
    """How one quantity is measured.

    Attributes
    ----------
    measure : callable
        Of a moment; of the two at the ends of a step if ``of_steps``.
    of_steps : bool
    by_layer : bool
        Whether it gives a number for the whole, and then one for each layer.
    has_error : bool
        Whether it gives a number and its standard error.
    """

    measure: Callable[..., Any]
    of_steps: bool = False
    by_layer: bool = False
    has_error: bool = False


def measure(
    instruments: Mapping[str, Instrument], moments: Iterable[Moment], steps: Sequence[int]
) -> dict[str, Series]:
    """The series of each instrument.

    Parameters
    ----------
    instruments : mapping of name to Instrument
    moments : iterable of Moment
        No more than two are held at a time.
    steps : sequence of int
        After how many steps each moment is, rising.

    Notes
    -----
    What is of steps is measured between moments that lie one and the same number of steps apart:
    the most frequent, of equally frequent ones the smallest. A series says which.
    """
    gap = usual_gap(steps)
    found: dict[str, tuple[list[int], list[Any]]] = {name: ([], []) for name in instruments}
    layers: tuple[str, ...] = ()
    before: Moment | None = None
    last = 0
    for step, moment in zip(steps, moments, strict=True):
        layers = tuple(moment.layers)
        for name, instrument in instruments.items():
            at, values = found[name]
            if not instrument.of_steps:
                at.append(step)
                values.append(instrument.measure(moment))
            elif before is not None and step - last == gap:
                at.append(last)
                values.append(instrument.measure(before, moment))
        before, last = moment, step
    return {
        name: _series(instrument, *found[name], gap, layers)
        for name, instrument in instruments.items()
    }


def usual_gap(steps: Sequence[int]) -> int:
    """How many steps lie most often between one moment and the next; 1 where there is only one."""
    counts = Counter(int(b - a) for a, b in pairwise(steps))
    return min(counts, key=lambda gap: (-counts[gap], gap), default=1)


def _series(
    instrument: Instrument, steps: list[int], values: list[Any], gap: int, layers: tuple[str, ...]
) -> Series:
    columns = 1 + len(layers) if instrument.by_layer else 1 + instrument.has_error
    table = np.array(values, float).reshape(len(values), columns)
    return Series(
        np.array(steps, np.int64),
        table[:, 0],
        gap=gap if instrument.of_steps else 0,
        errors=table[:, 1] if instrument.has_error else None,
        layers=dict(zip(layers, table[:, 1:].T, strict=True)) if instrument.by_layer else {},
    )
