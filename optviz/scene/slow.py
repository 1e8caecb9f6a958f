"""The moments of a film that explains each step before it is taken."""

from __future__ import annotations

MOVE = 0.2  # the share of a step's time in which heads move, where steps are explained


def slowly(at: float) -> tuple[float, float]:
    """The heads' position, in steps, and the explained part of the next step, in a slow film.

    While a step is explained heads stand at its beginning; in the last `MOVE` of its time they
    move to its end.
    """
    step = int(at + 1e-9)
    share = max(at - step, 0.0)
    return step + max(0.0, (share - 1 + MOVE) / MOVE), min(share / (1 - MOVE), 1.0)
