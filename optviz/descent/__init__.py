"""Optimizer and surface become a descent: the one loop of the project, and what is made of it."""

from optviz.descent.loop import Iterate, checked_steps, descend, iterate
from optviz.descent.race import CLASSICS, race
from optviz.descent.tune import tune

FIVE = CLASSICS

__all__ = ["CLASSICS", "FIVE", "Iterate", "checked_steps", "descend", "iterate", "race", "tune"]
