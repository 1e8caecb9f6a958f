"""Named lessons: each a race with a claim in words and the same claim as a check.

>>> get("washboard").claim["en"][:33]
'At one lr the coefficient of mome'
"""

from __future__ import annotations

from functools import cache

from optviz.scenarios.scenario import Scenario
from surfaces.errors import unknown
from surfaces.registry import Registry

__all__ = ["Scenario", "as_scenario", "get", "names", "registry"]


@cache
def registry() -> Registry[Scenario]:
    """All scenarios by name; they are imported at the first call, as most commands need none."""
    from optviz.scenarios.averages import AVERAGES
    from optviz.scenarios.curvature import CURVATURE
    from optviz.scenarios.inventions import INVENTIONS
    from optviz.scenarios.lessons import LESSONS
    from optviz.scenarios.matrices import MATRICES
    from optviz.scenarios.practice import PRACTICE
    from optviz.scenarios.well_lessons import WELL_LESSONS

    every = (*INVENTIONS, *PRACTICE, *MATRICES, *CURVATURE, *AVERAGES, *LESSONS, *WELL_LESSONS)
    return Registry("scenario", {scenario.name: scenario for scenario in every})


def names() -> list[str]:
    """The course's scenarios in its order, the lesson of each surface, then registered ones."""
    return list(registry())


def get(name: str) -> Scenario:
    """The scenario of this name.

    Raises
    ------
    InputError
        No such scenario; the message names the nearest.
    """
    known = registry()
    if not isinstance(name, str) or name not in known:
        raise unknown("scenario", name, known, "optviz list scenarios")
    return known[name]


def as_scenario(scenario: Scenario | str) -> Scenario:
    """A scenario, or the one of that name."""
    return scenario if isinstance(scenario, Scenario) else get(scenario)
