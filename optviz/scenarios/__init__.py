"""Named lessons: each a race with a claim in words and the same claim as a check.

>>> get("washboard").claim["en"][:33]
'At one lr the coefficient of mome'
"""

from __future__ import annotations

from functools import cache

from optviz.scenarios.scenario import Scenario
from surfaces.errors import unknown

__all__ = ["Scenario", "get", "names"]


@cache
def _scenarios() -> dict[str, Scenario]:
    """All scenarios by name; they are imported at the first call, as most commands need none."""
    from optviz.scenarios.inventions import INVENTIONS
    from optviz.scenarios.lessons import LESSONS
    from optviz.scenarios.practice import PRACTICE
    from optviz.scenarios.well_lessons import WELL_LESSONS

    every = (*INVENTIONS, *PRACTICE, *LESSONS, *WELL_LESSONS)
    return {scenario.name: scenario for scenario in every}


def names() -> list[str]:
    """The course's scenarios in its order, then the lesson of each surface."""
    return list(_scenarios())


def get(name: str) -> Scenario:
    """The scenario of this name.

    Raises
    ------
    InputError
        No such scenario; the message names the nearest.
    """
    known = _scenarios()
    if not isinstance(name, str) or name not in known:
        raise unknown("scenario", name, known, "optviz list scenarios")
    return known[name]
