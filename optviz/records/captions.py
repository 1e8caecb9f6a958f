"""The sentence under a race: what is measured from its runs, and holds for these runs alone."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from optviz.optimizers import Optimizer
from optviz.records.ending import Ending
from optviz.words import Phrase, Series, Text, readable
from surfaces.surface import Floats, Surface

SHARE = 0.01  # of the way down, that may be left where a run counts as arrived
BOTTOM = 1e-12  # of the way down: what is nearer is rounding
MOST = 6  # runs that are named one by one
ROUNDING = 1e-9  # of the way down: what last bits may decide


class Race(Protocol):
    """The parts of a `Trajectory` that are needed here."""

    @property
    def surface(self) -> Surface: ...
    @property
    def optimizer(self) -> Optimizer: ...
    @property
    def values(self) -> Floats: ...
    @property
    def ending(self) -> tuple[Ending, int] | None: ...
    @property
    def left_window_at(self) -> int | None: ...
    def __len__(self) -> int: ...
    def arrival(self, share: float) -> int | None: ...


def caption(runs: Sequence[Race], names: Sequence[Text]) -> Phrase:
    """What the runs of a race did, in one sentence.

    Where the surface has a known minimum: from which step each stays within 1 % of the way down to
    its value, and on a surface whose values span powers of ten who is lowest at the end. Elsewhere,
    or where some run has to go up: the values at the end. Then which runs diverged or left the
    window, and when.

    Parameters
    ----------
    runs : sequence of Trajectory
    names : sequence of str, or of what can be said in each language
        A short name of each run.
    """
    lost = [run.ending or run.left_window_at for run in runs]
    staying = [(run, name) for run, name, gone in zip(runs, names, lost, strict=True) if not gone]
    parts = list(_arrivals(staying) if _has_way_down(runs) else _values(staying))
    away = list(_lost(runs, names))
    parts += away if len(away) <= MOST else [Phrase("caption_lost", {"n": len(away)})]
    return Phrase("caption", texts={"parts": Series(parts, "apart")})


def _lost(runs: Sequence[Race], names: Sequence[Text]) -> Iterator[Phrase]:
    """The runs that diverged or left the window, and when."""
    for run, name in zip(runs, names, strict=True):
        if run.ending is not None:
            ending, step = run.ending
            yield Phrase(f"caption_{ending}", {"k": step}, {"name": name})
        elif run.left_window_at is not None:
            yield Phrase("caption_outside", {"k": run.left_window_at}, {"name": name})


def _by_steps(word: str, runs: Sequence[Race], texts: Mapping[str, Text]) -> Phrase:
    """A phrase with the runs' number of steps, or without where each has its own."""
    counts = {len(run) for run in runs}
    return (
        Phrase(word, {"n": counts.pop()}, texts)
        if len(counts) == 1
        else Phrase(f"{word}_each", texts=texts)
    )


def _has_way_down(runs: Sequence[Race]) -> bool:
    """Whether the runs are to go down to a known minimum, from above it."""
    lowest = runs[0].surface.lowest
    if lowest is None or any(run.optimizer.maximize for run in runs):
        return False
    return all(float(run.values[0]) > lowest for run in runs)


def _arrivals(runs: Sequence[tuple[Race, Text]]) -> Iterator[Phrase]:
    """The steps at which runs have come down, the soonest first; then those that have not."""
    found = [(run.arrival(SHARE), run, name) for run, name in runs]
    there = sorted(((k, name) for k, _, name in found if k is not None), key=lambda pair: pair[0])
    late = [(run, name) for k, run, name in found if k is None]
    if not there:
        if late:
            yield _nearest(late)
        return
    listed = [
        Phrase("caption_from" if i == 0 else "caption_also", {"k": k}, {"name": name})
        for i, (k, name) in enumerate(there[:MOST])
    ]
    if len(there) > MOST:
        listed.append(Phrase("caption_others", {"n": len(there) - MOST, "k": there[-1][0]}))
    yield Phrase("caption_arrived", texts={"runs": Series(listed, "listed")})
    if late:
        told = _names([name for _, name in late])
        yield _by_steps("caption_late", [run for run, _ in late], {"runs": told})
    if runs[0][0].surface.scale == "log":
        yield _lowest(runs)


def _lowest(runs: Sequence[tuple[Race, Text]]) -> Phrase:
    """Who is lowest at the end: on an axis of powers of ten 1 % of the way down is not low."""
    bottom = [name for run, name in runs if _left(run) <= BOTTOM]
    if bottom:
        return Phrase("caption_bottom", texts={"runs": _names(bottom)})
    run, name = min(runs, key=lambda pair: _left(pair[0]))
    lowest = run.surface.lowest
    assert lowest is not None
    value = readable(float(f"{float(run.values[-1]) - lowest:.2g}"))
    return Phrase("caption_lowest", texts={"name": name, "value": value})


def _nearest(runs: Sequence[tuple[Race, Text]]) -> Phrase:
    """Nobody has come down: who is nearest at the end."""
    nearest, name = min(runs, key=lambda pair: _left(pair[0]))
    percent = max(0, math.floor(100 * (1 - _left(nearest)) + ROUNDING))
    return Phrase("caption_nearest", {"n": len(nearest), "percent": percent}, {"name": name})


def _left(run: Race) -> float:
    """The share of the way down that is left at the end."""
    lowest = run.surface.lowest
    assert lowest is not None
    return float((run.values[-1] - lowest) / (run.values[0] - lowest))


def _values(runs: Sequence[tuple[Race, Text]]) -> Iterator[Phrase]:
    """The values at the end, the lowest first."""
    if not runs:
        return
    ends = sorted(((float(run.values[-1]), name) for run, name in runs), key=lambda pair: pair[0])
    listed: list[Text] = [
        Phrase("caption_value", texts={"name": name, "value": readable(value)})
        for value, name in ends[:MOST]
    ]
    if len(ends) > MOST:
        listed.append(Phrase("caption_higher", {"n": len(ends) - MOST}))
    told = {"runs": Series(listed, "listed")}
    yield _by_steps("caption_values", [run for run, _ in runs], told)


def _names(names: Sequence[Text]) -> Text:
    """Names one after another, or how many there are where that would be too long."""
    if len(names) > MOST:
        return Phrase("caption_many", {"n": len(names)})
    return Series(names, "listed")
