"""Runs of optimizers on surfaces: the loop, single descents, races and the tuning of rates."""

from optviz.descent.loop import Iterate, checked_steps, descend, iterate
from optviz.descent.race import CLASSICS, race
from optviz.descent.tune import tune
from optviz.descent.turned import with_turned

FIVE = CLASSICS

__all__ = [
    "CLASSICS",
    "FIVE",
    "Iterate",
    "checked_steps",
    "descend",
    "iterate",
    "race",
    "tune",
    "with_turned",
]
